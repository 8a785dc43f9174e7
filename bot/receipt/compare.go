package receipt

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"dateline/bot"
)

// A Difference is what differs between two askings of one question.
type Difference struct {
	// Same is set if a reader would see no difference: not in the answer, its
	// note or the reason for a refusal, and not in what is cited.
	Same    bool     `json:"same"`
	Changes []Change `json:"changes"`
	// Gained are citations that only the later answer has, Lost those that only
	// the earlier one has. What is cited from another place of the same source
	// in the same words is the same.
	Gained []bot.Citation `json:"gained"`
	Lost   []bot.Citation `json:"lost"`
	// Passages are those whose rank or score is another, by their rank in the
	// later asking; those that it did not offer come last.
	Passages []Moved `json:"passages"`
}

// A Change is something that has one value in each receipt.
type Change struct {
	// What is "answered", "certainty", "answer", "short", "note", "reason",
	// "understood", "engine", "models", "prompts", "generation", "version" or
	// "error".
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Moved is a passage and its places in the order of two searches, counted from
// 1; 0 where it was not offered.
type Moved struct {
	Source      string  `json:"source"`
	Bytes       [2]int  `json:"bytes"`
	RankBefore  int     `json:"rank_before"`
	RankAfter   int     `json:"rank_after"`
	ScoreBefore float64 `json:"score_before"`
	ScoreAfter  float64 `json:"score_after"`
}

// sameScore is how much scores may differ without a word: less than is shown.
const sameScore = 0.0005

// Compare says what differs between an earlier receipt and a later one.
func Compare(before, after bot.Receipt) Difference {
	d := Difference{Changes: []Change{}, Passages: []Moved{}}
	d.Gained = without(after.Answer.Citations, before.Answer.Citations)
	d.Lost = without(before.Answer.Citations, after.Answer.Citations)
	d.Same = len(d.Gained)+len(d.Lost) == 0
	for _, c := range []struct {
		what  string
		value func(bot.Receipt) string
		seen  bool // by readers
	}{
		{"answered", func(r bot.Receipt) string { return strconv.FormatBool(r.Answer.Answered) }, true},
		{"certainty", func(r bot.Receipt) string { return r.Answer.Certainty }, true},
		{"answer", func(r bot.Receipt) string { return r.Answer.Text }, true},
		{"short", func(r bot.Receipt) string { return r.Answer.Short }, true},
		{"note", func(r bot.Receipt) string { return r.Answer.Note }, true},
		{"reason", func(r bot.Receipt) string { return r.Answer.Reason }, true},
		{"error", func(r bot.Receipt) string { return r.Error }, true},
		{"understood", func(r bot.Receipt) string { return r.Understood }, true},
		{"engine", func(r bot.Receipt) string { return r.Answer.Engine }, false},
		{"models", func(r bot.Receipt) string { return called(r, func(c bot.Call) string { return c.Model }) }, false},
		{"prompts", func(r bot.Receipt) string { return called(r, func(c bot.Call) string { return c.Prompt }) }, false},
		{"generation", func(r bot.Receipt) string { return r.Generation }, false},
		{"version", func(r bot.Receipt) string { return r.Version }, false},
	} {
		if b, a := c.value(before), c.value(after); b != a {
			d.Changes = append(d.Changes, Change{c.what, b, a})
			d.Same = d.Same && !c.seen
		}
	}
	for i, p := range after.Passages {
		m := Moved{Source: p.Source, Bytes: p.Bytes, RankAfter: i + 1, ScoreAfter: p.Score}
		if at := place(before.Passages, p); at >= 0 {
			m.RankBefore, m.ScoreBefore = at+1, before.Passages[at].Score
		}
		if m.RankBefore != m.RankAfter || math.Abs(m.ScoreBefore-m.ScoreAfter) > sameScore {
			d.Passages = append(d.Passages, m)
		}
	}
	for i, p := range before.Passages {
		if place(after.Passages, p) < 0 {
			d.Passages = append(d.Passages, Moved{Source: p.Source, Bytes: p.Bytes, RankBefore: i + 1, ScoreBefore: p.Score})
		}
	}
	return d
}

// place is where in a list a passage stands; -1 if nowhere.
func place(list []bot.Offered, p bot.Offered) int {
	return slices.IndexFunc(list, func(o bot.Offered) bool { return o.Source == p.Source && o.Bytes == p.Bytes })
}

// without are the citations of one list that are not in another.
func without(list, other []bot.Citation) []bot.Citation {
	rest := []bot.Citation{}
	for _, c := range list {
		if !slices.ContainsFunc(other, func(o bot.Citation) bool { return o.Source == c.Source && o.Quote == c.Quote }) {
			rest = append(rest, c)
		}
	}
	return rest
}

// called lists what the requests to models had of something, each once.
func called(r bot.Receipt, of func(bot.Call) string) string {
	calls := slices.Clone(r.UnderstandCalls)
	for _, a := range r.Attempts {
		calls = append(calls, a.Calls...)
	}
	var list []string
	for _, c := range calls {
		if s := of(c); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return strings.Join(list, ", ")
}
