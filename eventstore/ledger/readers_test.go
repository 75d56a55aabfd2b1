package ledger_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/storetest"
)

// told returns n messages about the commit at a position.
func told(p eventstore.Position, n int) (messages []eventstore.NoticeMessage) {
	for i := range n {
		messages = append(messages, eventstore.NoticeMessage{ID: fmt.Sprintf("%d.%d", p, i+1), Treaty: "IV-13", Participant: []string{"DEU", "FRA", eventstore.Many}[i%3],
			Kind: "action.recorded", Commit: eventstore.Hash{byte(p)}, Body: fmt.Appendf(nil, `{"id":"%d.%d"}`, p, i+1)})
	}
	return messages
}

// reader is a client of NATS that may read the notices.
type reader struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	refused chan error
}

func connectReader(t *testing.T, url string, options ...nats.Option) *reader {
	t.Helper()
	r := &reader{refused: make(chan error, 100)}
	var err error
	r.conn, err = nats.Connect(url, append(options, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { r.refused <- err }))...)
	require.NoError(t, err)
	t.Cleanup(r.conn.Close)
	r.js, err = jetstream.New(r.conn)
	require.NoError(t, err)
	return r
}

// requireReads fetches what a consumer of its own has for it.
func (r *reader) requireReads(t *testing.T, ids ...string) {
	t.Helper()
	c, err := r.js.OrderedConsumer(t.Context(), ledger.NoticesName, jetstream.OrderedConsumerConfig{})
	require.NoError(t, err)
	batch, err := c.Fetch(len(ids), jetstream.FetchMaxWait(10*time.Second))
	require.NoError(t, err)
	var got []string
	for m := range batch.Messages() {
		got = append(got, m.Headers().Get("Nats-Msg-Id"))
		require.JSONEq(t, fmt.Sprintf(`{"id":%q}`, got[len(got)-1]), string(m.Data()))
		require.Equal(t, "application/cloudevents+json", m.Headers().Get("Content-Type"))
	}
	require.Equal(t, ids, got)
}

// requireWritesNothing publishes to subjects, and lets the server answer there.
func (r *reader) requireWritesNothing(t *testing.T, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		require.NoError(t, r.conn.Publish(subject, []byte("forged")))
		require.NoError(t, r.conn.Flush())
		require.ErrorContains(t, <-r.refused, "Permissions Violation for Publish to \""+subject)
	}
	for _, subject := range []string{"depositary.ledger.t.p", "depositary.notices.t.p.action.recorded", "$KV.depositary-things.a", "depositary.journal.deeds.a"} {
		for _, request := range []string{"STREAM.INFO.NOTICES", "STREAM.MSG.GET.NOTICES", "CONSUMER.CREATE.NOTICES"} {
			require.NoError(t, r.conn.PublishRequest("$JS.API."+request, subject, []byte(`{"seq":1}`)))
		}
		_, err := r.js.CreatePushConsumer(t.Context(), ledger.NoticesName, jetstream.ConsumerConfig{DeliverSubject: subject})
		require.ErrorContains(t, err, "a pull consumer expected")
	}
	_, err := r.js.CreateConsumer(t.Context(), ledger.NoticesName, jetstream.ConsumerConfig{InactiveThreshold: 48 * time.Hour})
	require.ErrorContains(t, err, "inactive_threshold of at most 24h0m0s expected")
	answer, err := r.conn.Request("$JS.API.CONSUMER.CREATE.NOTICES", []byte(`{"stream_name":"LEDGER"}`), 10*time.Second)
	require.NoError(t, err)
	require.Contains(t, string(answer.Data), "consumers of the stream NOTICES only")
	answer, err = r.conn.Request("$JS.API.CONSUMER.CREATE.NOTICES", []byte(`{`), 10*time.Second)
	require.NoError(t, err)
	require.Contains(t, string(answer.Data), "the request cannot be read")
}

func requireUntouched(t *testing.T, l *ledger.Ledger, last eventstore.Position, notices eventstore.NoticeStream, lastNotice string) {
	t.Helper()
	end, err := l.Last(t.Context())
	require.NoError(t, err)
	require.Equal(t, last, end)
	m, found, err := notices.End(t.Context())
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, lastNotice, m.ID)
}

// The embedded server is open to readers who show what they have to, and who write
// nothing; also after it was opened anew.
func TestEmbeddedServerForReaders(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.Context(), ledger.Options{Dir: t.TempDir(), Listen: &ledger.Listen{Address: "127.0.0.1:0", User: "anna", Password: "right", Token: "a-token"}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	_, err = l.Append(t.Context(), storetest.Named("a").Next(1))
	require.NoError(t, err)
	notices, err := l.Notices(t.Context())
	require.NoError(t, err)
	require.NoError(t, notices.Append(t.Context(), told(1, 5)))
	url := "nats://" + l.ReadersAddress()

	for _, option := range []nats.Option{nats.UserInfo("anna", "wrong"), nats.UserInfo("anna", ""), nats.UserInfo("", ""), nats.UserInfo("node", ""), nats.Token("another"), nats.Token(""), nats.Name("nobody")} {
		_, err := nats.Connect(url, option)
		require.ErrorIs(t, err, nats.ErrAuthorization)
	}
	for _, login := range []nats.Option{nats.UserInfo("anna", "right"), nats.Token("a-token")} {
		r := connectReader(t, url, login)
		r.requireReads(t, "1.1", "1.2", "1.3", "1.4", "1.5")
		r.requireWritesNothing(t, "depositary.ledger.t.p", "depositary.notices.t.p.action.recorded", "$JS.API.STREAM.DELETE.NOTICES", "$JS.API.STREAM.MSG.GET.LEDGER")
		requireUntouched(t, l, 1, notices, "1.5")
	}

	r := connectReader(t, url, nats.Token("a-token"))
	require.NoError(t, l.Restart(t.Context()))
	require.Equal(t, url, "nats://"+l.ReadersAddress())
	require.Eventually(t, r.conn.IsConnected, 10*time.Second, 10*time.Millisecond)
	require.EventuallyWithT(t, func(c *assert.CollectT) { require.NoError(c, notices.Append(t.Context(), told(2, 1))) }, 10*time.Second, 20*time.Millisecond)
	r.requireReads(t, "1.1", "1.2", "1.3", "1.4", "1.5", "2.1")

	_, err = ledger.Open(t.Context(), ledger.Options{Dir: t.TempDir(), Listen: &ledger.Listen{Address: l.ReadersAddress(), Token: "t"}})
	require.ErrorContains(t, err, "NATS for readers: listen tcp "+l.ReadersAddress())
}

// A server for readers on other machines speaks TLS.
func TestEmbeddedServerWithTLS(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.issue("server")
	l, err := ledger.Open(t.Context(), ledger.Options{Dir: t.TempDir(), Listen: &ledger.Listen{Address: "127.0.0.1:0", Token: "t", Cert: a.file("server"), Key: a.file("server-key")}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	notices, err := l.Notices(t.Context())
	require.NoError(t, err)
	require.NoError(t, notices.Append(t.Context(), told(1, 1)))
	_, err = nats.Connect("nats://"+l.ReadersAddress(), nats.Token("t"))
	require.Error(t, err, "an authority that the reader does not know")
	connectReader(t, "nats://"+l.ReadersAddress(), nats.Token("t"), nats.RootCAs(a.file("ca"))).requireReads(t, "1.1")
}

func TestWhatOpensToReaders(t *testing.T) {
	for name, l := range map[string]ledger.Listen{
		"host and port expected":                                 {Address: "127.0.0.1", Token: "t"},
		"a port from 0 to 65535 expected":                        {Address: "127.0.0.1:x", Token: "t"},
		"user and password go together":                          {Address: "127.0.0.1:0", User: "u"},
		"a user with a password, or a token expected":            {Address: "127.0.0.1:0"},
		"certificate and key go together":                        {Address: "127.0.0.1:0", Token: "t", Cert: "c"},
		"a certificate is required, as 0.0.0.0:4222 is not this": {Address: "0.0.0.0:4222", Token: "t"},
		"a certificate is required, as :4222 is not this":        {Address: ":4222", Token: "t"},
	} {
		require.ErrorContains(t, l.Check(), name)
	}
	require.NoError(t, ledger.Listen{Address: "[::1]:4222", User: "u", Password: "p"}.Check())
	require.NoError(t, ledger.Listen{Address: "0.0.0.0:4222", Token: "t", Cert: "c", Key: "k"}.Check())
	_, err := ledger.Open(t.Context(), ledger.Options{URLs: "nats://127.0.0.1:1", Listen: &ledger.Listen{Address: "127.0.0.1:0", Token: "t"}})
	require.ErrorContains(t, err, "only the server in this process")
	l := open(t, ledger.Options{Dir: t.TempDir()})
	require.Empty(t, l.ReadersAddress())
	_, err = net.DialTimeout("tcp", "127.0.0.1:4222", time.Second)
	require.Error(t, err, "nothing is open by default")
}

// Of several writers one is first; a stream that was removed is made anew.
func TestNoticeStream(t *testing.T) {
	t.Parallel()
	l := open(t, ledger.Options{Dir: t.TempDir()})
	first, err := l.Notices(t.Context())
	require.NoError(t, err)
	_, found, err := first.End(t.Context())
	require.NoError(t, err)
	require.False(t, found)
	second, err := l.Notices(t.Context())
	require.NoError(t, err)
	require.NoError(t, first.Append(t.Context(), told(1, 400)))
	var conflict *eventstore.ConflictError
	require.ErrorAs(t, second.Append(t.Context(), told(1, 400)), &conflict)
	require.ErrorAs(t, second.Append(t.Context(), told(1, 1)), &conflict)
	end, found, err := second.End(t.Context())
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, eventstore.NoticeMessage{ID: "1.400", Commit: eventstore.Hash{1}}, end)
	require.NoError(t, second.Append(t.Context(), told(2, 1)))

	for subject, bad := range map[string]eventstore.NoticeMessage{
		`"a.b" cannot stand`:     {ID: "3.1", Treaty: "a.b", Participant: "_", Kind: "action.recorded"},
		`"" cannot stand`:        {ID: "3.1", Treaty: "_", Kind: "action.recorded"},
		`kind "action" cannot`:   {ID: "3.1", Treaty: "_", Participant: "_", Kind: "action"},
		`kind "action.>" cannot`: {ID: "3.1", Treaty: "_", Participant: "_", Kind: "action.>"},
	} {
		require.ErrorContains(t, second.Append(t.Context(), []eventstore.NoticeMessage{bad}), subject)
	}

	require.NoError(t, first.Renew(t.Context()))
	require.Error(t, second.Append(t.Context(), told(2, 1)))
	_, found, err = second.End(t.Context())
	require.NoError(t, err)
	require.False(t, found)
	require.NoError(t, second.Append(t.Context(), told(1, 2)))
	require.NoError(t, l.RemoveNotices(t.Context()))
	_, found, err = second.End(t.Context())
	require.NoError(t, err)
	require.False(t, found)
}
