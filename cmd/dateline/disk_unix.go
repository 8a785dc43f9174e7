//go:build unix && !solaris && !netbsd

package main

import "golang.org/x/sys/unix"

// freeSpace is what may still be written below dir, in bytes.
func freeSpace(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
