package ledger_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/storetest"
)

func atoi(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

func TestOpenNeedsOnePlace(t *testing.T) {
	for _, o := range []ledger.Options{{}, {Dir: t.TempDir(), URLs: "nats://127.0.0.1:1"}} {
		_, err := ledger.Open(t.Context(), o)
		require.Error(t, err)
	}
	start := time.Now()
	_, err := ledger.Open(t.Context(), ledger.Options{URLs: "nats://127.0.0.1:1"})
	require.Error(t, err)
	require.Less(t, time.Since(start), time.Minute)
}

func TestReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	w := storetest.Named("a")
	var all []eventstore.Commit
	for range 3 {
		l, err := ledger.Open(t.Context(), ledger.Options{Dir: dir})
		require.NoError(t, err)
		commits := w.Next(30)
		_, err = l.Append(t.Context(), commits)
		require.NoError(t, err)
		all = append(all, commits...)
		storetest.Equal(t, all, storetest.Follow(t, l, 0, eventstore.Position(len(all))))
		require.NoError(t, l.Close())
		_, err = l.Append(t.Context(), w.Next(1)[:1])
		require.Error(t, err, "a closed ledger")
		w = storetest.After(commits[29], "a")
	}
}

// TestUnfitStreams: each way in which a stream could lose commits is named.
func TestUnfitStreams(t *testing.T) {
	url := ledgertest.StartServer(t)
	js := stranger(t, url)
	good := jetstream.StreamConfig{
		Name: ledger.StreamName, Subjects: []string{ledger.SubjectAll},
		DenyDelete: true, DenyPurge: true, AllowAtomicPublish: true,
	}
	for field, change := range map[string]func(*jetstream.StreamConfig){
		"subjects":             func(c *jetstream.StreamConfig) { c.Subjects = []string{"depositary.>"} },
		"retention":            func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy },
		"storage":              func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage },
		"max_msgs":             func(c *jetstream.StreamConfig) { c.MaxMsgs = 1000 },
		"max_bytes":            func(c *jetstream.StreamConfig) { c.MaxBytes = 1 << 20 },
		"max_age":              func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour },
		"max_msgs_per_subject": func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 5 },
		"max_msg_size":         func(c *jetstream.StreamConfig) { c.MaxMsgSize = 100 },
		"deny_delete":          func(c *jetstream.StreamConfig) { c.DenyDelete = false },
		"deny_purge":           func(c *jetstream.StreamConfig) { c.DenyPurge = false },
		"allow_rollup_hdrs":    func(c *jetstream.StreamConfig) { c.AllowRollup, c.DenyPurge = true, false },
		"allow_msg_ttl":        func(c *jetstream.StreamConfig) { c.AllowMsgTTL = true },
		"allow_direct":         func(c *jetstream.StreamConfig) { c.AllowDirect = true },
		"allow_atomic":         func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false },
		"no_ack":               func(c *jetstream.StreamConfig) { c.NoAck, c.AllowAtomicPublish = true, false },
		"first_seq":            func(c *jetstream.StreamConfig) { c.FirstSeq = 10 },
	} {
		t.Run(field, func(t *testing.T) {
			config := good
			change(&config)
			require.Eventually(t, func() bool { // the folder of the last one may still be there
				_, err := js.CreateStream(t.Context(), config)
				return err == nil
			}, 2*time.Minute, time.Millisecond)
			defer func() { require.NoError(t, js.DeleteStream(t.Context(), ledger.StreamName)) }()
			_, err := ledger.Open(t.Context(), ledger.Options{URLs: url})
			require.Error(t, err)
			if !slices.Contains([]string{"allow_rollup_hdrs", "no_ack"}, field) { // others are named first
				require.ErrorContains(t, err, field)
			}
		})
	}
	require.Eventually(t, func() bool {
		_, err := js.CreateStream(t.Context(), good)
		return err == nil
	}, 2*time.Minute, time.Millisecond)
	open(t, ledger.Options{URLs: url})
	_, err := ledger.Open(t.Context(), ledger.Options{URLs: url, Replicas: 3})
	require.ErrorContains(t, err, "num_replicas is 1, it has to be 3")
}

func TestTooLarge(t *testing.T) {
	l := open(t, ledger.Options{URLs: ledgertest.StartServer(t)}) // takes 1 MiB
	w := storetest.Named("a")
	commits := append(w.Next(1), w.Seal(eventstore.Command{ID: "large", Treaty: "t", Participant: "p"},
		string(slices.Repeat([]byte{'x'}, 1<<20))))
	n, err := l.Append(t.Context(), commits)
	var large *ledger.TooLargeError
	require.ErrorAs(t, err, &large)
	require.Zero(t, n)
	require.EqualValues(t, 2, large.Position)
	require.Equal(t, len(commits[1].Raw()), large.Size)
	require.Equal(t, 1<<20-512, large.Limit)
	last, err := l.Last(t.Context())
	require.NoError(t, err)
	require.Zero(t, last, "nothing of the append was published")
}

func TestSubjects(t *testing.T) {
	of := func(treaty, participant string) eventstore.Commit {
		return eventstore.Commit{Commands: []eventstore.Command{{Treaty: treaty, Participant: participant}}}
	}
	for _, bad := range []string{"a.b", "*", ">", ""} {
		_, err := ledger.Subject(of(bad, "p"))
		require.Error(t, err)
		_, err = ledger.Subject(of("t", bad))
		require.Error(t, err)
	}
	subject, err := ledger.Subject(of("mtdsg-xxvii-7-d", eventstore.Many))
	require.NoError(t, err)
	require.Equal(t, "depositary.ledger.mtdsg-xxvii-7-d._", subject)
	subject, err = ledger.Subject(eventstore.Commit{Commands: []eventstore.Command{{Treaty: "t", Participant: "p"}, {Treaty: "u", Participant: "p"}}})
	require.NoError(t, err)
	require.Equal(t, "depositary.ledger._.p", subject, "of two treaties")
}

// TestNoPortIsOpen: the server in this process cannot be reached from outside.
func TestNoPortIsOpen(t *testing.T) {
	l := open(t, ledger.Options{Dir: t.TempDir()})
	require.Equal(t, "pipe", l.Conn().ConnectedAddr())
}
