package domaintest

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Facts gives the path of a file of the facts that lie beside the checkout,
// and skips the test where they are not there.
func Facts(t testing.TB, path ...string) string {
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
		t.Skipf("the facts are missing: shared/data/%s does not lie beside the checkout", filepath.Join(path...))
	}
	return file
}

// Table reads a table of the facts: its header, and each row by column.
func Table(t testing.TB, path ...string) (header []string, rows []map[string]string) {
	t.Helper()
	file, err := os.Open(Facts(t, path...))
	require.NoError(t, err)
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	require.NoError(t, err, file.Name())
	require.NotEmpty(t, all, file.Name())
	header = all[0]
	for _, cells := range all[1:] {
		row := make(map[string]string, len(cells))
		for i, cell := range cells {
			if i < len(header) {
				row[header[i]] = cell
			}
		}
		rows = append(rows, row)
	}
	return header, rows
}
