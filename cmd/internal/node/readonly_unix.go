//go:build unix

package node

import (
	"errors"
	"syscall"
)

// readOnly reports whether a file system may not be written to.
func readOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
