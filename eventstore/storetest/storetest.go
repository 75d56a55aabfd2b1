// Package storetest says in tests what eventstore's interfaces promise. Every
// implementation passes the same suite.
package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

// Writer makes commits that continue a chain. The zero value starts a ledger.
type Writer struct {
	position eventstore.Position
	hash     eventstore.Hash
	name     string
}

// Named returns a writer whose commits differ from those of other names.
func Named(name string) *Writer { return &Writer{name: name} }

// After returns a writer that continues after c.
func After(c eventstore.Commit, name string) *Writer {
	return &Writer{position: c.Position, hash: c.Hash(), name: name}
}

// epoch is when the commit at position 0 would have been recorded.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Next returns the next n commits: 7 treaties in turn, 5 participants, and
// eventstore.Many in the participant's place at every eleventh position.
func (w *Writer) Next(n int) []eventstore.Commit {
	commits := make([]eventstore.Commit, n)
	for i := range commits {
		p := w.position + 1
		participant := fmt.Sprintf("p%d", p%5)
		if p%11 == 0 {
			participant = eventstore.Many
		}
		commits[i] = w.Seal(eventstore.Header{
			Command:     Command(w.name, p),
			Treaty:      fmt.Sprintf("t%d", p%7),
			Participant: participant,
		}, fmt.Sprintf(`{"event":"deposited.1","treaty":"t%d","participant":"%s","day":"2026-01-01"}`, p%7, participant))
	}
	return commits
}

// Seal makes the next commit of that header and those events.
func (w *Writer) Seal(h eventstore.Header, events ...string) eventstore.Commit {
	h.Position, h.Previous = w.position+1, w.hash
	if h.Actor == "" {
		h.Actor = "test"
	}
	if h.Recorded.IsZero() {
		h.Recorded = epoch.Add(time.Duration(h.Position) * time.Second)
	}
	lines := make([][]byte, len(events))
	for i, e := range events {
		lines[i] = []byte(e)
	}
	c, err := eventstore.Seal(h, lines)
	if err != nil {
		panic(err) // a mistake in the test
	}
	w.position, w.hash = c.Position, c.Hash()
	return c
}

// Command is the id of the command at p in the chain of a writer's name.
func Command(name string, p eventstore.Position) string {
	return fmt.Sprintf("command-%s-%d", name, p)
}

// Equal requires that both are the same commits, byte for byte.
func Equal(t testing.TB, want, got []eventstore.Commit) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, string(want[i].Raw()), string(got[i].Raw()), "commit %d", i)
		require.Equal(t, want[i].Header, got[i].Header)
	}
}
