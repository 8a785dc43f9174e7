package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/eval"
	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/openai"
)

func (p *program) evalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval [flags] {--questions | --selection | --support | --compare BEFORE} FILE",
		Short: "Measure search, answers and checks on sets with known answers",
		Long: `Eval puts a set of questions to the bot and compares what comes back with the
known answers. Plain BM25 over whole articles is measured in the same run, for a
figure of search means little by itself. Differences are by paired bootstrap over
the questions.

The set is a file of JSON lines, compressed if it ends in .gz, with an object a
line: {"id", "question", "answers": [], "sources": [], "asked": "2025-11-26"},
and "unanswerable": true where the right answer is a refusal. A question with
sources and no answers is measured for search alone.

An answer that is "perhaps" one counts as shown: it is wrong if it does not answer,
has no short answer to be exact, and is never a refusal.

With --oracle the reader reads the articles that a question names as its sources
and nothing else; a question that names none is put to all articles. The built-in
reader reads, unless --engine says otherwise.

Passages that have no vector yet get one if fewer than 5,000 are without;
otherwise the best candidates of each question do. With --vectors all every
passage gets one first, and with --vectors none search is by words alone.

With --peer another model is measured on the same questions and passages, by its
vectors alone: the model --peer-model at the OpenAI-compatible address given. The
key set for embeddings goes there only if the address is that set for embeddings.

With --selection the reader ranks sentences by how well they answer: {"id",
"question", "candidates": [{"text", "label"}]}. MAP and MRR are over the
questions that have candidates of both kinds, with BM25 beside them.

With --support sentences are scored by how far an article carries them:
{"article", "sentence", "supported"}. ROC AUC is that of the score, with plain
word overlap beside it. Neither of the two reads a corpus.

With --save the scores of every question are kept, and --against holds a later
run over the same set against them: it fails where a figure is lower than chance
explains, or where a quote is not byte for byte what its source holds. --compare
compares two such files, and lists the questions that changed; --questions has
them shown.`,
		Example: `  dateline eval --corpus news.jsonl.gz --questions questions.jsonl
  dateline eval --corpus news.jsonl.gz --questions questions.jsonl --oracle --json
  dateline eval --selection selection.jsonl
  dateline eval --support support.jsonl.gz
  dateline eval --corpus news.jsonl.gz --questions questions.jsonl --against before.json
  dateline eval --corpus news.jsonl.gz --questions questions.jsonl --vectors none --save words.json
  dateline eval --compare words.json vectors.json --questions questions.jsonl`,
	}
	p.corpusFlags(cmd)
	var e evaluation
	var selection, support, before string
	cmd.Flags().StringVar(&e.set, "questions", "", "`file` of questions (.jsonl or .jsonl.gz)")
	cmd.Flags().StringVar(&selection, "selection", "", "`file` of questions and sentences that may answer them")
	cmd.Flags().StringVar(&support, "support", "", "`file` of sentences judged against an article")
	cmd.Flags().StringVar(&before, "compare", "", "compare a `file` that --save kept with another, given after it")
	cmd.Flags().IntVar(&e.limit, "limit", 0, "put the first `n` questions or sentences only")
	cmd.Flags().BoolVar(&e.oracle, "oracle", false, "give the reader its right sources")
	cmd.Flags().StringVar(&e.engine, "engine", bot.EngineExtract, "`name` of what reads the articles: auto, extract (built in) or llm (a model server)")
	completesEngine(cmd)
	e.model.add(cmd)
	cmd.Flags().StringVar(&e.vectors, "vectors", vectorsAuto, "`which` passages to make vectors of that have none: auto, all or none")
	complete(cmd, "vectors", cobra.FixedCompletions([]cobra.Completion{
		cobra.CompletionWithDesc(vectorsAuto, "all if they are few, else those of the best candidates"),
		cobra.CompletionWithDesc(vectorsAll, "all, before the first question"),
		cobra.CompletionWithDesc(vectorsNone, "none, and search by words alone"),
	}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	cmd.Flags().StringVar(&e.peer, "peer", "", "`address` of an embeddings server to measure beside, as http://localhost:11434/v1")
	cmd.Flags().StringVar(&e.peerModel, "peer-model", "", "`name` of the model on that server")
	cmd.Flags().StringVar(&e.keep.save, "save", "", "keep the scores of every question or sentence in a `file`")
	cmd.Flags().StringVar(&e.keep.against, "against", "", "fail if a figure is worse than in a `file` that --save kept")
	asJSON := jsonFlag(cmd)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if before == "" {
			return noArgs(cmd, args)
		}
		if len(args) != 1 {
			return usageError{errors.New("--compare takes two files: the earlier run, and after it the later one")}
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		e.json = *asJSON
		if e.limit < 0 {
			return usageError{fmt.Errorf("--limit %d: leave it out to put all questions", e.limit)}
		}
		if before != "" {
			if selection != "" || support != "" || e.keep != (baselines{}) {
				return usageError{errors.New("--compare measures nothing: beside it only --questions has a meaning")}
			}
			return p.evalCompare(before, args[0], &e)
		}
		given := 0
		for _, name := range []string{e.set, selection, support} {
			if name != "" {
				given++
			}
		}
		if given == 0 {
			return usageError{errors.New("no --questions, --selection or --support given")}
		}
		if given > 1 {
			return usageError{errors.New("--questions, --selection and --support measure different things: give one of them")}
		}
		for _, name := range []string{"corpus", "oracle", "engine", "vectors", "peer"} {
			if e.set == "" && cmd.Flags().Changed(name) {
				return usageError{fmt.Errorf("--%s goes with --questions: the other sets bring their text along", name)}
			}
		}
		switch {
		case selection != "":
			return p.evalSelection(ctx, selection, e.limit, e.keep, e.json)
		case support != "":
			return p.evalSupport(ctx, support, e.limit, e.keep, e.json)
		}
		return p.evalQuestions(ctx, &e)
	}
	return cmd
}

// An evaluation is what "eval --questions" is told to do.
type evaluation struct {
	set             string
	limit           int
	oracle          bool
	engine          string
	model           modelFlags
	vectors         string
	peer, peerModel string
	keep            baselines
	json            bool
}

// What --vectors may be.
const (
	vectorsAuto = "auto"
	vectorsAll  = "all"
	vectorsNone = "none"
)

// fewVectors is how many passages --vectors auto makes vectors of before the
// first question.
const fewVectors = 5000

func (p *program) evalQuestions(ctx context.Context, e *evaluation) error {
	if !slices.Contains([]string{vectorsAuto, vectorsAll, vectorsNone}, e.vectors) {
		return usageError{fmt.Errorf("--vectors %q: auto, all or none", e.vectors)}
	}
	if (e.peer == "") != (e.peerModel == "") {
		return usageError{errors.New("--peer and --peer-model go together: an address and the name of a model there")}
	}
	model, err := p.openModel(e.engine, e.model)
	if err != nil {
		return err
	}
	questions, err := readSet(e.set, "questions", e.limit, eval.ReadFile)
	if err != nil {
		return err
	}
	lib, err := p.evalLibrary(ctx, e.vectors)
	if err != nil {
		return err
	}
	defer lib.close()
	articles, err := lib.articles(ctx)
	if err != nil {
		return err
	}
	c := eval.Config{Articles: articles, Asker: lib.bot(p.log, model), Original: lib.original, Oracle: e.oracle, Engine: e.engine}
	if e.peer != "" {
		if c.Peer, err = p.openPeer(ctx, e.peer, e.peerModel, articles); err != nil {
			return err
		}
	}
	bar := p.bar("questions", int64(len(questions)))
	c.Each = func(o eval.Outcome) {
		bar.add(1)
		if !o.Right() && p.verbose {
			bar.clear()
			p.verbosef("%s: %s: %s%s", o.Question.ID, o.Question.Question, o.Wrong, gotAndWanted(o))
		}
	}
	report, err := eval.Run(ctx, c, questions)
	bar.clear()
	if err != nil {
		return err
	}
	searched, err := lib.index.Coverage(ctx, retrieval.Filter{})
	if err != nil {
		return err
	}
	compared, err := compare(e.keep, questions, eval.Baseline{Figures: report.Figures, Digests: report.Digests})
	if err != nil {
		return err
	}
	if e.json {
		err = p.printJSON(struct {
			eval.Report
			Searched retrieval.Coverage `json:"searched"`
			comparisons
		}{report, searched, compared})
	} else {
		p.printReport(report, searched)
		p.printComparisons(compared)
	}
	if err == nil && e.keep.against != "" && report.Citations.ByteExact < 1 && report.Citations.Count > 0 {
		err = fmt.Errorf("%.4f of the quotes are byte for byte what their sources hold, want all", report.Citations.ByteExact)
	}
	return cmp.Or(err, compared.err())
}

// evalLibrary is the library of the corpus in effect, with the vectors that are
// to be there before the first question.
func (p *program) evalLibrary(ctx context.Context, vectors string) (*library, error) {
	lib, err := p.library(ctx, p.corpusFlag, temporaryIfNeeded)
	if err != nil {
		return nil, err
	}
	if vectors == vectorsNone {
		lib.embed = embedding{}
		err = errors.Join(lib.index.Close(), lib.openIndex(lib.index.Dir()))
	}
	if err == nil {
		err = p.refresh(ctx, lib)
	}
	if err == nil {
		err = p.makeVectors(ctx, lib, vectors)
	}
	if err != nil {
		lib.close()
		return nil, err
	}
	return lib, nil
}

func (p *program) makeVectors(ctx context.Context, lib *library, vectors string) error {
	have, err := lib.index.Coverage(ctx, retrieval.Filter{})
	if err != nil {
		return err
	}
	if vectors == vectorsNone || vectors == vectorsAuto && have.Passages-have.Embedded >= fewVectors {
		return nil
	}
	_, err = p.embed(ctx, lib)
	return err
}

// gotAndWanted says what was answered, and what would have been right.
func gotAndWanted(o eval.Outcome) string {
	if !o.Question.Judged() {
		return ""
	}
	certainty := ""
	if o.Answer.Certainty != "" {
		certainty = " " + o.Answer.Certainty
	}
	return fmt.Sprintf("\n    got%s %q %q, want %q", certainty, o.Answer.Short, o.Answer.Text+o.Answer.Reason, fmt.Sprint(o.Question.Answers))
}

// openPeer embeds articles with the model of another server.
func (p *program) openPeer(ctx context.Context, address, model string, articles []*corpus.Article) (*eval.Peer, error) {
	c := openai.Config{BaseURL: address, Model: model, Log: p.log, AddressSetting: "--peer", ModelSetting: "--peer-model", KeySetting: envEmbeddingKey}
	if chosen := p.chooseEmbedding(); chosen.server.Value == address {
		c.Key, c.KeySetting = chosen.key.Value, chosen.key.Name
	}
	embedder, err := openai.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	bar := p.bar("passages embedded by the peer", -1)
	defer bar.clear()
	return eval.NewPeer(ctx, embedder, articles, func(done, all int) { bar.set(int64(done), int64(all)) })
}

// readSet reads the first limit lines of a set of what, 0 meaning all.
func readSet[T any](name, what string, limit int, read func(string) ([]T, error)) ([]T, error) {
	set, err := read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file of %s", name, what)
	}
	if err != nil {
		return nil, err
	}
	if limit > 0 && limit < len(set) {
		set = set[:limit]
	}
	return set, nil
}

func (p *program) evalSelection(ctx context.Context, name string, limit int, keep baselines, asJSON bool) error {
	set, err := readSet(name, "questions", limit, eval.ReadSelectionFile)
	if err != nil {
		return err
	}
	ranker, err := p.newReader()
	if err != nil {
		return err
	}
	bar := p.bar("questions", int64(len(set)))
	r, err := eval.MeasureSelection(ctx, ranker, set, func(eval.Selection) { bar.add(1) })
	bar.clear()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	compared, err := compare(keep, set, eval.Baseline{Figures: r.Figures})
	if err != nil {
		return err
	}
	if asJSON {
		return cmp.Or(p.printJSON(struct {
			eval.SelectionReport
			comparisons
		}{r, compared}), compared.err())
	}
	p.out.printf("%s, %d with sentences that answer and others\n\n", count(r.Questions, "question"), r.Ranked)
	p.out.printf("sentences   reader   BM25\n")
	p.out.printf("  MAP       %.3f    %.3f\n", r.Selection.MAP, r.BM25.MAP)
	p.out.printf("  MRR       %.3f    %.3f\n", r.Selection.MRR, r.BM25.MRR)
	p.printComparisons(compared)
	return compared.err()
}

func (p *program) evalSupport(ctx context.Context, name string, limit int, keep baselines, asJSON bool) error {
	set, err := readSet(name, "sentences", limit, eval.ReadSupportFile)
	if err != nil {
		return err
	}
	bar := p.bar("sentences", int64(len(set)))
	r, err := eval.MeasureSupport(ctx, set, func(j eval.Judged, score float64) {
		bar.add(1)
		if p.verbose {
			bar.clear()
			p.verbosef("%.3f supported=%t %s", score, *j.Supported, j.Sentence)
		}
	})
	bar.clear()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	compared, err := compare(keep, set, eval.Baseline{Figures: r.Figures})
	if err != nil {
		return err
	}
	if asJSON {
		return cmp.Or(p.printJSON(struct {
			eval.SupportReport
			comparisons
		}{r, compared}), compared.err())
	}
	p.out.printf("%s, %d of them supported\n\n", count(r.Sentences, "sentence"), r.True)
	p.out.printf("support    score   word overlap\n")
	p.out.printf("  ROC AUC  %.3f   %.3f\n", r.Support.AUC, r.Overlap.AUC)
	p.printComparisons(compared)
	return compared.err()
}

func (p *program) printReport(r eval.Report, searched retrieval.Coverage) {
	p.out.printf("%s on %s", count(r.Questions, "question"), count(r.Articles, "article"))
	if r.Oracle {
		p.out.printf(", the reader given its sources")
	}
	p.out.printf("\n%s, %s of them with vectors\n", count(searched.Passages, "passage"), humanize.Comma(int64(searched.Embedded)))
	if r.Ranked > 0 {
		p.printSearch(r.Summary, "BM25", r.BM25, r.LessBM25)
		if r.Peer != nil {
			p.printSearch(r.Summary, "peer", *r.Peer, r.LessPeer)
			p.out.printf("  the peer is %s\n", r.PeerModel)
		}
		p.out.printf("search p50, p95            %.1f ms, %.1f ms\n", r.SearchMS.P50, r.SearchMS.P95)
	}
	if r.Judged > 0 {
		p.out.printf("\nanswers (%s", count(r.Judged, "question"))
		for _, by := range slices.Sorted(maps.Keys(r.Answers.By)) {
			p.out.printf(", %d by %s", r.Answers.By[by], by)
		}
		p.out.printf(")\n")
		p.out.printf("  exact match, F1          %.3f    %.3f\n", r.Answers.EM, r.Answers.F1)
		p.out.printf("  contains an accepted one %.3f\n", r.Answers.Contains)
		p.out.printf("  right, with its source   %.3f\n", r.Answers.Right)
		p.out.printf("\nshown (%d)\n", r.Shown.Count)
		p.out.printf("  perhaps                  %s\n", share(r.Shown.Perhaps, r.Shown.Count))
		p.out.printf("  does not answer          %s\n", share(r.Shown.Wrong, r.Shown.Count))
		p.out.printf("  does not, as certain     %s\n", share(r.Shown.WrongCertain, r.Shown.Count-r.Shown.Perhaps))
		p.out.printf("\ncitations (%d)\n", r.Citations.Count)
		p.out.printf("  of the right source      %.3f\n", r.Citations.SourceRight)
		p.out.printf("  byte for byte            %.3f\n", r.Citations.ByteExact)
		p.out.printf("\nrefused\n")
		p.out.printf("  unanswerable             %.3f\n", r.Refusals.Unanswerable)
		p.out.printf("  answerable               %.3f\n", r.Refusals.Answerable)
		p.out.printf("\nlatency p50, p95           %.1f ms, %.1f ms\n", r.LatencyMS.P50, r.LatencyMS.P95)
	}
	p.printKinds(r.Kinds)
}

// printSearch prints what was found beside what another search found.
func (p *program) printSearch(s eval.Summary, name string, other eval.Ranking, less map[string]eval.Difference) {
	p.out.printf("\nsearch (%s)   system     %s     difference, 95 %% of draws\n", count(s.Ranked, "question"), name)
	for _, row := range []struct {
		name          string
		system, other float64
		key           string
	}{
		{"Hits@1", s.Retrieval.Hits1, other.Hits1, "hits_1"},
		{"Hits@5", s.Retrieval.Hits5, other.Hits5, ""},
		{"Hits@10", s.Retrieval.Hits10, other.Hits10, "hits_10"},
		{"MRR@10", s.Retrieval.MRR10, other.MRR10, "mrr_10"},
		{"nDCG@10", s.Retrieval.NDCG10, other.NDCG10, "ndcg_10"},
	} {
		p.out.printf("  %-24s %.3f    %.3f", row.name, row.system, row.other)
		if d, ok := less[row.key]; ok {
			p.out.printf("    %+.3f  (%+.3f to %+.3f)", d.Mean, d.Low, d.High)
		}
		p.out.printf("\n")
	}
}

// printKinds prints a line for each kind of question, of search and then of
// answers. What was asked was shown or refused; what was shown is right or wrong.
func (p *program) printKinds(kinds []eval.KindSummary) {
	ranked := slices.DeleteFunc(slices.Clone(kinds), func(k eval.KindSummary) bool { return k.Ranked == 0 })
	if len(ranked) > 0 {
		p.out.printf("\nby question word      asked  Hits@1    BM25  MRR@10    BM25\n")
	}
	for _, k := range ranked {
		p.out.printf("  %-16s %8d%8.3f%8.3f%8.3f%8.3f\n", k.Kind, k.Ranked, k.Retrieval.Hits1, k.BM25.Hits1, k.Retrieval.MRR10, k.BM25.MRR10)
	}
	judged := slices.DeleteFunc(slices.Clone(kinds), func(k eval.KindSummary) bool { return k.Judged == 0 })
	if len(judged) > 0 {
		p.out.printf("\nby question word      asked   shown perhaps   right   wrong refused rightly      F1\n")
	}
	for _, k := range judged {
		p.out.printf("  %-16s %8d%8d%8d%8d%8d%8d%8d%8.3f\n", k.Kind, k.Judged, k.Shown.Count, k.Shown.Perhaps,
			k.Shown.Count-k.Shown.Wrong, k.Shown.Wrong, k.Judged-k.Shown.Count, k.Refusals.Right, k.Answers.F1)
	}
}

// share is a part of a whole, a dash where there is nothing.
func share(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", float64(part)/float64(whole))
}

// articles reads the whole corpus.
func (l *library) articles(ctx context.Context) ([]*corpus.Article, error) {
	files, _, err := l.source.Files(ctx)
	if err != nil {
		return nil, err
	}
	var articles []*corpus.Article
	for _, f := range files {
		// Problems were reported when the index was brought up to date.
		_, err := l.source.Read(ctx, f, func(a *corpus.Article) error {
			articles = append(articles, a)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return articles, nil
}
