package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore/storetest"
)

// This file runs what the documents show: every block that is fenced as
// "console", in the order of the page, and compares what the program prints
// with what the page shows. In such a block
//
//   - a line that begins with "$ " is a command, run by a shell in a folder with
//     the bundled data; a line that ends with a backslash goes on;
//   - a line "…" stands for any lines, also none, and "…" at the end of a line for
//     the rest of it;
//   - "$ cat FILE", where no such file exists, makes the file with what follows.
//
// A page that asks a server with curl gets one. Run with -update to write the
// documents anew after the data or the output has changed.

const documentNow = "2026-11-29T12:00:00Z"

// A step is a command of a document with what it prints.
type step struct {
	command  string
	from, to int // the lines of the output
	output   []string
}

// steps returns the commands of the console blocks of a document.
func steps(lines []string) (all []step) {
	inside := false
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case inside && strings.HasPrefix(line, "$ "):
			command := strings.TrimPrefix(line, "$ ")
			for strings.HasSuffix(command, "\\") && i+1 < len(lines) {
				i++
				command = strings.TrimSuffix(command, "\\") + lines[i]
			}
			all = append(all, step{command: command, from: i + 1, to: i + 1})
		case inside && len(all) > 0:
			last := &all[len(all)-1]
			last.output, last.to = append(last.output, line), i+1
		}
	}
	for i := range all { // a blank line before the next command is no output
		for n := len(all[i].output); n > 0 && all[i].output[n-1] == ""; n-- {
			all[i].output, all[i].to = all[i].output[:n-1], all[i].to-1
		}
	}
	return all
}

const anything = "…"

// agrees reports whether printed lines are those shown, where "…" stands for any.
func agrees(shown, printed []string) bool {
	if len(shown) == 0 {
		return len(printed) == 0
	}
	if strings.TrimSpace(shown[0]) == anything {
		for skip := 0; skip <= len(printed); skip++ {
			if agrees(shown[1:], printed[skip:]) {
				return true
			}
		}
		return false
	}
	return len(printed) > 0 && sameLine(shown[0], printed[0]) && agrees(shown[1:], printed[1:])
}

// sameLine reports whether a line is the one shown; "…" at the end of the shown
// line stands for the rest of it.
func sameLine(shown, printed string) bool {
	begin, open := strings.CutSuffix(shown, anything)
	return shown == printed || open && strings.HasPrefix(printed, begin)
}

var (
	numbers = regexp.MustCompile(`[0-9a-f]{64}|[0-9][0-9,.\-]*`)
	blanks  = regexp.MustCompile(` +`)
)

// shape is what stays of a line when its figures change.
func shape(line string) string {
	return blanks.ReplaceAllString(numbers.ReplaceAllString(line, "#"), " ")
}

// renewed returns what a document would show of printed lines: as many as it
// shows now, left out where it leaves out.
func renewed(shown, printed []string) ([]string, error) {
	var result []string
	at, skipping := 0, false
	for _, line := range shown {
		if strings.TrimSpace(line) == anything {
			result, skipping = append(result, line), true
			continue
		}
		if skipping {
			from := at
			for at < len(printed) && !sameLine(line, printed[at]) && shape(printed[at]) != shape(line) {
				at++
			}
			if at == len(printed) {
				return nil, fmt.Errorf("no line like %q is printed after line %d", line, from)
			}
			skipping = false
		}
		if at == len(printed) {
			break
		}
		if sameLine(line, printed[at]) {
			result, at = append(result, line), at+1
			continue
		}
		result, at = append(result, printed[at]), at+1
	}
	if !skipping && at < len(printed) {
		result = append(result, printed[at:]...)
	}
	return result, nil
}

// A session is the folder in which the commands of a document run.
type session struct {
	t        *testing.T
	dir      string
	env      []string
	address  string // of the server, where the document asks one
	standing string // address in the document
}

func newSession(t *testing.T, seeded string, serve bool) *session {
	dir := t.TempDir()
	require.NoError(t, storetest.CopyFolder(filepath.Join(dir, "data"), seeded))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, filepath.Join(dir, "bin", "depositary")))
	s := &session{t: t, dir: dir, standing: "127.0.0.1:8480", env: append(os.Environ(),
		"DEPOSITARY_TEST_NOW="+documentNow, "USER=anna", "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"),
		"DEPOSITARY_DATA=", "DEPOSITARY_SERVER=", "DEPOSITARY_TOKEN=", "DEPOSITARY_ZONE=", "TZ=UTC", "LC_ALL=C.UTF-8")}
	if serve {
		s.serve()
	}
	return s
}

// serve starts a server for the document, with a token for its commands.
func (s *session) serve() {
	c := exec.Command(filepath.Join(s.dir, "bin", "depositary"), "serve", "--listen", "127.0.0.1:0", "--log-level", "error")
	c.Dir, c.Env = s.dir, s.env
	require.NoError(s.t, c.Start())
	s.t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	})
	require.Eventually(s.t, func() bool {
		_, err := os.Stat(filepath.Join(s.dir, "data", "first-token"))
		return err == nil
	}, time.Minute, 20*time.Millisecond)
	token, err := os.ReadFile(filepath.Join(s.dir, "data", "first-token"))
	require.NoError(s.t, err)
	s.env = append(s.env, "DEPOSITARY_TOKEN="+strings.TrimSpace(string(token)))
	announced, err := os.ReadFile(filepath.Join(s.dir, "data", "server.json"))
	require.NoError(s.t, err)
	s.address = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`).FindString(string(announced))
}

// run runs a command, and returns the lines that it prints, errors too.
func (s *session) run(command string) []string {
	if s.address != "" {
		command = strings.ReplaceAll(command, s.standing, s.address)
	}
	c := exec.Command("bash", "-c", command)
	c.Dir, c.Env = s.dir, s.env
	output, _ := c.CombinedOutput() // a refusal ends with another code than 0, and is shown
	text := string(output)
	if s.address != "" {
		text = strings.ReplaceAll(text, s.address, s.standing)
	}
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n") // calendars end lines with both
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// define makes the file of "$ cat FILE" where there is none, and reports
// whether it did.
func (s *session) define(st step) bool {
	name, isCat := strings.CutPrefix(st.command, "cat ")
	path := filepath.Join(s.dir, name)
	if _, err := os.Stat(path); !isCat || err == nil {
		return false
	}
	require.NoError(s.t, os.WriteFile(path, []byte(strings.Join(st.output, "\n")+"\n"), 0o600))
	return true
}

// TestDocuments runs the console blocks of README.md and docs.
func TestDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a program for every command of the documents")
	}
	seeded := seededFolder(t, documentNow)
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	require.NoError(t, err)
	ran := 0
	for _, file := range append(files, filepath.Join("..", "..", "README.md")) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		lines := strings.Split(string(text), "\n")
		all := steps(lines)
		if len(all) == 0 {
			continue
		}
		ran += len(all)
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			runDocument(t, file, lines, all, newSession(t, seeded, strings.Contains(string(text), "$ curl")))
		})
	}
	require.NotZero(t, ran)
}

func runDocument(t *testing.T, file string, lines []string, all []step, s *session) {
	shift := 0
	for _, st := range all {
		if s.define(st) {
			continue
		}
		printed := s.run(st.command)
		if agrees(st.output, printed) {
			continue
		}
		if !*update {
			t.Errorf("%s, line %d: $ %s\nshown:\n%s\n\nprinted:\n%s", filepath.Base(file), st.from, st.command, strings.Join(st.output, "\n"), strings.Join(printed, "\n"))
			continue
		}
		now, err := renewed(st.output, printed)
		if err != nil {
			t.Errorf("%s, line %d: $ %s: %v; printed:\n%s", filepath.Base(file), st.from, st.command, err, strings.Join(printed, "\n"))
			continue
		}
		lines = append(append(append([]string{}, lines[:st.from+shift]...), now...), lines[st.to+shift:]...)
		shift += len(now) - len(st.output)
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644))
	}
}

func TestDocumentSteps(t *testing.T) {
	found := steps(strings.Split("```console\n$ a \\\n  b\none\n…\ntwo\n\n$ c\n```\n$ no command", "\n"))
	require.Len(t, found, 2)
	require.Equal(t, "a   b", found[0].command)
	require.Equal(t, []string{"one", "…", "two"}, found[0].output)
	require.True(t, agrees(found[0].output, []string{"one", "x", "y", "two"}))
	require.False(t, agrees(found[0].output, []string{"one", "x", "two", "three"}))
	again, err := renewed([]string{"1 party", "…", "2.5 % in all"}, []string{"7 party", "x", "3 % in all", "end"})
	require.NoError(t, err)
	require.Equal(t, []string{"7 party", "…", "3 % in all", "end"}, again)
}
