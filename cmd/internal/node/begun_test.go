package node

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore/recorder"
	"depositary/eventstore/storetest"
)

// begun returns a data folder, closed, with the participants of the catalogue,
// the ICMW and its acts, recorded on 30 June 2026 by a node that begins no day:
// what most tests ask about, in a ledger that is folded in no time. It is
// recorded once for all tests, and copied for each.
func begun(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	beginIn(t, folder)
	return folder
}

// beginIn does the same in a folder that is there.
func beginIn(t *testing.T, folder string) {
	t.Helper()
	original, err := recordedOnce()
	require.NoError(t, err)
	require.NoError(t, storetest.CopyFolder(folder, original))
}

// recordedOnce returns the folder that is copied. TestMain removes it.
var recordedOnce = sync.OnceValues(func() (folder string, err error) {
	if folder, err = os.MkdirTemp("", "depositary-begun-"); err != nil {
		return "", err
	}
	begunFolder = folder
	clock := apitest.NewClock(apitest.Today)
	n, err := Open(context.Background(), Options{Patience: patience, Data: folder, Empty: true, Still: true, Now: clock.Now})
	if err != nil {
		return "", err
	}
	if err := recordConvention(n); err != nil {
		return "", err
	}
	return folder, n.Close()
})

// begunOn does the same in the ledger of a cluster, and returns the folder of the
// node that did it, which may record.
func begunOn(t *testing.T, url string, clock *apitest.Clock) (folder string) {
	t.Helper()
	folder = t.TempDir()
	n, err := Open(t.Context(), Options{Patience: patience, Data: folder, NATS: url, Empty: true, Still: true, Now: clock.Now})
	require.NoError(t, err)
	require.NoError(t, recordConvention(n))
	require.NoError(t, n.Close())
	return folder
}

// patience is how long commands of tests wait for a ledger on a busy machine: what
// they show is not how fast it answers.
const patience = time.Minute

var begunFolder string

// recordConvention records the participants, the ICMW and its acts.
func recordConvention(n *Node) error {
	tables, err := catalogue.Load()
	if err != nil {
		return err
	}
	for i, command := range tables.Commands() {
		switch c := command.(type) {
		case *domain.Define:
			if len(c.Participants) == 0 && (c.Treaty == nil || c.Treaty.ID != "IV-13") {
				continue
			}
		case *domain.RecordTable:
			if c.Treaty != "IV-13" {
				continue
			}
		default:
			continue
		}
		if _, err := n.Recorder().Record(context.Background(), recorder.Request{ID: fmt.Sprint("begun-", i), Actor: "test", Command: command}); err != nil {
			return err
		}
	}
	return nil
}
