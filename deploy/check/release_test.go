package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// The configuration of the release names only files that exist or that its own
// hooks make. `make package` reads the rest of it, with the tool itself.
func TestReleaseNamesFilesThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	require.NoError(t, err)
	var release struct {
		NFPMs []struct {
			Contents []struct {
				Src string
				Dst string
			}
			Scripts map[string]string
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &release))
	require.Len(t, release.NFPMs, 1)
	require.NotEmpty(t, release.NFPMs[0].Contents)
	for _, content := range release.NFPMs[0].Contents {
		if !strings.HasPrefix(content.Src, "build/") {
			assert.FileExists(t, filepath.Join(root, content.Src))
		}
	}
	for _, script := range release.NFPMs[0].Scripts {
		assert.FileExists(t, filepath.Join(root, script))
	}
}
