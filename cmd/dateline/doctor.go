package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dateline/corpus"
	"dateline/corpus/files"
	"dateline/retrieval"
)

// A check is one thing that the doctor looked at.
type check struct {
	Name   string `json:"name"`
	Status status `json:"status"`
	Found  string `json:"found"`
	// Do says what to do about it; empty if nothing.
	Do string `json:"do,omitempty"`
}

type status string

const (
	good   status = "ok"
	poor   status = "warning" // works, but see Do
	broken status = "broken"
)

// lowSpace is the free space under which the doctor warns: the index of some
// thousand articles takes up about a tenth of it.
const lowSpace = 1 << 30

func (p *program) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor [flags]",
		Short: "Check settings, corpus, index, receipts, model server and Slack, and say what to do",
		Long: `Doctor looks at the settings in effect and where each comes from, at the corpus,
every file of which is read, the data directory and the index, and at all other
indexes in the data directory.
Every byte of an index and of a receipt is compared with its checksum. A model server
that is set up is asked for one tiny completion, and one that embeds for one tiny
embedding, and what that cost is said. If Slack is set up, it is asked whether it
takes the tokens, which scopes they have and which channels the bot is in. Nothing is
changed.
The exit code is 1 if something is broken.`,
		Example: "  dateline doctor\n  dateline doctor --corpus ./articles --json",
		Args:    noArgs,
	}
	var model modelFlags
	p.corpusFlags(cmd)
	model.add(cmd)
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, checks, err := p.examine(cmd.Context(), model)
		if err != nil {
			return err
		}
		indexes, err := p.examineIndexes(cmd.Context())
		if err != nil {
			return err
		}
		ok := true
		for _, c := range checks {
			ok = ok && c.Status != broken
		}
		if *asJSON {
			err = p.printJSON(struct {
				OK       bool      `json:"ok"`
				Settings []setting `json:"settings"`
				Checks   []check   `json:"checks"`
				Indexes  []held    `json:"indexes"`
			}{ok, settings, checks, indexes})
			if err != nil {
				return err
			}
		} else {
			for _, s := range settings {
				p.out.printf("%-16s %s (%s)\n", s.Name, corpus.OneLine(s.Value), s.From)
			}
			p.out.printf("\n")
			for _, c := range checks {
				p.out.printf("%-16s %s: %s\n", c.Name, string(c.Status), corpus.OneLine(c.Found))
				if c.Do != "" {
					p.out.paragraph(17, "", "→ "+c.Do)
				}
			}
			if len(indexes) > 0 {
				p.out.printf("\nIndexes in the data directory, the last used first:\n")
			}
			for _, h := range indexes {
				name := strings.Join(h.Corpus, string(os.PathListSeparator))
				if h.InEffect {
					name += " (in effect)"
				}
				p.out.printf("  %s\n", corpus.OneLine(name))
				p.out.paragraph(4, "", string(h.Status)+": "+h.Found)
				if h.Do != "" {
					p.out.paragraph(4, "", "→ "+h.Do)
				}
			}
		}
		if !ok {
			return errReported
		}
		return nil
	}
	return cmd
}

// examine looks at everything. The error is the context's, or for a command
// that was not understood; all else is a check that failed.
func (p *program) examine(ctx context.Context, model modelFlags) ([]setting, []check, error) {
	chosen, err := p.chooseCorpus(p.corpusFlag)
	if err != nil {
		return nil, nil, err
	}
	settings := []setting{{envCorpus, chosen.String(), chosen.From}}
	data, err := p.dataDir()
	var checks []check
	if err != nil {
		checks = append(checks, check{"data directory", broken, err.Error(), "Questions are answered from a temporary index until then."})
	} else {
		settings = append(settings, data)
	}
	settings = append(settings, disclosed(p.env.lookup(envRetention), p.env.lookup(envNoColor),
		p.env.lookup(envSure), p.env.lookup(envPerhaps), p.env.lookup(envReadPassages), p.env.lookup(envReadTokens))...)
	choice := p.chooseModel(model)
	settings = append(settings, choice.settings()...)
	settings = append(settings, p.chooseEmbedding().settings()...)
	checks = append(checks, p.examineCorpus(ctx, chosen))
	if data.Value != "" {
		checks = append(checks, examineData(data.Value), p.examineIndex(ctx), p.examineReceipts(ctx))
	}
	checks = append(checks, p.examineReader(readReader()), p.examineModel(ctx, choice), p.examineEmbedding(ctx))
	checks = append(checks, p.examineSlack(ctx)...)
	return settings, checks, ctx.Err()
}

func (p *program) examineCorpus(ctx context.Context, chosen corpusChoice) check {
	c := check{Name: "corpus", Status: good}
	source, err := chosen.open()
	if err != nil {
		c.Status, c.Found = broken, err.Error()
		return c
	}
	seen, err := survey(ctx, guarded{source})
	if err != nil {
		c.Status, c.Found, c.Do = broken, err.Error(), "Give files or folders of articles with --corpus or "+envCorpus+"."
	} else {
		c.Found = fmt.Sprintf("%s, %s, %s", count(seen.files, "file"), bytesize(seen.size), count(seen.articles, "article"))
		if len(seen.leftOut) > 0 {
			c.Found += "; left out " + seen.leftOut.String()
		}
	}
	if len(seen.problems) == 0 {
		return c
	}
	if err == nil {
		c.Status = poor
		c.Found += "; " + count(len(seen.problems), "problem")
	}
	const most = 5
	var list []string
	for i, pr := range seen.problems {
		if i == most {
			list = append(list, fmt.Sprintf("and %d more: see dateline index", len(seen.problems)-most))
			break
		}
		list = append(list, corpus.OneLine(pr.Error()))
	}
	c.Do = strings.Join(list, "; ")
	return c
}

// A surveyed corpus is what there is to read in one, and what cannot be read.
type surveyed struct {
	files, articles int
	size            int64 // in bytes
	problems        []corpus.Problem
	leftOut         files.LeftOut
}

// survey reads a corpus as an index of it does. The error is for one that holds
// no article, of which the problems say why, and the context's.
func survey(ctx context.Context, source guarded) (s surveyed, err error) {
	list, problems, err := source.Files(ctx)
	s.problems = problems
	if err != nil {
		return s, err
	}
	if s.leftOut, err = source.LeftOut(ctx); err != nil {
		return s, err
	}
	s.files = len(list)
	seen := make(map[string]bool) // by id
	for _, f := range list {
		s.size += f.Size
		problems, err := source.Read(ctx, f, func(a *corpus.Article) error {
			if seen[a.ID] {
				s.problems = append(s.problems, corpus.Problem{Name: a.Source, Err: retrieval.ErrTwice})
			}
			seen[a.ID] = true
			return ctx.Err()
		})
		if err != nil {
			return s, err
		}
		s.problems = append(s.problems, problems...)
	}
	if s.articles = len(seen); s.articles == 0 {
		return s, noArticles(len(s.problems))
	}
	return s, nil
}

func examineData(dir string) check {
	c := check{Name: "data directory", Status: good}
	// The folder itself may not have been needed yet.
	existing := dir
	for {
		info, err := os.Stat(existing)
		if err == nil && !info.IsDir() {
			c.Status, c.Found = broken, existing+" is not a folder"
			c.Do = "Choose another with --data or " + envData + "."
			return c
		}
		if err == nil {
			break
		}
		if parent := filepath.Dir(existing); errors.Is(err, fs.ErrNotExist) && parent != existing {
			existing = parent
			continue
		}
		c.Status, c.Found = broken, err.Error()
		c.Do = "Make it readable, or choose another with --data or " + envData + "."
		return c
	}
	probe, err := os.CreateTemp(existing, ".dateline-probe-*")
	if err != nil {
		c.Status, c.Found = broken, "cannot be written: "+err.Error()
		c.Do = "Make it writable, or choose another with --data or " + envData + "; until then questions are answered from a temporary index."
		return c
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		c.Status, c.Found = poor, err.Error()
		return c
	}
	c.Found = "can be written"
	if existing != dir {
		c.Found += ", will be made when it is needed"
	}
	var size int64
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil // the size is a hint; what cannot be read is found by the index check
	})
	if err == nil {
		c.Found += ", holds " + bytesize(size)
	}
	if free, err := freeSpace(existing); err == nil {
		c.Found += ", " + bytesize(free) + " free"
		if free < lowSpace {
			c.Status, c.Do = poor, "Free some space before indexing a large corpus."
		}
	}
	return c
}

// held is an index in the data directory.
type held struct {
	Corpus   []string `json:"corpus"`
	InEffect bool     `json:"in_effect"`
	Index    string   `json:"index"` // folder
	Articles int      `json:"articles"`
	Passages int      `json:"passages"`
	Bytes    int64    `json:"bytes"`
	Status   status   `json:"status"`
	Found    string   `json:"found"`
	Do       string   `json:"do,omitempty"`
}

// examineIndexes looks at all indexes in the data directory, the most recently
// used first. The error is the context's.
func (p *program) examineIndexes(ctx context.Context) ([]held, error) {
	list := []held{}
	data, err := p.dataDir()
	if err != nil {
		return list, nil // examine has said so
	}
	inEffect := ""
	if lib, err := p.library(ctx, p.corpusFlag, keptOrNothing); err == nil {
		inEffect = lib.key
		lib.close()
	}
	embed, err := p.embedding(ctx)
	if err != nil {
		embed = embedding{} // examine has said so
	}
	sampleKey := indexKey([]string{sampleName})
	for _, i := range indexesIn(data.Value) {
		h := held{Corpus: i.roots, InEffect: i.key == inEffect, Index: filepath.Join(data.Value, indexDir, i.key)}
		switch {
		case len(i.roots) > 0:
		case i.key == sampleKey:
			h.Corpus = []string{corpusChoice{}.String()}
		default:
			h.Corpus = []string{"articles from a place that was not written down"}
		}
		lib := &library{log: p.log, embed: embed}
		if err := lib.openIndex(h.Index); err != nil {
			h.Status, h.Found = broken, err.Error()
			list = append(list, h)
			continue
		}
		health, err := lib.index.Verify(ctx)
		lib.close()
		if ctx.Err() != nil {
			return list, ctx.Err()
		}
		c := describeHealth(health, err)
		h.Status, h.Found, h.Do = c.Status, c.Found, c.Do
		h.Articles, h.Passages, h.Bytes = health.Articles, health.Passages, health.Bytes
		if gone := slices.IndexFunc(i.roots, func(r string) bool { _, err := os.Stat(r); return errors.Is(err, fs.ErrNotExist) }); gone >= 0 && h.Status == good {
			h.Status = poor
			h.Do = i.roots[gone] + " is not there any more: if it is gone for good, remove " + h.Index + "."
		}
		if i.key != indexKey(i.roots) && i.key != sampleKey {
			h.Status, h.Do = poor, "An older version of Dateline made it, and it is not used any more: remove "+h.Index+"."
		}
		list = append(list, h)
	}
	return list, nil
}

func (p *program) examineIndex(ctx context.Context) check {
	lib, err := p.library(ctx, p.corpusFlag, keptOrNothing)
	if err != nil {
		return check{Name: "index", Status: broken, Found: err.Error()}
	}
	defer lib.close()
	return describeHealth(lib.index.Verify(ctx))
}

// describeHealth says what Verify found.
func describeHealth(h retrieval.Health, err error) check {
	c := check{Name: "index", Status: good}
	var outdated *retrieval.OutdatedError
	switch {
	case errors.As(err, &outdated):
		c.Status, c.Found, c.Do = poor, "made by another version of Dateline", "Nothing: the next question makes it anew."
	case err != nil:
		c.Status, c.Found = broken, err.Error()
		c.Do = "Ask a question or run dateline index: what is damaged is made anew from the articles."
	case h.Generation == "":
		c.Found = "none yet, the next question makes it"
	default:
		c.Found = fmt.Sprintf("sound, %s, %s", coverage(h.Coverage), bytesize(h.Bytes))
		switch {
		case h.Model == "":
		case h.Embedded == h.Passages:
			c.Found += ", all passages with vectors of " + h.Model
		default:
			c.Found += fmt.Sprintf(", %d of %s with vectors of %s", h.Embedded, count(h.Passages, "passage"), h.Model)
			c.Do = "Questions find the others by their words alone: dateline index or dateline serve makes their vectors."
		}
	}
	return c
}
