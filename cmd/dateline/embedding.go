package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"dateline/retrieval"
	"dateline/retrieval/encoder"
	"dateline/retrieval/openai"
	"dateline/retrieval/simd"
)

// An embeddingChoice is which model embeds, and where each part of that came
// from.
type embeddingChoice struct {
	model, server, key, dims, weight, price setting
}

// chooseEmbedding finds out which model embeds: one on the server that writes
// answers, unless another server is set. That one never gets the first one's
// key.
func (p *program) chooseEmbedding() embeddingChoice {
	c := embeddingChoice{
		model:  p.env.lookup(envEmbeddingModel),
		server: p.copied(p.env.lookup(envEmbeddingServer)),
		key:    p.copied(p.env.lookup(envEmbeddingKey)),
		dims:   p.env.lookup(envEmbeddingDims),
		weight: p.env.lookup(envEmbeddingWeight),
		price:  p.env.lookup(envEmbeddingPrice),
	}
	if c.server.Value == "" {
		c.server = p.copied(p.env.lookup(envModelServer))
		if c.key.Value == "" {
			c.key = p.copied(p.env.lookup(envModelKey))
		}
	}
	return c
}

// settings are those that are given for embeddings alone, with nothing in them
// that is secret.
func (c embeddingChoice) settings() []setting {
	return slices.DeleteFunc(disclosed(c.model, c.server, c.key, c.dims, c.weight, c.price), func(s setting) bool {
		return s.Name == envModelServer || s.Name == envModelKey
	})
}

// An embedding is what an index embeds with.
type embedding struct {
	retrieval.Embedder
	remote *openai.Embedder // nil for the built-in one
	weight float64
	price  float64 // of a million tokens; 0 if it is not known
	// onTheSpot is how many passages may be embedded before a search, see
	// retrieval.Options.
	onTheSpot int
}

// plainKernels are those for processors without vector instructions.
const plainKernels = "go"

// builtIn is the encoder in the program. Each batch of texts is one goroutine's:
// the index decides how many are under way.
func builtIn() embedding {
	built, err := encoder.BuiltIn(1)
	if err != nil {
		return embedding{Embedder: unusable{err}}
	}
	e := embedding{Embedder: built}
	if simd.Kernels() == plainKernels {
		e.onTheSpot = 2 // a passage takes a second
	}
	return e
}

// unusable is the embedder of a program whose encoder is damaged: words find all
// the same, and every answer says why meaning does not.
type unusable struct{ err error }

// Model implements retrieval.Embedder.
func (unusable) Model() string { return "unusable" }

// Dims implements retrieval.Embedder.
func (unusable) Dims() int { return 1 }

// Embed implements retrieval.Embedder.
func (u unusable) Embed(context.Context, []string) ([][]float32, error) { return nil, u.err }

// embedOptions say how vectors are made. A server that makes them is given as
// much as it takes in a request, several times at once; here a share of the
// processors makes them.
func (e embedding) embedOptions(processors int) retrieval.EmbedOptions {
	if e.remote != nil {
		return retrieval.EmbedOptions{Batch: 64, AtOnce: 4}
	}
	return retrieval.EmbedOptions{AtOnce: max(1, processors)}
}

// number reads a setting that is a number, 0 if it is not given.
func number(s setting, least, most float64, what string) (float64, error) {
	if s.Value == "" {
		return 0, nil
	}
	f, err := strconv.ParseFloat(s.Value, 64)
	if err != nil || !(f >= least && f <= most) {
		return 0, fmt.Errorf("%s %q (%s) is no %s: give a number from %v to %v", s.Name, s.Value, s.From, what, least, most)
	}
	return f, nil
}

// opened is what came of opening the model that embeds.
type opened struct {
	embedding
	err error
}

// embedding is what is set up to embed with. A model that is not known yet is
// asked for one tiny embedding, once in a run: doctor wants it three times, and
// a server that does not answer takes its time to do so.
func (p *program) embedding(ctx context.Context) (embedding, error) {
	c := p.chooseEmbedding()
	if c.model.Value == "" {
		return builtIn(), nil
	}
	if p.embedder == nil {
		e, err := p.openEmbedding(ctx, c)
		p.embedder = &opened{e, err}
	}
	return p.embedder.embedding, p.embedder.err
}

// openEmbedding opens the model of a choice.
func (p *program) openEmbedding(ctx context.Context, c embeddingChoice) (embedding, error) {
	if c.server.Value == "" && c.key.Value == "" {
		return embedding{}, fmt.Errorf("%s is set, but no server: set %s or %s, or %s for the OpenAI API", envEmbeddingModel, envEmbeddingServer, envModelServer, envModelKey)
	}
	dims, err1 := number(c.dims, 1, 65536, "length of vectors")
	weight, err2 := number(c.weight, 0.001, 100, "weight")
	price, err3 := number(c.price, 0, 1e6, "price of a million tokens")
	if err := errors.Join(err1, err2, err3); err != nil {
		return embedding{}, err
	}
	if weight == 0 {
		weight = 1
	}
	dir := ""
	if data, err := p.dataDir(); err == nil {
		dir = filepath.Join(data.Value, modelsDir)
	}
	e, err := openai.Open(ctx, openai.Config{
		BaseURL: c.server.Value, Key: c.key.Value, Model: c.model.Value, Dims: int(dims), Dir: dir, Log: p.log,
		AddressSetting: c.server.Name, KeySetting: c.key.Name,
	})
	if err != nil {
		return embedding{}, err
	}
	return embedding{Embedder: e, remote: e, weight: weight * openai.Weight, price: price}, nil
}

// cost is what tokens cost, for people; empty if that is not known.
func (e embedding) cost(tokens int) string {
	if e.price == 0 {
		return ""
	}
	return fmt.Sprintf("about %.2g at %g a million tokens", float64(tokens)*e.price/1e6, e.price)
}

// describeUsage says what a model server has done; empty if nothing.
func (e embedding) describeUsage() string {
	if e.remote == nil {
		return ""
	}
	u := e.remote.Usage()
	s := ""
	if u.Texts > 0 {
		about := ""
		if u.Estimated {
			about = "about "
		}
		s = fmt.Sprintf("%s embedded with %s%s", count(u.Texts, "text"), about, count(u.Tokens, "token"))
		if cost := e.cost(u.Tokens); cost != "" {
			s += " (" + cost + ")"
		}
	}
	if u.Shortened > 0 {
		s += fmt.Sprintf(", %d of them shortened, as the model reads no longer ones", u.Shortened)
	}
	return s
}

// embedded is what "index --json" prints of a model server.
type embedded struct {
	Model     string   `json:"model"`
	Texts     int      `json:"texts"`
	Shortened int      `json:"shortened"`
	Requests  int      `json:"requests"`
	Tokens    int      `json:"tokens"`
	Estimated bool     `json:"estimated"`
	Cost      *float64 `json:"cost,omitempty"`
}

// usage is nil for the built-in embedder.
func (e embedding) usage() *embedded {
	if e.remote == nil {
		return nil
	}
	u := e.remote.Usage()
	out := &embedded{e.Model(), u.Texts, u.Shortened, u.Requests, u.Tokens, u.Estimated, nil}
	if e.price > 0 {
		cost := float64(u.Tokens) * e.price / 1e6
		out.Cost = &cost
	}
	return out
}

// examineEmbedding asks for one tiny embedding.
func (p *program) examineEmbedding(ctx context.Context) check {
	found := check{Name: "embeddings", Status: good}
	if p.chooseEmbedding().model.Value == "" {
		e := readEncoder()
		found.Found = e.String()
		switch {
		case e.Error != "":
			found.Status, found.Do = broken, "Get the program anew. Until then words alone are searched for."
		case e.Kernels == plainKernels:
			found.Status = poor
			found.Do = "Without vector instructions that Dateline knows, this processor reads about one passage a second. Make the index on another machine and copy the data directory, or set " + envEmbeddingModel + "; what has no vector is searched by words alone."
		}
		return found
	}
	e, err := p.embedding(ctx)
	var seen openai.Checkup
	if err == nil {
		seen, err = e.remote.Check(ctx)
	}
	if err != nil {
		found.Status, found.Found = broken, err.Error()
		found.Do = "Until then what is indexed is searched by words alone, and new articles are indexed with the built-in embedder if nothing of their corpus was indexed before."
		return found
	}
	cost := "the server does not say what this cost"
	if seen.Tokens > 0 {
		tokens := e.remote.Usage().Tokens // with what it took to open
		cost = "this check cost " + count(tokens, "token")
		if c := e.cost(tokens); c != "" {
			cost += ", " + c
		}
	}
	found.Do = leaveOut(p.chooseEmbedding().server)
	found.Found = fmt.Sprintf("%s answers at %s, vectors of %d numbers; %s", seen.Model, seen.Server, seen.Dims, cost)
	return found
}
