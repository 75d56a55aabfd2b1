package lang

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	// quoted is a text in Go or in a template, whole.
	quoted = regexp.MustCompile("\"([^\"\\s]+)\"|`([^`\\s]+)`")
	// began is a text to which the rest of a key is added: "status." or printf "status.%s".
	began = regexp.MustCompile("[\"`]([a-z][a-zA-Z.-]*\\.)(?:%[svd][^\"`]*)?[\"`]")
)

// Every message is shown somewhere: its key stands in the code or templates of the
// pages, or in that of mail, or the code makes it from a beginning that stands there.
func TestEveryKeyIsUsed(t *testing.T) {
	whole, begun := make(map[string]bool), make(map[string]bool)
	look := func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".html" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			whole[m[1]+m[2]] = true
		}
		for _, m := range began.FindAllStringSubmatch(string(text), -1) {
			begun[m[1]] = true
		}
		return nil
	}
	require.NoError(t, filepath.WalkDir("..", look))
	require.NoError(t, filepath.WalkDir(filepath.Join("..", "..", "mail"), look))
	begun["month."] = true // dates.go adds the numbers
	var unused []string
	for _, key := range keys(English()) {
		if !whole[key] && !anyBegins(begun, key) {
			unused = append(unused, key)
		}
	}
	require.Empty(t, unused, "no page shows these messages: remove them from all languages")
}

// ends are what can follow a beginning under which the messages of whole pages
// stand too.
var ends = map[string]*regexp.Regexp{
	"desk.":   regexp.MustCompile(`^(ordered|parallel|rank[123])$`),
	"entry.":  regexp.MustCompile(`^(unknown|condition|in)`),
	"treaty.": regexp.MustCompile(`\.(title|name)$`),
}

func anyBegins(begun map[string]bool, key string) bool {
	for at := range key {
		if beginning, end := key[:at], key[at:]; strings.HasSuffix(beginning, ".") && begun[beginning] {
			if of := ends[beginning]; of == nil || of.MatchString(end) {
				return true
			}
		}
	}
	return false
}
