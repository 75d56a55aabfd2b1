package eventstore_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/storetest"
)

// keysOf returns the keyring of a chain whose first commit of form 2 adds the key
// of the name.
func keysOf(name string) *eventstore.Keyring {
	added := false
	return eventstore.NewKeyring(func(c eventstore.Commit) ([]eventstore.KeyChange, error) {
		if c.Form == 1 || added {
			return nil, nil
		}
		added = true
		return []eventstore.KeyChange{{Key: storetest.Signer(name).Key()}}, nil
	})
}

func TestKeyring(t *testing.T) {
	signers := map[string]*eventstore.Signer{"a": storetest.Signer("a"), "b": storetest.Signer("b")}
	var says []eventstore.KeyChange // of the next commit
	ring := func() *eventstore.Keyring {
		return eventstore.NewKeyring(func(eventstore.Commit) ([]eventstore.KeyChange, error) { return says, nil })
	}
	by := func(name string) eventstore.Commit {
		c, err := eventstore.Seal(7, previous, recorded, []eventstore.Decided{one("")}, signers[name])
		require.NoError(t, err)
		return c
	}
	adds := func(name string) []eventstore.KeyChange { return []eventstore.KeyChange{{Key: signers[name].Key()}} }
	revokes := func(name string) []eventstore.KeyChange {
		return []eventstore.KeyChange{{Key: signers[name].Key(), Revoked: true}}
	}
	refused := func(r *eventstore.Keyring, c eventstore.Commit, why string) {
		t.Helper()
		var unsigned *eventstore.UnsignedError
		require.ErrorAs(t, r.Admit(c), &unsigned)
		require.EqualValues(t, 7, unsigned.Position)
		require.Contains(t, unsigned.Reason, why)
	}

	keys := ring()
	require.NoError(t, keys.Admit(sample(t)), "form 1 comes first")
	refused(keys, by("a"), "may not sign there")
	says = adds("b")
	refused(keys, by("a"), "may not sign there")
	says = adds("a")
	require.NoError(t, keys.Admit(by("a")), "the first signed commit adds its key")
	says = nil
	refused(keys, sample(t), "not signed")
	require.NoError(t, keys.Admit(by("a")))
	refused(keys, by("b"), "may not sign there")

	says = adds("b")
	refused(keys, by("b"), "may not sign there")
	require.NoError(t, keys.Admit(by("a")))
	says = nil
	require.NoError(t, keys.Admit(by("b")))
	says = revokes("a")
	aside := keys.Clone()
	require.NoError(t, keys.Admit(by("a")), "a node may sign its own revocation")
	says = nil
	refused(keys, by("a"), "may not sign there")
	require.NoError(t, aside.Admit(by("a")), "a clone changes by itself")

	stranger, err := eventstore.Seal(7, previous, recorded, []eventstore.Decided{one("")}, storetest.Signer("stranger"))
	require.NoError(t, err)
	refused(aside, stranger, "may not sign there")
	aside.Trust(storetest.Signer("stranger").Key())
	require.NoError(t, aside.Admit(stranger), "an operator vouches for it")

	c := by("b")
	at := bytes.Index(c.Raw(), []byte(c.Signature.String()))
	for _, change := range []int{at, at + 127} {
		raw := bytes.Clone(c.Raw())
		raw[change] = map[bool]byte{true: '0', false: '1'}[raw[change] != '0']
		altered, err := eventstore.Parse(raw)
		require.NoError(t, err)
		refused(keys, altered, "its signature is not one of the key")
	}
	altered, err := eventstore.Parse(bytes.Replace(c.Raw(), []byte(`"position":7`), []byte(`"position":8`), 1))
	require.NoError(t, err, "the hash covers the header, and tells who knows it")
	require.ErrorContains(t, keys.Admit(altered), "its signature is not one of the key")
}

// What a store has admitted before is learned, not checked again.
func TestLearn(t *testing.T) {
	keys := keysOf("a")
	for _, c := range storetest.Named("a").Next(12) {
		require.NoError(t, keys.Learn(c))
	}
	next := storetest.After(storetest.Named("a").Next(12)[11], "a").Next(1)[0]
	require.NoError(t, keys.Admit(next))
	strange := storetest.After(next, "b").Next(1)[0]
	require.Error(t, keys.Admit(strange))
}
