//go:build !linux

package main

// disk is a disk that can be cut off from power and made to fail; here there is none.
type disk struct{}

func (s *suite) newDisk(string) (*disk, error) {
	return nil, &errSkipped{"file systems in user space are mounted on Linux only"}
}
