package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/retrieval"
)

// What `dateline check` has to reach on claims made of the articles: that what
// it calls supported is true, and the share of true claims that it calls so.
const (
	minPrecision = 1.00
	minRecall    = 0.86 // .933 and .938 when it was set
)

func TestClaimsOnSample(t *testing.T) { checkClaims(t, "sample.tsv", corpusChoice{}) }

func TestClaimsOnSeedArticles(t *testing.T) {
	checkClaims(t, "seed.tsv", seedArticles(t))
}

func checkClaims(t *testing.T, set string, chosen corpusChoice) {
	data, err := os.ReadFile(filepath.Join(sourceDir, "testdata", "claims", set))
	if err != nil {
		t.Fatal(err)
	}
	b := bot.New(bot.Config{Searcher: libraryFor(t, chosen).index})
	var claims, truths, supported, right int
	for l := range strings.Lines(string(data)) {
		if l[0] == '#' {
			continue
		}
		fields := strings.Split(strings.TrimSpace(l), "\t")
		if len(fields) != 3 || fields[0] != "true" && fields[0] != "false" {
			t.Fatalf("%s: got %q, want three fields", set, l)
		}
		truth, kind, claim := fields[0] == "true", fields[1], fields[2]
		c, err := b.Check(t.Context(), claim, retrieval.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		claims++
		if truth {
			truths++
		}
		if c.Supported {
			supported++
			if truth {
				right++
			}
		}
		if f := c.Sentences[0]; c.Supported != truth {
			t.Logf("%s: %s: %q: %s (%.2f) %q", fields[0], kind, claim, f.Verdict, f.Score, f.Reasons)
		}
	}
	precision, recall := float64(right)/float64(max(1, supported)), float64(right)/float64(truths)
	t.Logf("%d claims, %d of them true: precision of supported %.3f (%d of %d), recall %.3f", claims, truths, precision, right, supported, recall)
	if precision < minPrecision || recall < minRecall {
		t.Errorf("got precision %.3f and recall %.3f, want %.2f and %.2f at least", precision, recall, minPrecision, minRecall)
	}
}
