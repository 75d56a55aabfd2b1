package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What a terminal would obey is shown; what people read stays.
func TestSeen(t *testing.T) {
	require.Equal(t, "a<U+001B>[2Jb<U+202E>c<U+009B>\td\n", string(seen([]byte("a\x1b[2Jb\u202ec\u009b\td\n"))))
	require.Equal(t, "Côte d'Ivoire → الجزائر\n", string(seen([]byte("Côte d'Ivoire → الجزائر\n"))))
}
