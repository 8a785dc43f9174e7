package retrieval

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"dateline/corpus"
	"dateline/corpus/word"
)

func TestAnalysis(t *testing.T) {
	a := &corpus.Article{Source: "probe.txt", Text: probe, Body: corpus.Span{End: len(probe)}}
	a.Seal()
	a.Derive()
	h := sha256.New()
	fmt.Fprintln(h, a.Hash, a.Title, a.Publisher, a.Byline, a.Place, a.Published, a.Language)
	sentences := a.Sentences()
	fmt.Fprintln(h, sentences, corpus.Passages(a.Text, sentences), word.Terms(a.Text))
	version, _, _ := strings.Cut(analysis, "-")
	if got := version + "-" + hex.EncodeToString(h.Sum(nil)[:6]); got != analysis {
		t.Errorf("got analysis %q, want %q: articles are read, divided or brought to terms in another way, so set the constant to the former", got, analysis)
	}
}

const probe = `Harbour bridge to reopen in Quillhaven

By Anna Example

QUILLHAVEN, Nov. 3 — The mayor, Sen. J. R. O'Brien-Łoś, said on Wednesday that the “old” bridge—closed since 2019—would reopen next week. "It's safe," she told reporters. 'We’ve checked it 1,200 times...' U.S. engineers at Example Inc. agreed at 10 a.m. Costs rose 38.7%, to €4.5 million! Did they? Nobody's sure

The bridge at dawn on Nov. 1, 2025. Pat Sample/Example Agency

Pat Sample/Example Agency

What comes next

Zelenskyy’s, Zelensky and Kyiv or Kiev; cafés. “First sentence. Second one,” he said. “A third.” The council — which met on Tuesday — voted 12-3 in favour of a second inspection, which an engineer who had worked on the first said was the least that could be done for the people who cross the bridge every day on their way to work or to school. The vote followed a debate of four hours in which members of both parties asked how the costs could have grown by a third within a year, and why the harbour authority had not been told of it before the papers were. A spokeswoman for the authority declined to comment. Residents said that they would believe it when they saw it.

Lee Placeholder contributed to this report.
date 2025-11-05
`
