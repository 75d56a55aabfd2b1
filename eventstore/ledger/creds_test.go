package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"

	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

// issuer is an operator or an account, which signs what is below it.
type issuer struct {
	nkeys.KeyPair
	public string
}

func newIssuer(t *testing.T, create func() (nkeys.KeyPair, error)) issuer {
	t.Helper()
	pair, err := create()
	require.NoError(t, err)
	public, err := pair.PublicKey()
	require.NoError(t, err)
	return issuer{pair, public}
}

// credentials writes the file of a user of an account.
func credentials(t *testing.T, account issuer) string {
	t.Helper()
	user := newIssuer(t, nkeys.CreateUser)
	token, err := jwt.NewUserClaims(user.public).Encode(account)
	require.NoError(t, err)
	seed, err := user.Seed()
	require.NoError(t, err)
	text, err := jwt.FormatUserConfig(token, seed)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "node.creds")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

// A cluster whose accounts an operator signs lets a node in by its file of
// credentials, and not by that of a user whom another account has signed.
func TestCredentialsOfAnOperator(t *testing.T) {
	t.Parallel()
	operator, account, system := newIssuer(t, nkeys.CreateOperator), newIssuer(t, nkeys.CreateAccount), newIssuer(t, nkeys.CreateAccount)
	resolver := &server.MemAccResolver{}
	for _, a := range []issuer{account, system} {
		claims := jwt.NewAccountClaims(a.public)
		if a == account {
			claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
		}
		text, err := claims.Encode(operator)
		require.NoError(t, err)
		require.NoError(t, resolver.Store(a.public, text))
	}
	claims := jwt.NewOperatorClaims(operator.public)
	claims.SystemAccount = system.public
	url := ledgertest.RunWith(t, &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoLog: true, NoSigs: true,
		TrustedOperators: []*jwt.OperatorClaims{claims}, SystemAccount: system.public, AccountResolver: resolver}).ClientURL()

	for _, access := range []ledger.Access{{}, {Creds: credentials(t, newIssuer(t, nkeys.CreateAccount))}} {
		_, err := ledger.Open(t.Context(), ledger.Options{URLs: url, Access: access})
		require.ErrorContains(t, err, "Authorization Violation")
	}
	l := open(t, ledger.Options{URLs: url, Access: ledger.Access{Creds: credentials(t, account)}})
	commits := storetest.Named("a").Next(3)
	_, err := l.Append(t.Context(), commits)
	require.NoError(t, err)
	storetest.Equal(t, commits, storetest.Follow(t, l, 0, 3))
}
