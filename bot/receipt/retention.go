package receipt

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// DefaultRetention is what is kept where nobody said. The receipt of a model's
// answer from twelve passages takes about 5 KB (BenchmarkRecord), so that 100,000
// take up half a gigabyte.
const DefaultRetention = "90d,100000"

// A Retention is how long receipts are kept. A part that is 0 sets no bound.
type Retention struct {
	Age     time.Duration
	Answers int // the newest
}

// ParseRetention reads a setting: days ("30d"), a number of answers ("10000"),
// both ("90d,100000"), or "forever"; empty means DefaultRetention.
func ParseRetention(text string) (Retention, error) {
	var r Retention
	if strings.TrimSpace(text) == "" {
		text = DefaultRetention
	}
	if strings.EqualFold(strings.TrimSpace(text), "forever") {
		return r, nil
	}
	bad := func() (Retention, error) {
		return Retention{}, fmt.Errorf("%q is not how long to keep answers: write days like 30d, a number of answers like 10000, both like %s, or forever", text, DefaultRetention)
	}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.ToLower(strings.TrimSpace(part))
		days, isAge := strings.CutSuffix(part, "d")
		n, err := strconv.Atoi(days)
		// time.Duration ends at 292 years.
		if err != nil || n < 1 || isAge && (n > 100_000 || r.Age != 0) || !isAge && r.Answers != 0 {
			return bad()
		}
		if isAge {
			r.Age = time.Duration(n) * 24 * time.Hour
		} else {
			r.Answers = n
		}
	}
	return r, nil
}

// String is how people read it: "90 days, the newest 100000".
func (r Retention) String() string {
	days, answers := fmt.Sprintf("%d days", r.Age/(24*time.Hour)), fmt.Sprintf("the newest %d", r.Answers)
	switch {
	case r.Age == 0 && r.Answers == 0:
		return "forever"
	case r.Answers == 0:
		return days
	case r.Age == 0:
		return answers
	}
	return days + ", " + answers
}
