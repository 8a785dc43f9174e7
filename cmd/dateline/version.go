package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

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
		Use:     "version",
		Short:   "Say which build of Dateline this is",
		Example: "  dateline version\n  dateline version --json",
		Args:    noArgs,
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		b := readBuild()
		if *asJSON {
			return p.printJSON(b)
		}
		p.out.printf("dateline %s\n", b)
		if !p.verbose {
			return nil
		}
		m, err := encoder.Load()
		if err != nil {
			p.out.printf("encoder: %v\n", err)
			return nil
		}
		p.out.printf("encoder %s, kernels %s\n", m.Name(), simd.Kernels())
		return nil
	}
	return cmd
}
