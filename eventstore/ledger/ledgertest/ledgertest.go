// Package ledgertest starts NATS servers for tests.
package ledgertest

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// StartServer runs a JetStream server on a free port of 127.0.0.1 until the
// test ends, and returns its URL.
func StartServer(t testing.TB) string {
	t.Helper()
	return Run(t, t.TempDir(), -1).ClientURL()
}

// Run runs a JetStream server with its files in dir, on a port of 127.0.0.1;
// -1 means a free one. It ends with the test, if not before.
func Run(t testing.TB, dir string, port int) *server.Server {
	t.Helper()
	return run(t, options(dir, port))
}

// StartCluster runs three JetStream servers that know each other until the
// test ends, and returns the URL of each.
func StartCluster(t testing.TB) []string {
	t.Helper()
	return NewCluster(t).URLs()
}

// Cluster is three JetStream servers that know each other. Each can be stopped and
// started again at its address, with its files.
type Cluster struct {
	t       testing.TB
	options []*server.Options
	servers []*server.Server // nil where stopped
}

// NewCluster runs a cluster until the test ends, and waits until it has a leader.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	ports := freePorts(t, 6)
	var routes []string
	for _, port := range ports[:3] {
		routes = append(routes, fmt.Sprintf("nats-route://127.0.0.1:%d", port))
	}
	c := &Cluster{t: t, servers: make([]*server.Server, 3)}
	for i := range 3 {
		o := options(t.TempDir(), ports[3+i])
		o.ServerName = fmt.Sprintf("server-%d", i)
		o.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]}
		o.Routes = server.RoutesFromStr(strings.Join(routes, ","))
		c.options = append(c.options, o)
	}
	for i := range c.options {
		c.Start(i)
	}
	require.Eventually(t, func() bool {
		return slices.ContainsFunc(c.servers, func(s *server.Server) bool {
			return s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == len(c.servers)
		})
	}, 2*time.Minute, 10*time.Millisecond, "the cluster has no leader")
	return c
}

// URLs returns the addresses of all servers, stopped ones too.
func (c *Cluster) URLs() (urls []string) {
	for _, o := range c.options {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", o.Port))
	}
	return urls
}

// Stop stops a server.
func (c *Cluster) Stop(i int) {
	c.servers[i].Shutdown()
	c.servers[i].WaitForShutdown()
	c.servers[i] = nil
}

// Start starts a server that does not run. It does not wait until it takes part.
func (c *Cluster) Start(i int) {
	c.t.Helper()
	c.servers[i] = run(c.t, c.options[i].Clone())
}

// freePorts returns ports that no process used a moment ago: servers of a cluster
// have to know each other's before they start.
func freePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func options(dir string, port int) *server.Options {
	return &server.Options{
		Host:       "127.0.0.1",
		Port:       port,
		JetStream:  true,
		StoreDir:   dir,
		SyncAlways: true,
		NoSigs:     true,
		NoLog:      true,
	}
}

// RunWith runs a server with options of its own until the test ends.
func RunWith(t testing.TB, o *server.Options) *server.Server {
	t.Helper()
	return run(t, o)
}

func run(t testing.TB, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	require.NoError(t, err)
	s.Start()
	require.True(t, s.ReadyForConnections(10*time.Second), "the NATS server is not ready")
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}
