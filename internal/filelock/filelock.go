// Package filelock keeps processes out of one another's way. A lock belongs to
// an open file: the system releases it when the process ends, however it ends,
// so none is ever left behind. The file itself stays.
package filelock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrHeld says that another has the lock.
var ErrHeld = errors.New("another process holds the lock")

// Try takes the lock of a file, which is made where there is none, or fails at
// once with ErrHeld.
func Try(path string) (release func() error, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return lock(file, path)
}

// TryReading takes the lock of a file that may not be written to. Where there is no
// such file nobody has it.
func TryReading(path string) (release func() error, err error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, err
	}
	return lock(file, path)
}

func lock(file *os.File, path string) (release func() error, err error) {
	if err := lockNow(file); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return file.Close, nil // closing releases the lock
}

// pause is the time between two attempts.
const pause = 20 * time.Millisecond

// Wait takes the lock of a file as Try does, and waits for it until ctx ends;
// then the error is ErrHeld.
func Wait(ctx context.Context, path string) (release func() error, err error) {
	for {
		release, err := Try(path)
		if !errors.Is(err, ErrHeld) {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}
