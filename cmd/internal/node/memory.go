package node

import (
	"os"
	"path/filepath"
	"runtime/debug"
)

// startMemory is what the Go heap may take while a ledger of up to a million
// commits is read, before the collector works harder.
const startMemory = 800 << 20

// BoundMemory keeps the garbage of a start from piling up, unless the operator
// has set a limit of their own (GOMEMLIMIT). A larger store gets a larger bound,
// since the views alone take about two thirds of its size. The bound is one of
// the process: the program that opens one node sets it before, and calls release
// when the node is open. Nodes themselves leave it alone.
func BoundMemory(data string) (release func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	bound := int64(startMemory)
	if info, err := os.Stat(filepath.Join(data, storeFile)); err == nil {
		bound = max(bound, info.Size()*5/4)
	}
	before := debug.SetMemoryLimit(bound)
	return func() { debug.SetMemoryLimit(before) }
}
