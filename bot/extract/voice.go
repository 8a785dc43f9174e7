package extract

import (
	"slices"
	"strings"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// quote gives the sentences of a document the quotations in them, and those who
// are certain to say what a sentence quotes.
func (d *document) quote() {
	if len(d.sentences) == 0 {
		return
	}
	// The paragraphs that were read: many articles are long.
	part := *d.article
	part.Body = corpus.Span{Start: d.sentences[0].Start, End: d.sentences[len(d.sentences)-1].End}
	if at := strings.LastIndexByte(part.Text[:part.Body.Start], '\n'); at >= d.article.Body.Start {
		part.Body.Start = at + 1
	}
	if n := strings.IndexByte(part.Text[part.Body.End:d.article.Body.End], '\n'); n >= 0 {
		part.Body.End += n
	} else {
		part.Body.End = d.article.Body.End
	}
	v := ground.Listen(&part)
	d.voices = v
	for _, voice := range v.All() {
		for _, s := range d.sentences {
			if s.Overlaps(voice.Words) {
				s.voices = append(s.voices, voice)
			}
		}
	}
	for _, s := range d.sentences {
		s.sure = s.voice == s
		if len(s.speech) > 0 {
			// "He said that …"
			if p := s.speech[0].subject; s.tag(p.from) == pos.PRP && !s.inQuote(p.from) {
				var name string
				if name, s.voice = s.meant(p.from); s.voice != nil {
					s.speaker, s.sure = name, true
				}
			}
		} else if len(s.voices) > 0 {
			voice := s.voices[0]
			if voice.Sure {
				s.speaker, s.voice = "", nil
			}
			if voice.Sure && voice.Named {
				s.speaker, s.voice = d.named(voice.Speakers[0])
				s.sure = s.voice != nil
			}
		}
	}
}

// named is the folded name by which somebody is known whom the article names in a
// place, and the sentence that does; none if that was not read.
func (d *document) named(at corpus.Span) (string, *sentence) {
	i := slices.IndexFunc(d.sentences, func(o *sentence) bool { return o.Start <= at.Start && at.End <= o.End })
	if i < 0 {
		return "", nil
	}
	s := d.sentences[i]
	return s.norm(s.phraseOf(at).head()), s
}

// meant is whom the pronoun at a token stands for, as named; none if that is not
// certain.
func (s *sentence) meant(pronoun int) (string, *sentence) {
	at, ok := s.doc.voices.Means(s.norm(pronoun), s.Start+s.tokens[pronoun].Start)
	if !ok {
		return "", nil
	}
	return s.doc.named(at)
}

// reported are the words that the question asks who said: "who said it was never
// ours?" It is empty where they are too few to be told from others.
func (q *question) reported() []string {
	const least = 3 // words
	at := slices.IndexFunc(q.tokens, func(t token) bool { return t.norm == q.verb })
	if q.verb == "" || at < 0 {
		return nil
	}
	words := word.Split(q.text[q.tokens[at].End:])
	if len(words) > 0 && words[0].Norm == "that" {
		words = words[1:]
	}
	if len(words) < least {
		return nil
	}
	norms := make([]string, len(words))
	for i, w := range words {
		norms[i] = w.Norm
	}
	return norms
}

// quoted is the quotation of a sentence that has what the question asks who says
// it, and whether it has it word for word; nil if the sentence has it in words
// of its own.
func (q *question) quoted(s *sentence, c *cover) (v *ground.Voice, verbatim bool) {
	if want := q.reported(); want != nil {
		for k := len(s.voices) - 1; k >= 0; k-- {
			at := s.voices[k].Words
			at = corpus.Span{Start: max(at.Start, s.Start), End: min(at.End, s.End)}
			if says(at.Of(s.doc.article.Text), want) {
				return &s.voices[k], true
			}
		}
	}
	inside := make([]float64, len(s.voices))
	outside := 0.0
	for i := range q.terms {
		t := &q.terms[i]
		if c.at[i] < 0 || t.verb || q.ofAgent(i) {
			continue
		}
		at := s.Start + s.tokens[c.at[i]].Start
		in := -1 // the innermost stand last
		for k := range s.voices {
			if w := s.voices[k].Words; w.Start <= at && at < w.End {
				in = k
			}
		}
		if in < 0 {
			outside += t.weight * c.in[i]
		} else {
			inside[in] += t.weight * c.in[i]
		}
	}
	best := -1
	for k, v := range inside {
		if v > outside && (best < 0 || v > inside[best]) {
			best = k
		}
	}
	if best < 0 {
		return nil, false
	}
	return &s.voices[best], false
}

// says reports whether a text states something in these words: "nobody thinks it
// is ours" does not say that it is ours.
func says(text string, want []string) bool {
	words := word.Split(text)
	for i := 0; i+len(want) <= len(words); i++ {
		if !slices.EqualFunc(words[i:i+len(want)], want, func(w word.Word, n string) bool { return w.Norm == n }) {
			continue
		}
		if i == 0 || strings.ContainsAny(text[words[i-1].End:words[i].Start], ".;:?!—–") {
			return true
		}
		switch words[i-1].Norm {
		case "and", "but", "that":
			return true
		}
	}
	return false
}

// agentSays reports whether it is certain that the one whom the question is about
// says a quotation.
func (q *question) agentSays(s *sentence, v ground.Voice) bool {
	return v.Sure && slices.ContainsFunc(v.Speakers, func(at corpus.Span) bool {
		words := word.Split(at.Of(s.doc.article.Text))
		if !v.Named {
			words = words[max(0, len(words)-1):] // "Fay’s lawyer" is not Fay
		}
		return slices.ContainsFunc(words, func(w word.Word) bool { return alike(w.Norm, q.agent) })
	})
}

// othersSay reports whether a sentence quotes others, and not the one whom the
// question is about, with what it asks about; or, where it asks about nothing,
// with much of the sentence.
func (q *question) othersSay(s *sentence, c *cover) bool {
	const much = 3 // a third of it
	if !q.agentNamed() {
		return false
	}
	quoted := 0
	for _, v := range s.voices {
		if !v.Sure || q.agentSays(s, v) {
			return false
		}
		quoted += min(v.Words.End, s.End) - max(v.Words.Start, s.Start)
	}
	if v, _ := q.quoted(s, c); v != nil {
		return true
	}
	return much*quoted > s.Len() && !slices.ContainsFunc(q.terms, func(t term) bool { return !t.verb && t.norm != q.agent && !t.name })
}

// speakers are the candidates for who says a quotation.
func (q *question) speakers(s *sentence, v *ground.Voice, put func(candidate)) {
	role := 0.7
	if q.class == lexicon.Plain {
		role = 1
	}
	for _, sp := range s.speech {
		if word.Stem(sp.lemma) == q.verbStem {
			role = 1
		}
	}
	class := someone
	if v.Named {
		class = person
	}
	text := s.doc.article.Text
	for _, name := range v.Speakers {
		i := slices.IndexFunc(s.doc.sentences, func(o *sentence) bool { return o.Start <= name.Start && name.End <= o.End })
		if i < 0 || q.asksAbout(name.Of(text)) {
			continue
		}
		x := candidate{p: phrase{0, 1}, span: name, class: class, fit: 1, role: role}
		if o := s.doc.sentences[i]; o != s {
			x.voice, x.text = o, name.Of(text)
		} else {
			x.p = s.phraseOf(name)
		}
		put(x)
	}
}

// asksAbout reports whether the question names somebody.
func (q *question) asksAbout(name string) bool {
	words := word.Split(name)
	return len(words) > 0 && q.termNamed(words[len(words)-1].Norm)
}
