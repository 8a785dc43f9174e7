// Package sample holds a dozen short articles, so that Dateline answers its
// first question before anything is set up. README.md beside them says what
// they are: samples, written for the project.
package sample

import "embed"

// FS holds the articles, each at the root. The patterns want a lower-case
// name, so that README.md, which is no article, stays out.
//
//go:embed [a-z]*.txt [a-z]*.md
var FS embed.FS
