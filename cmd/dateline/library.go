package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"dateline/bot"
	"dateline/bot/llm"
	"dateline/bot/receipt"
	"dateline/corpus"
	"dateline/corpus/files"
	"dateline/corpus/sample"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
)

// sampleName stands for the place of the sample articles, which have none on
// disk, in ids.
const sampleName = "sample"

// A corpusChoice is the corpus to work on, and who chose it.
type corpusChoice struct {
	// Roots are files and folders as they were given; none means the sample.
	Roots []string
	From  string
}

// The From of what was given to "index" last, and of what was indexed at any
// time.
const (
	fromLast   = "indexed last"
	fromBefore = "indexed before"
)

func (c corpusChoice) String() string {
	if len(c.Roots) == 0 {
		return "the sample articles"
	}
	return strings.Join(c.Roots, string(os.PathListSeparator))
}

func (c corpusChoice) open() (*files.Corpus, error) {
	if len(c.Roots) == 0 {
		return files.FS(sampleName, sample.FS), nil
	}
	return files.Open(c.Roots...)
}

// places are the roots as article ids know them.
func (c corpusChoice) places() ([]string, error) {
	if len(c.Roots) == 0 {
		return []string{sampleName}, nil
	}
	var places []string
	for _, r := range c.Roots {
		abs, err := filepath.Abs(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r, err)
		}
		places = append(places, abs)
	}
	slices.Sort(places)
	return slices.Compact(places), nil
}

// holds reports whether a citation is of an article in this corpus.
func (c corpusChoice) holds(cited bot.Citation) bool {
	places, err := c.places()
	return err == nil && slices.ContainsFunc(places, func(root string) bool {
		return corpus.NewID(root, cited.Source) == cited.Article
	})
}

// dataDir is where indexes and answers are kept. The error is for a machine
// without a cache folder.
func (p *program) dataDir() (setting, error) {
	if p.dataFlag != "" {
		return setting{envData, p.dataFlag, "--data"}, nil
	}
	if s := p.env.lookup(envData); s.Value != "" {
		return s, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return setting{Name: envData}, fmt.Errorf("no place for the index: %w; set %s or --data to a folder", err, envData)
	}
	return setting{envData, filepath.Join(cache, "dateline"), "default"}, nil
}

// Below the data directory:
//
//	receipts.db      how answers came about, see receipt.Store
//	slack.db         what came from Slack, see inbox.Inbox
//	history          what was typed in chats, see history
//	tokens/          what was spent of tokens, see llm.Config
//	index/KEY/       the index of a corpus, see retrieval.Index
//	index/KEY.json   the corpus it is of, a record
//	models/          what is known about models on servers, see openai.Config
//	corpus.json      the corpus last given to "index", a record
const (
	receiptsFile = "receipts.db"
	inboxFile    = "slack.db"
	historyFile  = "history"
	spentDir     = "tokens"
	indexDir     = "index"
	modelsDir    = "models"
	defaultFile  = "corpus.json"
)

// A record is a corpus written down.
type record struct {
	Roots []string `json:"roots"` // absolute
}

func readRecord(name string) (record, error) {
	var r record
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	return r, err
}

// writeRecord replaces a record in one step; nothing is lost if it was not on
// the disk when the power went, for it can be given again.
func writeRecord(name string, r record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(name); err == nil && string(old) == string(data) {
		// When it was used last.
		now := time.Now()
		return os.Chtimes(name, now, now)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return replaceFile(name, data)
}

// replaceFile makes a file, or puts another in its place, in one step, for its
// owner alone to read.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".saving-*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// chooseCorpus finds out which articles are meant: those given, those set,
// those indexed last, the sample.
func (p *program) chooseCorpus(given []string) (corpusChoice, error) {
	if len(given) > 0 {
		if slices.Contains(given, "") {
			return corpusChoice{}, usageError{errors.New("the path of a corpus is empty")}
		}
		return corpusChoice{given, "--corpus"}, nil
	}
	if s := p.env.lookup(envCorpus); s.Value != "" {
		roots := slices.DeleteFunc(filepath.SplitList(s.Value), func(r string) bool { return r == "" })
		if len(roots) > 0 {
			return corpusChoice{roots, s.From}, nil
		}
	}
	if data, err := p.dataDir(); err == nil {
		r, err := readRecord(filepath.Join(data.Value, defaultFile))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			p.warn(fmt.Errorf("what was indexed last is not known, so the sample articles are used: %w", err))
		}
		if len(r.Roots) > 0 {
			return corpusChoice{r.Roots, fromLast}, nil
		}
	}
	return corpusChoice{nil, "default"}, nil
}

// knownCorpora are the chosen corpus and all others that were ever indexed, the
// most recently used first.
func (p *program) knownCorpora() []corpusChoice {
	var known []corpusChoice
	if c, err := p.chooseCorpus(p.corpusFlag); err == nil {
		known = append(known, c)
	}
	if data, err := p.dataDir(); err == nil {
		for _, i := range indexesIn(data.Value) {
			if len(i.roots) > 0 {
				known = append(known, corpusChoice{i.roots, fromBefore})
			}
		}
	}
	return append(known, corpusChoice{nil, "default"})
}

// A keptIndex is one of those in a data directory.
type keptIndex struct {
	key   string
	roots []string // of the corpus; none if that was not written down
	used  time.Time
}

// indexesIn lists the indexes in a data directory, the most recently used
// first.
func indexesIn(data string) []keptIndex {
	entries, err := os.ReadDir(filepath.Join(data, indexDir))
	if err != nil {
		return nil // there is none, or doctor says what is the matter
	}
	var list []keptIndex
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		i := keptIndex{key: e.Name()}
		name := filepath.Join(data, indexDir, i.key+".json")
		if r, err := readRecord(name); err == nil {
			i.roots = r.Roots
		}
		if info, err := os.Stat(name); err == nil {
			i.used = info.ModTime()
		}
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b keptIndex) int {
		return cmp.Or(b.used.Compare(a.used), cmp.Compare(a.key, b.key))
	})
	return list
}

// A library is a corpus and the index of it.
type library struct {
	chosen corpusChoice
	source guarded
	index  *retrieval.Index
	embed  embedding
	reader builtInReader
	data   string // directory
	key    string
	// temporary is set if the index lies in a folder of its own, which close
	// removes.
	temporary bool
	// mayBeTemporary is set if an index that cannot be kept is better than none.
	mayBeTemporary bool
	log            *slog.Logger

	// changed is set once articles were read anew, and toldLeftOut once people
	// know what was not read.
	changed, toldLeftOut bool

	recorder bot.Recorder   // of what its bots answer; nil if none
	receipts *receipt.Store // to be closed; nil if none
}

// What to do where the data directory cannot be written.
const (
	temporaryIfNeeded = true
	keptOrNothing     = false
)

// library opens the index of the given corpus, or of the one that is set.
func (p *program) library(ctx context.Context, given []string, mayBeTemporary bool) (*library, error) {
	chosen, err := p.chooseCorpus(given)
	if err != nil {
		return nil, err
	}
	return p.libraryOf(ctx, chosen, mayBeTemporary)
}

// libraryOf opens the index of a corpus.
func (p *program) libraryOf(ctx context.Context, chosen corpusChoice, mayBeTemporary bool) (*library, error) {
	source, err := chosen.open()
	if err != nil {
		return nil, err
	}
	own, err := p.newReader()
	if err != nil {
		return nil, err
	}
	lib := &library{chosen: chosen, source: guarded{source}, reader: own, mayBeTemporary: mayBeTemporary, log: p.log}
	lib.embed, err = p.embedding(ctx)
	if err != nil {
		if ctx.Err() != nil || !mayBeTemporary {
			return nil, err
		}
		p.warn(fmt.Errorf("%w; until then the built-in embedder is used", err))
		lib.embed = builtIn()
	}
	data, err := p.dataDir()
	if err != nil {
		if !mayBeTemporary {
			return nil, err
		}
		p.warn(fmt.Errorf("%w; this answer comes from a temporary index", err))
		return lib, lib.moveToTemp()
	}
	lib.data = data.Value
	return lib, lib.openKept()
}

// openKept opens the index in the data directory.
func (l *library) openKept() error {
	places, err := l.chosen.places()
	if err != nil {
		return err
	}
	l.key = indexKey(places)
	return l.openIndex(filepath.Join(l.data, indexDir, l.key))
}

// adopt moves the index that an older version made of the corpus, under a name
// of its own for each model, to where it lies now: what was indexed of files that
// cannot be read any more is in there alone.
func (l *library) adopt() {
	places, err := l.chosen.places()
	if err != nil || l.temporary {
		return
	}
	if _, err := os.Stat(filepath.Join(l.data, indexDir, l.key)); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	for _, i := range indexesIn(l.data) {
		if slices.Equal(i.roots, places) {
			for _, suffix := range [...]string{"", ".json"} {
				if err := os.Rename(filepath.Join(l.data, indexDir, i.key+suffix), filepath.Join(l.data, indexDir, l.key+suffix)); err != nil {
					l.log.Debug("older index not taken over", "index", i.key, "err", err)
				}
			}
			return
		}
	}
}

func (l *library) openIndex(dir string) (err error) {
	o := retrieval.Options{Keywords: bleve.Engine{}, Weight: l.embed.weight, OnTheSpot: l.embed.onTheSpot, Log: l.log}
	if l.embed.Embedder != nil {
		o.Embedder, o.Vectors = l.embed.Embedder, chromem.Engine{}
	}
	l.index, err = retrieval.Open(dir, o)
	return err
}

// indexKey names the index of a set of places, which have to be sorted.
func indexKey(places []string) string {
	sum := sha256.Sum256([]byte(strings.Join(places, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// moveToTemp has the library use an index of its own, to be removed by close.
func (l *library) moveToTemp() error {
	dir, err := os.MkdirTemp("", "dateline-*")
	if err != nil {
		return fmt.Errorf("no place for a temporary index either: %w; set TMPDIR to a folder that can be written", err)
	}
	if l.index != nil {
		err = l.index.Close()
	}
	l.temporary = true
	return cmp.Or(l.openIndex(dir), err)
}

func (l *library) close() {
	if l.receipts != nil {
		if err := l.receipts.Close(); err != nil {
			l.log.Warn("receipts not closed", "file", l.receipts.Path(), "err", err)
		}
	}
	if l.index == nil {
		return
	}
	if err := l.index.Close(); err != nil {
		l.log.Warn("index not closed", "index", l.index.Dir(), "err", err)
	}
	if l.temporary {
		if err := os.RemoveAll(l.index.Dir()); err != nil {
			l.log.Warn("temporary index not removed", "index", l.index.Dir(), "err", err)
		}
	}
}

// bot answers from the index; model may be nil.
func (l *library) bot(log *slog.Logger, model *llm.Engine) *bot.Bot {
	c := bot.Config{Searcher: l.index, Engines: engines(log, l.reader, model), Log: log, Receipts: l.recorder, Version: readBuild().Version}
	if places, err := l.chosen.places(); err == nil {
		c.Corpus = places
	}
	if model != nil {
		guarded := guardModel(model, log)
		c.Judge, c.Rewriter = guarded, guarded
	}
	return bot.New(c)
}

// original returns the bytes that citations of an article refer to, read anew:
// the file's, or for a record its text.
func (l *library) original(a *corpus.Article) ([]byte, error) {
	if strings.Contains(a.Source, "#") && !strings.HasSuffix(a.Path, filepath.FromSlash(a.Source)) {
		return []byte(a.Text), nil
	}
	if a.Path == "" {
		return fs.ReadFile(sample.FS, a.Source)
	}
	return os.ReadFile(a.Path)
}

// sync brings the library's index up to date, with progress on a terminal.
// Problems with single articles are said, and the rest goes on. If the index
// cannot be written, it is made in a temporary folder where that is of use.
// watch, which may be nil, is told how far it has come.
func (p *program) sync(ctx context.Context, l *library, watch func(retrieval.Progress)) (retrieval.Report, error) {
	return p.syncBy(ctx, l, (*retrieval.Index).Sync, watch)
}

// A syncer is Index.Sync or Index.Refresh.
type syncer func(*retrieval.Index, context.Context, retrieval.Source, func(retrieval.Progress)) (retrieval.Report, error)

func (p *program) syncBy(ctx context.Context, l *library, by syncer, watch func(retrieval.Progress)) (retrieval.Report, error) {
	p.verbosef("articles: %s (%s)", l.chosen, l.chosen.From)
	p.verbosef("index: %s", l.index.Dir())
	l.adopt()
	bar := p.bar("", -1)
	var begun atomic.Bool
	progress := func(pr retrieval.Progress) {
		begun.Store(true)
		// What takes a moment needs no bar.
		if pr.Passages > 500 {
			bar.describe(fmt.Sprintf("%s: %s, %s", stages[pr.Stage], count(pr.Articles, "article"), count(pr.Passages, "passage")))
			bar.set(pr.BytesDone, pr.Bytes)
		}
		if watch != nil {
			watch(pr)
		}
	}
	patience := time.AfterFunc(3*time.Second, func() {
		if !begun.Load() && (p.err.terminal || p.verbose) {
			p.err.printf("Waiting for another dateline to finish with this index, or for a slow disk.\n")
		}
	})
	defer patience.Stop()
	report, err := by(l.index, ctx, l.source, progress)
	bar.clear()
	var write *retrieval.WriteError
	if errors.As(err, &write) && l.mayBeTemporary && !l.temporary {
		p.warn(fmt.Errorf("%w; this answer comes from a temporary index", err))
		if err := l.moveToTemp(); err != nil {
			return report, err
		}
		report, err = by(l.index, ctx, l.source, progress)
		bar.clear()
	}
	if errors.Is(err, retrieval.ErrBusy) {
		return report, err
	}
	for _, pr := range report.Problems {
		p.err.printf("%s: %s\n", corpus.OneLine(pr.Name), pr.Err)
	}
	if err != nil {
		if l.chosen.From == fromLast && ctx.Err() == nil {
			err = fmt.Errorf("%w; this was the corpus because it was indexed last: give another with --corpus, or to dateline index, or go back to the samples with dateline index --samples", err)
		}
		return report, err
	}
	if !l.temporary && len(l.chosen.Roots) > 0 {
		if places, err := l.chosen.places(); err == nil {
			if err := writeRecord(filepath.Join(l.data, indexDir, l.key+".json"), record{Roots: places}); err != nil {
				l.log.Debug("corpus not written down", "err", err)
			}
		}
	}
	if report.Rebuilt != "" && !l.temporary {
		p.verbosef("indexed anew: %s", report.Rebuilt)
	}
	l.changed = l.changed || report.New+report.Changed > 0
	if report.New+report.Changed+report.Unchanged+report.Kept == 0 {
		return report, noArticles(len(report.Problems))
	}
	return report, nil
}

// noArticles is the error for a corpus of which no file holds an article.
func noArticles(problems int) error {
	return fmt.Errorf("no articles to read: every file that may hold one has a problem, %d in all", problems)
}

// tellLeftOut says, once, which files of the corpus are of kinds that are not
// read: whoever misses what stands in them has to know.
func (p *program) tellLeftOut(ctx context.Context, l *library) {
	if l.toldLeftOut {
		return
	}
	l.toldLeftOut = true
	left, err := l.source.LeftOut(ctx)
	if err == nil && len(left) > 0 {
		p.err.printf("Left out %s.\n", left)
	}
}

// refresh is sync for commands that are about something else: it says what was
// done to whoever is watching, and does not wait while somebody else indexes if
// there is something to search.
func (p *program) refresh(ctx context.Context, l *library) error {
	report, err := p.syncBy(ctx, l, (*retrieval.Index).Refresh, nil)
	if errors.Is(err, retrieval.ErrBusy) {
		p.warn(errors.New("another dateline is indexing these articles; what was indexed before is searched"))
		return nil
	}
	if err == nil && (p.verbose || p.err.terminal && report.Written) {
		p.err.printf("%s\n", describeSync(report))
	}
	return err
}

// current is the library of the corpus in effect, refreshed. The caller closes
// it.
func (p *program) current(ctx context.Context) (*library, error) {
	chosen, err := p.chooseCorpus(p.corpusFlag)
	if err != nil {
		return nil, err
	}
	return p.currentOf(ctx, chosen)
}

// currentOf is current for another corpus.
func (p *program) currentOf(ctx context.Context, chosen corpusChoice) (*library, error) {
	l, err := p.libraryOf(ctx, chosen, temporaryIfNeeded)
	if err != nil {
		return nil, err
	}
	if err := p.refresh(ctx, l); err != nil {
		l.close()
		return nil, err
	}
	if p.verbose || l.changed {
		p.tellLeftOut(ctx, l)
	}
	return l, nil
}

// stages are what people call the stages of retrieval.Progress.
var stages = map[string]string{"read": "reading", "write": "writing the index"}

// mended calls f, which searches the index, and once more if the index proves
// damaged and could be made anew.
func (p *program) mended(ctx context.Context, l *library, f func() error) error {
	err := f()
	var damaged *retrieval.DamagedError
	if !errors.As(err, &damaged) || ctx.Err() != nil {
		return err
	}
	p.verbosef("%s", err)
	if _, err := p.sync(ctx, l, nil); err != nil {
		return err
	}
	return f()
}

func describeSync(r retrieval.Report) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{
		{r.New, "new"}, {r.Changed, "changed"}, {r.Unchanged, "unchanged"}, {r.Vanished, "vanished"},
		{r.Kept, "kept of files that could not be read this time"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	s := strings.Join(parts, ", ")
	switch {
	case r.New > 0 && len(parts) == 1:
		s = count(r.New, "article") + " read"
	case s == "":
		s = "no articles"
	}
	if r.Passages > 0 {
		s += ", " + count(r.Passages, "passage") + " indexed"
	}
	return s + " in " + seconds(r.Took)
}

// guarded keeps a fault that one file brings to light from taking the others
// along.
type guarded struct{ *files.Corpus }

var _ retrieval.Source = guarded{}

func (g guarded) Read(ctx context.Context, f corpus.File, yield func(*corpus.Article) error) (problems []corpus.Problem, err error) {
	yielding := false
	defer func() {
		// A fault in what is done with an article is none of the file's.
		if yielding {
			return
		}
		if r := recover(); r != nil {
			problems = append(problems, corpus.Problem{Name: f.Name, Err: &faultError{r, debug.Stack()}})
		}
	}()
	return g.Corpus.Read(ctx, f, func(a *corpus.Article) error {
		yielding = true
		err := yield(a)
		yielding = false
		return err
	})
}

// A faultError is a panic that was caught.
type faultError struct {
	value any
	stack []byte
}

func (e *faultError) Error() string {
	return fmt.Sprintf("was left out because of a fault in Dateline (%v); please report it", e.value)
}
