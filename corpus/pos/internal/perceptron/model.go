package perceptron

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
)

// A Model is a trained one. It is safe for concurrent use.
type Model struct {
	dict  table[uint64] // exact words: the value is the set of labels they can have, as bits
	feats table[uint32] // features: the value is the offset of their row
	rows  []byte        // a row: how many pairs, then pairs of label and weight (int8)
}

// Label gives each word of a sentence that has none its label.
func (m *Model) Label(words []Word, g Grammar) {
	folded := prepare(words)
	look(words, &m.dict, g)
	walk(words, folded, g, func(_ int, fs []uint32, forbidden uint64) uint8 {
		var scores [MaxLabels]int32
		for _, f := range fs {
			off, ok := m.feats.get(f)
			if !ok {
				continue
			}
			n := int(m.rows[off])
			row := m.rows[off+1 : int(off)+1+2*n]
			for j := 0; j < len(row); j += 2 {
				scores[row[j]] += int32(int8(row[j+1]))
			}
		}
		return best(&scores, forbidden)
	})
}

// best is the label of the highest score that is not forbidden, the lowest of
// equals; never 0.
func best[T int32 | float32](scores *[MaxLabels]T, forbidden uint64) uint8 {
	top := 0
	for l := 1; l < MaxLabels; l++ {
		if forbidden>>l&1 == 0 && (top == 0 || scores[l] > scores[top]) {
			top = l
		}
	}
	return uint8(max(1, top))
}

// A table is a hash table from keys that are hashes already.
type table[V uint32 | uint64] struct {
	slots []slot[V] // a power of two; value 0 is empty, others are one too high
	shift int
}

type slot[V uint32 | uint64] struct {
	value V
	key   uint32
}

func newTable[V uint32 | uint64](n int) table[V] {
	b := max(4, bits.Len(uint(n*5/4)))
	return table[V]{make([]slot[V], 1<<b), 32 - b}
}

func (t *table[V]) get(key uint32) (V, bool) {
	mask := uint32(len(t.slots) - 1)
	for i := key * 0x9e3779b1 >> t.shift; ; i++ {
		switch s := &t.slots[i&mask]; {
		case s.value == 0:
			return 0, false
		case s.key == key:
			return s.value - 1, true
		}
	}
}

func (t *table[V]) put(key uint32, value V) {
	mask := uint32(len(t.slots) - 1)
	i := key * 0x9e3779b1 >> t.shift
	for t.slots[i&mask].value != 0 {
		i++
	}
	t.slots[i&mask] = slot[V]{value + 1, key}
}

// The model file: magic, CRC-32 (IEEE, big-endian) of all that follows, then
// as uvarints the number of words of the dictionary, the number of features
// and the length of the rows; the dictionary as pairs of key (difference from
// the one before, uvarint) and set of labels (uvarint), in order of key; the features'
// keys in the same manner; the rows, in the features' order.
const magic = "pos\x01"

var errBroken = errors.New("tagger model: cut short or malformed")

// Decode reads a model file. The Model keeps data.
func Decode(data []byte) (*Model, error) {
	if len(data) < len(magic)+4 || string(data[:len(magic)]) != magic {
		return nil, errors.New("tagger model: not a model file of this version")
	}
	body := data[len(magic)+4:]
	if got, want := crc32.ChecksumIEEE(body), binary.BigEndian.Uint32(data[len(magic):]); got != want {
		return nil, fmt.Errorf("tagger model: checksum is %08x, want %08x", got, want)
	}
	var head [3]int
	for i := range head {
		v, n := binary.Uvarint(body)
		if n <= 0 || v > uint64(len(data)) {
			return nil, errBroken
		}
		head[i], body = int(v), body[n:]
	}
	words, feats, rows := head[0], head[1], head[2]
	m := &Model{dict: newTable[uint64](words), feats: newTable[uint32](feats)}
	var key uint32
	for range words {
		v, n := binary.Uvarint(body)
		if n <= 0 {
			return nil, errBroken
		}
		set, n2 := binary.Uvarint(body[n:])
		if n2 <= 0 || set&1 != 0 || set == 0 || set>>MaxLabels != 0 {
			return nil, errBroken
		}
		key += uint32(v)
		m.dict.put(key, set)
		body = body[n+n2:]
	}
	keys := body
	for range feats {
		_, n := binary.Uvarint(body)
		if n <= 0 {
			return nil, errBroken
		}
		body = body[n:]
	}
	if len(body) != rows {
		return nil, errBroken
	}
	m.rows = body
	key = 0
	off := 0
	for range feats {
		v, n := binary.Uvarint(keys)
		keys = keys[n:]
		key += uint32(v)
		m.feats.put(key, uint32(off))
		if off >= rows || off+1+2*int(m.rows[off]) > rows {
			return nil, errBroken
		}
		for j := off + 1; j < off+1+2*int(m.rows[off]); j += 2 {
			if m.rows[j] >= MaxLabels {
				return nil, errBroken
			}
		}
		off += 1 + 2*int(m.rows[off])
	}
	return m, nil
}
