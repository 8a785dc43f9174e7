package bottest_test

import (
	"testing"

	"dateline/bot/bottest"
)

func TestLifting(t *testing.T) { bottest.Answerer(t, bottest.Lifting()) }
