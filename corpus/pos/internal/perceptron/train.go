package perceptron

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
)

// An Example is a sentence to train on. Gold are the words' labels, 0 where
// it is not known; words whose Label is set are not trained.
type Example struct {
	Words []Word
	Gold  []uint8
}

// Options of training. The zero value works.
type Options struct {
	Rounds   int // through the examples; 0 means 6
	MinCount int // features seen less often are dropped; 0 means 3
	MaxBytes int // the weakest weights are dropped until the file is no larger; 0 means 600,000
}

// What the dictionary takes in. A word seen often has the labels it had then,
// stray ones apart (the labels are another tagger's, and about one in twenty is
// wrong), any other the open ones too.
const (
	dictOften = 30
	dictRare  = 5
	dictStray = 0.015
)

// Train learns from examples and returns the model file. The same examples
// give the same file.
func Train(examples []Example, g Grammar, o Options) []byte {
	o.Rounds, o.MinCount, o.MaxBytes = cmp.Or(o.Rounds, 6), cmp.Or(o.MinCount, 3), cmp.Or(o.MaxBytes, 600_000)

	type sentence struct {
		words  []Word
		folded []string
		gold   []uint8
	}
	var all []sentence
	seen := make(map[uint32]*[MaxLabels]int)
	for _, e := range examples {
		s := sentence{slices.Clone(e.Words), nil, e.Gold}
		s.folded = prepare(s.words)
		all = append(all, s)
		for i := range s.words {
			if s.words[i].Label == 0 && s.gold[i] != 0 {
				n := seen[s.words[i].exact]
				if n == nil {
					n = new([MaxLabels]int)
					seen[s.words[i].exact] = n
				}
				n[s.gold[i]]++
			}
		}
	}
	dict := make(map[uint32]uint64)
	for key, counts := range seen {
		sum := 0
		for _, n := range counts {
			sum += n
		}
		if sum < dictRare {
			continue
		}
		var set uint64
		for l, n := range counts {
			if n > 1 && float64(n) > dictStray*float64(sum) {
				set |= 1 << l
			}
		}
		switch {
		case sum >= dictOften && set != 0:
			dict[key] = set
		case set&^g.Open != 0:
			dict[key] = set | g.Open
		}
	}
	sets := newTable[uint64](len(dict))
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		sets.put(key, dict[key])
	}
	for _, s := range all {
		look(s.words, &sets, g)
	}

	// The features that occur often enough, under the right labels.
	counts := make(map[uint32]uint32)
	work := make([]Word, 0, 256)
	each := func(s sentence, tell func(i int, fs []uint32, forbidden uint64) uint8) {
		work = append(work[:0], s.words...)
		walk(work, s.folded, g, tell)
	}
	for _, s := range all {
		each(s, func(i int, fs []uint32, _ uint64) uint8 {
			for _, f := range fs {
				counts[f]++
			}
			return s.gold[i]
		})
	}
	var keys []uint32
	for f, n := range counts {
		if n >= uint32(o.MinCount) {
			keys = append(keys, f)
		}
	}
	slices.Sort(keys)
	clear(counts)
	place := newTable[uint32](len(keys))
	for i, f := range keys {
		place.put(f, uint32(i))
	}

	type weights [MaxLabels]float32
	now, sum := make([]weights, len(keys)), make([]weights, len(keys))
	step := float32(1)
	rng := rand.New(rand.NewPCG(1, 2))
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	at := make([]uint32, 0, templates)
	for range o.Rounds {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, k := range order {
			s := all[k]
			each(s, func(i int, fs []uint32, forbidden uint64) uint8 {
				var scores [MaxLabels]float32
				at = at[:0]
				for _, f := range fs {
					if p, ok := place.get(f); ok {
						at = append(at, p)
						for l, v := range &now[p] {
							scores[l] += v
						}
					}
				}
				guess := best(&scores, forbidden)
				if gold := s.gold[i]; gold != 0 && forbidden>>gold&1 == 0 {
					if gold != guess {
						// sum holds step × the change, so that the average is
						// now - sum/step at the end.
						for _, p := range at {
							now[p][gold]++
							sum[p][gold] += step
							now[p][guess]--
							sum[p][guess] -= step
						}
					}
					step++
				}
				return guess
			})
		}
	}
	for p := range now {
		for l := range now[p] {
			now[p][l] -= sum[p][l] / step
		}
	}
	rows := make([][]float32, len(now))
	for p := range now {
		rows[p] = now[p][:]
	}
	return encode(dict, keys, rows, o.MaxBytes)
}

// unit is the weight that an int8 counts in: averaged weights beyond ±10 are
// rare, and a twelfth is well below what tips a decision.
const unit = 1.0 / 12

func encode(dict map[uint32]uint64, keys []uint32, rows [][]float32, maxBytes int) []byte {
	// The least threshold, in units, at which the file is small enough.
	lo, hi := 1.0, 64.0
	data := assemble(dict, keys, rows, lo)
	if len(data) <= maxBytes {
		return data
	}
	for range 12 {
		mid := (lo + hi) / 2
		if data = assemble(dict, keys, rows, mid); len(data) > maxBytes {
			lo = mid
		} else {
			hi = mid
		}
	}
	return assemble(dict, keys, rows, hi)
}

func assemble(dict map[uint32]uint64, keys []uint32, rows [][]float32, threshold float64) []byte {
	var words []uint32
	for k := range dict {
		words = append(words, k)
	}
	slices.Sort(words)
	var dictionary, features, pairs []byte
	var last uint32
	for _, k := range words {
		dictionary = binary.AppendUvarint(dictionary, uint64(k-last))
		dictionary = binary.AppendUvarint(dictionary, dict[k])
		last = k
	}
	last = 0
	kept := 0
	for p, k := range keys {
		var row []byte
		for l, v := range rows[p] {
			u := float64(v) / unit
			if math.Abs(u) < threshold {
				continue
			}
			row = append(row, byte(l), byte(int8(math.Round(max(-127, min(127, u))))))
		}
		if len(row) == 0 {
			continue
		}
		features = binary.AppendUvarint(features, uint64(k-last))
		last = k
		kept++
		pairs = append(append(pairs, byte(len(row)/2)), row...)
	}
	body := binary.AppendUvarint(nil, uint64(len(words)))
	body = binary.AppendUvarint(body, uint64(kept))
	body = binary.AppendUvarint(body, uint64(len(pairs)))
	body = slices.Concat(body, dictionary, features, pairs)
	return slices.Concat([]byte(magic), binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)), body)
}
