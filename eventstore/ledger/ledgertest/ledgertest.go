// Package ledgertest starts NATS servers for tests.
package ledgertest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// StartServer runs a JetStream server on a free port of 127.0.0.1 until the
// test ends, and gives its URL.
func StartServer(t testing.TB) string {
	t.Helper()
	return Run(t, t.TempDir(), -1).ClientURL()
}

// Run runs a JetStream server with its files in dir, on a port of 127.0.0.1;
// -1 means a free one. It ends with the test, if not before.
func Run(t testing.TB, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host:       "127.0.0.1",
		Port:       port,
		JetStream:  true,
		StoreDir:   dir,
		SyncAlways: true,
		NoSigs:     true,
		NoLog:      true,
	})
	require.NoError(t, err)
	s.Start()
	require.True(t, s.ReadyForConnections(10*time.Second), "the NATS server is not ready")
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}
