package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// NOTICE names every library that is inside the program.
func TestNoticeIsComplete(t *testing.T) {
	notice, err := os.ReadFile("../../NOTICE")
	require.NoError(t, err)
	list, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", ".").Output()
	require.NoError(t, err)
	for module := range strings.FieldsSeq(string(list)) {
		require.Contains(t, string(notice), "- "+module+" (", "a library without its licence")
	}
}
