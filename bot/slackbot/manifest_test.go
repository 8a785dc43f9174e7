package slackbot_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"

	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

// manifest is deploy/manifest.yaml as JSON.
func manifest(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "deploy", "manifest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	json, err := yaml.YAMLToJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	return json
}

// The manifest asks for what the program uses, and for nothing else.
func TestManifest(t *testing.T) {
	app, err := fakeslack.ParseManifest(manifest(t))
	if err != nil {
		t.Fatal(err)
	}
	uses := slackbot.Uses()
	for _, c := range []struct {
		name      string
		got, want []string
	}{
		{"scopes", app.Scopes, uses.Scopes},
		{"events", app.Events, uses.Events},
		{"commands", app.Commands, uses.Commands},
	} {
		slices.Sort(c.got)
		slices.Sort(c.want)
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s of the manifest:\n%q\nthe program uses\n%q", c.name, c.got, c.want)
		}
	}
	if len(app.Shortcuts) != 1 || app.Shortcuts[0].CallbackID != uses.Shortcut {
		t.Errorf("shortcuts of the manifest: %v, the program has %q", app.Shortcuts, uses.Shortcut)
	}
	if !app.AgentView || !app.HomeTab || !app.MessagesTab || app.MessagesReadOnly || !app.Interactive || !app.SocketMode {
		t.Errorf("the manifest leaves something off: %+v", app)
	}
}
