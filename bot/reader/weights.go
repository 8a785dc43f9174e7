package reader

import (
	"fmt"

	"dateline/retrieval/encoder"
)

// load returns the model of some weights, which extends that of package encoder. An
// error says what is wrong with them.
func load(weights string) (*encoder.Model, error) {
	base, err := encoder.Load()
	if err != nil {
		return nil, err
	}
	m, err := encoder.Extend(base, weights)
	if err == nil && m.Outputs() != outputs {
		err = fmt.Errorf("%d outputs instead of %d", m.Outputs(), outputs)
	}
	if err != nil {
		return nil, fmt.Errorf("weights of the reader: %w", err)
	}
	return m, nil
}
