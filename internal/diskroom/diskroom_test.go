package diskroom

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFull(t *testing.T) {
	for _, cause := range causes {
		require.True(t, Full(&os.PathError{Op: "write", Path: "x", Err: cause}))
		require.True(t, Full(fmt.Errorf("file resize error: %s", cause)), "as text only")
	}
	require.False(t, Full(errors.New("input/output error")))
	require.False(t, Full(nil))
}

func TestFreeAndTry(t *testing.T) {
	folder := t.TempDir()
	free, err := Free(folder)
	require.NoError(t, err)
	require.Positive(t, free)
	require.NoError(t, Try(folder, 1<<10))
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left, "what was tried is removed")
	require.Error(t, Try(folder+"/none", 1))
}
