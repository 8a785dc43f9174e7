package chromem_test

import (
	"testing"

	"dateline/retrieval/chromem"
	"dateline/retrieval/retrievaltest"
)

func TestConformance(t *testing.T) { retrievaltest.Vectors(t, chromem.Engine{}) }
