package node

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/recorder"
	"depositary/eventstore/storetest"
)

// What somebody publishes on the ledger's subjects, be it malformed or a forged
// commit that continues the chain, no node takes: all go on serving what they have,
// say where and why, also after a start, and record again when the stream was
// made anew.
func TestForgedCommits(t *testing.T) {
	t.Parallel()
	define := &domain.Define{Participants: []domain.Participant{{ID: "XA", Kind: domain.KindState, Names: []domain.DatedName{{Name: "A"}}}}}
	line := `{"type":"participant.defined/v1","participant":{"id":"XB","kind":"state","names":[{"name":"B"}]}}`
	command := eventstore.Command{ID: "forged", Actor: "anna", Approver: "bert", Treaty: eventstore.Many, Participant: "XB"}
	for name, forge := range map[string]func(n *Node) []byte{
		"malformed": func(*Node) []byte { return []byte("{}\n{}\n") },
		"of form 1": func(n *Node) []byte {
			v := n.Views()
			return storetest.SealForm1(eventstore.Header{Position: v.Position + 1, Previous: v.Hash, Recorded: v.Recorded}, command, line).Raw()
		},
		"signed by a stranger": func(n *Node) []byte {
			v := n.Views()
			c, err := eventstore.Seal(v.Position+1, v.Hash, v.Recorded, []eventstore.Decided{storetest.Decided(command, line)}, storetest.Signer("stranger"))
			require.NoError(t, err)
			return c.Raw()
		},
		"signed by a node, and without sense": func(n *Node) []byte {
			v := n.Views()
			c, err := eventstore.Seal(v.Position+1, v.Hash, v.Recorded, []eventstore.Decided{storetest.Decided(command, `{"type":"never.heard/v9"}`)}, n.signer)
			require.NoError(t, err)
			return c.Raw()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := ledgertest.StartServer(t)
			folders := []string{t.TempDir(), t.TempDir()}
			open := func(i int) *Node {
				n, err := Open(t.Context(), Options{Patience: patience, Data: folders[i], NATS: url, Empty: true, Still: true})
				require.NoError(t, err)
				return n
			}
			nodes := []*Node{open(0), open(1)}
			_, err := nodes[0].Recorder().Record(t.Context(), recorder.Request{ID: "a", Actor: "test", Command: define})
			require.NoError(t, err)
			require.NoError(t, nodes[1].projection.Await(t.Context(), 1))

			conn, err := nats.Connect(url)
			require.NoError(t, err)
			defer conn.Close()
			_, err = conn.Request("depositary.ledger._.XB", forge(nodes[0]), time.Minute)
			require.NoError(t, err)

			for i := range nodes {
				for _, again := range []bool{false, true} {
					if again {
						require.NoError(t, nodes[i].Close())
						nodes[i] = open(i)
					}
					requireReadOnly(t, nodes[i])
				}
			}
			require.NoError(t, nodes[1].Close())
			r, err := nodes[0].Rebuild(t.Context())
			require.NoError(t, err)
			require.Equal(t, Rebuilt{Position: 1, Removed: 1, File: folders[0] + "/refused-2.ndjson"}, r)
			require.NoError(t, nodes[0].Close())

			n := open(0)
			defer func() { require.NoError(t, n.Close()) }()
			_, err = n.Rebuild(t.Context())
			require.ErrorIs(t, err, ErrNothingRefused)
			_, err = n.Recorder().Record(t.Context(), recorder.Request{ID: "b", Actor: "test",
				Command: &domain.Define{Participants: []domain.Participant{{ID: "XC", Kind: domain.KindState, Names: []domain.DatedName{{Name: "C"}}}}}})
			require.NoError(t, err)
			_, err = n.Verify(t.Context())
			require.NoError(t, err)
		})
	}
}

// requireReadOnly requires that the node serves, records nothing, and says why.
func requireReadOnly(t *testing.T, n *Node) {
	t.Helper()
	require.Eventually(t, func() bool { return n.refused.Load() != nil }, time.Minute, time.Millisecond)
	require.NoError(t, n.Err())
	require.EqualValues(t, 1, n.Position())
	_, known := n.Views().State.Participant("XB", domain.Everything())
	require.False(t, known)
	ask := func(path string) (int, string) {
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	status, _ := ask("/v1/participants/XA")
	require.Equal(t, http.StatusOK, status)
	status, _ = ask("/readyz?for=reading")
	require.Equal(t, http.StatusOK, status)
	status, body := ask("/readyz?for=writing")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "position "+strconv.Itoa(2))
	require.Contains(t, body, "depositary node rebuild")
	_, err := n.Recorder().Record(t.Context(), recorder.Request{ID: "c", Actor: "test", Command: &domain.Define{}})
	var not *recorder.NotRecordedError
	require.ErrorAs(t, err, &not)
}

// Where the key is lost, a restored node records nothing before its operator
// vouches for its new key; then it adds itself.
func TestLostKey(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	open := func() *Node {
		n, err := Open(t.Context(), Options{Patience: patience, Data: folder, Empty: true, Still: true})
		require.NoError(t, err)
		return n
	}
	define := func(n *Node, id string) error {
		_, err := n.Recorder().Record(t.Context(), recorder.Request{ID: id, Actor: "test",
			Command: &domain.Define{Participants: []domain.Participant{{ID: domain.ParticipantID("X" + id), Kind: domain.KindState, Names: []domain.DatedName{{Name: id}}}}}})
		return err
	}
	n := open()
	require.NoError(t, define(n, "A"))
	require.NoError(t, n.Close())
	require.NoError(t, os.Remove(KeyFile("", folder)))

	n = open()
	var not *recorder.NotRecordedError
	require.ErrorAs(t, define(n, "B"), &not)
	key := n.Key().String()
	require.NoError(t, n.Close())
	require.Error(t, Trust(folder, "no key"))
	require.NoError(t, Trust(folder, key))
	require.NoError(t, Trust(folder, key))

	n = open()
	require.NoError(t, define(n, "B"))
	require.True(t, n.Views().State.MayRecord(domain.NodeKey(key)), "it has added itself")
	require.Len(t, n.Views().State.Nodes(), 2)
	require.NoError(t, define(n, "C"))
	_, err := n.Verify(t.Context())
	require.NoError(t, err)
	require.NoError(t, n.Close())
	require.NoError(t, os.Remove(folder+"/"+trustedFile))
	n = open()
	_, err = n.Verify(t.Context())
	require.ErrorContains(t, err, "may not sign there", "to all others it is a stranger's")
	require.NoError(t, n.Close())
}
