package storetest

import (
	"errors"
	"os"
	"path/filepath"
)

// CopyFolder copies a data folder that no process has open. Keys stay for their
// owner alone, or they are refused.
func CopyFolder(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	keys, err := filepath.Glob(filepath.Join(to, "*.key"))
	for _, key := range keys {
		err = errors.Join(err, os.Chmod(key, 0o600))
	}
	return err
}
