package llm

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/llm/llmtest"
	"dateline/retrieval/openai/api/apitest"
)

func budgeted(server *llmtest.Server, c *apitest.Clock, minute, day int, dir string) *Engine {
	return New(Config{BaseURL: server.BaseURL(), Key: "sk-secret-key", Model: "scripted", Now: c.Now, Sleep: c.Sleep, TokensPerMinute: minute, TokensPerDay: day, Spent: dir})
}

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func TestBudgets(t *testing.T) {
	for _, tt := range []struct {
		name        string
		minute, day int
		want        string // the error of the third question; empty if it is answered
		after       time.Duration
	}{
		{"none", 0, 0, "", 0},
		{"enough", 100_000, 100_000, "", 0},
		{"minute", 3000, 0, "the budget of 3000 tokens in OPENAI_TOKENS_PER_MINUTE is used up", time.Minute},
		{"day", 0, 3000, "ask again after 2026-03-02 00:00 UTC, or raise it", 12 * time.Hour},
		{"day before minute", 100_000, 3000, "OPENAI_TOKENS_PER_DAY", 12 * time.Hour},
	} {
		for _, dir := range []string{"", t.TempDir()} {
			t.Run(fmt.Sprint(tt.name, dir != ""), func(t *testing.T) {
				// Each question takes 1,000 tokens in, as the server counts.
				server := serve(t, func(r llmtest.Request) llmtest.Reply {
					reply := llmtest.Truthful()(r)
					reply.TokensIn, reply.TokensOut = 1000, 200
					return reply
				})
				c := &apitest.Clock{Time: noon}
				e := budgeted(server, c, tt.minute, tt.day, dir)
				var err error
				for i := range 3 {
					if i == 2 && dir != "" {
						e = budgeted(server, c, tt.minute, tt.day, dir) // another process
					}
					if _, err = e.Draft(t.Context(), bot.Question{Text: question}, offered(t), nil); err != nil && i < 2 {
						t.Fatalf("question %d: %v", i, err)
					}
				}
				if tt.want == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("got error %v, want %q", err, tt.want)
				}
				if got := len(server.Requests()); got != 2 {
					t.Errorf("asked %d times, want 2", got)
				}
				c.Time = c.Time.Add(tt.after)
				if _, err := e.Draft(t.Context(), bot.Question{Text: question}, offered(t), nil); err != nil {
					t.Errorf("%s later: %v", tt.after, err)
				}
			})
		}
	}
}

func TestBudgetTooSmall(t *testing.T) {
	server := serve(t, llmtest.Truthful())
	_, err := budgeted(server, new(apitest.Clock), 500, 0, "").Draft(t.Context(), bot.Question{Text: question}, offered(t), nil)
	if err == nil || !strings.Contains(err.Error(), "and OPENAI_TOKENS_PER_MINUTE allows 500 at all: raise it") || len(server.Requests()) > 0 {
		t.Errorf("got error %v after %d requests", err, len(server.Requests()))
	}
}

// What was reserved for a request that came to nothing is given back, and of
// one that the server does not count an estimate is kept.
func TestBudgetSettles(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script llmtest.Script
		spent  func(int) bool
	}{
		{"refused", llmtest.Refusing(http.StatusUnauthorized, "no"), func(n int) bool { return n == 0 }},
		{"counted", func(r llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Text: "Velling did. [1]", TokensIn: 700, TokensOut: 5}
		}, func(n int) bool { return n == 705 }},
		{"not counted", func(r llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Text: "Velling did. [1]", Uncounted: true}
		}, func(n int) bool { return n > 500 && n < 1500 }},
		{"thinking not counted", func(r llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Text: "Velling did. [1]", Reasoning: strings.Repeat("thought ", 1000), Uncounted: true}
		}, func(n int) bool { return n > 2500 && n < 4000 }},
		{"broken off", llmtest.Dropped(llmtest.Truthful()), func(n int) bool { return n > 1500 }}, // three times
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := budgeted(serve(t, tt.script), &apitest.Clock{Time: noon}, 0, 100_000, t.TempDir())
			_, err := e.Draft(t.Context(), bot.Question{Text: question}, offered(t), nil)
			_, day, berr := e.Budgets()
			if spent := day.Limit - day.Left; berr != nil || !tt.spent(spent) {
				t.Errorf("spent %d, error %v; of the draft: %v", spent, berr, err)
			}
		})
	}
}

// The model is told to write no more than there is left for.
func TestBudgetShortens(t *testing.T) {
	server := serve(t, llmtest.Truthful())
	e := budgeted(server, &apitest.Clock{Time: noon}, 0, 1800, "")
	if _, err := e.Draft(t.Context(), bot.Question{Text: question}, offered(t), nil); err != nil {
		t.Fatal(err)
	}
	if got := server.Requests()[0].Most; got >= mostAnswer || got < leastAnswer {
		t.Errorf("may write %d tokens, want less than %d", got, mostAnswer)
	}
}

// However many ask at once, no more is spent than there is.
func TestBudgetAtOnce(t *testing.T) {
	dir, c := t.TempDir(), &apitest.Clock{Time: noon}
	const limit = 10_000
	one := budget{day: limit, dir: dir, now: c.Now}
	two := budget{day: limit, dir: dir, now: c.Now}
	var mu sync.Mutex
	reserved := 0
	var wg sync.WaitGroup
	for i := range 40 {
		b := &one
		if i%2 == 1 {
			b = &two
		}
		wg.Go(func() {
			write, settle, err := b.reserve(500, 500)
			if err != nil {
				return
			}
			mu.Lock()
			reserved += 500 + write
			mu.Unlock()
			if err := settle(500 + write); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if reserved > limit || reserved == 0 {
		t.Errorf("%d of %d reserved", reserved, limit)
	}
}

// A line that was cut off counts for nothing, and one that nobody understands,
// too; files of other days go.
func TestBudgetFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"tokens-2026-03-01": fmt.Sprintf("%d 400\nnonsense\n%d 500\n%d 60%d 70\n%d 60", noon.Unix()-3600, noon.Unix(), noon.Unix(), noon.Unix(), noon.Unix()),
		"tokens-2026-02-28": "1 1000\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e := budgeted(serve(t, llmtest.Truthful()), &apitest.Clock{Time: noon}, 1000, 2000, dir)
	minute, day, err := e.Budgets()
	if err != nil || minute != (Budget{1000, 500}) || day != (Budget{2000, 1100}) {
		t.Errorf("got %v, %v, error %v", minute, day, err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 {
		t.Errorf("files %v, want one", files)
	}
}

// Where it cannot be kept what was spent, nothing is spent.
func TestBudgetUnkept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	server := serve(t, llmtest.Truthful())
	_, err := budgeted(server, &apitest.Clock{Time: noon}, 0, 5000, file).Draft(t.Context(), bot.Question{Text: question}, offered(t), nil)
	if err == nil || !strings.Contains(err.Error(), "what was spent of OPENAI_TOKENS_PER_DAY and OPENAI_TOKENS_PER_MINUTE cannot be kept") || len(server.Requests()) > 0 {
		t.Errorf("got error %v after %d requests", err, len(server.Requests()))
	}
}
