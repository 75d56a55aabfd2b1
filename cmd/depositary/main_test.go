package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"depositary/cmd/internal/node"
	"depositary/eventstore/storetest"
)

// TestMain makes the test binary the program itself when a script calls it,
// with a clock that stands still: what scripts expect does not depend on today.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"depositary": func() {
		if text := os.Getenv("DEPOSITARY_TEST_NOW"); text != "" {
			instant, err := time.Parse(time.RFC3339, text)
			if err != nil {
				panic(err)
			}
			now = func() time.Time { return instant }
		}
		main()
	}})
}

const testNow = "2026-11-23T12:00:00Z"

// TestScripts runs the commands as a user would: against the data folder, and
// against a running server.
func TestScripts(t *testing.T) {
	seeded, earlier := seededFolder(t, testNow), earlierLedger(t)
	testscript.Run(t, testscript.Params{
		Files:           scripts(t),
		ContinueOnError: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DEPOSITARY_TEST_NOW", testNow)
			env.Setenv("USER", "tester")
			if err := os.WriteFile(filepath.Join(env.WorkDir, "earlier.ndjson"), earlier, 0o600); err != nil {
				return err
			}
			mistakes, err := os.ReadFile(filepath.Join("..", "..", "api", "apitest", "testdata", "three-treaties.json"))
			if err != nil {
				return err
			}
			return errors.Join(os.WriteFile(filepath.Join(env.WorkDir, "three-treaties.json"), mistakes, 0o600), storetest.CopyFolder(filepath.Join(env.WorkDir, "data"), seeded))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "await": await, "capture": capture, "damage": damage},
	})
}

// scripts are all scripts; those that are quick with -short.
func scripts(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join("testdata", "script", "*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, all)
	if testing.Short() {
		all = slices.DeleteFunc(all, func(file string) bool {
			return !slices.Contains([]string{"usage.txt", "environment.txt", "define.txt", "proposal.txt", "server.txt"}, filepath.Base(file))
		})
	}
	return all
}

// seededFolder is a data folder with the bundled catalogue, begun at an instant.
func seededFolder(t *testing.T, begun string) string {
	dir := t.TempDir()
	instant, err := time.Parse(time.RFC3339, begun)
	require.NoError(t, err)
	n, err := node.Open(context.Background(), node.Options{Data: dir, Now: func() time.Time { return instant }})
	require.NoError(t, err)
	require.NoError(t, n.Close())
	return dir
}

// earlierLedger is the ledger with which the tests of the API begin, as lines.
func earlierLedger(t *testing.T) []byte {
	file, err := os.Open(filepath.Join("..", "..", "api", "apitest", "testdata", "ledger.ndjson.gz"))
	require.NoError(t, err)
	defer file.Close()
	lines, err := gzip.NewReader(file)
	require.NoError(t, err)
	text, err := io.ReadAll(lines)
	require.NoError(t, err)
	return text
}

// exits CODE COMMAND… runs a command that has to end with the exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// capture NAME PATTERN puts what the group of the pattern matches in the last
// standard output into a variable.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture name pattern")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("standard output has no single group of %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// await FILE waits until a file is there.
func await(ts *testscript.TestScript, neg bool, args []string) {
	for range 6000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s did not come", args[0])
}

// damage FILE changes a commit that a store holds.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	damaged := bytes.ReplaceAll(content, []byte(`"participant":"SLV"`), []byte(`"participant":"ZLV"`)) // also in pages that are free
	if bytes.Equal(content, damaged) {
		ts.Fatalf("%s does not hold what is to be damaged", args[0])
	}
	ts.Check(os.WriteFile(path, damaged, 0o600))
}
