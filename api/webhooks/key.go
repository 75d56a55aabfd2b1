package webhooks

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"depositary/internal/keyfile"
)

// Key seals the secrets of subscriptions (AES-256-GCM). Nodes that share
// subscriptions share the key. The zero Key seals nothing and opens nothing.
type Key struct {
	id   string
	seal func(secret, about []byte) []byte
	open func(sealed, about []byte) ([]byte, error)
}

// NewKey makes a Key of 32 bytes.
func NewKey(secret []byte) (Key, error) {
	if len(secret) != keyfile.Bytes {
		return Key{}, fmt.Errorf("webhooks: a key of %d bytes, it has to have %d", len(secret), keyfile.Bytes)
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
	secret, err := keyfile.LoadOrCreate(path)
	if err != nil {
		return Key{}, fmt.Errorf("webhooks: %w", err)
	}
	return NewKey(secret)
}
