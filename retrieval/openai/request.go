package openai

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"

	"dateline/retrieval/openai/api"
)

// A tooMuchError is why a server does not take a request that a smaller one of
// the same kind might go well in place of.
type tooMuchError struct {
	many bool // texts, however short
	one  bool // more than one of them
	err  error
}

func (e *tooMuchError) Error() string { return "too much: " + e.err.Error() }
func (e *tooMuchError) Unwrap() error { return e.err }

// request embeds texts with one request that goes well.
func (e *Embedder) request(ctx context.Context, server *api.Server, texts []string) (vs [][]float32, err error) {
	limited, cancel := server.Limit(ctx)
	defer cancel()
	err = server.Do(limited, func(x *api.Exchange) error {
		able := e.can()
		var first error // that does not say what to leave out
		for {
			got, used, err := e.once(limited, server, x, able, texts)
			if err == nil {
				vs = got
				e.note(func() {
					e.able.float, e.able.bare, e.able.string, e.able.noDims = able.float, able.bare, able.string, able.noDims
					e.usage.Requests++
					if used.TotalTokens > 0 {
						e.usage.Tokens += used.TotalTokens
						return
					}
					e.usage.Estimated = true
					for _, t := range texts {
						e.usage.Tokens += tokens(t)
					}
				})
				return nil
			}
			less, named, ok := able.without(err, e.c.Dims > 0, e.Usage().Requests > 0)
			if named {
				first = nil
			} else if first == nil {
				first = err
			}
			var much *tooMuchError
			if !ok || limited.Err() != nil {
				if errors.As(err, &much) {
					return err
				}
				return first
			}
			able = less
		}
	})
	switch {
	case err == nil:
		return vs, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	var much *tooMuchError
	if errors.As(err, &much) {
		return nil, server.Fail(fmt.Sprintf("a text of %d characters is too long for model %q: choose another in %s", utf8.RuneCountInString(texts[0]), e.c.Model, e.c.ModelSetting), err)
	}
	return nil, server.Explain(limited, err)
}

// without returns the abilities to try with after an error that asks for fewer,
// and whether the error named them. One that does not say what is wrong may mean
// any of them, unless requests went well before.
func (a abilities) without(err error, dims, proven bool) (less abilities, named, ok bool) {
	code, message := api.Status(err)
	var much *tooMuchError
	if errors.As(err, &much) {
		return a, false, false
	}
	if code != http.StatusBadRequest && code != http.StatusUnprocessableEntity && code != http.StatusInternalServerError {
		return a, false, false
	}
	format := api.Says(message, "encoding", "base64")
	switch {
	case !a.string && aboutLists(message):
		a.string = true
	case !a.float && format:
		a.float = true
	case !a.bare && format:
		a.bare = true
	case dims && !a.noDims && api.Says(message, "dimension", "matryoshka"):
		a.noDims = true
	case proven || code == http.StatusInternalServerError || api.UnknownModel(err):
		return a, false, false
	case !a.bare:
		a.float, a.bare = true, true
		return a, false, true
	case !a.string:
		a.string = true
		return a, false, true
	default:
		return a, false, false
	}
	return a, true, true
}

// aboutLists reports whether a server says that it wants one text, not a list.
func aboutLists(message string) bool {
	return api.Says(message, "valid string", "a string", "expected string", "string_type", "expected a str", "got instead array", "array input", "arrays are not", "array is not", "lists are not", "list is not", "type: sequence")
}

// once makes one request, and puts what comes in order.
func (e *Embedder) once(ctx context.Context, server *api.Server, x *api.Exchange, able abilities, texts []string) ([][]float32, openai.Usage, error) {
	if able.string && len(texts) > 1 {
		return nil, openai.Usage{}, server.Fail("too much", &tooMuchError{one: true, err: errOneText})
	}
	client, err := x.Client()
	if err != nil {
		return nil, openai.Usage{}, err
	}
	req := openai.EmbeddingRequest{Input: texts, Model: openai.EmbeddingModel(e.c.Model), EncodingFormat: openai.EmbeddingEncodingFormatBase64}
	if able.float {
		req.EncodingFormat = openai.EmbeddingEncodingFormatFloat
	}
	if able.bare {
		req.EncodingFormat = ""
	}
	if able.string {
		req.Input = texts[0]
	}
	if !able.noDims {
		req.Dimensions = e.c.Dims
	}
	resp, err := client.CreateEmbeddings(ctx, req)
	if err != nil {
		if much := tooMuch(err); much != nil && (able.string || !aboutLists(much.Error())) {
			return nil, openai.Usage{}, server.Fail("too much", much)
		}
		return nil, openai.Usage{}, x.Blame(err)
	}
	if len(resp.Data) == 0 {
		return nil, openai.Usage{}, api.ErrOther
	}
	if len(resp.Data) == 1 && len(texts) > 1 {
		return nil, openai.Usage{}, server.Fail("too much", &tooMuchError{one: true, err: errOneText})
	}
	vs, err := e.order(server, resp.Data, len(texts))
	return vs, resp.Usage, err
}

// errOneText is for a server that takes one text in a request.
var errOneText = errors.New("one text at a time")

// tooMuch returns what is too much about a request that a server refused; nil
// if that was not the matter.
func tooMuch(err error) *tooMuchError {
	code, message := api.Status(err)
	switch code {
	case http.StatusRequestEntityTooLarge:
		return &tooMuchError{many: api.Says(message, "batch size", "inputs"), err: err}
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError:
	default:
		return nil
	}
	switch {
	case api.Says(message, "only one", "one instance", "single input", "one input", "one text"):
		return &tooMuchError{one: true, err: err}
	case api.Says(message, "physical batch", "too large", "too long", "max_seq", "maximum sequence", "input length", "tokens per request") || api.TooLong(message):
		return &tooMuchError{err: err}
	case api.Says(message, "batch size", "too many inputs", "array length", "number of inputs", "maximum number of", "array too"):
		return &tooMuchError{many: true, err: err}
	}
	return nil
}

// order puts vectors where their index says, checks them, and makes them of
// unit length. The errors are final: nothing better would come another time.
func (e *Embedder) order(server *api.Server, data []openai.Embedding, n int) ([][]float32, error) {
	fail := func(format string, args ...any) error {
		return server.Fail(fmt.Sprintf("model %q at %s ", e.c.Model, server.Address())+fmt.Sprintf(format, args...), api.ErrOther)
	}
	vs := make([][]float32, n)
	for _, d := range data {
		if d.Index < 0 || d.Index >= n {
			return nil, fail("sent a vector for text %d of %d: choose another server or model in %s", d.Index+1, n, e.c.ModelSetting)
		}
		if vs[d.Index] != nil {
			return nil, fail("sent two vectors for one text (%d of %d): choose another server or model in %s", d.Index+1, n, e.c.ModelSetting)
		}
		switch {
		case e.c.Dims > 0 && len(d.Embedding) != e.c.Dims:
			return nil, fail("makes vectors of %d numbers, not of %d: correct %s, or leave it out", len(d.Embedding), e.c.Dims, settingDims)
		case e.dims > 0 && len(d.Embedding) != e.dims:
			return nil, fail("makes vectors of %d numbers now, and of %d before: if it is another model, set %s to %d to embed the articles anew", len(d.Embedding), e.dims, settingDims, len(d.Embedding))
		case len(d.Embedding) == 0:
			return nil, fail("sent a vector without numbers: choose another model in %s", e.c.ModelSetting)
		}
		var sum float64
		for _, f := range d.Embedding {
			sum += float64(f) * float64(f)
		}
		if math.IsNaN(sum) || math.IsInf(sum, 0) {
			return nil, fail("sent a vector that holds no numbers (NaN or infinity): choose another model in %s, or look at the server's log", e.c.ModelSetting)
		}
		if sum == 0 {
			return nil, fail("sent a vector of zeros: choose another model in %s; it may be none for embeddings", e.c.ModelSetting)
		}
		length := math.Sqrt(sum)
		v := make([]float32, len(d.Embedding))
		for i, f := range d.Embedding {
			v[i] = float32(float64(f) / length)
		}
		vs[d.Index] = v
	}
	for i, v := range vs {
		if v == nil {
			return nil, fail("sent no vector for text %d of %d: choose another server or model in %s", i+1, n, e.c.ModelSetting)
		}
		if len(v) != len(vs[0]) {
			return nil, fail("makes vectors of different lengths, %d and %d: choose another model in %s", len(vs[0]), len(v), e.c.ModelSetting)
		}
	}
	return vs, nil
}

// tokens is about how many tokens a text has: one for four letters of English,
// and one for each character of scripts that tokenizers know less of.
func tokens(text string) int {
	plain, other := 0, 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			plain++
		} else {
			other++
		}
	}
	return plain/4 + other + 1
}

// shorten returns as much of the start of a text as has so many tokens, whole
// words if there are any.
func shorten(text string, most int) string {
	if len(text)/4 < most && tokens(text) <= most {
		return text
	}
	quarters := 0
	word := 0 // where the last whole word ends
	for i, r := range text {
		if unicode.IsSpace(r) {
			word = i
		}
		if r < utf8.RuneSelf {
			quarters++
		} else {
			quarters += 4
		}
		if quarters/4+1 > most {
			if word > 0 {
				i = word
			}
			return strings.TrimRightFunc(text[:i], unicode.IsSpace)
		}
	}
	return text
}

// batches divides texts into requests.
func batches(texts []string, a abilities) [][]string {
	var all [][]string
	from, sum := 0, 0
	for i, t := range texts {
		n := min(tokens(t), a.textTokens)
		if i > from && (i-from == a.texts || sum+n > a.tokens) {
			all = append(all, texts[from:i])
			from, sum = i, 0
		}
		sum += n
	}
	if from < len(texts) {
		all = append(all, texts[from:])
	}
	return all
}
