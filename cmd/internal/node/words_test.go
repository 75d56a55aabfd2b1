package node

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
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

// oldWords are phrases that documents and messages do not use, with what they say
// instead.
var oldWords = []struct {
	phrase  *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)\b(?:is|are|was|were) told\b`), "gets, learns, says"},
	{regexp.MustCompile(`(?i)\b(?:bears?|bore)\b`), "has"},
	{regexp.MustCompile(`(?i)\b(?:is|are) held\b`), "is recorded"},
	{regexp.MustCompile(`(?i)\bwho has a token\b`), "with a token"},
	{regexp.MustCompile(`(?i)\bwith commas\b`), "separated by commas"},
	{regexp.MustCompile(`(?i)\b(?:says?|gives?|tells?) whether\b`), "reports whether"},
	{regexp.MustCompile(`(?i)\b(?:anew|for ever|whoever|whereby|thereof|thereby|hereby)\b`), "again, always, anyone who, by which"},
	{regexp.MustCompile(`(?i)\btake it in\b`), "import"},
}

// The glossary lists such words, and decisions and the changelog are of their day.
func TestWordsOfDocuments(t *testing.T) {
	files := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"}
	for _, pattern := range []string{"docs/*.md", "api/pages/lang/messages/*en.toml"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, path := range found {
			if filepath.Base(path) != "glossary.md" {
				files = append(files, strings.TrimPrefix(path, root+"/"))
			}
		}
	}
	require.Greater(t, len(files), 20)
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		for i, line := range strings.Split(string(text), "\n") {
			for _, old := range oldWords {
				if found := old.phrase.FindString(line); found != "" {
					t.Errorf("%s:%d says %q: better %s", name, i+1, found, old.instead)
				}
			}
		}
	}
}
