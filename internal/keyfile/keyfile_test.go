package keyfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/internal/keyfile"
)

// No bit of a key file can be altered without a word: the key is the same, or the
// file is named as damaged.
func TestAlteredKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	secret, err := keyfile.LoadOrCreate(path)
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := range text {
		for bit := range 8 {
			altered := bytes.Clone(text)
			altered[at] ^= 1 << bit
			require.NoError(t, os.WriteFile(path, altered, 0o600))
			read, err := keyfile.Load(path)
			if err != nil {
				require.ErrorContains(t, err, path)
				require.ErrorContains(t, err, "set it aside")
				continue
			}
			require.Equal(t, secret, read, "byte %d, bit %d", at, bit)
		}
	}
}

// A file of a release before, or one that somebody made, has the secret alone.
func TestKeyWithoutChecksum(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("0f", keyfile.Bytes)+"\n"), 0o600))
	secret, err := keyfile.LoadOrCreate(path)
	require.NoError(t, err)
	require.Equal(t, bytes.Repeat([]byte{15}, keyfile.Bytes), secret)
}
