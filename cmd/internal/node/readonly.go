package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"depositary/internal/filelock"
)

// MayWrite reports whether this process may write to a data folder: an auditor may
// not, and a backup is often mounted so.
func MayWrite(data string) bool {
	file, err := os.CreateTemp(data, ".may-write-*")
	if err != nil {
		// A full disk is no folder that may not be written to.
		return !errors.Is(err, fs.ErrPermission) && !readOnly(err)
	}
	_ = file.Close()
	return os.Remove(file.Name()) == nil
}

// CopyFolder copies a data folder that may not be written to into another folder,
// where it can be opened. It returns ErrHeld where a process has it open.
func CopyFolder(ctx context.Context, data, to string) (err error) {
	release, err := filelock.TryReading(filepath.Join(data, lockFile))
	if errors.Is(err, filelock.ErrHeld) {
		return fmt.Errorf("%s: %w", data, ErrHeld)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := filepath.Rel(data, path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		case entry.Type().IsRegular():
			return copyFile(path, filepath.Join(to, name))
		}
		return nil
	})
}

// copyFile copies a file with its time, for its owner alone: when it was written
// tells a stream that was left in order.
func copyFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close(), os.Chtimes(to, info.ModTime(), info.ModTime()))
}
