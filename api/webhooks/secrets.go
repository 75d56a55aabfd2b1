package webhooks

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

// Prefixes by which Standard Webhooks tells secrets apart.
const (
	sharedPrefix  = "whsec_"
	privatePrefix = "whsk_"
	publicPrefix  = "whpk_"
)

// Secrets that were changed sign beside the new ones for overlap, so that
// receivers may change in their own time; mostSigning bounds how many do.
const (
	overlap     = 24 * time.Hour
	mostSigning = 5
)

// sealed is a secret as it is kept.
type sealed struct {
	Scheme Scheme    `json:"scheme"`
	Key    string    `json:"key"` // which key sealed it
	Secret []byte    `json:"secret"`
	Public string    `json:"public,omitempty"`
	Until  time.Time `json:"until,omitzero"` // it signs before this instant; zero: it is the current one
}

func (x sealed) signs(now time.Time) bool { return x.Until.IsZero() || now.Before(x.Until) }

// newSecret makes a secret of a subscription, and what is shown of it.
func (s *Service) newSecret(subscription string, scheme Scheme) (x sealed, shown string, err error) {
	if s.Key.seal == nil {
		return x, "", fmt.Errorf("webhooks: no key to seal secrets with")
	}
	secret := make([]byte, 32) // of v1 the key itself, of v1a the seed
	rand.Read(secret)
	x = sealed{Scheme: scheme, Key: s.Key.id, Secret: s.Key.seal(secret, []byte(subscription))}
	if scheme == Asymmetric {
		public := ed25519.NewKeyFromSeed(secret).Public().(ed25519.PublicKey)
		x.Public = publicPrefix + base64.StdEncoding.EncodeToString(public)
		return x, x.Public, nil
	}
	return x, sharedPrefix + base64.StdEncoding.EncodeToString(secret), nil
}

// open returns a secret that was sealed, for the subscription that it is of.
func (s *Service) open(subscription string, x sealed) ([]byte, error) {
	if s.Key.open == nil || x.Key != s.Key.id {
		return nil, fmt.Errorf("webhooks: the secrets of %s were sealed with key %s, and this node has key %q: all nodes need the same key file", subscription, x.Key, s.Key.id)
	}
	secret, err := s.Key.open(x.Secret, []byte(subscription))
	if err != nil {
		return nil, fmt.Errorf("webhooks: a secret of %s was altered where it is kept", subscription)
	}
	return secret, nil
}

// renew returns a subscription new secrets of its schemes. The old ones go on
// for the overlap.
func (s *Service) renew(r *record, now time.Time) (shown Secrets, err error) {
	r.Sealed = slices.DeleteFunc(r.Sealed, func(x sealed) bool { return !x.signs(now) })
	for i := range r.Sealed {
		if r.Sealed[i].Until.IsZero() {
			r.Sealed[i].Until = now.Add(overlap)
		}
	}
	shown, err = s.addSecrets(r, r.Schemes)
	r.Rotated = now
	return shown, err
}

// addSecrets puts new secrets before those that there are.
func (s *Service) addSecrets(r *record, schemes []Scheme) (shown Secrets, err error) {
	for _, scheme := range schemes {
		x, text, err := s.newSecret(r.ID, scheme)
		if err != nil {
			return Secrets{}, err
		}
		r.Sealed = append([]sealed{x}, r.Sealed...)
		if scheme == Asymmetric {
			shown.PublicKey = text
		} else {
			shown.Secret = text
		}
	}
	return shown, nil
}

// completeSecrets makes secrets of schemes that were added to what is wished.
func (s *Service) completeSecrets(r *record) error {
	for _, scheme := range r.Schemes {
		if slices.ContainsFunc(r.Sealed, func(x sealed) bool { return x.Scheme == scheme && x.Until.IsZero() }) {
			continue
		}
		if _, err := s.addSecrets(r, []Scheme{scheme}); err != nil {
			return err
		}
	}
	return nil
}

// publicKeys returns the keys to verify v1a with, the newest first.
func (r *record) publicKeys(now time.Time) (keys []string) {
	for _, x := range r.Sealed {
		if x.Public != "" && x.signs(now) && slices.Contains(r.Schemes, Asymmetric) {
			keys = append(keys, x.Public)
		}
	}
	return keys
}

// generations counts how often the secrets that sign now were changed, and the
// first ones.
func (r *record) generations(now time.Time) int {
	most := make(map[Scheme]int)
	for _, x := range r.Sealed {
		if x.signs(now) {
			most[x.Scheme]++
		}
	}
	return max(most[Symmetric], most[Asymmetric])
}
