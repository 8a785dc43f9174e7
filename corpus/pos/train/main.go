// Train makes the model of package pos. It labels text with the model of the tagger of
// github.com/jdkato/prose (MIT), mends what that is known to get wrong, and
// trains a smaller tagger on the result. Run it in this folder, on data sets
// that may be trained on:
//
//	go run . -o ../model.bin DATA/squadshifts-wiki DATA/squadshifts-reddit DATA/trecqa-train
//
// A folder holds articles.jsonl.gz, questions.jsonl.gz or selection.jsonl, or
// several. It is a module of its own so that prose is no dependency of the
// program.
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dateline/corpus/pos"
)

func main() {
	out := flag.String("o", "model.bin", "write the model to `file`")
	// At 1.6 MB, all of the weights, agreement is no better.
	size := flag.Int("size", 420_000, "keep the model to this many `bytes`")
	show := flag.Int("show", 0, "print this many labelled sentences and stop")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*out, *size, *show, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

// Every heldOut-th sentence is kept for measuring.
const heldOut = 50

func run(out string, size, show int, folders []string) error {
	start := time.Now()
	texts, err := read(folders)
	if err != nil {
		return err
	}
	prose, err := newTeacher()
	if err != nil {
		return err
	}
	silver, common := label(texts, prose)
	if show > 0 {
		for i := 0; i < len(silver); i += max(1, len(silver)/show) {
			for j, t := range silver[i].Tokens {
				fmt.Printf("%s/%s ", t.Text, silver[i].Tags[j])
			}
			fmt.Println()
		}
		return nil
	}
	var train, test []pos.Sentence
	tokens := 0
	for i, s := range silver {
		if i%heldOut == 0 {
			test = append(test, s)
			continue
		}
		train = append(train, s)
		tokens += len(s.Tokens)
		train = append(train, uncased(s, i, common)...)
	}
	fmt.Printf("labelled %d sentences, %d tokens, %v\n", len(silver), tokens, time.Since(start).Round(time.Second))
	start = time.Now()
	model := pos.Train(train, size)
	fmt.Printf("trained in %v, %d bytes\n", time.Since(start).Round(time.Second), len(model))
	if err := os.WriteFile(out, model, 0o666); err != nil {
		return err
	}
	tagger, err := pos.Load(model)
	if err != nil {
		return err
	}
	report("held out", tagger, test)
	var lower []pos.Sentence
	for _, s := range test {
		if s, ok := lowered(s, common); ok {
			lower = append(lower, s)
		}
	}
	report("held out, lower case", tagger, lower)
	return nil
}

// report prints how many tags agree with the silver ones, of all tokens and
// of those whose tag the word alone does not decide.
func report(name string, tagger *pos.Tagger, test []pos.Sentence) {
	var all, open, wrong int
	confused := make(map[[2]pos.Tag]int)
	for _, s := range test {
		got := append([]pos.Token(nil), s.Tokens...)
		tagger.Tag(got)
		for i, want := range s.Tags {
			if want == pos.None {
				continue
			}
			all++
			if s.Tokens[i].Tag == pos.None {
				open++
			}
			if got[i].Tag != want {
				wrong++
				confused[[2]pos.Tag{want, got[i].Tag}]++
			}
		}
	}
	fmt.Printf("%s: agreement %.2f %% of %d tokens, %.2f %% of %d open ones\n", name,
		100-100*float64(wrong)/float64(all), all, 100-100*float64(wrong)/float64(open), open)
	for range 12 {
		var top [2]pos.Tag
		for k, n := range confused {
			if n > confused[top] || n == confused[top] && (k[0] < top[0] || k[0] == top[0] && k[1] < top[1]) {
				top = k
			}
		}
		fmt.Printf("  %v as %v: %d\n", top[0], top[1], confused[top])
		delete(confused, top)
	}
}

// treebank undoes what the Treebank's tokenisation did to a text.
var treebank = strings.NewReplacer("-LRB-", "(", "-RRB-", ")", "-LSB-", "[", "-RSB-", "]", "<num>", "12",
	" 's ", "'s ", " n't ", "n't ", " 're ", "'re ", " 've ", "'ve ", " 'll ", "'ll ", " 'd ", "'d ", " 'm ", "'m ",
	"`` ", "\"", " ''", "\"", " ,", ",")

func read(folders []string) ([]string, error) {
	var texts []string
	for _, folder := range folders {
		for _, name := range []string{"articles.jsonl.gz", "questions.jsonl.gz", "selection.jsonl"} {
			err := lines(filepath.Join(folder, name), func(line []byte) error {
				var rec struct {
					Text, Question string
					Candidates     []struct{ Text string }
				}
				if err := json.Unmarshal(line, &rec); err != nil {
					return err
				}
				if rec.Text != "" {
					texts = append(texts, rec.Text)
				}
				question := rec.Question
				if len(rec.Candidates) > 0 {
					question = treebank.Replace(question)
				}
				if question != "" {
					texts = append(texts, question)
				}
				for _, c := range rec.Candidates {
					texts = append(texts, treebank.Replace(c.Text))
				}
				return nil
			})
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
	}
	if len(texts) == 0 {
		return nil, errors.New("no text in the given folders")
	}
	return texts, nil
}

// lines calls do with each line of a file, gunzipped if its name ends in .gz.
func lines(name string, do func([]byte) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 64<<20)
	for n := 1; sc.Scan(); n++ {
		if err := do(sc.Bytes()); err != nil {
			return fmt.Errorf("%s: line %d: %w", name, n, err)
		}
	}
	return sc.Err()
}
