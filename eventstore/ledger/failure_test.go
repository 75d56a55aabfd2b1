package ledger_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

// proxy stands between a client and a server, and can hold back what one of
// them says.
type proxy struct {
	listener         net.Listener
	requests, answer gate
	mu               sync.Mutex
	conns            []net.Conn
}

// gate lets bytes pass while it is open.
type gate struct{ sync.RWMutex }

func (g *gate) copy(to io.Writer, from io.Reader) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		g.RLock()
		_, werr := to.Write(buf[:n])
		g.RUnlock()
		if err != nil || werr != nil {
			return
		}
	}
}

func startProxy(t *testing.T, url string) *proxy {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener}
	t.Cleanup(func() { listener.Close(); p.cut() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", strings.TrimPrefix(url, "nats://"))
			if err != nil {
				client.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, client, server)
			p.mu.Unlock()
			go p.requests.copy(server, client)
			go p.answer.copy(client, server)
		}
	}()
	return p
}

// cut ends all connections; what was held back is lost.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// TestLostAnswers: an append without an answer is an error, no conflict; the
// commits may be in the ledger or not.
func TestLostAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		persisted bool
		commits   int
	}{
		"one, not persisted":        {false, 1},
		"one, persisted":            {true, 1},
		"several, persisted":        {true, 5},
		"a batch, not persisted":    {false, 30},
		"a batch, persisted":        {true, 30},
		"two batches, persisted":    {true, 1500},
		"several, not persisted":    {false, 5},
		"two batches not persisted": {false, 1500},
	} {
		t.Run(name, func(t *testing.T) {
			url := ledgertest.StartServer(t)
			p := startProxy(t, url)
			l := open(t, ledger.Options{URLs: "nats://" + p.listener.Addr().String()})
			direct := open(t, ledger.Options{URLs: url})
			commits := storetest.Named("a").Next(test.commits)

			held := &p.requests
			if test.persisted {
				held = &p.answer
			}
			held.Lock()
			// The caller stops when what is to be persisted is, or after a while.
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				defer cancel()
				for begun := time.Now(); test.persisted || time.Since(begun) < 300*time.Millisecond; time.Sleep(time.Millisecond) {
					if last, err := direct.Last(t.Context()); err != nil || last > 0 {
						return
					}
				}
			}()
			n, err := l.Append(ctx, commits)
			require.Error(t, err)
			require.Zero(t, n)
			var conflict *eventstore.ConflictError
			require.False(t, errors.As(err, &conflict), "%v", err)
			p.cut()
			held.Unlock()

			last, err := direct.Last(t.Context())
			require.NoError(t, err)
			require.Equal(t, test.persisted, last > 0, "the ledger ends at %d", last)
			// Appended again through the healed connection: what is missing
			// goes in, and nothing stands twice.
			require.Eventually(t, func() bool {
				if last, err = l.Last(t.Context()); err != nil || int(last) == len(commits) {
					return err == nil
				}
				_, _ = l.Append(t.Context(), commits[last:])
				return false
			}, 2*time.Minute, 20*time.Millisecond)
			storetest.Equal(t, commits, storetest.Follow(t, direct, 0, eventstore.Position(len(commits))))
		})
	}
}

func TestFollowSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	s := ledgertest.Run(t, dir, -1)
	url := s.ClientURL()
	_, port, err := net.SplitHostPort(s.Addr().String())
	require.NoError(t, err)
	l := open(t, ledger.Options{URLs: url})
	w := storetest.Named("a")
	all := w.Next(100)
	_, err = l.Append(t.Context(), all)
	require.NoError(t, err)

	delivered := make(chan []eventstore.Commit, 1000)
	go func() {
		_ = l.Follow(t.Context(), 0, func(commits []eventstore.Commit) error { delivered <- commits; return nil })
	}()
	wait := func() (found []eventstore.Commit) {
		for deadline := time.After(20 * time.Second); len(found) < 100; {
			select {
			case commits := <-delivered:
				found = append(found, commits...)
			case <-deadline:
				require.Fail(t, "nothing is delivered any more")
			}
		}
		return found
	}
	storetest.Equal(t, all, wait())
	for range 2 {
		s.Shutdown()
		s.WaitForShutdown()
		_, err = l.Append(t.Context(), w.Next(1)[:0])
		require.NoError(t, err)
		s = ledgertest.Run(t, dir, atoi(t, port))
		other := open(t, ledger.Options{URLs: url})
		last, err := other.Last(t.Context())
		require.NoError(t, err)
		c, err := other.Read(t.Context(), last)
		require.NoError(t, err)
		more := storetest.After(c, "a").Next(100)
		_, err = other.Append(t.Context(), more)
		require.NoError(t, err)
		storetest.Equal(t, more, wait())
	}
}

func TestAppendFailsAtOnceWithoutServer(t *testing.T) {
	s := ledgertest.Run(t, t.TempDir(), -1)
	l := open(t, ledger.Options{URLs: s.ClientURL()})
	s.Shutdown()
	s.WaitForShutdown()
	require.Eventually(t, func() bool { return !l.Conn().IsConnected() }, 2*time.Minute, time.Millisecond)
	for _, n := range []int{1, 20} {
		start := time.Now()
		_, err := l.Append(t.Context(), storetest.Named("a").Next(n))
		require.Error(t, err)
		require.Less(t, time.Since(start), 9*time.Second, "it waits for no answer")
	}
}

func TestForeignMessages(t *testing.T) {
	good := storetest.Named("a").Next(2)
	subject, err := ledger.Subject(good[1])
	require.NoError(t, err)
	for name, m := range map[string]struct {
		subject string
		data    []byte
	}{
		"no commit":              {subject, []byte("hello")},
		"another subject":        {"depositary.ledger.x.y", good[1].Raw()},
		"the wrong position":     {subject, good[0].Raw()},
		"events were altered":    {subject, []byte(strings.Replace(string(good[1].Raw()), "2026-01-01\"}", "2026-01-02\"}", 1))},
		"a header of other size": {subject, good[1].Raw()[1:]},
	} {
		t.Run(name, func(t *testing.T) {
			url := ledgertest.StartServer(t)
			l := open(t, ledger.Options{URLs: url})
			_, err := l.Append(t.Context(), good[:1])
			require.NoError(t, err)
			_, err = stranger(t, url).Publish(t.Context(), m.subject, m.data)
			require.NoError(t, err)

			var damaged *eventstore.CorruptError
			_, err = l.Read(t.Context(), 2)
			require.ErrorAs(t, err, &damaged)
			require.EqualValues(t, 2, damaged.Position)
			var delivered []eventstore.Commit
			err = l.Follow(t.Context(), 0, func(commits []eventstore.Commit) error {
				delivered = append(delivered, commits...)
				return nil
			})
			require.ErrorAs(t, err, &damaged)
			require.Equal(t, "stream", damaged.Copy)
			require.EqualValues(t, 2, damaged.Position)
			storetest.Equal(t, good[:1], delivered)
		})
	}
}

// stranger is a client that knows nothing of commits.
func stranger(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect(url)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}
