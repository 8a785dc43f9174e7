package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// A bar shows on a terminal how far something has come, and nothing elsewhere.
type bar struct{ b *progressbar.ProgressBar }

// bar returns a bar for a number of steps, -1 if it is not known.
func (p *program) bar(what string, steps int64) bar {
	if !p.err.terminal || p.verbose {
		return bar{}
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(p.err.Writer),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionEnableColorCodes(false),
		progressbar.OptionClearOnFinish(),
	}
	if steps > 0 {
		options = append(options, progressbar.OptionShowCount())
	}
	return bar{progressbar.NewOptions64(steps, options...)}
}

// The bar is decoration: that it cannot be drawn is no reason to stop.

func (b bar) add(n int) {
	if b.b != nil {
		_ = b.b.Add(n)
	}
}

func (b bar) set(done, steps int64) {
	if b.b != nil {
		if b.b.GetMax64() != steps {
			b.b.ChangeMax64(steps)
		}
		_ = b.b.Set64(done)
	}
}

func (b bar) describe(what string) {
	if b.b != nil {
		b.b.Describe(what)
		_ = b.b.RenderBlank()
	}
}

// clear takes the bar away, before something else is written.
func (b bar) clear() {
	if b.b != nil {
		_ = b.b.Clear()
	}
}
