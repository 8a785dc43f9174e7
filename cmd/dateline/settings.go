package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/joho/godotenv"

	"dateline/retrieval/openai/api"
)

// The settings that can be given by flag, by environment and by a .env file in
// the working directory; the first that is given counts. .env.example lists
// them all, as a test sees to.
const (
	envCorpus  = "DATELINE_CORPUS" // a list, separated as PATH is
	envData    = "DATELINE_DATA"
	envNoColor = "NO_COLOR"

	envRetention = "DATELINE_RETENTION" // see receipt.ParseRetention

	envSure         = "DATELINE_SURE" // probabilities, see reader.Config
	envPerhaps      = "DATELINE_PERHAPS"
	envReadPassages = "DATELINE_READ_PASSAGES"
	envReadTokens   = "DATELINE_READ_TOKENS"

	envModelKey    = "OPENAI_API_KEY" // by no flag: other users of a machine see those
	envModelServer = "OPENAI_BASE_URL"
	envModel       = "OPENAI_MODEL"
	envWindow      = "OPENAI_CONTEXT_WINDOW" // in tokens
	envSilence     = "OPENAI_SILENCE"        // a duration
	envTimeout     = "OPENAI_TIMEOUT"        // a duration
	envPerMinute   = "OPENAI_TOKENS_PER_MINUTE"
	envPerDay      = "OPENAI_TOKENS_PER_DAY"

	envEmbeddingModel  = "OPENAI_EMBEDDING_MODEL"
	envEmbeddingServer = "OPENAI_EMBEDDING_BASE_URL" // not set: envModelServer
	envEmbeddingKey    = "OPENAI_EMBEDDING_API_KEY"  // not set, nor a server: envModelKey
	envEmbeddingDims   = "OPENAI_EMBEDDING_DIMENSIONS"
	envEmbeddingWeight = "OPENAI_EMBEDDING_WEIGHT"
	envEmbeddingPrice  = "OPENAI_EMBEDDING_PRICE" // of a million tokens

	envSlackBot    = "SLACK_BOT_TOKEN" // or more, one for each workspace
	envSlackApp    = "SLACK_APP_TOKEN"
	envSlackSecret = "SLACK_SIGNING_SECRET"
	envSlackAPI    = "SLACK_API_URL"
	envAddr        = "DATELINE_ADDR"
	envMetrics     = "DATELINE_METRICS_ADDR" // not set: envAddr
	envPolicy      = "DATELINE_POLICY"
	envThreads     = "DATELINE_THREADS" // what a policy says comes before it
)

// A setting is a value and where it came from.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// disclosed are those of some settings that have a value, with nothing in them that
// is secret.
func disclosed(settings ...setting) []setting {
	var list []setting
	for _, s := range settings {
		switch s.Name {
		case envModelKey, envEmbeddingKey:
			s.Value = "(not shown)"
		case envModelServer, envEmbeddingServer:
			s.Value = api.Shown(s.Value)
		}
		if s.From != "" {
			list = append(list, s)
		}
	}
	return list
}

// environment looks settings up.
type environment struct {
	getenv func(string) string
	file   map[string]string
}

// readEnvironment reads the file of settings, if there is one. The error is for
// a warning: a .env that is not ours should not keep Dateline from answering.
func readEnvironment(name string, getenv func(string) string) (environment, error) {
	e := environment{getenv: getenv}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return e, fmt.Errorf("settings in .env are not used: %w", err)
	}
	defer f.Close()
	if e.file, err = godotenv.Parse(f); err != nil {
		return e, fmt.Errorf("settings in .env are not used, correct the file: %w", err)
	}
	return e, nil
}

// lookup returns the value of a setting that no flag gave; From is empty if
// nothing else gave it either.
func (e environment) lookup(name string) setting {
	if v := e.getenv(name); v != "" {
		return setting{name, v, "environment"}
	}
	if v := e.file[name]; v != "" {
		return setting{name, v, ".env"}
	}
	return setting{Name: name}
}

// copied returns an address or a key without what got around it where it was
// copied, and says so once.
func (p *program) copied(s setting) setting {
	v := api.Trim(s.Value)
	if v == s.Value {
		return s
	}
	if _, said := p.trimmed.LoadOrStore(s.Name, true); !said {
		p.warn(fmt.Errorf("%s (%s) is used without the white space or the quotation marks around it", s.Name, s.From))
	}
	s.Value, s.From = v, s.From+", trimmed"
	return s
}
