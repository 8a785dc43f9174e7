package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jdkato/prose/v2"

	"dateline/corpus/pos"
)

// A teacher tags with the model of prose's tagger (an averaged perceptron,
// after Honnibal). It reads the model and not the tagger's results, since
// those differ from run to run where two tags score alike, and since prose
// gives all occurrences of a word in a text the tag of the last.
type teacher struct {
	classes []string
	weights map[string][]weight
	words   map[string]string // words of one tag
}

type weight struct {
	class int
	w     float64
}

func newTeacher() (*teacher, error) {
	t := &teacher{weights: make(map[string][]weight)}
	var weights map[string]map[string]float64
	for name, v := range map[string]any{"classes": &t.classes, "tags": &t.words, "weights": &weights} {
		data, err := prose.Asset("model/AveragedPerceptron/" + name + ".gob")
		if err != nil {
			return nil, fmt.Errorf("prose: %w", err)
		}
		if err := gob.NewDecoder(bytes.NewReader(data)).Decode(v); err != nil {
			return nil, fmt.Errorf("prose: %s: %w", name, err)
		}
	}
	slices.Sort(t.classes)
	for f, byClass := range weights {
		var row []weight
		for i, class := range t.classes {
			if w := byClass[class]; w != 0 {
				row = append(row, weight{i, w})
			}
		}
		t.weights[f] = row
	}
	return t, nil
}

// tag is prose's tags of words, None for those that we do not have.
func (t *teacher) tag(words []string) []pos.Tag {
	tags := make([]pos.Tag, len(words))
	context := []string{"-START-", "-START2-"}
	for _, w := range words {
		context = append(context, normal(w))
	}
	context = append(context, "-END-", "-END2-")
	p1, p2 := "-START-", "-START2-"
	scores := make([]float64, len(t.classes))
	for i, w := range words {
		tag, ok := t.words[w]
		if !ok {
			clear(scores)
			for _, f := range features(context[i:i+5], w, p1, p2) {
				for _, x := range t.weights[f] {
					scores[x.class] += x.w
				}
			}
			top := 0
			for c, s := range scores {
				if s > scores[top] {
					top = c
				}
			}
			tag = t.classes[top]
		}
		tags[i] = tagNamed[tag]
		p2, p1 = p1, tag
	}
	return tags
}

// features are those of a word, in the middle of five, as prose has them.
func features(c []string, w, p1, p2 string) [14]string {
	return [...]string{
		"bias",
		"i suffix " + w[max(0, len(w)-3):],
		"i pref1 " + string(rune(w[0])),
		"i-1 tag " + p1,
		"i-2 tag " + p2,
		"i tag+i-2 tag " + p1 + " " + p2,
		"i word " + c[2],
		"i-1 tag+i word " + p1 + " " + c[2],
		"i-1 word " + c[1],
		"i-1 suffix " + c[1][max(0, len(c[1])-3):],
		"i-2 word " + c[0],
		"i+1 word " + c[3],
		"i+1 suffix " + c[3][max(0, len(c[3])-3):],
		"i+2 word " + c[4],
	}
}

// normal is the word as prose looks it up.
func normal(w string) string {
	if strings.Contains(w, "-") && w[0] != '-' {
		return "!HYPHEN"
	}
	if _, err := strconv.Atoi(w); err == nil && len(w) == 4 {
		return "!YEAR"
	}
	if '0' <= w[0] && w[0] <= '9' {
		return "!DIGITS"
	}
	return strings.ToLower(w)
}

// tagNamed is our tags by the Treebank's names.
var tagNamed = func() map[string]pos.Tag {
	m := make(map[string]pos.Tag)
	for t := pos.NN; t < pos.NumTags; t++ {
		m[t.String()] = t
	}
	return m
}()
