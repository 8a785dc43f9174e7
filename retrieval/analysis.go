package retrieval

// analysis names how articles are read, divided and brought to terms: an index
// that was made otherwise is made anew. Besides this package's own version, the
// number in front, it takes in what packages corpus and word make of a text
// that holds one of everything, which TestAnalysis compares with it. So nobody
// has to remember to change it, and no process has to find it out. What that text
// does not hold is up to corpus.Version, which goes into the manifest with it.
const analysis = "1-9b3bf160877f"
