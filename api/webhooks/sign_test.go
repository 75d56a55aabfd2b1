package webhooks

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"depositary/internal/keyfile"
)

// TestPublishedVector is the example of the scheme's authors.
func TestPublishedVector(t *testing.T) {
	secret, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	require.NoError(t, err)
	body := []byte(`{"test": 2432232314}`)
	signed, err := signature(Symmetric, secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), body)
	require.NoError(t, err)
	require.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signed)

	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))
	signed, err = signature(Asymmetric, key.Seed(), "msg_1", time.Unix(1614265330, 0), body)
	require.NoError(t, err)
	scheme, text, _ := strings.Cut(signed, ",")
	require.Equal(t, "v1a", scheme)
	bytes, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	require.True(t, ed25519.Verify(key.Public().(ed25519.PublicKey), []byte(`msg_1.1614265330.{"test": 2432232314}`), bytes))
}

// TestRotationOverlapsForADay: for 24 hours to the second both sign, the
// newest first.
func TestRotationOverlapsForADay(t *testing.T) {
	inWorld(t, func(w *world) {
		s, ctx := w.service(), context.Background()
		sub, old, err := s.Create(ctx, "somebody", Spec{URL: "https://receiver.example/", Schemes: []Scheme{Symmetric, Asymmetric}}, 0)
		require.NoError(t, err)
		_, _, err = s.Verify(ctx, sub.ID)
		require.NoError(t, err)
		rotated := time.Now()
		sub, fresh, err := s.Rotate(ctx, sub.ID)
		require.NoError(t, err)
		w.secrets = append(w.secrets, old.Secret, fresh.Secret)
		require.NotEqual(t, old.Secret, fresh.Secret)
		require.Equal(t, []string{fresh.PublicKey, old.PublicKey}, sub.PublicKeys)

		for _, at := range []struct {
			after time.Duration
			both  bool
		}{{0, true}, {time.Hour, true}, {overlap - time.Nanosecond, true}, {overlap, false}, {48 * time.Hour, false}} {
			time.Sleep(at.after - time.Since(rotated))
			r, err := s.load(ctx, sub.ID)
			require.NoError(t, err)
			m := message{id: "a_1.1", body: []byte("{}")}
			h, err := s.headers(r, m, time.Now())
			require.NoError(t, err)
			signatures := strings.Fields(h.Get("webhook-signature"))
			byOld, err := standardwebhooks.NewWebhook(old.Secret)
			require.NoError(t, err)
			requireSigned(t, fresh.Secret, request{head: h, body: m.body})
			if !at.both {
				require.Len(t, signatures, 2)
				require.Error(t, byOld.VerifyIgnoringTimestamp(m.body, h))
				require.Equal(t, []string{fresh.PublicKey}, w.get(s, sub.ID).PublicKeys)
				continue
			}
			require.Len(t, signatures, 4)
			require.NoError(t, byOld.VerifyIgnoringTimestamp(m.body, h))
			newest, err := signatureOf(s, r, 0, m)
			require.NoError(t, err)
			require.Equal(t, newest, signatures[0])
		}
		for range mostSigning - 1 {
			_, _, err = s.Rotate(ctx, sub.ID)
			require.NoError(t, err)
		}
		_, _, err = s.Rotate(ctx, sub.ID)
		require.ErrorIs(t, err, ErrState, "too many sign at once")
	})
}

func signatureOf(s *Service, r *record, i int, m message) (string, error) {
	secret, err := s.open(r.ID, r.Sealed[i])
	if err != nil {
		return "", err
	}
	return signature(r.Sealed[i].Scheme, secret, m.id, time.Now(), m.body)
}

// TestSecretsAreSealed: nothing that is kept or listed has them in clear, and
// they open under their own key and for their own subscription only.
func TestSecretsAreSealed(t *testing.T) {
	inWorld(t, func(w *world) {
		s, ctx := w.service(), context.Background()
		one, shown, err := s.Create(ctx, "somebody", Spec{URL: "https://receiver.example/", Schemes: []Scheme{Symmetric, Asymmetric}}, 0)
		require.NoError(t, err)
		require.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, shown.Secret)
		require.Regexp(t, `^whpk_[A-Za-z0-9+/]{43}=$`, shown.PublicKey)
		other := w.subscribe(s, Spec{})
		w.commit("DEU")
		w.settle(time.Minute)

		list, err := s.List(ctx)
		require.NoError(t, err)
		attempts, err := s.Attempts(ctx, other.ID, 10, 0)
		require.NoError(t, err)
		text, err := json.Marshal([]any{list, attempts})
		require.NoError(t, err)
		everything := string(text)
		values, err := w.bucket.List(ctx, "")
		require.NoError(t, err)
		for _, v := range values {
			everything += string(v.Data)
		}
		everything += fmt.Sprintf("%v %+v %#v", s.Key, s.Key, s.Key)
		for _, secret := range append(w.secrets, shown.Secret) {
			if strings.HasPrefix(secret, sharedPrefix) {
				require.NotContains(t, everything, strings.TrimPrefix(secret, sharedPrefix)[:20])
			}
		}

		r, err := s.load(ctx, one.ID)
		require.NoError(t, err)
		_, err = s.open(other.ID, r.Sealed[0])
		require.ErrorContains(t, err, "was altered")
		options := w.options()
		options.Key, err = NewKey(bytes.Repeat([]byte{8}, keyfile.Bytes))
		require.NoError(t, err)
		stranger := New(options)
		_, err = stranger.Ping(ctx, other.ID)
		require.ErrorContains(t, err, "all nodes need the same key file")
		require.ErrorContains(t, err, s.Key.ID())
		require.NotContains(t, err.Error(), shown.Secret)
	})
}

// TestNodeWithAnotherKeyServesNothing: what it cannot sign it leaves to others.
func TestNodeWithAnotherKeyServesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.service()
		sub := w.subscribe(s, Spec{})
		right := w.key
		w.key, _ = NewKey(bytes.Repeat([]byte{8}, keyfile.Bytes))
		w.service()
		w.key = right
		for range 10 {
			w.commit("DEU")
		}
		w.settle(time.Minute)
		require.Len(t, w.receivers.ids(), 10)
		require.Zero(t, w.lag(s, sub.ID).Commits)
		require.Contains(t, w.logs.String(), "is not served by this node")
	})
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "webhooks.key")
	keys := make([]Key, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = LoadOrCreateKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range keys {
		require.Equal(t, keys[0].ID(), k.ID(), "all get the one")
	}
	require.Regexp(t, "^[0-9a-f]{8}$", keys[0].ID())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)

	require.NoError(t, os.Chmod(path, 0o604))
	_, err = LoadOrCreateKey(path)
	require.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.Chmod(path, 0o600))
	require.NoError(t, os.WriteFile(path, []byte("abcdef"), 0o600))
	_, err = LoadOrCreateKey(path)
	require.ErrorContains(t, err, "does not hold 32 bytes in hexadecimal")
	require.NotContains(t, err.Error(), "abcdef")
	_, err = LoadOrCreateKey(filepath.Join(path, "below"))
	require.Error(t, err)
}
