// Package diskroom says how much room is left on a disk, and whether an error says
// that there was none.
package diskroom

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Full reports whether an error says that a disk, or a quota, was full. Some
// libraries pass such an error on as text only.
func Full(err error) bool {
	if err == nil {
		return false
	}
	for _, cause := range causes {
		if errors.Is(err, cause) || strings.Contains(err.Error(), cause.Error()) {
			return true
		}
	}
	return false
}

// Try writes a file of a size to a folder, down to the disk, and removes it.
func Try(folder string, size int) (err error) {
	file, err := os.CreateTemp(folder, ".room-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(filepath.Clean(file.Name()))) }()
	if _, err := file.Write(make([]byte, size)); err != nil {
		return err
	}
	return file.Sync()
}
