package eval

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/corpus"
	"dateline/retrieval"
)

// A wordEmbedder makes a vector of which of its words a text has.
type wordEmbedder struct {
	words []string
	err   error
}

func (e wordEmbedder) Model() string { return "words" }
func (e wordEmbedder) Dims() int     { return len(e.words) }

func (e wordEmbedder) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vs := make([][]float32, len(texts))
	for i, text := range texts {
		n := 0.
		vs[i] = make([]float32, len(e.words))
		for k, w := range e.words {
			if strings.Contains(strings.ToLower(text), w) {
				vs[i][k] = 1
				n++
			}
		}
		for k := range vs[i] {
			vs[i][k] /= float32(math.Sqrt(max(n, 1)))
		}
	}
	return vs, e.err
}

func TestPeer(t *testing.T) {
	long := article("long.txt", strings.Repeat("Nothing is said of anything here today. ", 60)+"\n\nThe ferry sank.\n\n"+strings.Repeat("Nothing is said of anything here either. ", 60))
	all := append([]*corpus.Article{long}, articles...)
	var told []int
	p, err := NewPeer(t.Context(), wordEmbedder{words: []string{"ferry", "bridge", "mayor"}}, all, func(done, of int) { told = append(told, done, of) })
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 2 || told[0] != told[1] || told[0] < 6 {
		t.Errorf("told %v, want once that all of at least 6 passages are there", told)
	}
	found, err := p.Search(t.Context(), "Which ferry?", 3)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found[:2] {
		got = append(got, f.Article.Source)
	}
	// Of the long one the passage counts that has the ferry, and nothing else.
	if want := []string{"long.txt", "news.jsonl#42"}; !reflect.DeepEqual(got, want) || math.Abs(found[0].Score-1) > 1e-6 || math.Abs(found[1].Score-math.Sqrt(0.5)) > 1e-6 {
		t.Errorf("got %v with %v and %v, want %v with 1 and √½", got, found[0].Score, found[1].Score, want)
	}
	if len(found) != 3 {
		t.Errorf("found %d articles, want 3", len(found))
	}

	f := &fake{hits: []retrieval.Hit{{Article: articles[0]}}, answers: map[string]bot.Answer{}}
	r, err := Run(t.Context(), Config{Articles: all, Asker: f, Original: original, Peer: p}, []Question{{Question: "Which ferry?", Sources: []string{"42"}}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Peer == nil || r.Peer.MRR10 != 0.5 || r.LessPeer["mrr_10"].Mean != -0.5 || r.PeerModel != "words" {
		t.Errorf("got peer %+v, %+v of %q, want the second place of words", r.Peer, r.LessPeer, r.PeerModel)
	}
}

func TestPeerFails(t *testing.T) {
	down := wordEmbedder{words: []string{"ferry"}, err: errors.New("down")}
	if _, err := NewPeer(t.Context(), down, articles, nil); err == nil || !strings.Contains(err.Error(), "0 of 3 passages: down") {
		t.Errorf("got %v, want an error that says how far it came", err)
	}
	p := &Peer{embedder: down}
	if _, err := Run(t.Context(), Config{Articles: articles, Asker: new(fake), Original: original, Peer: p}, []Question{{ID: "7", Question: "Who?", Sources: []string{"42"}}}); err == nil || !strings.Contains(err.Error(), "question 7") {
		t.Errorf("got %v, want an error that names the question", err)
	}
}
