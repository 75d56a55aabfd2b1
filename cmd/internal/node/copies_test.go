package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/ledger/ledgertest"
	"depositary/eventstore/recorder"
	"depositary/projections"
)

// filled returns a data folder with the Convention and some more commits, closed,
// and the views at the ledger's end.
func filled(t *testing.T) (folder string, end *projections.Views) {
	t.Helper()
	folder = begun(t)
	n, err := Open(context.Background(), Options{Patience: patience, Data: folder})
	require.NoError(t, err)
	for i := range 5 {
		_, err := n.Recorder().Record(context.Background(), recorder.Request{ID: fmt.Sprint("remark-", i), Actor: "test", Command: remark("Remark of Côte d'Ivoire")})
		require.NoError(t, err)
	}
	end = n.Views()
	require.NoError(t, n.Close())
	return folder, end
}

func TestEachCopyRestoresTheOther(t *testing.T) {
	for _, lost := range []string{streamDir, storeFile} {
		t.Run(lost, func(t *testing.T) {
			folder, end := filled(t)
			require.NoError(t, os.RemoveAll(filepath.Join(folder, lost)))
			n := openNode(t, folder)
			require.Equal(t, end.Hash, n.Views().Hash)
			_, err := n.Verify(context.Background())
			require.NoError(t, err)
		})
	}
}

// One altered byte of a commit in the store is named by its position, and the
// node does not start.
func TestAlteredStoreIsRefused(t *testing.T) {
	folder, end := filled(t)
	path := filepath.Join(folder, storeFile)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	// bbolt leaves older versions of a page behind: all of them are altered.
	old := []byte(`"command":"remark-3"`)
	require.True(t, bytes.Contains(data, old))
	data = bytes.ReplaceAll(data, old, []byte(`"command":"remark-9"`))
	require.NoError(t, os.WriteFile(path, data, 0o600))

	_, err = Open(context.Background(), Options{Patience: patience, Data: folder})
	require.Error(t, err)
	var broken *eventstore.BreakError
	var corrupt *eventstore.CorruptError
	require.True(t, errors.As(err, &broken) || errors.As(err, &corrupt), "%v", err)
	require.ErrorContains(t, err, fmt.Sprintf("position %d", end.Position-1))
	require.ErrorContains(t, err, `Set the file "store.bolt" of the data folder aside`)
}

// One altered byte of a commit in the stream is named by its position, and the
// node does not start.
func TestAlteredStreamIsRefused(t *testing.T) {
	folder, end := filled(t)
	altered := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(folder, streamDir), func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".blk" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if at := bytes.Index(data, []byte(`"command":"remark-1"`)); at > 0 {
			data[at+len(`"command":"remark-`)] = '9'
			altered++
			return os.WriteFile(path, data, 0o600)
		}
		return nil
	}))
	require.Equal(t, 1, altered)
	n, err := Open(context.Background(), Options{Patience: patience, Data: folder})
	if err == nil {
		// The server may have cut off its tail at the damage, and the node have
		// healed it from the store: then everything is there again.
		_, err = n.Verify(context.Background())
		require.NoError(t, n.Close())
		require.NoError(t, err)
		t.Log("the server dropped its damaged tail, which was restored from the store")
		return
	}
	require.ErrorContains(t, err, fmt.Sprintf("position %d", end.Position-3), "of remark-1")
}

// Copies with different histories are not mixed: the first position that
// differs is named, and nothing is changed.
func TestDivergedCopiesAreRefused(t *testing.T) {
	a, _ := filled(t)
	b := t.TempDir()
	n, err := Open(context.Background(), Options{Patience: patience, Data: b, Empty: true})
	require.NoError(t, err)
	require.NoError(t, recordConvention(n))
	require.NoError(t, n.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(a, streamDir)))
	require.NoError(t, os.Rename(filepath.Join(b, streamDir), filepath.Join(a, streamDir)))
	_, err = Open(context.Background(), Options{Patience: patience, Data: a})
	var divergence *eventstore.DivergenceError
	require.ErrorAs(t, err, &divergence)
	require.Equal(t, eventstore.Position(1), divergence.Position)
	require.ErrorContains(t, err, "Nothing was changed")
}

// Two nodes on one server, both written to at once: one order, equal hashes, no
// command lost or doubled, and each rule kept at its place in the ledger.
func TestTwoNodesOneLedger(t *testing.T) {
	url := ledgertest.StartServer(t)
	folders := []string{t.TempDir(), t.TempDir()}
	if testing.Short() { // the whole catalogue takes long under the race detector
		folders[0] = begunOn(t, url, apitest.NewClock(apitest.Today))
	}
	open := func(folder string) *Node {
		n, err := Open(context.Background(), Options{Patience: patience, Data: folder, NATS: url})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, n.Close()) })
		return n
	}
	// Both start at once on an empty ledger: the catalogue is recorded once.
	nodes := make([]*Node, 2)
	var starting sync.WaitGroup
	for i := range nodes {
		starting.Go(func() { nodes[i] = open(folders[i]) })
	}
	starting.Wait()
	allMayRecord(t, nodes...)

	const each = 150
	var acceded atomic.Int32
	var writing sync.WaitGroup
	for i, n := range nodes {
		for w := range 4 {
			writing.Go(func() {
				for j := range each / 4 {
					id := fmt.Sprintf("node%d-%d-%d", i, w, j)
					_, err := n.Recorder().Record(context.Background(), recorder.Request{ID: id, Actor: "test", Command: remark(id)})
					require.NoError(t, err)
				}
			})
		}
		// The rule that consent is given once holds across nodes.
		for _, p := range []domain.ParticipantID{"DEU", "FRA", "ITA", "ESP", "CAN", "JPN"} {
			writing.Go(func() {
				_, err := n.Recorder().Record(context.Background(), recorder.Request{ID: fmt.Sprintf("accession-%d-%s", i, p), Actor: "test",
					Command: &domain.RecordActions{Treaty: "IV-13", Actions: []domain.Action{{Participant: p, Kind: domain.Accession, Date: domain.MustDate("2020-01-01")}}}})
				var decision *recorder.DecisionError
				if err == nil {
					acceded.Add(1)
				} else if errors.As(err, &decision) {
					require.Equal(t, domain.CodeAlreadyBound, decision.Refusals[0].Code)
				} else {
					require.NoError(t, err)
				}
			})
		}
	}
	writing.Wait()
	require.EqualValues(t, 6, acceded.Load())

	last, err := nodes[0].ledger.Last(context.Background())
	require.NoError(t, err)
	commands := make(map[string]int)
	for _, n := range nodes {
		require.NoError(t, n.projection.Await(context.Background(), last))
		require.NoError(t, n.store.Scan(0, func(c eventstore.Commit) error {
			for _, command := range c.Commands {
				commands[command.ID]++
			}
			return nil
		}))
		_, err := n.Verify(context.Background())
		require.NoError(t, err)
	}
	require.Equal(t, nodes[0].Views().Hash, nodes[1].Views().Hash)
	written := 0
	for command, n := range commands {
		require.Equal(t, 2, n, "command %s is not once in each store", command)
		if strings.HasPrefix(command, "node0-") || strings.HasPrefix(command, "node1-") {
			written++
		}
	}
	require.Equal(t, len(nodes)*4*(each/4), written)
}
