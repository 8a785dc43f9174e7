package corpus

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/blevesearch/go-porterstemmer"
)

var evaluation = flag.String("evaluation", "", "folder of articles.jsonl.gz and questions.jsonl to measure passage sizes on")

// TestPassageSize prints what PassageSize was chosen from: articles and
// answers found by plain BM25 over passages of each size. It is skipped unless
// it is told where an evaluation set lies.
//
//	go test ./corpus -run TestPassageSize -v -evaluation ~/data/rtqa-articles
func TestPassageSize(t *testing.T) {
	if *evaluation == "" {
		t.Skip("no -evaluation folder given")
	}
	type record struct{ ID, Text string }
	var articles []record
	readLines(t, filepath.Join(*evaluation, "articles.jsonl.gz"), func(line []byte) error {
		var r record
		err := json.Unmarshal(line, &r)
		articles = append(articles, r)
		return err
	})
	type question struct {
		Question         string
		Answers, Sources []string
		Unanswerable     bool
	}
	var questions []question
	for _, name := range []string{"questions.jsonl", "questions.jsonl.gz"} {
		path := filepath.Join(*evaluation, name)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		readLines(t, path, func(line []byte) error {
			var q question
			err := json.Unmarshal(line, &q)
			if !q.Unanswerable && len(q.Sources) > 0 {
				questions = append(questions, q)
			}
			return err
		})
	}
	t.Logf("%d articles, %d questions", len(articles), len(questions))
	split := make([][]Sentence, len(articles))
	for i, r := range articles {
		a := Article{Text: r.Text, Body: Span{0, len(r.Text)}}
		split[i] = a.Sentences()
	}
	// What a reader is given at the most, in bytes of passages.
	const budget = 10800
	fmt.Println("size overlap passages  hits@1  hits@10  mrr@10  answer in first 10,800 bytes  of the gold article")
	for _, size := range []int{500, 700, 900, 1200, 1600} {
		for _, overlap := range []int{0, 1} {
			index := newBM25()
			type at struct {
				article int
				span    Span
			}
			var where []at
			for i, r := range articles {
				for _, p := range passages(split[i], size) {
					if first := p.First - overlap; first >= 0 && !furniture(split[i][p.First].Kind) && !furniture(split[i][first].Kind) {
						p.Start = split[i][first].Start
					}
					where = append(where, at{i, p.Span})
					index.add(p.Of(r.Text))
				}
			}
			var hits1, hits10, mrr, answer, gold float64
			for _, q := range questions {
				scores := index.search(q.Question)
				rank := 0
				seen := make(map[int]bool)
				found := false
				read := 0
				inAnswer, inGold := false, false
				for _, s := range scores {
					w := where[s.doc]
					id := articles[w.article].ID
					if !seen[w.article] && !found {
						seen[w.article] = true
						rank++
						found = slices.Contains(q.Sources, id)
					}
					if read += w.span.Len(); read <= budget {
						text := strings.ToLower(w.span.Of(articles[w.article].Text))
						for _, a := range q.Answers {
							if strings.Contains(text, strings.ToLower(a)) {
								inAnswer = true
								inGold = inGold || slices.Contains(q.Sources, id)
							}
						}
					}
					if rank >= 10 && read > budget || found && read > budget {
						break
					}
				}
				if found && rank == 1 {
					hits1++
				}
				if found && rank <= 10 {
					hits10++
					mrr += 1 / float64(rank)
				}
				if inAnswer {
					answer++
				}
				if inGold {
					gold++
				}
			}
			n := float64(len(questions))
			fmt.Printf("%4d %7d %8d   %.3f    %.3f   %.3f  %28.3f  %.3f\n", size, overlap, len(where), hits1/n, hits10/n, mrr/n, answer/n, gold/n)
		}
	}
}

func readLines(t *testing.T, path string, each func([]byte) error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if err := each(lines.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// bm25 is the plain ranking, k1 1.2 and b 0.75 over Porter stems. Package word
// imports this one, so words are split here in the simplest way.
type bm25 struct {
	postings map[string][]posting
	lengths  []int
	total    int
	stems    map[string]string
}

type posting struct{ doc, count int }

type scored struct {
	doc   int
	score float64
}

func newBM25() *bm25 {
	return &bm25{postings: make(map[string][]posting), stems: make(map[string]string)}
}

func (x *bm25) terms(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 0x7f && r != '’' && r != '“' && r != '”' && r != '–' && r != '—')
	})
	for i, w := range words {
		s, ok := x.stems[w]
		if !ok {
			s = porterstemmer.StemString(w)
			x.stems[w] = s
		}
		words[i] = s
	}
	return words
}

func (x *bm25) add(text string) {
	doc := len(x.lengths)
	words := x.terms(text)
	counts := make(map[string]int, len(words))
	for _, w := range words {
		counts[w]++
	}
	for w, n := range counts {
		x.postings[w] = append(x.postings[w], posting{doc, n})
	}
	x.lengths = append(x.lengths, len(words))
	x.total += len(words)
}

func (x *bm25) search(query string) []scored {
	scores := make(map[int]float64)
	n := float64(len(x.lengths))
	average := float64(x.total) / n
	for _, w := range x.terms(query) {
		ps := x.postings[w]
		df := float64(len(ps))
		idf := math.Log(1 + (n-df+0.5)/(df+0.5))
		for _, p := range ps {
			tf := float64(p.count)
			scores[p.doc] += idf * tf * 2.2 / (tf + 1.2*(0.25+0.75*float64(x.lengths[p.doc])/average))
		}
	}
	list := make([]scored, 0, len(scores))
	for d, s := range scores {
		list = append(list, scored{d, s})
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
	})
	return list
}
