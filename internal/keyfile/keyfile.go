// Package keyfile keeps a secret of 32 bytes in a file for its owner's eyes: the
// key that seals other secrets, or the one a node signs with.
//
// The file has the secret in hexadecimal, and beside it the first four bytes of its
// SHA-256: a key of which one bit was altered is a key too, and nothing else would
// tell. A file without the second word, as releases before wrote and people make, is read.
package keyfile

import (
	"crypto/rand"
	"crypto/sha256"
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
	if err := wholefile.Create(path, []byte(hex.EncodeToString(secret)+" "+sum(secret)+"\n")); err != nil && !errors.Is(err, fs.ErrExist) {
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
	words := strings.Fields(string(text))
	if len(words) == 0 || len(words) > 2 {
		return nil, damaged(path, fmt.Sprintf("it does not hold %d bytes in hexadecimal", Bytes))
	}
	secret, err := hex.DecodeString(words[0])
	if err != nil || len(secret) != Bytes {
		return nil, damaged(path, fmt.Sprintf("it does not hold %d bytes in hexadecimal", Bytes))
	}
	if len(words) == 2 && words[1] != sum(secret) {
		return nil, damaged(path, "the key does not match its checksum")
	}
	return secret, nil
}

// sum tells an altered secret, and nothing else about it.
func sum(secret []byte) string {
	digest := sha256.Sum256(secret)
	return hex.EncodeToString(digest[:4])
}

func damaged(path, how string) error {
	return fmt.Errorf("key file %s is damaged: %s. Put back the copy that you keep of it; if there is none, set it aside, and the next start makes another key (docs/operating.md, Keys)", path, how)
}
