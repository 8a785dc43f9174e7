package openai

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
)

// kept are the vectors of one model on the disk, in a folder of three files:
//
//	model.json  the model, see there
//	vectors     records: the first 16 bytes of the SHA-256 of a text, its
//	            vector, 32-bit floats, and the CRC-32C of both; little-endian
//	lock        held while records are added
//
// Records are only ever added, and each is checked when it is read. Killed in
// the middle of one, the next writer cuts off what does not make a whole one.
// Several processes may add to one folder.
type kept struct {
	dir string

	mu     sync.Mutex
	dims   int           // 0 before the first use
	f      *os.File      // nil before the first use
	at     map[key]int64 // offsets of records
	seen   int64         // size of the file as far as it is known
	broken error         // why nothing can be kept
}

type key [16]byte

func keyOf(text string) key {
	sum := sha256.Sum256([]byte(text))
	return key(sum[:16])
}

// A model is what is known about one, so that it need not be asked for again.
type model struct {
	Server string `json:"server"`
	Name   string `json:"model"`
	Dims   int    `json:"dimensions"`
	// Float, Bare, String and NoDims are abilities.
	Float  bool `json:"float,omitempty"`
	Bare   bool `json:"bare,omitempty"`
	String bool `json:"string,omitempty"`
	NoDims bool `json:"fixed,omitempty"`
}

const (
	modelFile   = "model.json"
	vectorsFile = "vectors"
	lockFile    = "lock"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (k *kept) readModel() (model, error) {
	var m model
	data, err := os.ReadFile(filepath.Join(k.dir, modelFile))
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err == nil && m.Dims <= 0 {
		err = errors.New("no dimensions")
	}
	return m, err
}

func (k *kept) record() int64 { return int64(len(key{}) + 4*k.dims + crc32.Size) }

// find returns the vector of a text, nil if it is not kept.
func (k *kept) find(text string, dims int) ([]float32, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.f == nil && k.broken == nil {
		k.dims = dims
		f, err := os.Open(filepath.Join(k.dir, vectorsFile))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			k.broken = err
			return nil, err
		}
		k.f = f
		if err := k.catchUp(); err != nil {
			k.broken = err
			return nil, err
		}
	}
	id := keyOf(text)
	at, ok := k.at[id]
	if !ok || k.broken != nil {
		return nil, nil
	}
	rec := make([]byte, k.record())
	if _, err := k.f.ReadAt(rec, at); err != nil {
		return nil, err
	}
	body := rec[:len(rec)-crc32.Size]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(rec[len(body):]) || key(body[:len(id)]) != id {
		return nil, nil // damaged: asked for again
	}
	v := make([]float32, dims)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[len(id)+4*i:]))
	}
	return v, nil
}

// catchUp takes note of the records that are new in the file.
func (k *kept) catchUp() error {
	info, err := k.f.Stat()
	if err != nil {
		return err
	}
	if k.at == nil {
		k.at = make(map[key]int64)
	}
	var id key
	for ; k.seen+k.record() <= info.Size(); k.seen += k.record() {
		if _, err := k.f.ReadAt(id[:], k.seen); err != nil {
			return err
		}
		k.at[id] = k.seen
	}
	return nil
}

// add keeps the vectors of texts. They are on the disk when it returns.
func (k *kept) add(m model, texts []string, vs [][]float32) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dims = m.Dims
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(k.dir, lockFile), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Close()
	if err := k.writeModel(m); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(k.dir, vectorsFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if k.f != nil {
		k.f.Close() // was only read from
	}
	k.f, k.broken = f, nil
	if err := k.catchUp(); err != nil {
		return err
	}
	var data []byte
	for i, v := range vs {
		id := keyOf(texts[i])
		from := len(data)
		data = append(data, id[:]...)
		for _, x := range v {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
		}
		data = binary.LittleEndian.AppendUint32(data, crc32.Checksum(data[from:], castagnoli))
	}
	// What stands behind the last whole record is of a writer that was killed.
	if _, err := f.WriteAt(data, k.seen); err != nil {
		return errors.Join(err, f.Truncate(k.seen))
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return k.catchUp()
}

// writeModel replaces model.json if it says something else. Vectors of another
// length than it said go.
func (k *kept) writeModel(m model) error {
	old, err := k.readModel()
	if err == nil && old == m {
		return nil
	}
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) && !errors.Is(err, fs.ErrNotExist) {
		return err // it may well be sound, and so may the vectors
	}
	if err != nil || old.Dims != m.Dims {
		err := os.Remove(filepath.Join(k.dir, vectorsFile))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		k.at, k.seen = nil, 0
	}
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	// It has to be whole after a power cut: without it the vectors are nothing.
	name := filepath.Join(k.dir, modelFile)
	f, err := os.Create(name + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
