package apitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Packages returns a folder in which programs find the packages of npm that a
// folder of testdata names, together with a copy of each program. Where they are
// not installed the test fails; it is skipped with -short, and where no npm
// could have installed them.
func Packages(t *testing.T, testdata string, programs ...string) string {
	t.Helper()
	installed, err := filepath.Abs(filepath.Join(testdata, "node_modules"))
	require.NoError(t, err)
	if _, err := os.Stat(installed); err != nil {
		if _, none := exec.LookPath("npm"); none != nil || testing.Short() {
			t.Skipf("the npm packages of %s are not installed (make packages, which needs npm)", testdata)
		}
		require.NoError(t, err, "the npm packages of %s are not installed: run make packages", testdata)
	}
	folder := t.TempDir()
	require.NoError(t, os.Symlink(installed, filepath.Join(folder, "node_modules")))
	for _, program := range programs {
		text, err := os.ReadFile(program)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(program)), text, 0o600))
	}
	return folder
}
