package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the tables of the documents anew")

const (
	tableBegins = "<!-- flags of serve: begin -->\n"
	tableEnds   = "<!-- flags of serve: end -->\n"
)

// docs/configuration.md, the help of serve and the variables that it reads come
// from the same flags.
func TestConfigurationDocument(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "configuration.md")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), tableBegins)
	require.True(t, found)
	table, after, found := strings.Cut(rest, tableEnds)
	require.True(t, found)
	want := flagTable((&app{}).serveCommand())
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+tableBegins+want+tableEnds+after), 0o644))
		return
	}
	assert.Equal(t, want, table, "write it anew with: go test ./cmd/depositary -run TestConfigurationDocument -update")
}

func TestManualPages(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "man1")
	var out, stderr bytes.Buffer
	require.Zero(t, run([]string{"man", folder}, strings.NewReader(""), &out, &stderr), stderr.String())
	for _, page := range []string{"depositary.1", "depositary-serve.1", "depositary-token-create.1", "depositary-gap.1"} {
		text, err := os.ReadFile(filepath.Join(folder, page))
		require.NoError(t, err)
		assert.Contains(t, string(text), ".SH SYNOPSIS")
	}
}
