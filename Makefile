# Short names for what is run often. The steps themselves are in .ci/run.

.PHONY: build test bench fuzz lint slow load e2e-llm browser screenshots ci

# The program, as ./dateline.
build:
	go build -trimpath -o dateline ./cmd/dateline

test:
	go test ./...

# Go benchmarks, a table of what a corpus costs by its size, then indexing and
# evaluation on DATELINE_EVAL, a folder of evaluation data (README.md, "Measuring").
bench:
	.ci/run bench

fuzz:
	.ci/run fuzz

lint:
	.ci/run format vet lint

# Tests that take minutes.
slow:
	.ci/run slow

# A minute of 50 questions a second in Slack, with faults and kill -9.
load:
	.ci/run load

# The program against llama.cpp with a small model, both installed with Python.
e2e-llm:
	.ci/e2e-llm

# The page of "serve --local" in Chromium, which is installed where it may be.
browser:
	.ci/run browser

# The pictures of that page in deploy/screenshots, taken anew.
screenshots:
	go test ./bot/slackbot/local -count=1 -run '^TestScreenshots$$' -screenshots $(CURDIR)/deploy/screenshots

# Everything a change has to pass.
ci:
	.ci/run
