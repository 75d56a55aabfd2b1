//go:build linux

package node

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// An auditor checks a data folder that may not be written to, by a copy; nothing in
// the folder changes, and one that a server has open is not copied.
func TestReadOnlyFolder(t *testing.T) {
	data := begun(t)
	require.True(t, MayWrite(data))
	held, err := holdFolder(data)
	require.NoError(t, err)
	require.ErrorIs(t, CopyFolder(t.Context(), data, t.TempDir()), ErrHeld)
	require.NoError(t, held())

	mounted := t.TempDir()
	if err := unix.Mount(data, mounted, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("no folder that may not be written to: mounting one is not permitted here (%v)", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(mounted, unix.MNT_DETACH)) })
	require.NoError(t, unix.Mount("", mounted, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	require.False(t, MayWrite(mounted))
	copied := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, CopyFolder(t.Context(), mounted, copied))
	n := openNode(t, copied, func(o *Options) { o.Still = true })
	verified, err := n.Verify(t.Context())
	require.NoError(t, err)
	require.Positive(t, verified.Commits)
	_, err = os.Stat(filepath.Join(copied, nodeKey))
	require.NoError(t, err, "the copy is whole")
}
