package eval

import (
	"context"
	"fmt"

	"dateline/corpus"
	"dateline/retrieval"
)

// A Peer searches articles by the vectors of another model and by nothing
// else: by the cosine of a question's vector and that of the nearest passage of
// each article. The passages are those that the bot searches.
type Peer struct {
	embedder retrieval.Embedder
	articles []*corpus.Article
	vectors  []peerVector
}

type peerVector struct {
	article int
	vector  []float32
}

// peerBatch is how many passages are embedded at a time.
const peerBatch = 256

// NewPeer embeds the passages of articles. progress, if not nil, is told how
// many of how many there are.
func NewPeer(ctx context.Context, e retrieval.Embedder, articles []*corpus.Article, progress func(done, all int)) (*Peer, error) {
	p := &Peer{embedder: e, articles: articles}
	var texts []string
	for i, a := range articles {
		for _, passage := range corpus.Passages(a.Text, a.Sentences()) {
			texts = append(texts, passage.Of(a.Text))
			p.vectors = append(p.vectors, peerVector{article: i})
		}
	}
	for at := 0; at < len(texts); at += peerBatch {
		end := min(at+peerBatch, len(texts))
		vectors, err := e.Embed(ctx, texts[at:end])
		if err != nil {
			return nil, fmt.Errorf("the peer embedded %d of %d passages: %w", at, len(texts), err)
		}
		for i, v := range vectors {
			p.vectors[at+i].vector = v
		}
		if progress != nil {
			progress(end, len(texts))
		}
	}
	return p, nil
}

// Model names the model.
func (p *Peer) Model() string { return p.embedder.Model() }

// Search returns the articles with the nearest passages, limit of them at the
// most, by score, then by id.
func (p *Peer) Search(ctx context.Context, query string, limit int) ([]Ranked, error) {
	v, err := p.embed(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("the peer: %w", err)
	}
	best := make(map[int]float64) // of an article
	for _, at := range p.vectors {
		score := cosine(v, at.vector)
		if old, ok := best[at.article]; !ok || score > old {
			best[at.article] = score
		}
	}
	found := make([]Ranked, 0, len(best))
	for i, score := range best {
		found = append(found, Ranked{p.articles[i], score})
	}
	return first(found, limit), nil
}

func (p *Peer) embed(ctx context.Context, query string) ([]float32, error) {
	if e, ok := p.embedder.(retrieval.QueryEmbedder); ok {
		return e.EmbedQuery(ctx, query)
	}
	vs, err := p.embedder.Embed(ctx, []string{query})
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

// cosine is that of two vectors of unit length.
func cosine(a, b []float32) float64 {
	var dot float32
	for i, x := range a {
		dot += x * b[i]
	}
	return float64(dot)
}
