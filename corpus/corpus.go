// Package corpus says what a news article is: its text, the facts known about
// it, and the sentences and passages it divides into, each of them a Span of
// the text, byte for byte.
//
// The package reads nothing itself. Subpackages turn files into Articles:
// corpus/files does so for text, Markdown and JSON lines.
package corpus

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Span is a half-open range of byte offsets into an article's text:
// text[Start:End].
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Of returns the bytes of text that the span stands for. It panics, as slicing
// does, where the span lies outside the text: check Within first if the span
// came from elsewhere.
func (s Span) Of(text string) string { return text[s.Start:s.End] }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Within reports whether the span is a valid one of a text of n bytes.
func (s Span) Within(n int) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= n }

// Contains reports whether t lies wholly inside s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Overlaps reports whether s and t share a byte.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// A Fact is a piece of metadata and where it came from. The zero Fact is
// "not known".
type Fact struct {
	Value string `json:"value,omitempty"`
	From  Origin `json:"from,omitempty"`
}

// An Origin says where a Fact was found.
type Origin string

const (
	FromRecord      Origin = "record"         // a field of the JSON record
	FromFrontMatter Origin = "front matter"   // the YAML block that opens a Markdown file
	FromHeading     Origin = "heading"        // a "# Title" line
	FromText        Origin = "text"           // a line of the text: dateline, byline, date stamp
	FromSentence    Origin = "first sentence" // made up from the lede, for want of a headline
	FromGuess       Origin = "guess"          // inferred, as the language is
)

// An Article is one story as it is stored.
type Article struct {
	// ID names the article's place, not its content: NewID of the corpus it
	// lies in and its path there. It stays the same when the text changes.
	ID string `json:"id"`
	// Source is the name people see and type: the path below the given corpus
	// with forward slashes, followed by "#" and the record's id for a record
	// of a JSON-lines file.
	Source string `json:"source"`
	// Path is the file on disk the article was read from, for messages and
	// links; empty for articles that were never a file.
	Path string `json:"path,omitempty"`
	URL  string `json:"url,omitempty"`

	// Text is what was published, as valid UTF-8. For .txt and .md it is the
	// file's bytes, unless the file had to be converted; then Offsets leads
	// back to them.
	Text string `json:"-"`
	// Offsets maps Text back to the bytes of the file; nil where they are the
	// same, and for a record, whose text has no file of its own.
	Offsets Offsets `json:"offsets,omitempty"`
	// Body is the part of Text that the article itself takes up: all of it,
	// or what follows the front matter.
	Body Span `json:"body"`
	// Hash is the content's: text and given metadata, hex SHA-256.
	Hash string `json:"hash"`

	Title     Fact `json:"title"`
	Publisher Fact `json:"publisher"`
	Byline    Fact `json:"byline"`
	Place     Fact `json:"place"`     // of the dateline: "LONDON and KYIV, Ukraine"
	Published Fact `json:"published"` // a date, 2006-01-02
	Language  Fact `json:"language"`  // BCP 47: "en"

	// Extra holds the fields that came along and mean nothing to Dateline.
	Extra map[string]string `json:"extra,omitempty"`

	// ReadTo is how many bytes of its file had been read when the article was
	// passed on, for progress within a file of many; 0 if that is not known.
	ReadTo int64 `json:"-"`

	derived derived
}

// derived are the sentences that Derive found, for whoever asks for them next:
// finding them is much of the work of indexing.
type derived struct {
	text      string
	body      Span
	sentences []Sentence
}

// NewID derives an article's id from its place: the corpus it lies in (a
// root's absolute path, a feed's address) and its source name there. 16
// characters of lower-case base32, 80 bits of SHA-256.
func NewID(root, source string) string {
	sum := sha256.Sum256([]byte(root + "\x00" + source))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// Seal computes Hash from the text and the metadata that was given, after
// which Derive may add what the text itself tells.
func (a *Article) Seal() {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %d %d", a.Source, a.URL, a.Text, a.Body.Start, a.Body.End)
	for _, f := range []Fact{a.Title, a.Publisher, a.Byline, a.Place, a.Published, a.Language} {
		fmt.Fprintf(h, " %q %q", f.Value, f.From)
	}
	for _, k := range slices.Sorted(maps.Keys(a.Extra)) {
		fmt.Fprintf(h, " %q %q", k, a.Extra[k])
	}
	a.Hash = hex.EncodeToString(h.Sum(nil))
}

// Date returns the day the article was published, midnight UTC, and whether
// it is known.
func (a *Article) Date() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, a.Published.Value)
	return t, err == nil
}

// Lines returns the numbers, from 1, of the first and last line of the text
// that the span touches.
func (a *Article) Lines(s Span) [2]int {
	first := 1 + strings.Count(a.Text[:s.Start], "\n")
	// The newline that ends a span belongs to its last line.
	return [2]int{first, first + strings.Count(strings.TrimRight(s.Of(a.Text), "\r\n"), "\n")}
}

// FileSpan returns where a span of Text stands in the file's own bytes.
func (a *Article) FileSpan(s Span) Span { return a.Offsets.File(s) }

// A File is a place that holds articles: one for a text file, many for a file
// of JSON lines.
type File struct {
	// Name is the path below the given corpus, with forward slashes.
	Name string `json:"name"`
	// Path is where the file lies on disk.
	Path string `json:"path,omitempty"`
	// Root is the corpus the file belongs to, as NewID takes it.
	Root string `json:"root"`
	// Stamp changes when the file does. Two equal stamps of one file mean
	// that it need not be read again.
	Stamp string `json:"stamp"`
	// Size is in bytes, for progress.
	Size int64 `json:"size"`
}

// A Problem is something that could not be read. The rest of the corpus goes
// on without it.
type Problem struct {
	// Name is the file, with a line if there is one: "news.jsonl:12".
	Name string
	// Err says what is wrong and what to do, in a sentence.
	Err error
}

func (p Problem) Error() string { return p.Name + ": " + p.Err.Error() }
func (p Problem) Unwrap() error { return p.Err }
