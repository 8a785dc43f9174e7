package retrieval

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// A DamagedError says that a file of an index is not what was written. Sync
// builds the index anew from the articles.
type DamagedError struct {
	File string // path
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s: index file is damaged: %v; run `dateline index` on the articles to build it anew", e.File, e.Err)
}
func (e *DamagedError) Unwrap() error { return e.Err }

// A WriteError says that an index could not be written. What was indexed
// before is as it was.
type WriteError struct {
	Dir string // of the index
	Err error
}

func (e *WriteError) Error() string {
	next := "choose another data directory"
	switch {
	case e.Full():
		next = "free some space, or " + next
	case e.ReadOnly():
		next = "make it writable, or " + next
	}
	return fmt.Sprintf("cannot write the index in %s: %v; %s", e.Dir, e.Err, next)
}
func (e *WriteError) Unwrap() error { return e.Err }

// Full reports whether there is no room left where the index lies.
func (e *WriteError) Full() bool {
	return errors.Is(e.Err, syscall.ENOSPC) || errors.Is(e.Err, syscall.EDQUOT)
}

// ReadOnly reports whether nothing at all may be written there.
func (e *WriteError) ReadOnly() bool {
	return errors.Is(e.Err, fs.ErrPermission) || errors.Is(e.Err, syscall.EROFS) || errors.Is(e.Err, syscall.ENOTDIR)
}
