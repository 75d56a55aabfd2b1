package storetest

// Fewer returns a tenth of n, and at least one, under the race detector, which
// makes all code ten times slower and finds nothing more in the next thousand of
// what one goroutine does. Without it the tests run all n.
func Fewer(n int) int {
	if raced {
		return max(1, n/10)
	}
	return n
}
