package auth_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/auth"
)

func TestTokens(t *testing.T) {
	now := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "tokens.json")
	file := auth.Open(path, func() time.Time { return now })
	_, err := file.Check("dep_unknown")
	require.ErrorIs(t, err, auth.ErrUnknown, "there is no file yet")

	lasting, kept, err := file.Create(auth.Grant{Actor: "anna", Roles: []auth.Role{auth.Record, auth.Define}})
	require.NoError(t, err)
	brief, _, err := file.Create(auth.Grant{Actor: "bert", Roles: []auth.Role{auth.Operate}, Lifetime: time.Hour})
	require.NoError(t, err)
	who, err := file.Check(" " + lasting + "\n")
	require.NoError(t, err)
	require.Equal(t, "anna", who.Actor)
	require.True(t, who.May(auth.Define))
	require.False(t, who.May(auth.Operate))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(content), lasting, "the file has hashes only")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	now = now.Add(time.Hour)
	_, err = file.Check(brief)
	require.ErrorIs(t, err, auth.ErrExpired, "at the end of its last second")

	// Another process sees what this one changes.
	other := auth.Open(path, func() time.Time { return now })
	_, err = other.Check(lasting)
	require.NoError(t, err)
	require.NoError(t, file.Revoke(kept.ID))
	_, err = other.Check(lasting)
	require.ErrorIs(t, err, auth.ErrUnknown)
	require.ErrorContains(t, file.Revoke(kept.ID), "no token has the id")
	all, err := file.List()
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "bert", all[0].Actor)
}

func TestTokensRefuse(t *testing.T) {
	file := auth.Open(filepath.Join(t.TempDir(), "tokens.json"), time.Now)
	for _, actor := range []string{"", "anna b", "\"anna\"", "anna\n"} {
		_, _, err := file.Create(auth.Grant{Actor: actor, Roles: auth.Roles()})
		require.ErrorContains(t, err, "actor", "%q", actor)
	}
	for _, roles := range [][]auth.Role{nil, {"queen"}, {auth.Record, ""}} {
		_, _, err := file.Create(auth.Grant{Actor: "anna", Roles: roles})
		require.ErrorContains(t, err, "roles")
	}
	all, err := file.List()
	require.NoError(t, err)
	require.Empty(t, all)
}

func TestTokensOfADamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	file := auth.Open(path, time.Now)
	_, err := file.Check("dep_x")
	require.ErrorContains(t, err, path)
	_, _, err = file.Create(auth.Grant{Actor: "anna", Roles: auth.Roles()})
	require.ErrorContains(t, err, path)
}

// Of many who write at once, no token is lost.
func TestTokensMadeAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	var making sync.WaitGroup
	for range 12 {
		making.Go(func() {
			_, _, err := auth.Open(path, time.Now).Create(auth.Grant{Actor: "anna", Roles: auth.Roles()})
			if err != nil {
				t.Error(err)
			}
		})
	}
	making.Wait()
	all, err := auth.Open(path, time.Now).List()
	require.NoError(t, err)
	require.Len(t, all, 12)
}

// No bit of the file can be altered without a word: the tokens are the same, or the
// file is named as damaged.
func TestAlteredFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	f := auth.Open(path, time.Now)
	for _, actor := range []string{"anna", "bob"} {
		_, _, err := f.Create(auth.Grant{Actor: actor, Roles: []auth.Role{auth.Record}, Lifetime: time.Hour})
		require.NoError(t, err)
	}
	before, err := f.List()
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := range text {
		for bit := range 8 {
			altered := bytes.Clone(text)
			altered[at] ^= 1 << bit
			if after, err := auth.Parse(altered); err == nil {
				require.Equal(t, before, after, "byte %d, bit %d", at, bit)
			}
		}
	}
}
