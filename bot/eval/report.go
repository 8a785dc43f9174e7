package eval

import (
	"slices"
	"time"

	"dateline/bot"
)

// A Report is the outcome of a run.
type Report struct {
	Articles int  `json:"articles"`
	Oracle   bool `json:"oracle,omitempty"`
	// PeerModel is what Peer was found with; empty if there was none.
	PeerModel string `json:"peer_model,omitempty"`
	Summary
	// SearchMS is how long it took to find the first ten articles, LatencyMS to
	// answer.
	SearchMS  Latency `json:"search_ms"`
	LatencyMS Latency `json:"latency_ms"`
	// Kinds sum up the questions of one kind each, see KindOf, in the order of
	// Kinds. Those without questions are left out.
	Kinds []KindSummary `json:"kinds"`
	// Figures are, for later runs to be held against, "hits_1" and "mrr_10" of
	// the ranked questions, "em", "f1", "right" and "not_misled" of the judged,
	// and "refused" of the unanswerable. A question has misled whoever asks it
	// if what is shown as certain is wrong.
	Figures Figures `json:"-"`
	// Digests tell the answers apart: see digest.
	Digests []string `json:"-"`
}

// A KindSummary sums up the questions of one kind.
type KindSummary struct {
	Kind string `json:"kind"`
	Summary
}

// Latency is in milliseconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
}

// A Summary is the figures of some questions. Shares run from 0 to 1, and are 0
// where they are over nothing.
type Summary struct {
	Questions int `json:"questions"`
	// Ranked is how many questions the retrieval figures are over: those with a
	// gold article in the corpus. An unanswerable question may have one, that
	// it was made up from.
	Ranked    int     `json:"ranked"`
	Retrieval Ranking `json:"retrieval"`
	BM25      Ranking `json:"bm25"`
	// LessBM25 is Retrieval less BM25, LessPeer Retrieval less Peer, by paired
	// bootstrap over the questions and by the names of Ranking's figures.
	LessBM25 map[string]Difference `json:"retrieval_less_bm25"`
	Peer     *Ranking              `json:"peer,omitempty"`
	LessPeer map[string]Difference `json:"retrieval_less_peer,omitempty"`
	// Judged is how many questions the other figures are over: those whose
	// answer is known.
	Judged  int `json:"judged"`
	Answers struct {
		EM float64 `json:"em"`
		F1 float64 `json:"f1"`
		// Contains is over the questions that can be answered.
		Contains float64 `json:"contains"`
		// Right is the share answered with an accepted answer and a right
		// source, or rightly refused.
		Right float64 `json:"right"`
		// By counts the answers and refusals of each engine.
		By map[string]int `json:"by,omitempty"`
	} `json:"answers"`
	// Shown counts what was answered, "perhaps" included.
	Shown struct {
		Count   int `json:"count"`
		Perhaps int `json:"perhaps"`
		// Wrong counts those that are not right, see Outcome, and WrongCertain
		// those among them that are not given as "perhaps".
		Wrong        int `json:"wrong"`
		WrongCertain int `json:"wrong_certain"`
	} `json:"shown"`
	Citations struct {
		Count int `json:"count"`
		// SourceRight is over the citations given for questions that name
		// their sources, ByteExact over all.
		SourceRight float64 `json:"source_right"`
		ByteExact   float64 `json:"byte_exact"`
	} `json:"citations"`
	Refusals struct {
		// Right counts the unanswerable questions that were refused.
		Right int `json:"right"`
		// The share of the unanswerable questions that were refused, which is
		// right, and of the answerable, which is not.
		Unanswerable float64 `json:"unanswerable"`
		Answerable   float64 `json:"answerable"`
	} `json:"refusals"`
}

func newReport(c Config, outcomes []Outcome) Report {
	r := Report{Articles: len(c.Articles), Oracle: c.Oracle, Summary: sum(outcomes, c.Peer != nil)}
	if c.Peer != nil {
		r.PeerModel = c.Peer.Model()
	}
	for _, kind := range Kinds {
		var of []Outcome
		for _, o := range outcomes {
			if KindOf(o.Question.Question) == kind {
				of = append(of, o)
			}
		}
		if len(of) > 0 {
			r.Kinds = append(r.Kinds, KindSummary{kind, sum(of, c.Peer != nil)})
		}
	}
	var searched, answered []time.Duration
	r.Figures = make(Figures)
	r.Digests = make([]string, len(outcomes))
	for i, o := range outcomes {
		if o.Ranked {
			searched = append(searched, o.searchTook)
			r.Figures.set("hits_1", i, o.Retrieval.Hits1)
			r.Figures.set("mrr_10", i, o.Retrieval.MRR10)
		}
		if o.Question.Judged() {
			answered = append(answered, o.answerTook)
			r.Figures.set("em", i, o.EM)
			r.Figures.set("f1", i, o.F1)
			r.Figures.set("right", i, one(o.Right()))
			r.Figures.set("not_misled", i, one(!o.misled()))
			r.Digests[i] = digest(o.Answer)
		}
		if o.Question.Unanswerable {
			r.Figures.set("refused", i, one(!o.Answer.Answered))
		}
	}
	r.Figures.pad(len(outcomes))
	r.SearchMS, r.LatencyMS = latency(searched), latency(answered)
	return r
}

// sum sums outcomes up.
func sum(outcomes []Outcome, peer bool) Summary {
	s := Summary{Questions: len(outcomes)}
	var system, bm25, peers []Ranking
	var answerable, unanswerable, contained, refusedWrong, right, sourced, sourceRight, byteExact int
	var em, f1 float64
	for _, o := range outcomes {
		if o.Ranked {
			system, bm25, peers = append(system, o.Retrieval), append(bm25, o.BM25), append(peers, o.Peer)
		}
		if !o.Question.Judged() {
			continue
		}
		s.Judged++
		em += o.EM
		f1 += o.F1
		if o.Right() {
			right++
		}
		if o.Answer.Answered {
			s.Shown.Count++
			if o.Answer.Certainty == bot.Perhaps {
				s.Shown.Perhaps++
			}
			if !o.Right() {
				s.Shown.Wrong++
			}
			if o.misled() {
				s.Shown.WrongCertain++
			}
		}
		s.Citations.Count += len(o.Answer.Citations)
		byteExact += o.ByteExact
		if len(o.Question.Sources) > 0 {
			sourced += len(o.Answer.Citations)
			sourceRight += o.SourceRight
		}
		if by := o.Answer.Engine; by != "" {
			if s.Answers.By == nil {
				s.Answers.By = make(map[string]int)
			}
			s.Answers.By[by]++
		}
		if o.Question.Unanswerable {
			unanswerable++
			if !o.Answer.Answered {
				s.Refusals.Right++
			}
			continue
		}
		answerable++
		if o.Contains {
			contained++
		}
		if !o.Answer.Answered {
			refusedWrong++
		}
	}
	s.Ranked = len(system)
	s.Retrieval, s.BM25, s.LessBM25 = mean(system), mean(bm25), less(system, bm25)
	if peer {
		of := mean(peers)
		s.Peer, s.LessPeer = &of, less(system, peers)
	}
	s.Answers.EM = em / float64(max(s.Judged, 1))
	s.Answers.F1 = f1 / float64(max(s.Judged, 1))
	s.Answers.Contains = share(contained, answerable)
	s.Answers.Right = share(right, s.Judged)
	s.Citations.SourceRight = share(sourceRight, sourced)
	s.Citations.ByteExact = share(byteExact, s.Citations.Count)
	s.Refusals.Unanswerable = share(s.Refusals.Right, unanswerable)
	s.Refusals.Answerable = share(refusedWrong, answerable)
	return s
}

// less is how much larger the figures of a are than those of b.
func less(a, b []Ranking) map[string]Difference {
	d := make(map[string]Difference)
	for name, figure := range map[string]func(Ranking) float64{
		"hits_1":  func(r Ranking) float64 { return r.Hits1 },
		"hits_10": func(r Ranking) float64 { return r.Hits10 },
		"mrr_10":  func(r Ranking) float64 { return r.MRR10 },
		"ndcg_10": func(r Ranking) float64 { return r.NDCG10 },
	} {
		x, y := make([]float64, len(a)), make([]float64, len(a))
		for i := range a {
			x[i], y[i] = figure(a[i]), figure(b[i])
		}
		d[name] = bootstrap(x, y)
	}
	return d
}

func latency(took []time.Duration) Latency {
	ms := make([]float64, len(took))
	for i, d := range took {
		ms[i] = float64(d.Microseconds()) / 1000
	}
	slices.Sort(ms)
	return Latency{quantile(ms, 0.5), quantile(ms, 0.95)}
}

// one is 1 for true.
func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
