package ledger_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

// authority signs certificates, and keeps them with their keys in a folder.
type authority struct {
	t      *testing.T
	folder string
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, folder: t.TempDir()}
	a.issue("ca")
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.folder, name+".pem") }

// issue writes NAME.pem and NAME-key.pem; the first one signs itself, and all others.
func (a *authority) issue(name string) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if a.cert == nil {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
		a.cert, a.key = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, key.Public(), a.key)
	require.NoError(a.t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(a.t, err)
	require.NoError(a.t, os.WriteFile(a.file(name), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(a.t, os.WriteFile(a.file(name+"-key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
}

// startDeployed runs a server with the configuration that is deployed.
func startDeployed(t *testing.T, a *authority) string {
	t.Helper()
	for name, value := range map[string]string{"NATS_LISTEN": "127.0.0.1:-1", "NATS_STORE": t.TempDir(), "NATS_CERT": a.file("server"), "NATS_KEY": a.file("server-key"),
		"NATS_CA": a.file("ca"), "NATS_NODE_PASSWORD": "node-secret", "NATS_READER_PASSWORD": "reader-secret"} {
		t.Setenv(name, value)
	}
	o, err := server.ProcessConfigFile("../../deploy/nats/accounts.conf")
	require.NoError(t, err)
	o.NoLog, o.NoSigs = true, true
	require.True(t, o.SyncAlways)
	return ledgertest.RunWith(t, o).ClientURL()
}

// With the configuration that is deployed a node does all it has to, a reader reads
// and writes nothing, and nobody else is let in.
func TestDeployedServer(t *testing.T) {
	a := newAuthority(t)
	a.issue("server")
	a.issue("client")
	url := startDeployed(t, a)
	password := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(password, []byte("node-secret\n"), 0o600))
	node := ledger.Access{User: "node", PasswordFile: password, CA: a.file("ca"), Cert: a.file("client"), Key: a.file("client-key")}

	for name, change := range map[string]func(*ledger.Access){
		"no password":        func(a *ledger.Access) { a.PasswordFile = "" },
		"another password":   func(a *ledger.Access) { a.PasswordFile, a.Password = "", "wrong" },
		"no user":            func(a *ledger.Access) { a.User = "" },
		"no authority":       func(a *ledger.Access) { a.CA = "" },
		"no certificate":     func(a *ledger.Access) { a.Cert, a.Key = "", "" },
		"half a certificate": func(a *ledger.Access) { a.Key = "" },
	} {
		bad := node
		change(&bad)
		_, err := ledger.Open(t.Context(), ledger.Options{URLs: url, Access: bad})
		require.Error(t, err, name)
	}

	l, err := ledger.Open(t.Context(), ledger.Options{URLs: url, Access: node})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	commits := storetest.Named("a").Next(30)
	_, err = l.Append(t.Context(), commits[:1])
	require.NoError(t, err)
	_, err = l.Append(t.Context(), commits[1:])
	require.NoError(t, err, "an atomic batch, as after a loss")
	storetest.Equal(t, commits, storetest.Follow(t, l, 0, 30))
	bucket, err := l.Bucket(t.Context(), "things")
	require.NoError(t, err)
	_, err = bucket.Put(t.Context(), "a", []byte("b"), 0)
	require.NoError(t, err)
	journal, err := l.Journal(t.Context(), "deeds")
	require.NoError(t, err)
	require.NoError(t, journal.Append(t.Context(), "a", []byte("line")))
	cursor, err := l.Cursors().Open(t.Context(), "c", eventstore.CursorOptions{InFlight: 1, Lease: time.Minute})
	require.NoError(t, err)
	task, err := cursor.Next(t.Context())
	require.NoError(t, err)
	require.NoError(t, task.Done())

	notices, err := l.Notices(t.Context())
	require.NoError(t, err)
	require.NoError(t, notices.Append(t.Context(), told(1, 3)))

	r := connectReader(t, url, nats.UserInfo("reader", "reader-secret"), nats.RootCAs(a.file("ca")), nats.ClientCert(a.file("client"), a.file("client-key")))
	stream, err := r.js.Stream(t.Context(), ledger.StreamName)
	require.NoError(t, err)
	m, err := stream.GetMsg(t.Context(), 30)
	require.NoError(t, err)
	require.Equal(t, string(commits[29].Raw()), string(m.Data))
	coming, err := r.conn.SubscribeSync("depositary.ledger.>")
	require.NoError(t, err)
	require.NoError(t, r.conn.Flush())
	_, err = l.Append(t.Context(), storetest.Named("a").Next(31)[30:])
	require.NoError(t, err)
	live, err := coming.NextMsg(10 * time.Second)
	require.NoError(t, err, "commits as they come")
	require.Contains(t, live.Subject, "depositary.ledger.")
	r.requireReads(t, "1.1", "1.2", "1.3")
	r.requireWritesNothing(t, "depositary.ledger.t.p", "$KV.depositary-things.a", "$JS.API.STREAM.DELETE.LEDGER", "$JS.API.CONSUMER.CREATE.LEDGER", "depositary.readers.CONSUMER.CREATE.NOTICES")
	requireUntouched(t, l, 31, notices, "1.3")
}

// A node shows itself with an nkey too, and with a file of credentials that is there.
func TestNKey(t *testing.T) {
	user, err := nkeys.CreateUser()
	require.NoError(t, err)
	public, err := user.PublicKey()
	require.NoError(t, err)
	seed, err := user.Seed()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "seed")
	require.NoError(t, os.WriteFile(file, seed, 0o600))
	url := ledgertest.RunWith(t, &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true,
		Nkeys: []*server.NkeyUser{{Nkey: public}}}).ClientURL()
	_, err = ledger.Open(t.Context(), ledger.Options{URLs: url})
	require.Error(t, err)
	l, err := ledger.Open(t.Context(), ledger.Options{URLs: url, Access: ledger.Access{NKey: file}})
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = ledger.Open(t.Context(), ledger.Options{URLs: url, Access: ledger.Access{Creds: file + "-missing"}})
	require.ErrorContains(t, err, "credentials for NATS")
}
