//go:build unix

package files

import (
	"context"
	"net"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"dateline/corpus"
)

// To open a pipe that nobody writes to would wait for ever.
func TestSpecialFiles(t *testing.T) {
	dir := makeTree(t, map[string]string{"a.txt": "A.", "zero.txt": "-> /dev/zero", "link.md": "-> pipe.txt"})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.txt"), 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{"link.md: is a pipe, not a file", "pipe.txt: is a pipe, not a file"}
	// The path of a socket may be 100 bytes or so at most.
	if l, err := net.Listen("unix", filepath.Join(dir, "socket.txt")); err == nil {
		defer l.Close()
		want = append(want, "socket.txt: is a socket, not a file")
	}
	want = append(want, "zero.txt: is a symbolic link that leads out")

	c := open(t, dir)
	articles, problems := readAll(t, c)
	if got, want := names(articles), []string{"a.txt"}; !slices.Equal(got, want) {
		t.Errorf("sources: got %q, want %q", got, want)
	}
	wantProblems(t, problems, want...)

	problems, err := c.Read(context.Background(), corpus.File{Name: "pipe.txt", Root: dir}, nil)
	if err != nil {
		t.Error(err)
	}
	wantProblems(t, problems, "pipe.txt: is a pipe, not a file")
	if _, _, err := open(t, filepath.Join(dir, "pipe.txt")).Files(context.Background()); err == nil {
		t.Error("a pipe as the corpus: got no error")
	}
}
