package reader

import (
	_ "embed"
	"fmt"
	"sync"

	"dateline/retrieval/encoder"
)

//go:embed weights.bin
var embedded string

// Load returns the model embedded in the program, which extends that of package
// encoder. It is loaded once, and all callers share it. An error says what is wrong
// with the weights.
var Load = sync.OnceValues(func() (*encoder.Model, error) { return load(embedded) })

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
