package encoder

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// model returns the model that is part of the program.
func model(t testing.TB) *Model {
	t.Helper()
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// records reads a file of JSON records.
func records[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []T
	for d := json.NewDecoder(bufio.NewReader(f)); d.More(); {
		var r T
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// TestTokens holds the tokenizer against the tokenizers library.
func TestTokens(t *testing.T) {
	type sample struct {
		Text    string
		IDs     []int32
		Offsets [][2]int32
	}
	m := model(t)
	samples := records[sample](t, "testdata/tokens.jsonl")
	if len(samples) < 300 {
		t.Errorf("got %d samples, want at least 300", len(samples))
	}
	for _, s := range samples {
		tokens := m.Append(nil, s.Text, len(s.Text))
		if got := ids(tokens); !slices.Equal(got, s.IDs) {
			t.Errorf("%q:\ngot  %v\nwant %v", s.Text, got, s.IDs)
			continue
		}
		for i, k := range tokens {
			if got, want := s.Text[k.Start:k.End], s.Text[s.Offsets[i][0]:s.Offsets[i][1]]; strings.TrimRightFunc(got, accent) != strings.TrimRightFunc(want, accent) || len(got) < len(want) {
				t.Errorf("%q: token %d: got %q, want %q and its accents", s.Text, i, got, want)
			}
		}
	}
}

// accent reports whether r belongs to a letter before it. The reference leaves
// such characters out of a token at whose end they are.
func accent(r rune) bool { return unicode.In(r, unicode.M, unicode.C) }

func ids(tokens []Token) []int32 {
	var ids []int32
	for _, k := range tokens {
		ids = append(ids, k.ID)
	}
	return ids
}

func TestTokenPlaces(t *testing.T) {
	m := model(t)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"words and punctuation", "It's over, Ann.", []string{"It", "'", "s", "over", ",", "Ann", "."}},
		{"pieces", "embeddings", []string{"em", "bed", "ding", "s"}},
		{"accents", "cafe\u0301 naïve", []string{"cafe\u0301", "naïve"}},
		{"ideographs", "東京3", []string{"東", "京", "3"}},
		{"a syllable that decomposes", "각", []string{"각", "각", "각"}},
		{"bytes that are no UTF-8", "a\xffb \xf0\x9f", []string{"a\xffb"}},
		{"a long word", "a " + strings.Repeat("x", 101) + " b", []string{"a", strings.Repeat("x", 101), "b"}},
		{"special tokens", "[SEP]", []string{"[", "SEP", "]"}},
		{"nothing", " \u200b\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, k := range m.Append(nil, c.text, len(c.text)) {
				got = append(got, c.text[k.Start:k.End])
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTokenLimit(t *testing.T) {
	m := model(t)
	for _, c := range []struct {
		name  string
		limit int
		want  string
	}{
		{"none", 0, ""},
		{"no part of a word", 3, "the"},
		{"a whole word", 5, "the embeddings"},
		{"all", 7, "the embeddings reopen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			const text = "the embeddings reopen"
			tokens := m.Append(m.Append(nil, "before", 1), text, c.limit)
			if len(tokens) == 0 || tokens[0].ID != m.Append(nil, "before", 1)[0].ID {
				t.Fatalf("got %v, want what was there before kept", tokens)
			}
			got := ""
			if len(tokens) > 1 {
				got = text[:tokens[len(tokens)-1].End]
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSequences(t *testing.T) {
	m := model(t)
	first, second := m.Append(nil, "who ?", 9), m.Append(nil, "ann .", 9)
	for _, c := range []struct {
		name   string
		got    Sequence
		want   []int32
		second int
	}{
		{"single", m.Single(first), []int32{101, 2040, 1029, 102}, 4},
		{"pair", m.Pair(first, second), []int32{101, 2040, 1029, 102, 5754, 1012, 102}, 4},
		{"nothing", m.Single(nil), []int32{101, 102}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !slices.Equal(c.got.IDs, c.want) || c.got.Second != c.second {
				t.Errorf("got %v, want %v and %d", c.got, c.want, c.second)
			}
		})
	}
}

func FuzzAppend(f *testing.F) {
	for _, s := range []string{"", "The bridge.", "café 각 東京", "a\xff\u0301b", "풩\u0329", "[SEP]", strings.Repeat("é", 101), "🙂👩‍👩‍👧"} {
		f.Add(s, 5)
	}
	m := model(f)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		all := m.Append(nil, text, len(text)*4)
		before := Token{}
		for _, k := range all {
			if k.Start < before.Start || k.End < before.End || k.Start >= k.End || int(k.End) > len(text) {
				t.Fatalf("%q: token %v after %v", text, k, before)
			}
			if k.Start < before.End && (k.Start != before.Start || k.End != before.End) {
				t.Fatalf("%q: token %v overlaps %v", text, k, before)
			}
			if !utf8.RuneStart(text[k.Start]) || int(k.End) < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[k.End]) {
				t.Fatalf("%q: token %v is not on borders of characters", text, k)
			}
			if int(k.ID) >= len(m.wordScales) || k.ID < 0 {
				t.Fatalf("%q: token %v is not in the vocabulary", text, k)
			}
			before = k
		}
		limit = min(max(limit, 0), 1000)
		some := m.Append(nil, text, limit)
		if len(some) > limit || !slices.Equal(some, all[:len(some)]) {
			t.Fatalf("%q: with a limit of %d got %v, want a beginning of %v", text, limit, some, all)
		}
	})
}
