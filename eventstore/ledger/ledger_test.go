package ledger_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

func TestConformanceEmbedded(t *testing.T) {
	storetest.Ledger(t, func(t *testing.T) eventstore.Ledger {
		return open(t, ledger.Options{Dir: filepath.Join(t.TempDir(), "nats")})
	})
}

func TestConformanceExternal(t *testing.T) {
	storetest.Ledger(t, func(t *testing.T) eventstore.Ledger {
		return open(t, ledger.Options{URLs: ledgertest.StartServer(t)})
	})
}

func TestTwoClientsCompete(t *testing.T) {
	url := ledgertest.StartServer(t)
	storetest.Compete(t, open(t, ledger.Options{URLs: url}), open(t, ledger.Options{URLs: url}))
}

func open(t testing.TB, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}
