package mail

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// keys are made of the secret of the nodes: one seals addresses, one makes tokens,
// one makes addresses comparable.
type keys struct {
	sealer             cipher.AEAD
	tokens, comparison []byte
}

func keysOf(secret []byte) (k keys, err error) {
	derive := func(use string) []byte {
		key, deriveErr := hkdf.Key(sha256.New, secret, nil, "depositary mail: "+use, 32)
		if deriveErr != nil {
			err = deriveErr
		}
		return key
	}
	sealing := derive("addresses")
	k.tokens, k.comparison = derive("tokens"), derive("comparison")
	if err != nil {
		return k, err
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return k, err
	}
	k.sealer, err = cipher.NewGCMWithRandomNonce(block)
	return k, err
}

// seal hides an address; only for the subscription with this id can it be opened.
func (k keys) seal(address, id string) []byte {
	return k.sealer.Seal(nil, nil, []byte(address), []byte(id))
}

func (k keys) open(sealed []byte, id string) (string, error) {
	address, err := k.sealer.Open(nil, nil, sealed, []byte(id))
	if err != nil {
		return "", fmt.Errorf("mail: the address of %s was sealed with another key", id)
	}
	return string(address), nil
}

// who returns a form of an address in which it can be compared with others.
func (k keys) who(address string) string {
	mac := hmac.New(sha256.New, k.comparison)
	mac.Write([]byte(strings.ToLower(address)))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// tagBytes is how much of the code stands in a token: nobody can guess it.
const tagBytes = 16

func (k keys) tag(id uuid.UUID) []byte {
	mac := hmac.New(sha256.New, k.tokens)
	mac.Write(id[:])
	return mac.Sum(nil)[:tagBytes]
}

// token returns what stands in the links of a subscription. Only its reader
// gets it.
func (k keys) token(id string) string {
	parsed := uuid.MustParse(id) // it was read as one
	return base64.RawURLEncoding.EncodeToString(append(parsed[:], k.tag(parsed)...))
}

// idOf returns the subscription of a token, false where this is none of ours.
func (k keys) idOf(token string) (string, bool) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(data) != len(uuid.UUID{})+tagBytes {
		return "", false
	}
	id := uuid.UUID(data[:16])
	return id.String(), hmac.Equal(data[16:], k.tag(id))
}
