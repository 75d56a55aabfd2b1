//go:build race

package domain_test

// raceDetector reports whether the tests run under the race detector, which makes
// them many times slower.
const raceDetector = true
