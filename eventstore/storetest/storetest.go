// Package storetest says in tests what eventstore's interfaces promise. Every
// implementation passes the same suite.
package storetest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
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
	own      bool // the chain is not that of Named and Next alone
}

// Named returns a writer whose commits differ from those of other names.
func Named(name string) *Writer { return &Writer{name: name} }

// After returns a writer that continues after c.
func After(c eventstore.Commit, name string) *Writer {
	return &Writer{position: c.Position, hash: c.Hash(), name: name, own: true}
}

// epoch is when the commit at position 0 would have been recorded.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Next returns the next n commits: 7 treaties in turn, 5 participants, and
// eventstore.Many in the participant's place at every eleventh position.
func (w *Writer) Next(n int) []eventstore.Commit {
	if !w.own {
		return w.sealedBefore(n)
	}
	return w.sealNext(n)
}

// sealedBefore returns the next n commits of the chain that all writers of a name
// begin with: it is sealed once for all tests, as sealing takes longer than storing.
func (w *Writer) sealedBefore(n int) []eventstore.Commit {
	chains.Lock()
	defer chains.Unlock()
	chain, end := chains.of[w.name], int(w.position)+n
	if len(chain) < end {
		last := &Writer{name: w.name}
		if len(chain) > 0 {
			last = After(chain[len(chain)-1], w.name)
		}
		chain = append(chain, last.sealNext(end-len(chain))...)
		chains.of[w.name] = chain
	}
	commits := slices.Clone(chain[w.position:end])
	if n > 0 {
		w.position, w.hash = commits[n-1].Position, commits[n-1].Hash()
	}
	return commits
}

var chains = struct {
	sync.Mutex
	of map[string][]eventstore.Commit
}{of: map[string][]eventstore.Commit{}}

func (w *Writer) sealNext(n int) []eventstore.Commit {
	commits := make([]eventstore.Commit, n)
	for i := range commits {
		p := w.position + 1
		participant := fmt.Sprintf("p%d", p%5)
		if p%11 == 0 {
			participant = eventstore.Many
		}
		commits[i] = w.Seal(eventstore.Command{
			ID:          Command(w.name, p),
			Treaty:      fmt.Sprintf("t%d", p%7),
			Participant: participant,
		}, fmt.Sprintf(`{"event":"deposited.1","treaty":"t%d","participant":"%s","day":"2026-01-01"}`, p%7, participant))
	}
	return commits
}

// firstForm is how many commits of a chain are of form 1; those after them are
// of form 2.
const firstForm = 10

// Seal makes the next commit, of one command and its events.
func (w *Writer) Seal(c eventstore.Command, events ...string) eventstore.Commit {
	if c.Actor == "" {
		c.Actor = "test"
	}
	if w.position < firstForm {
		recorded := epoch.Add(time.Duration(w.position+1) * time.Second)
		return w.moved(SealForm1(eventstore.Header{Position: w.position + 1, Previous: w.hash, Recorded: recorded}, c, events...))
	}
	return w.Together(Decided(c, events...))
}

// Together makes the next commit, in form 2, of several commands.
func (w *Writer) Together(commands ...eventstore.Decided) eventstore.Commit {
	c, err := eventstore.Seal(w.position+1, w.hash, epoch.Add(time.Duration(w.position+1)*time.Second), commands, Signer(w.name))
	if err != nil {
		panic(err) // a mistake in the test
	}
	return w.moved(c)
}

func (w *Writer) moved(c eventstore.Commit) eventstore.Commit {
	w.position, w.hash, w.own = c.Position, c.Hash(), true
	return c
}

// Decided returns a command with its events, to be sealed.
func Decided(c eventstore.Command, events ...string) eventstore.Decided {
	d := eventstore.Decided{Command: c}
	for _, e := range events {
		d.Lines = append(d.Lines, []byte(e))
	}
	return d
}

// Signer returns a node's signer, one for each name.
func Signer(name string) *eventstore.Signer {
	if s, made := signers.Load(name); made {
		return s.(*eventstore.Signer)
	}
	s := newSigner(name)
	signers.Store(name, s)
	return s
}

var signers sync.Map // by name

func newSigner(name string) *eventstore.Signer {
	seed := sha256.Sum256([]byte(name))
	s, err := eventstore.NewSigner(seed[:])
	if err != nil {
		panic(err)
	}
	return s
}

// SealForm1 makes a commit of form 1, as releases up to November 2026 wrote
// them: of the header its place and instant count.
func SealForm1(h eventstore.Header, c eventstore.Command, events ...string) eventstore.Commit {
	body := strings.Join(events, "\n") + "\n"
	approver := ""
	if c.Approver != "" {
		approver = fmt.Sprintf(`,"approver":"%s"`, c.Approver)
	}
	raw := fmt.Sprintf(`{"position":%d,"previous":"%s","command":"%s","actor":"%s"%s,"recorded":"%s","treaty":"%s","participant":"%s","events":%d,"digest":"%x"}`+"\n%s",
		h.Position, h.Previous, c.ID, c.Actor, approver, h.Recorded.UTC().Truncate(time.Microsecond).Format("2006-01-02T15:04:05.000000Z"),
		c.Treaty, c.Participant, strings.Count(body, "\n"), sha256.Sum256([]byte(body)), body)
	sealed, err := eventstore.Parse([]byte(raw))
	if err != nil {
		panic(err) // a mistake in the test
	}
	return sealed
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
