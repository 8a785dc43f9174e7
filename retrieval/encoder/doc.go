// Package encoder is a sentence encoder: it turns a text into hidden states, a
// vector for each token, and those into one unit vector for the text. Texts of
// like meaning have vectors of high cosine.
//
// The model, e5-small-v2, is part of the program. MODEL.md says where it is
// from, how it was made smaller and what that costs; train makes weights.bin.
package encoder
