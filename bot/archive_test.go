package bot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

func TestArchive(t *testing.T) {
	a := Archive{Dir: filepath.Join(t.TempDir(), "new", "answers")}
	want := Answer{
		ID: "k3j2", Question: "who?", Answered: true, Text: "Ushakov did. [1]", Short: "Ushakov",
		Citations: []Citation{{N: 1, Source: "a.txt", Lines: [2]int{2, 3}, Bytes: [2]int{10, 20}, Quote: "the words\x1b", Article: "id"}},
	}
	if err := a.Save(want); err != nil {
		t.Fatal(err)
	}
	got, err := a.Load("k3j2")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Load = %+v, %v, want %+v", got, err, want)
	}

	want.Short = "Yury Ushakov"
	if err := a.Save(want); err != nil {
		t.Fatal(err)
	}
	if got, _ := a.Load("k3j2"); got.Short != want.Short {
		t.Errorf("after a second Save, Short = %q, want %q", got.Short, want.Short)
	}
}

func TestArchiveIDs(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := Archive{Dir: filepath.Join(dir, "answers")}
	for _, id := range []string{"", ".", "..", "../secret", `..\secret`, "/etc/passwd", "a/b", "a\x00b", "a.json", "a b", "ü", string(make([]byte, 65))} {
		if _, err := a.Load(id); !errors.Is(err, ErrNoAnswer) {
			t.Errorf("Load(%q) = %v, want ErrNoAnswer", id, err)
		}
		if err := a.Save(Answer{ID: id}); err == nil {
			t.Errorf("Save with id %q = nil, want an error", id)
		}
	}
	if _, err := a.Load("unknown"); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("Load of an unknown id = %v, want ErrNoAnswer", err)
	}
}

func TestArchiveKeepsTheNewest(t *testing.T) {
	a := Archive{Dir: t.TempDir(), Keep: 3}
	for i := range 6 {
		id := fmt.Sprintf("a%d", i)
		if err := a.Save(Answer{ID: id}); err != nil {
			t.Fatal(err)
		}
		// Files saved within one tick of the clock would have the same age.
		at := time.Now().Add(time.Duration(i-10) * time.Minute)
		if err := os.Chtimes(filepath.Join(a.Dir, id+".json"), at, at); err != nil {
			t.Fatal(err)
		}
	}
	stale := filepath.Join(a.Dir, ".saving-1")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * staleTemp)
	if err := os.Chtimes(stale, long, long); err != nil {
		t.Fatal(err)
	}
	if err := a.Save(Answer{ID: "last"}); err != nil {
		t.Fatal(err)
	}
	var got []string
	entries, err := os.ReadDir(a.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if want := []string{"a4.json", "a5.json", "last.json"}; !reflect.DeepEqual(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

func TestArchiveCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Archive{Dir: filepath.Join(file, "answers")}).Save(Answer{ID: "a"}); err == nil {
		t.Error("Save below a file = nil, want an error")
	}
}

func TestArchiveDamaged(t *testing.T) {
	a := Archive{Dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(a.Dir, "half.json"), []byte(`{"id":"ha`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Load("half"); err == nil || errors.Is(err, ErrNoAnswer) {
		t.Errorf("Load of a damaged answer = %v, want an error that says so", err)
	}
}
