package eventstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/storetest"
)

const writerFolder = "DEPOSITARY_TEST_WRITER" // makes this binary a writer

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerFolder); dir != "" {
		fmt.Fprintln(os.Stderr, write(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// write appends to both copies until it is killed, and prints each position
// and hash that the ledger acknowledged.
func write(dir string) error {
	ctx := context.Background()
	s, err := boltstore.Open(filepath.Join(dir, "ledger.db"), boltstore.Options{})
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, ledger.Options{Dir: filepath.Join(dir, "nats")})
	if err != nil {
		return err
	}
	if _, err := eventstore.Reconcile(ctx, l, s, nil); err != nil {
		return err
	}
	last, err := l.Last(ctx)
	if err != nil {
		return err
	}
	w := &storetest.Writer{}
	if last > 0 {
		c, err := l.Read(ctx, last)
		if err != nil {
			return err
		}
		w = storetest.After(c, "")
	}
	tip, _ := s.Tip()
	go func() {
		err := l.Follow(ctx, tip, s.Append)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}()
	for i := 0; ; i++ {
		commits := w.Next(1 + i%4*13)
		if _, err := l.Append(ctx, commits); err != nil {
			return err
		}
		for _, c := range commits {
			fmt.Println(c.Position, c.Hash())
		}
	}
}

// TestKilled: what was acknowledged is there after SIGKILL, in both copies.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[eventstore.Position]string{}
	for i := range 6 {
		ctx, cancel := context.WithCancel(t.Context())
		writer := exec.CommandContext(ctx, os.Args[0])
		writer.Env = append(os.Environ(), writerFolder+"="+dir)
		writer.Stderr = os.Stderr
		out, err := writer.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, writer.Start())
		before := len(acknowledged)
		kill := time.AfterFunc(2*time.Minute, cancel)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var p eventstore.Position
			var hash string
			if n, _ := fmt.Sscan(lines.Text(), &p, &hash); n == 2 && len(hash) == 64 {
				acknowledged[p] = hash
			}
			if len(acknowledged) == before+1 { // it works; let it for a while
				kill.Reset(time.Duration(50+37*i) * time.Millisecond)
			}
		}
		require.Error(t, writer.Wait())
		require.Greater(t, len(acknowledged), before, "the writer appended nothing")
		cancel()
	}

	l := openLedger(t, ledger.Options{Dir: filepath.Join(dir, "nats")})
	s := openStore(t, filepath.Join(dir, "ledger.db"))
	_, err := eventstore.Reconcile(t.Context(), l, s, nil)
	require.NoError(t, err)
	last, err := l.Last(t.Context())
	require.NoError(t, err)
	if tip, _ := s.Tip(); tip < last {
		require.NoError(t, s.Append(storetest.Follow(t, l, tip, last)))
	}
	requireSame(t, l, s, last)
	for p, hash := range acknowledged {
		c, err := s.Read(p)
		require.NoError(t, err)
		require.Equal(t, hash, c.Hash().String())
	}
	t.Logf("%d acknowledged commits, %d in the ledger", len(acknowledged), last)
}
