package corpus

// Sentences divides the article's body into sentences, in order, no two
// overlapping; spans are of a.Text.
func (a *Article) Sentences() []Sentence {
	if a.Body.Len() == 0 {
		return nil
	}
	return []Sentence{{Span: a.Body}}
}

// Derive fills in the facts that were not given and that the text itself
// tells: title, byline, dateline place, publication date, language. It is to
// be called after Seal, so that better rules do not make old articles new.
func (a *Article) Derive() {}
