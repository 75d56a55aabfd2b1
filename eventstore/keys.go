package eventstore

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
)

// Key is an Ed25519 public key, written as 64 hexadecimal digits.
type Key [ed25519.PublicKeySize]byte

// String returns the 64 hexadecimal digits.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// MarshalText writes the 64 hexadecimal digits.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText accepts exactly what MarshalText writes.
func (k *Key) UnmarshalText(text []byte) error { return unhex(k[:], text) }

// ID returns the name under which commits mention the key.
func (k Key) ID() KeyID {
	sum := sha256.Sum256(k[:])
	return KeyID(sum[:8])
}

// KeyID is the first 8 bytes of the SHA-256 of a Key, written as 16 hexadecimal
// digits.
type KeyID [8]byte

// String returns the 16 hexadecimal digits.
func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// MarshalText writes the 16 hexadecimal digits.
func (k KeyID) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Signature is an Ed25519 signature, written as 128 hexadecimal digits.
type Signature [ed25519.SignatureSize]byte

// String returns the 128 hexadecimal digits.
func (s Signature) String() string { return hex.EncodeToString(s[:]) }

// MarshalText writes the 128 hexadecimal digits.
func (s Signature) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Signer signs the commits of a node. Safe for concurrent use.
type Signer struct {
	private ed25519.PrivateKey
	key     Key
	id      KeyID
}

// NewSigner makes a signer of a seed of 32 bytes.
func NewSigner(seed []byte) (*Signer, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the seed of a node's key has %d bytes, not %d", ed25519.SeedSize, len(seed))
	}
	s := &Signer{private: ed25519.NewKeyFromSeed(seed)}
	s.key = Key(s.private.Public().(ed25519.PublicKey))
	s.id = s.key.ID()
	return s, nil
}

// Key returns the public key.
func (s *Signer) Key() Key { return s.key }

// ID returns the id of the public key.
func (s *Signer) ID() KeyID { return s.id }

// String keeps the private key out of logs.
func (s *Signer) String() string { return "key " + s.id.String() }

// GoString keeps the private key out of logs.
func (s *Signer) GoString() string { return s.String() }

func (s *Signer) sign(message []byte) Signature { return Signature(ed25519.Sign(s.private, message)) }

// KeyChange is a change of the keys that may sign, as a commit records it.
type KeyChange struct {
	Key     Key
	Revoked bool // added where false
}

// Keyring is the keys that may sign at a place in the ledger. The ledger itself
// records them, from the first commit of form 2 on, which adds the key that it
// is signed with. A key signs from the commit after the one that adds it up to
// and including the one that revokes it. A Keyring is for one goroutine.
type Keyring struct {
	changes func(Commit) ([]KeyChange, error)
	keys    map[KeyID]Key
	trusted map[KeyID]Key // whatever the ledger says
	signed  bool          // a commit of form 2 was seen: from there on all are
}

// NewKeyring returns the keys of an empty ledger. Changes returns what a commit
// says of keys.
func NewKeyring(changes func(Commit) ([]KeyChange, error)) *Keyring {
	return &Keyring{changes: changes, keys: make(map[KeyID]Key), trusted: make(map[KeyID]Key)}
}

// Trust lets a key sign whatever the ledger says of it: an operator vouches for
// it, where every key that may sign was lost.
func (r *Keyring) Trust(key Key) { r.trusted[key.ID()] = key }

// Clone returns a copy that changes by itself.
func (r *Keyring) Clone() *Keyring {
	return &Keyring{r.changes, maps.Clone(r.keys), r.trusted, r.signed}
}

// Learn takes over what a commit says of keys, without a look at its signature:
// it is for commits of a store, which has admitted them.
func (r *Keyring) Learn(c Commit) error {
	changes, err := r.changes(c)
	if err != nil {
		return fmt.Errorf("position %d: %w", c.Position, err)
	}
	r.take(c, changes)
	return nil
}

func (r *Keyring) take(c Commit, changes []KeyChange) {
	r.signed = r.signed || c.Form > 1
	for _, change := range changes {
		if change.Revoked {
			delete(r.keys, change.Key.ID())
		} else {
			r.keys[change.Key.ID()] = change.Key
		}
	}
}

// Admit checks that a node of the ledger made the commit, and takes over what it
// says of keys. It returns an *UnsignedError otherwise.
func (r *Keyring) Admit(c Commit) error {
	changes, err := r.changes(c)
	if err != nil {
		return &UnsignedError{c.Position, err.Error()}
	}
	if reason := r.refusal(c, changes); reason != "" {
		return &UnsignedError{c.Position, reason}
	}
	r.take(c, changes)
	return nil
}

func (r *Keyring) refusal(c Commit, changes []KeyChange) string {
	if c.Form == 1 {
		if r.signed {
			return "it is not signed, and commits before it are"
		}
		return ""
	}
	key, known := r.keys[c.Key]
	if !known {
		key, known = r.trusted[c.Key]
	}
	if !r.signed {
		for _, change := range changes {
			if !change.Revoked && change.Key.ID() == c.Key {
				key, known = change.Key, true
			}
		}
	}
	if !known {
		return fmt.Sprintf("it is signed with the key %s, which may not sign there", c.Key)
	}
	if !ed25519.Verify(key[:], c.signed(), c.Signature[:]) {
		return fmt.Sprintf("its signature is not one of the key %s", c.Key)
	}
	return ""
}

// signed returns what the signature covers: the header up to it.
func (c Commit) signed() []byte {
	return c.raw[:c.headerLen-len(signatureMember)-2*len(c.Signature)-len(`"}`)]
}

// UnsignedError says that no node of the ledger made a commit.
type UnsignedError struct {
	Position Position
	Reason   string
}

func (e *UnsignedError) Error() string {
	return fmt.Sprintf("the commit at position %d was not made by a node of this ledger: %s", e.Position, e.Reason)
}
