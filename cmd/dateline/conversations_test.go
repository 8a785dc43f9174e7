package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/corpus/word"
)

// What has to be reached on the project's own conversations without a model:
// shares of the turns that follow up on something.
const (
	minUnderstood = 0.85
	minAnswered   = 0.70
)

// A spoken conversation is one line of a set: turns as a person types them,
// and what an editor says they mean.
type spoken struct {
	ID    string `json:"id"`
	Turns []turn `json:"turns"`
}

type turn struct {
	Ask  string `json:"ask"`
	Kind string `json:"kind"`
	// Has are words that the question as understood has, "a|b" standing for
	// either, and Not those that it has not. Stems count.
	Has []string `json:"has"`
	Not []string `json:"not"`
	// Alone is set where the question stands by itself, New where the subject
	// is another than before.
	Alone bool `json:"alone"`
	New   bool `json:"new"`
	// Act is what is wanted besides a fact.
	Act string `json:"act"`
	// Answers are words of which the answer has to hold some; Refused says
	// that it may be, or, without Answers, has to be refused.
	Answers []string `json:"answers"`
	Refused bool     `json:"refused"`
}

var acts = map[string]bot.Wish{"sure": bot.WishSure, "says": bot.WishSpeaker, "source": bot.WishSource, "more": bot.WishMore,
	"thanks": bot.WishThanks, "hello": bot.WishHello, "unclear": bot.WishUnclear}

// misunderstood says what is wrong with how a turn was understood.
func (u turn) misunderstood(a bot.Answer) string {
	if want := acts[u.Act]; a.Wish != want {
		return fmt.Sprintf("wish %q, want %q", a.Wish, want)
	}
	if u.Act != "" {
		return ""
	}
	if u.Alone && a.Understood != "" {
		return "it stands by itself"
	}
	if u.New && !a.NewSubject {
		return "the change of subject was not noticed"
	}
	meant := a.Understood
	if meant == "" {
		meant = a.Question
	}
	stems := make(map[string]bool)
	for _, w := range word.Split(meant) {
		stems[w.Stem()] = true
	}
	has := func(w string) bool { return stems[word.Stem(word.Fold(w))] }
	for _, any := range u.Has {
		if !slices.ContainsFunc(strings.Split(any, "|"), has) {
			return "it lacks " + any
		}
	}
	for _, w := range u.Not {
		if has(w) {
			return "it has " + w
		}
	}
	return ""
}

// wrong says what is wrong with the answer to a turn.
func (u turn) wrong(a bot.Answer) string {
	if !a.Answered {
		if u.Refused || a.Unclear && len(u.Answers) == 0 {
			return ""
		}
		return "refused"
	}
	if len(u.Answers) == 0 {
		if u.Refused {
			return "answered"
		}
		return ""
	}
	all := a.Text + " " + a.Short + " " + a.Note
	if u.Act == "more" || u.Act == "says" || u.Act == "source" {
		for _, c := range a.Citations {
			all += " " + c.Source + " " + c.Publisher
		}
	}
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "’", "'")) }
	if !slices.ContainsFunc(u.Answers, func(s string) bool { return strings.Contains(plain(all), plain(s)) }) {
		return "another answer"
	}
	return ""
}

type tally struct{ turns, understood, answered int }

func (c *tally) add(o tally) {
	c.turns += o.turns
	c.understood += o.understood
	c.answered += o.answered
}

func (c tally) String() string {
	return fmt.Sprintf("%3d turns, %3d understood (%.0f %%), %3d answered rightly (%.0f %%)",
		c.turns, c.understood, 100*float64(c.understood)/float64(c.turns), c.answered, 100*float64(c.answered)/float64(c.turns))
}

func readConversations(t *testing.T, set string) []spoken {
	t.Helper()
	f, err := os.Open(filepath.Join(sourceDir, "testdata", "questions", set))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []spoken
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c spoken
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			t.Fatalf("%s: %v", set, err)
		}
		all = append(all, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// converse holds the conversations of a set with the built-in reader, and counts
// by kind. The first turn of a conversation counts only if it is no opening.
func converse(t *testing.T, set string, chosen corpusChoice, tell bool) map[string]tally {
	t.Helper()
	lib := libraryFor(t, chosen)
	b := lib.bot(lib.log, nil)
	kinds := make(map[string]tally)
	for _, c := range readConversations(t, set) {
		var talk bot.Conversation
		for i, u := range c.Turns {
			a, err := talk.Ask(t.Context(), b, bot.Question{Text: u.Ask}, nil)
			if err != nil {
				t.Fatalf("%s: %q: %v", c.ID, u.Ask, err)
			}
			bad, wrong := u.misunderstood(a), u.wrong(a)
			if tell && (bad != "" || wrong != "") {
				t.Logf("%s, turn %d: %q understood as %q: %s; answer %s: %q %q %q, want %q", c.ID, i+1, u.Ask, a.Understood, bad, wrong, a.Short, a.Text, a.Reason, u.Answers)
			}
			if u.Kind == "opening" {
				continue
			}
			n := tally{turns: 1}
			if bad == "" {
				n.understood = 1
			}
			if wrong == "" {
				n.answered = 1
			}
			k := kinds[u.Kind]
			k.add(n)
			kinds[u.Kind] = k
		}
	}
	return kinds
}

func TestConversationsOnSample(t *testing.T) {
	tellAll(t, converse(t, "conversations-sample.jsonl", corpusChoice{}, true), true)
}

func TestConversationsOnSeedArticles(t *testing.T) {
	tellAll(t, converse(t, "conversations-seed.jsonl", seedArticles(t), true), true)
}

// The turns of these were written with the others and set aside: the rules
// were not fitted to them. Only their counts are printed, to keep it so.
func TestConversationsSetAside(t *testing.T) {
	kinds := converse(t, "conversations-aside-sample.jsonl", corpusChoice{}, false)
	t.Run("seed", func(t *testing.T) {
		for kind, n := range converse(t, "conversations-aside-seed.jsonl", seedArticles(t), false) {
			k := kinds[kind]
			k.add(n)
			kinds[kind] = k
		}
	})
	tellAll(t, kinds, false)
}

func tellAll(t *testing.T, kinds map[string]tally, held bool) {
	t.Helper()
	var all tally
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		t.Logf("%-20s %v", kind, kinds[kind])
		all.add(kinds[kind])
	}
	t.Logf("%-20s %v", "all", all)
	if !held {
		return
	}
	if got := float64(all.understood) / float64(all.turns); got < minUnderstood {
		t.Errorf("understood: %.3f, want %.3f at least", got, minUnderstood)
	}
	if got := float64(all.answered) / float64(all.turns); got < minAnswered {
		t.Errorf("answered rightly: %.3f, want %.3f at least", got, minAnswered)
	}
}
