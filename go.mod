module dateline

go 1.26.0

require (
	github.com/blevesearch/go-porterstemmer v1.0.3
	golang.org/x/text v0.43.0
)
