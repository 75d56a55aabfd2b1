// Package check tests the files of deploy without a container engine and
// without systemd running: it loads the compose files as `docker compose
// config` does, reads the Dockerfile with the parser and the linter of
// BuildKit, builds the packages from the configuration of the release, and lets
// systemd-analyze verify the units where it is installed.
package check

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func compose(t *testing.T, file string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join("..", file)}, cli.WithProfiles([]string{"*"}))
	require.NoError(t, err)
	project, err := options.LoadProject(context.Background())
	require.NoError(t, err)
	return project
}

func TestComposeOfOneNode(t *testing.T) {
	project := compose(t, "compose.yaml")
	node := project.Services["depositary"]
	assert.True(t, node.ReadOnly)
	assert.Equal(t, []string{"ALL"}, node.CapDrop)
	require.Len(t, node.Ports, 1)
	assert.Equal(t, "127.0.0.1", node.Ports[0].HostIP, "only a proxy opens the node to others")
	built(t, node)
}

func TestComposeOfACluster(t *testing.T) {
	project := compose(t, "compose.cluster.yaml")
	for _, name := range []string{"nats-1", "nats-2", "nats-3"} {
		server := project.Services[name]
		assert.Empty(t, server.Ports, "nobody outside reaches the ledger's servers")
		mounted(t, server)
	}
	for _, name := range []string{"node-1", "node-2"} {
		node := project.Services[name]
		built(t, node)
		assert.Empty(t, node.Ports)
		assert.Equal(t, "3", *node.Environment["DEPOSITARY_REPLICAS"])
		assert.Equal(t, 3, len(strings.Split(*node.Environment["DEPOSITARY_NATS"], ",")))
	}
	mounted(t, project.Services["proxy"])
	assert.True(t, project.Networks["inside"].Internal)
}

// mounted tests that the files that a service mounts exist.
func mounted(t *testing.T, service types.ServiceConfig) {
	t.Helper()
	for _, volume := range service.Volumes {
		if volume.Type == types.VolumeTypeBind {
			assert.FileExists(t, volume.Source)
		}
	}
}

func built(t *testing.T, service types.ServiceConfig) {
	t.Helper()
	require.NotNil(t, service.Build)
	assert.FileExists(t, filepath.Join(service.Build.Context, service.Build.Dockerfile))
	assert.FileExists(t, filepath.Join(service.Build.Context, "go.mod"))
}

func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "Dockerfile"))
	require.NoError(t, err)
	parsed, err := parser.Parse(bytes.NewReader(text))
	require.NoError(t, err)
	var warnings []string
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) {
		warnings = append(warnings, rule+": "+message)
	}})
	stages, _, err := instructions.Parse(parsed.AST, lint)
	require.NoError(t, err)
	assert.Empty(t, warnings)
	require.Len(t, stages, 2)
	image := stages[1]
	var user, health string
	for _, command := range image.Commands {
		switch c := command.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.HealthCheckCommand:
			health = strings.Join(c.Health.Test, " ")
		case *instructions.RunCommand:
			t.Error("the image has no shell to run a command")
		}
	}
	assert.Equal(t, "65532:65532", user)
	assert.Equal(t, "CMD /depositary health", health)
}

func TestUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	folder := t.TempDir()
	units, err := filepath.Glob(filepath.Join("..", "systemd", "depositary*.*"))
	require.NoError(t, err)
	arguments := []string{"--man=no", "--recursive-errors=no", "verify"}
	for _, unit := range units {
		if filepath.Ext(unit) == ".env" {
			continue
		}
		text, err := os.ReadFile(unit)
		require.NoError(t, err)
		// verify wants a program where ExecStart names one; here it is not installed.
		text = bytes.ReplaceAll(text, []byte("/usr/bin/depositary"), []byte("/bin/true"))
		copied := filepath.Join(folder, filepath.Base(unit))
		require.NoError(t, os.WriteFile(copied, text, 0o600))
		arguments = append(arguments, copied)
	}
	output, err := exec.Command(analyze, arguments...).CombinedOutput()
	if strings.Contains(string(output), "Failed to") && strings.Contains(string(output), "bus") {
		t.Skipf("systemd-analyze does not work here: %s", output)
	}
	require.NoError(t, err, string(output))
	assert.Empty(t, string(output))
}
