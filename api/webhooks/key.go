package webhooks

import (
	"crypto/aes"
	"crypto/cipher"
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

const keyBytes = 32

// Key seals the secrets of subscriptions (AES-256-GCM). Nodes that share
// subscriptions share the key. The zero Key seals nothing and opens nothing.
type Key struct {
	id   string
	seal func(secret, about []byte) []byte
	open func(sealed, about []byte) ([]byte, error)
}

// NewKey makes a Key of 32 bytes.
func NewKey(secret []byte) (Key, error) {
	if len(secret) != keyBytes {
		return Key{}, fmt.Errorf("webhooks: a key of %d bytes, it has to have %d", len(secret), keyBytes)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return Key{}, fmt.Errorf("webhooks: key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Key{}, fmt.Errorf("webhooks: key: %w", err)
	}
	sum := sha256.Sum256(secret)
	return Key{
		id:   hex.EncodeToString(sum[:4]),
		seal: func(secret, about []byte) []byte { return aead.Seal(nil, nil, secret, about) },
		open: func(sealed, about []byte) ([]byte, error) { return aead.Open(nil, nil, sealed, about) },
	}, nil
}

// ID tells keys from one another and nothing else about them.
func (k Key) ID() string { return k.id }

// String keeps the key out of logs.
func (k Key) String() string { return "key " + k.id }

// GoString keeps the key out of logs.
func (k Key) GoString() string { return k.String() }

// LoadOrCreateKey reads the key file, 32 bytes in hexadecimal, and makes one
// for the owner's eyes where there is none. Of several that make it at once,
// one does, and all get its key.
func LoadOrCreateKey(path string) (Key, error) {
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := createKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("webhooks: key file: %w", err)
	}
	return loadKey(path)
}

func loadKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("webhooks: key file: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return Key{}, fmt.Errorf("webhooks: key file %s may be used by everybody (mode %04o): only its owner may read it (chmod 600)", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("webhooks: key file: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != keyBytes {
		return Key{}, fmt.Errorf("webhooks: key file %s does not hold %d bytes in hexadecimal", path, keyBytes)
	}
	return NewKey(secret)
}

// createKey writes a new key; fs.ErrExist when somebody else was first.
func createKey(path string) error {
	secret := make([]byte, keyBytes)
	rand.Read(secret)
	return wholefile.Create(path, []byte(hex.EncodeToString(secret)+"\n"))
}
