package boltstore

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Store(t, func(t *testing.T) eventstore.Store {
		return open(t, filepath.Join(t.TempDir(), "ledger.db"), Options{})
	})
}

func open(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(path, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}
