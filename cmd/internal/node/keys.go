package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"depositary/eventstore"
	"depositary/eventstore/codec"
	"depositary/internal/keyfile"
	"depositary/internal/wholefile"
)

// KeyFile returns the file of the key of a node: the one that is named, or that of
// its data folder.
func KeyFile(named, data string) string {
	if named == "" {
		return filepath.Join(data, nodeKey)
	}
	return named
}

// LoadSigner reads the key with which a node signs, and makes one where there
// is none.
func LoadSigner(file string) (*eventstore.Signer, error) {
	secret, err := keyfile.LoadOrCreate(file)
	if err != nil {
		return nil, fmt.Errorf("key of the node: %w", err)
	}
	return eventstore.NewSigner(secret)
}

// trustedFile has the keys, one a line, that an operator vouches for, where every
// key was lost that the ledger lets sign.
const trustedFile = "trusted-keys"

// keysOf returns the keys of an empty ledger with those that the operator of the
// data folder trusts, and these alone.
func keysOf(data string) (*eventstore.Keyring, []eventstore.Key, error) {
	keys := eventstore.NewKeyring(codec.KeyChanges)
	trusted, err := trustedKeys(data)
	for _, key := range trusted {
		keys.Trust(key)
	}
	return keys, trusted, err
}

func trustedKeys(data string) (keys []eventstore.Key, err error) {
	text, err := os.ReadFile(filepath.Join(data, trustedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	for i, line := range strings.Fields(string(text)) {
		var key eventstore.Key
		if err := key.UnmarshalText([]byte(line)); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", trustedFile, i+1, err)
		}
		keys = append(keys, key)
	}
	return keys, err
}

// Trust lets the nodes of a data folder take what a key signs, whatever the ledger
// says of it; it counts from their next start on.
func Trust(data, text string) error {
	var key eventstore.Key
	if err := key.UnmarshalText([]byte(text)); err != nil {
		return fmt.Errorf("the public key of a node: %w", err)
	}
	keys, err := trustedKeys(data)
	if err != nil || slices.Contains(keys, key) {
		return err
	}
	var lines strings.Builder
	for _, k := range append(keys, key) {
		fmt.Fprintln(&lines, k)
	}
	return wholefile.Replace(filepath.Join(data, trustedFile), []byte(lines.String()))
}
