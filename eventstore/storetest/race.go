package storetest

import "testing"

// Fewer returns a tenth of n, and at least one, under the race detector, which
// makes all code ten times slower and finds nothing more in the next thousand of
// what one goroutine does. Without it the tests run all n.
func Fewer(n int) int {
	if raced {
		return max(1, n/10)
	}
	return n
}

// OneGoroutine skips, under the race detector, a long test in which one goroutine
// works at a time. Without it the test runs.
func OneGoroutine(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("one goroutine races with nobody")
	}
}
