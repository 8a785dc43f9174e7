package retrieval

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/blevesearch/mmap-go"
	"github.com/gofrs/flock"
)

// The file "vectors-MODEL" beside the generations holds the vectors of one
// model, MODEL being a hash of its name and of the length of its vectors:
//
//	64 bytes     "dateline vectors 1\n", the first 16 bytes of the SHA-256 of
//	             the model's name, the length of its vectors (32 bits), zeros,
//	             and the CRC-32C of all that
//	records      the key of a text, the factor (a 32-bit float), as many signed
//	             bytes as a vector has numbers, and the CRC-32C of all that
//
// Numbers are little-endian. A vector is its signed bytes times its factor; the
// factor makes it of unit length, or is 0 for the zero vector.
//
// Records are only ever added, by one writer at a time, and each is checked
// before it is used. A damaged one, and what a killed writer left behind the last
// whole one, are as if they were not there. A file that holds too much of what
// no passage needs is replaced by another in one step.
const (
	vectorsPrefix  = "vectors-"
	lockSuffix     = ".lock" // of the file that is locked by who adds vectors
	newSuffix      = ".new"  // of a file that replaces one
	vectorsMagic   = "dateline vectors 1\n"
	vectorsHeader  = 64
	vectorAt       = len(key{}) + 4 // in a record
	recordOverhead = vectorAt + crc32.Size
)

// A key names a text that has a vector: the first half of its SHA-256.
type key [16]byte

func keyOf(text string) key {
	sum := sha256.Sum256([]byte(text))
	return key(sum[:len(key{})])
}

// A vectorFile is the file of one model's vectors. It is safe for concurrent
// use, and several processes may use one.
type vectorFile struct {
	path   string
	model  string
	dims   int
	header []byte

	mu   sync.Mutex
	view *view // as of the last refresh
	// at has the row of each key: the number of its record, or a negative one,
	// see unkept.
	at      map[key]int32
	unsound error // what is wrong with the file; nil if nothing is

	writing sync.Mutex // held while records are added
	holders int        // of the writer's lock, guarded by writing
	lock    *flock.Flock
}

// A view is the vectors of a file as they were at a time. It never changes.
type view struct {
	*mapping
	epoch int // another one for another file
	// unkept are records that could not be written, in memory. The row of the
	// first is unkeptRow, of the next one less.
	unkept []byte
}

// A mapping is a file's records in memory that belongs to the file, and that is
// let go of once nobody has the mapping any more.
type mapping struct {
	info    fs.FileInfo // nil if there is no file
	dims    int
	records []byte
}

const (
	noRow     = -1 // of what has no vector
	unkeptRow = -2
)

// spareRecords is how many records that no passage needs are left in peace.
const spareRecords = 1000

// newVectorFile returns the file for the vectors of a model in an index'
// directory. Nothing is read before the first use.
func newVectorFile(dir, model string, dims int) *vectorFile {
	header := make([]byte, 0, vectorsHeader)
	header = append(header, vectorsMagic...)
	name := keyOf(model)
	header = append(header, name[:]...)
	header = binary.LittleEndian.AppendUint32(header, uint32(dims))
	header = header[:vectorsHeader-crc32.Size]
	header = binary.LittleEndian.AppendUint32(header, crc32.Checksum(header, castagnoli))
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d", model, dims))
	return &vectorFile{
		path: filepath.Join(dir, vectorsPrefix+hex.EncodeToString(sum[:8])), model: model, dims: dims, header: header,
		view: &view{mapping: &mapping{dims: dims}}, at: make(map[key]int32),
	}
}

// recordSize is the length of a record of dims numbers.
func recordSize(dims int) int { return recordOverhead + dims }

// len is the number of whole records in the file.
func (m *mapping) len() int { return len(m.records) / recordSize(m.dims) }

// record returns the i-th record.
func (m *mapping) record(i int) []byte {
	size := recordSize(m.dims)
	return m.records[i*size : (i+1)*size]
}

// at returns the numbers of a row and what they are to be multiplied with.
func (w *view) at(row int32) (numbers []byte, factor float32) {
	all, i := w.records, int(row)
	if row < 0 {
		all, i = w.unkept, unkeptRow-int(row)
	}
	size := recordSize(w.dims)
	r := all[i*size : (i+1)*size]
	return r[vectorAt : size-crc32.Size], factorOf(r)
}

// factorOf returns the factor of a record.
func factorOf(r []byte) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(r[len(key{}):]))
}

// vector appends the vector of a row to v.
func (w *view) vector(v []float32, row int32) []float32 {
	numbers, factor := w.at(row)
	for _, b := range numbers {
		v = append(v, factor*float32(int8(b)))
	}
	runtime.KeepAlive(w)
	return v
}

// quantize appends a record of a vector to data.
func quantize(data []byte, k key, v []float32) []byte {
	from := len(data)
	data = append(data, k[:]...)
	var most float64
	for _, x := range v {
		most = max(most, math.Abs(float64(x)))
	}
	factorAt := len(data)
	data = append(data, 0, 0, 0, 0)
	if most == 0 {
		data = append(data, make([]byte, len(v))...)
	} else {
		sum := 0
		for _, x := range v {
			q := int(math.Round(float64(x) * 127 / most))
			sum += q * q
			data = append(data, byte(int8(q)))
		}
		binary.LittleEndian.PutUint32(data[factorAt:], math.Float32bits(float32(1/math.Sqrt(float64(sum)))))
	}
	return binary.LittleEndian.AppendUint32(data, crc32.Checksum(data[from:], castagnoli))
}

// refresh takes note of what is new in the file.
func (f *vectorFile) refresh() (*view, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.view, f.catchUp()
}

// catchUp is refresh for who holds f.mu.
func (f *vectorFile) catchUp() error {
	old := f.view
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = nil, nil
	}
	if err != nil {
		return err
	}
	same := info != nil && old.info != nil && os.SameFile(info, old.info)
	if same && info.Size() == old.info.Size() || info == nil && old.info == nil {
		return nil
	}
	next := &view{mapping: &mapping{info: info, dims: f.dims}, epoch: old.epoch, unkept: old.unkept}
	seen := 0
	if same && info.Size() > old.info.Size() && f.unsound == nil {
		seen = old.len()
	} else {
		next.epoch++
		clear(f.at)
		for i := range len(next.unkept) / recordSize(f.dims) {
			f.at[key(next.unkept[i*recordSize(f.dims):])] = int32(unkeptRow - i)
		}
		f.unsound = nil
	}
	if info != nil {
		if err := f.read(next.mapping); err != nil {
			f.unsound = &DamagedError{f.path, err} // words find all the same
		}
	}
	f.view = next
	if len(f.at) == 0 {
		f.at = make(map[key]int32, next.len()) // growing it takes half of the time
	}
	damaged := 0
	for i := seen; i < next.len(); i++ {
		r := next.record(i)
		if !sound(r) {
			damaged++
			continue
		}
		f.at[key(r)] = int32(i)
	}
	if damaged > 0 {
		f.unsound = &DamagedError{f.path, fmt.Errorf("checksums of %d of %d vectors differ", damaged, next.len())}
	}
	return nil
}

// sound reports whether a record is what was written.
func sound(r []byte) bool {
	body := r[:len(r)-crc32.Size]
	return crc32.Checksum(body, castagnoli) == binary.LittleEndian.Uint32(r[len(body):])
}

// read maps the file into memory, or reads it where that cannot be done.
func (f *vectorFile) read(m *mapping) error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	if m.info, err = file.Stat(); err != nil {
		return err
	}
	if m.info.Size() == 0 {
		return errors.New("is empty")
	}
	data, err := mmap.Map(file, mmap.RDONLY, 0)
	if err == nil {
		runtime.AddCleanup(m, func(data mmap.MMap) { _ = data.Unmap() }, data)
	} else if data, err = io.ReadAll(file); err != nil {
		return err
	}
	if len(data) < vectorsHeader || !bytes.Equal(data[:vectorsHeader], f.header) {
		return fmt.Errorf("does not begin as a file of %s's vectors", f.model)
	}
	data = data[vectorsHeader:]
	m.records = data[:len(data)/recordSize(f.dims)*recordSize(f.dims)]
	return nil
}

// rows returns the row of each passage, together with the view that they are
// of. before is what it returned the last time; nil if nothing.
func (f *vectorFile) rows(ps []passage, before *passageVectors) (*passageVectors, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.catchUp(); err != nil {
		return nil, err
	}
	if before != nil && before.view == f.view {
		return before, nil
	}
	now := &passageVectors{view: f.view, rows: make([]int32, len(ps))}
	if before != nil && before.view.epoch == f.view.epoch {
		copy(now.rows, before.rows)
		now.n = before.n
	} else {
		before = nil
	}
	for i := range ps {
		if before != nil && now.rows[i] != noRow {
			continue
		}
		now.rows[i] = noRow
		if row, ok := f.at[ps[i].Key]; ok {
			now.rows[i] = row
			now.n++
		}
	}
	return now, nil
}

// check returns a DamagedError for a file that is not what was written.
func (f *vectorFile) check() (size int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.view = &view{mapping: &mapping{dims: f.dims}, epoch: f.view.epoch, unkept: f.view.unkept} // every byte anew
	f.unsound = nil
	if err := f.catchUp(); err != nil {
		return 0, err
	}
	if f.view.info != nil {
		size = f.view.info.Size()
	}
	return size, f.unsound
}

// hold takes the writer's lock. While another process has it, hold calls waiting
// from time to time, or returns ErrBusy if waiting is nil. After it returned nil,
// release has to be called.
func (f *vectorFile) hold(ctx context.Context, waiting func()) error {
	for {
		err := f.tryHold()
		if !errors.Is(err, ErrBusy) || waiting == nil {
			return err
		}
		waiting()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * lockPoll):
		}
	}
}

func (f *vectorFile) tryHold() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	if f.holders > 0 {
		f.holders++
		return nil
	}
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &WriteError{dir, err}
	}
	lock := flock.New(f.path+lockSuffix, flock.SetPermissions(0o644))
	ok, err := lock.TryLock()
	if err != nil {
		return &WriteError{dir, err}
	}
	if !ok {
		return ErrBusy
	}
	f.lock, f.holders = lock, 1
	return nil
}

func (f *vectorFile) release() {
	f.writing.Lock()
	defer f.writing.Unlock()
	if f.holders--; f.holders == 0 {
		_ = f.lock.Close() // unlocks it, too
		f.lock = nil
	}
}

// add writes vectors to the file, whose writer's lock is held. They are on the
// disk when it returns.
func (f *vectorFile) add(keys []key, vs [][]float32) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	if err := f.append(keys, vs); err != nil {
		return &WriteError{filepath.Dir(f.path), err}
	}
	_, err := f.refresh()
	return err
}

func (f *vectorFile) append(keys []key, vs [][]float32) (err error) {
	if _, err := f.refresh(); err != nil {
		return err
	}
	f.mu.Lock()
	w, unsound := f.view, f.unsound
	f.mu.Unlock()
	if w.info == nil || unsound != nil && len(w.records) == 0 {
		// There is none, or one of something else.
		if err := f.replace(nil); err != nil {
			return err
		}
		if w, err = f.refresh(); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	var data []byte
	for i, v := range vs {
		data = quantize(data, keys[i], v)
	}
	// What stands behind the last whole record is of a writer that was killed.
	end := int64(vectorsHeader + len(w.records))
	if _, err = file.WriteAt(data, end); err != nil {
		err = errors.Join(err, file.Truncate(end)) // the disk may be full
	} else if extra := w.info.Size() - end; extra > int64(len(data)) {
		err = file.Truncate(end + int64(len(data)))
	}
	return errors.Join(err, file.Sync(), file.Close())
}

// replace puts a file in the place of the one there, with those of its vectors
// that are to be kept. The writer's lock is held.
func (f *vectorFile) replace(keep map[key]bool) error {
	w, err := f.refresh()
	if err != nil {
		return err
	}
	file, err := os.Create(f.path + newSuffix)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	_, _ = out.Write(f.header) // Flush has the error
	done := make(map[key]bool, len(keep))
	for i := range w.len() {
		if r := w.record(i); keep[key(r)] && !done[key(r)] && sound(r) {
			done[key(r)] = true
			_, _ = out.Write(r)
		}
	}
	runtime.KeepAlive(w)
	if err := errors.Join(out.Flush(), file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), f.path); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncPath(filepath.Dir(f.path))
}

// wasteful reports whether the file is damaged, or most of it is of none of the
// passages.
func (f *vectorFile) wasteful(ps []passage) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unsound != nil || f.view.len() >= 2*len(ps)+spareRecords
}

// compact replaces the file by one with the vectors of the passages alone. The
// writer's lock is held.
func (f *vectorFile) compact(ps []passage) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	keep := make(map[key]bool, len(ps))
	for _, p := range ps {
		keep[p.Key] = true
	}
	return f.replace(keep)
}

// remember keeps vectors that cannot be written in memory.
func (f *vectorFile) remember(keys []key, vs [][]float32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := &view{mapping: f.view.mapping, epoch: f.view.epoch, unkept: bytes.Clone(f.view.unkept)}
	for i, v := range vs {
		if _, ok := f.at[keys[i]]; !ok {
			f.at[keys[i]] = int32(unkeptRow - len(next.unkept)/recordSize(f.dims))
			next.unkept = quantize(next.unkept, keys[i], v)
		}
	}
	f.view = next
}
