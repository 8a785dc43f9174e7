package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"dateline/bot/reader"
	"dateline/retrieval/encoder"
	"dateline/retrieval/simd"
)

// A build says what was built, from what, with what.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	// Encoder and Reader are nil unless they were asked for.
	Encoder *modelBuild `json:"encoder,omitempty"`
	Reader  *modelBuild `json:"reader,omitempty"`
}

// A modelBuild is a model in the program.
type modelBuild struct {
	what string // "encoder" or "reader"
	encoder.About
	Kernels string `json:"kernels"` // see simd.Kernels
	// Error is why it cannot be used; empty if it can.
	Error string `json:"error,omitempty"`
}

func readEncoder() *modelBuild { return readModel("encoder", encoder.Load) }

func readReader() *modelBuild { return readModel("reader", reader.Load) }

func readModel(what string, load func() (*encoder.Model, error)) *modelBuild {
	b := &modelBuild{what: what, Kernels: simd.Kernels()}
	m, err := load()
	if err != nil {
		b.Error = err.Error()
		return b
	}
	b.About = m.About()
	return b
}

// String is the model in a line.
func (b modelBuild) String() string {
	if b.Error != "" {
		return "the built-in " + b.what + " cannot be used: " + b.Error
	}
	return fmt.Sprintf("built-in %s %s, %d layers, weights of %s under the %s license, whole; kernels %s",
		b.what, b.Model, b.Layers, bytesize(b.Bytes), b.License, b.Kernels)
}

func readBuild() build {
	b := build{Version: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String is the build in a line: "v1.2.0 (0123456789ab, 2025-11-26T10:00:00Z)
// go1.26.0 linux/amd64".
func (b build) String() string {
	s := b.Version
	if b.Revision != "" {
		s += fmt.Sprintf(" (%.12s", b.Revision)
		if b.Modified {
			s += ", modified"
		}
		s += ", " + b.Time + ")"
	}
	return s + " " + b.Go + " " + b.Platform
}

func (p *program) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which build of Dateline this is",
		Long: `Version says which build of Dateline this is; with --verbose also which encoder and
which reader are in it, whether their weights are whole, and which instructions of
this processor they compute with.`,
		Example: "  dateline version --verbose\n  dateline version --json",
		Args:    noArgs,
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		b := readBuild()
		if p.verbose {
			b.Encoder, b.Reader = readEncoder(), readReader()
		}
		if *asJSON {
			return p.printJSON(b)
		}
		p.out.printf("dateline %s\n", b)
		if b.Encoder != nil {
			p.out.printf("%s\n%s\n", b.Encoder, b.Reader)
		}
		return nil
	}
	return cmd
}
