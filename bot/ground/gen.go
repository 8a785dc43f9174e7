//go:build ignore

// Gen lists the words that general English text knows but writes with a
// capital: words that word.IDF takes for common and that are names all the
// same. It prints what names.txt holds.
//
//	go run bot/ground/gen.go squadshifts-wiki/articles.jsonl.gz squadshifts-reddit/articles.jsonl.gz > bot/ground/names.txt
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/word"
)

func main() {
	type count struct{ capital, lower int }
	counts := make(map[string]count)
	for _, name := range os.Args[1:] {
		f, err := os.Open(name)
		if err != nil {
			log.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			log.Fatal(err)
		}
		sc := bufio.NewScanner(z)
		sc.Buffer(nil, 64<<20)
		for sc.Scan() {
			var r struct{ Text string }
			if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
				log.Fatal(err)
			}
			a := &corpus.Article{Text: r.Text, Body: corpus.Span{End: len(r.Text)}}
			for _, s := range a.Sentences() {
				for i, w := range word.Split(s.Of(r.Text)) {
					// "I'd" and "I've" are no names, and the first word of a
					// sentence tells nothing.
					if i == 0 || w.Stop() || strings.ContainsAny(w.Text, "'’") {
						continue
					}
					c := counts[w.Norm]
					if w.Capital() {
						c.capital++
					} else {
						c.lower++
					}
					counts[w.Norm] = c
				}
			}
		}
		if err := sc.Err(); err != nil {
			log.Fatal(err)
		}
	}
	const rare = 6.4 // word.IDF of a stem that its table lacks is above
	for _, w := range slices.Sorted(maps.Keys(counts)) {
		c := counts[w]
		if w[0] > '9' && len(w) > 1 && c.capital >= 3 && c.capital >= 9*c.lower && word.IDF(word.Stem(w)) < rare {
			fmt.Println(w)
		}
	}
}
