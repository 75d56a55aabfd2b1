// Package keyfile keeps a secret of 32 bytes in a file for its owner's eyes: the
// key that seals other secrets, or the one a node signs with.
package keyfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"depositary/internal/wholefile"
)

// Bytes is how long a secret is.
const Bytes = 32

// LoadOrCreate reads the file, 32 bytes in hexadecimal, and makes one where there
// is none. Of several that make it at once, one does, and all get its secret. A
// file that everybody may use is refused.
func LoadOrCreate(path string) ([]byte, error) {
	secret, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	secret = make([]byte, Bytes)
	rand.Read(secret)
	if err := wholefile.Create(path, []byte(hex.EncodeToString(secret)+"\n")); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return Load(path)
}

// Load reads the file; fs.ErrNotExist where there is none.
func Load(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("key file %s may be used by everybody (mode %04o): only its owner may read it (chmod 600)", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != Bytes {
		return nil, fmt.Errorf("key file %s does not hold %d bytes in hexadecimal", path, Bytes)
	}
	return secret, nil
}
