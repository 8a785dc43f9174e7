package main

import (
	"errors"
	"strings"
	"testing"

	"dateline/retrieval/encoder"
)

// What "doctor" and "version --verbose" say of the reader.
func TestExamineReader(t *testing.T) {
	whole := modelBuild{what: "reader", About: encoder.About{Model: "tiny", License: "MIT", Layers: 2, Bytes: 2048}, Kernels: "avx2"}
	plain := whole
	plain.Kernels = plainKernels
	damaged := readModel("reader", func() (*encoder.Model, error) { return nil, errors.New("weights of the reader: damaged") })
	for _, tt := range []struct {
		name      string
		build     *modelBuild
		sure      string
		status    status
		found, do string // beginnings
	}{
		{"whole", &whole, "", good, "built-in reader tiny, 2 layers, weights of 2.0 KB under the MIT license, whole; kernels avx2", ""},
		{"no vector instructions", &plain, "", poor, "built-in reader tiny", "Without vector instructions that Dateline knows, fewer passages are read"},
		{"damaged", damaged, "", broken, "the built-in reader cannot be used: weights of the reader: damaged", "Get the program anew. Until then rules alone read the articles"},
		{"a setting that is none", &whole, "often", broken, envSure + ` "often"`, "Until then no question is answered."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &program{env: environment{getenv: func(name string) string {
				if name == envSure {
					return tt.sure
				}
				return ""
			}}}
			got := p.examineReader(tt.build)
			if got.Status != tt.status || !strings.HasPrefix(got.Found, tt.found) || !strings.HasPrefix(got.Do, tt.do) || (got.Do == "") != (tt.do == "") {
				t.Errorf("got %+v, want %v, %q, %q", got, tt.status, tt.found, tt.do)
			}
		})
	}
}
