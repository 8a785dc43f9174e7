package corpus

import "sort"

// Offsets leads from a converted text back to the bytes of the file it was
// read from. It is a list of runs in order of Text; within a run each
// character takes up TextStep bytes of text and FileStep bytes of file. A nil
// Offsets is the identity.
type Offsets []Run

// A Run is a stretch of characters that were all converted alike.
type Run struct {
	Text     int `json:"t"` // where the run starts in the text
	File     int `json:"f"` // and in the file
	TextStep int `json:"a"` // bytes a character in the text, at least 1
	FileStep int `json:"b"` // bytes a character in the file
}

// Add appends one character of textLen bytes, which was fileLen bytes at
// offset file of the file, to a map whose text so far is text bytes long.
func (o Offsets) Add(text, file, textLen, fileLen int) Offsets {
	if n := len(o); n > 0 {
		r := o[n-1]
		chars := (text - r.Text) / r.TextStep
		if r.TextStep == textLen && r.FileStep == fileLen && r.File+chars*fileLen == file {
			return o
		}
	}
	return append(o, Run{Text: text, File: file, TextStep: textLen, FileStep: fileLen})
}

// File returns the bytes of the file that a span of the text came from. A
// span's ends are taken to lie between characters.
func (o Offsets) File(s Span) Span {
	if len(o) == 0 {
		return s
	}
	return Span{o.offset(s.Start), o.offset(s.End)}
}

func (o Offsets) offset(text int) int {
	i := sort.Search(len(o), func(i int) bool { return o[i].Text > text }) - 1
	if i < 0 {
		return text
	}
	r := o[i]
	return r.File + (text-r.Text)/r.TextStep*r.FileStep
}
