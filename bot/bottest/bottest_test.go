package bottest_test

import (
	"testing"

	"dateline/bot/bottest"
)

func TestLifting(t *testing.T) { bottest.Answerer(t, bottest.Lifting()) }

func TestDoubting(t *testing.T) { bottest.Answerer(t, bottest.Doubting(bottest.Lifting())) }

func TestQuoting(t *testing.T) { bottest.Answerer(t, bottest.Quoting(bottest.Lifting())) }
