//go:build unix

package diskroom

import (
	"syscall"

	"golang.org/x/sys/unix"
)

var causes = []error{syscall.ENOSPC, syscall.EDQUOT}

// Free returns how many bytes a user without privileges can still write to the disk
// of a folder.
func Free(folder string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
