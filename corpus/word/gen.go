//go:build ignore

// Gen counts in how many texts each stem occurs and prints the table that
// df.txt holds: a first line "texts N", then "stem n" for the stems that at
// least 6 texts share.
//
//	go run corpus/word/gen.go squadshifts-wiki/articles.jsonl.gz squadshifts-reddit/articles.jsonl.gz > corpus/word/df.txt
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

	"dateline/corpus/word"
)

func main() {
	df := make(map[string]int)
	n := 0
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
			var a struct{ Text string }
			if err := json.Unmarshal(sc.Bytes(), &a); err != nil {
				log.Fatal(err)
			}
			n++
			seen := make(map[string]bool)
			for _, w := range word.Split(a.Text) {
				if s := w.Stem(); !seen[s] {
					seen[s] = true
					df[s]++
				}
			}
		}
		if err := sc.Err(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("texts %d\n", n)
	for _, s := range slices.Sorted(maps.Keys(df)) {
		if df[s] >= 6 && s[0] > '9' {
			fmt.Println(s, df[s])
		}
	}
}
