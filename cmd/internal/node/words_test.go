package node

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// oddWords are words that comments do not use, with what they say instead: a
// function returns, a predicate reports whether (docs/glossary.md).
var oddWords = []struct {
	word    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)\bgives?\b`), "returns, states, has, makes"},
	{regexp.MustCompile(`(?i)\bsays? whether\b`), "reports whether"},
	{regexp.MustCompile(`(?i)\btells? whether\b`), "reports whether"},
	{regexp.MustCompile(`(?i)\bbears?\b`), "has, contains"},
	{regexp.MustCompile(`(?i)\bwhoever\b`), "anyone who, one that"},
	{regexp.MustCompile(`(?i)\bnobody's input\b`), "internal error"},
}

func TestWordsOfComments(t *testing.T) {
	files, comments := token.NewFileSet(), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".git") || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, group := range file.Comments {
			comments++
			for _, odd := range oddWords {
				if found := odd.word.FindString(group.Text()); found != "" {
					t.Errorf("%s: a comment says %q: better %s", files.Position(group.Pos()), found, odd.instead)
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, comments, 1000)
}
