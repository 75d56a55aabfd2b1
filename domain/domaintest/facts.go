package domaintest

import (
	"bytes"
	"embed"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// facts are what tests need of the facts, see README.md beside them.
//
//go:embed facts/*.csv facts/*.txt
var facts embed.FS

// Whole returns the path of a file of tables that are not part of this
// repository, below the folder shared/data beside the checkout, and skips the
// test where it is not there.
func Whole(t testing.TB, path ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		require.NotEqual(t, dir, parent, "the test runs outside the module")
		dir = parent
	}
	file := filepath.Join(append([]string{dir, "..", "shared", "data"}, path...)...)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the whole tables are not here: shared/data/%s does not lie beside the checkout", filepath.Join(path...))
	}
	return file
}

// Facts reads a file of the facts.
func Facts(t testing.TB, name string) []byte {
	t.Helper()
	content, err := facts.ReadFile("facts/" + name)
	require.NoError(t, err)
	return content
}

// Rows reads a table of the facts, each row by column.
func Rows(t testing.TB, name string) (rows []map[string]string) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(Facts(t, name)))
	all, err := r.ReadAll()
	require.NoError(t, err, name)
	for _, cells := range all[1:] {
		row := make(map[string]string, len(cells))
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows, name)
	return rows
}
