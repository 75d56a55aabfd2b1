// Package wholefile writes files that are there whole or not at all, also after
// a crash: the bytes are on the disk before the file gets its name, and the name
// is on the disk before a call returns nil.
package wholefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Replace writes the data in place of what the file held, if it was there. Only
// its owner may read it.
func Replace(path string, data []byte) error {
	return place(path, writeAll(data), nil, os.Rename)
}

// Create makes a file that was not there, with the data. Only its owner may read
// it. The error is os.ErrExist where it is there already.
func Create(path string, data []byte) error { return CreateChecked(path, writeAll(data), nil) }

// CreateChecked makes a file that was not there: write fills it, and check,
// which may be nil, looks at it under another name before it gets its own. The
// error is os.ErrExist where the file is there already, or that of write or
// check; then there is no file.
func CreateChecked(path string, write func(io.Writer) error, check func(path string) error) error {
	if _, err := os.Lstat(path); err == nil {
		return &os.PathError{Op: "create", Path: path, Err: os.ErrExist}
	}
	return place(path, write, check, link)
}

// SyncFolder makes the names in a folder durable. Windows does so by itself.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// place fills a file beside the path, checks it, and returns it its name.
func place(path string, write func(io.Writer) error, check func(string) error, name func(from, to string) error) error {
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+".part-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err = write(file); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if check != nil {
		if err := check(file.Name()); err != nil {
			return err
		}
	}
	if err := name(file.Name(), path); err != nil {
		return err
	}
	return SyncFolder(folder)
}

// link names a file. Unlike a renaming, it does not replace a file that came
// meanwhile; only a file system without links has to be renamed on.
func link(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	return os.Rename(from, to)
}

func writeAll(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}
