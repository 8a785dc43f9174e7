package extract_test

import (
	"testing"

	"dateline/bot/bottest"
	"dateline/bot/extract"
)

func TestConformance(t *testing.T) { bottest.Answerer(t, extract.Reader{}) }
