package node

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
)

const crashFolder = "DEPOSITARY_TEST_CRASH_FOLDER"

// TestMain lets the test binary be the node that is killed.
func TestMain(m *testing.M) {
	if folder := os.Getenv(crashFolder); folder != "" {
		writeUntilKilled(folder)
		return
	}
	if folder := os.Getenv(tellFolder); folder != "" {
		tellUntilKilled(folder)
		return
	}
	if folder := os.Getenv(publishFolder); folder != "" {
		publishUntilKilled(folder)
		return
	}
	code := m.Run()
	_ = os.RemoveAll(begunFolder)
	os.Exit(code)
}

// writeUntilKilled starts a node and records with 16 writers at once. Each
// command that is acknowledged is printed, after its acknowledgement.
func writeUntilKilled(folder string) {
	n, err := Open(context.Background(), Options{Patience: patience, Data: folder})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	var printing sync.Mutex
	fmt.Println("started")
	for writer := range 16 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), writer, i)
				receipt, err := n.Recorder().Record(context.Background(), recorder.Request{ID: id, Actor: "test", Command: remark(fmt.Sprint(i))})
				if err != nil {
					fmt.Println("failed", err)
					os.Exit(1)
				}
				printing.Lock()
				fmt.Println(id, receipt.Commit.Position)
				printing.Unlock()
			}
		}()
	}
	select {}
}

// remark is a command that the law lets pass as often as it is given.
func remark(text string) domain.Command {
	return &domain.RecordActions{Treaty: "IV-13", Actions: []domain.Action{{
		Participant: "DEU", Kind: domain.Communication, Date: domain.MustDate("2020-01-01"), Statement: &domain.Statement{Text: text},
	}}}
}

// allMayRecord adds the nodes that may not record yet, by one that may, and waits
// until each knows.
func allMayRecord(t *testing.T, nodes ...*Node) {
	t.Helper()
	mayRecord := func(n, of *Node) bool {
		return n.Views().State.MayRecord(domain.NodeKey(of.signer.Key().String()))
	}
	for _, n := range nodes {
		if !mayRecord(n, n) {
			continue
		}
		for _, other := range nodes {
			if !mayRecord(n, other) {
				_, err := n.Recorder().Record(t.Context(), recorder.Request{ID: "add-" + other.signer.ID().String(), Actor: "test",
					Command: &domain.AddNode{Key: domain.NodeKey(other.signer.Key().String()), Name: "another"}})
				require.NoError(t, err)
			}
		}
		for _, other := range nodes {
			require.NoError(t, other.projection.Await(t.Context(), n.Position()))
		}
		return
	}
	require.Fail(t, "none of the nodes may record")
}

func openNode(t *testing.T, folder string, change ...func(*Options)) *Node {
	t.Helper()
	o := Options{Patience: patience, Data: folder}
	for _, f := range change {
		f(&o)
	}
	n, err := Open(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	return n
}

// A process that is killed while sixteen writers record loses nothing that it
// acknowledged, has nothing twice, and its copies agree.
func TestKilledUnderLoad(t *testing.T) {
	folder := t.TempDir()
	acknowledged := make(map[string]eventstore.Position)
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		// The first round begins with the bundled catalogue, and is killed in
		// the middle of it.
		killAfter := time.Duration(20+round*35) * time.Millisecond
		for id, p := range runAndKill(t, folder, killAfter, round > 0) {
			acknowledged[id] = p
		}
	}
	n := openNode(t, folder)
	for id, p := range acknowledged {
		at, ok, err := n.store.ByCommand(id)
		require.NoError(t, err)
		require.True(t, ok, "command %s was acknowledged and is not there", id)
		require.Equal(t, p, at, "command %s", id)
	}
	seen := make(map[string]bool)
	require.NoError(t, n.store.Scan(0, func(c eventstore.Commit) error {
		for _, command := range c.Commands {
			require.False(t, seen[command.ID], "command %s is there twice", command.ID)
			seen[command.ID] = true
		}
		return nil
	}))
	v, err := n.Verify(context.Background())
	require.NoError(t, err)
	require.Greater(t, len(acknowledged), rounds)
	t.Logf("%d kills, %d acknowledged commands, %d commits, all there once", rounds, len(acknowledged), v.Commits)
}

func runAndKill(t *testing.T, folder string, after time.Duration, waitForStart bool) map[string]eventstore.Position {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashFolder+"="+folder)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	acknowledged := make(map[string]eventstore.Position)
	lines := bufio.NewScanner(out)
	kill := func() { time.AfterFunc(after, func() { _ = child.Process.Kill() }) }
	if !waitForStart {
		kill()
	}
	killing := !waitForStart
	for lines.Scan() {
		var id string
		var p eventstore.Position
		if lines.Text() == "started" {
			continue
		}
		if !killing { // it has recorded something
			killing = true
			kill()
		}
		// The last line may be cut off by the kill; a whole one has both fields
		// and is followed by another or by the end of a line.
		if _, err := fmt.Sscanf(lines.Text(), "%s %d", &id, &p); err == nil {
			require.NotEqual(t, "failed", id, lines.Text())
			acknowledged[id] = p
		}
	}
	_ = child.Wait() // it was killed
	return acknowledged
}
