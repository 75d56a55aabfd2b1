package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"depositary/eventstore"
)

// OutOfServiceError says that the server in this process takes nothing more,
// since it could not write to its disk. It stays so until Restart.
type OutOfServiceError struct{ Reason string }

func (e *OutOfServiceError) Error() string {
	return "the stream was taken out of service: " + e.Reason
}

// QuorumError says that too few servers of a cluster can be reached for the stream
// to take commits.
type QuorumError struct{ Reached, Of int }

func (e *QuorumError) Error() string {
	return fmt.Sprintf("the stream has no quorum: %d of its %d servers can be reached", e.Reached, e.Of)
}

const (
	// checkTimeout is how long the servers of a cluster may take to say how they are.
	checkTimeout = time.Second

	// silentAfter is how long the leader may not have heard from a server of the
	// stream, which answers it every second.
	silentAfter = 2 * time.Second
)

// writeError stands in what the server says of a stream that it could not write.
const writeError = "write error"

func (l *Ledger) embedded() bool { return l.server != nil }

// Check returns why the stream cannot take commits now, or nil: an
// *OutOfServiceError, a *QuorumError, or that nobody answers. It answers within
// a second and writes nothing.
func (l *Ledger) Check(ctx context.Context) error {
	if l.embedded() {
		return l.checkServer()
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	ctx, end := l.link.tied(ctx)
	defer end()
	info, err := l.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("the stream does not answer: %w", because(ctx, err))
	}
	return quorum(info.Cluster)
}

// End returns where the ledger ended at a moment after the call, with the word of a
// majority of the stream's servers: a leader that was cut off may not know that
// another leads. It has heard from a majority within silentAfter, which is shorter
// than the four seconds and more after which servers elect another.
func (l *Ledger) End(ctx context.Context) (eventstore.Position, error) {
	ctx, end := l.link.tied(ctx)
	defer end()
	info, err := l.stream.Info(ctx)
	if err == nil {
		err = quorum(info.Cluster)
	}
	if err != nil {
		return 0, fmt.Errorf("ledger: where it ends: %w", because(ctx, err))
	}
	return eventstore.Position(info.State.LastSeq), nil
}

// quorum counts the servers of the stream that its leader has heard from.
func quorum(c *jetstream.ClusterInfo) error {
	if c == nil || len(c.Replicas) == 0 {
		return nil
	}
	reached, of := 1, len(c.Replicas)+1
	for _, peer := range c.Replicas {
		if !peer.Offline && peer.Active < silentAfter {
			reached++
		}
	}
	if reached <= of/2 {
		return &QuorumError{reached, of}
	}
	return nil
}

// checkServer asks the server in this process. What it could not write, it says;
// what is on its way then will not be answered, and is ended.
func (l *Ledger) checkServer() error {
	s := l.server.running()
	if s == nil {
		return &OutOfServiceError{errStopped.Error()}
	}
	if !s.JetStreamEnabled() {
		l.endRequests()
		return &OutOfServiceError{"JetStream has ended"}
	}
	reasons := unwritten(s)
	if len(reasons) == 0 {
		return nil
	}
	l.endRequests()
	return &OutOfServiceError{strings.Join(reasons, "; ")}
}

// unwritten returns what a server says of the streams that it could not write.
func unwritten(s *server.Server) (reasons []string) {
	for _, e := range s.Healthz(&server.HealthzOptions{Details: true}).Errors {
		// A stream that is being made is named too, as one that cannot be recovered.
		if strings.Contains(e.Error, writeError) {
			reasons = append(reasons, e.Error)
		}
	}
	return reasons
}

// endRequests ends, once for each server, what waits for one that does not answer.
func (l *Ledger) endRequests() {
	if !l.server.silent.Swap(true) {
		l.link.cut()
	}
}

// Restart opens the server in this process anew, from what is on its disk. The
// connection, and who follows the ledger, find the new one by themselves. A server
// elsewhere is not ours to restart.
func (l *Ledger) Restart(ctx context.Context) error {
	if !l.embedded() {
		return errors.New("ledger: restart: the server is not in this process")
	}
	l.link.cut()
	l.server.stop()
	if err := l.server.start(); err != nil {
		return fmt.Errorf("ledger: restart: %w", err)
	}
	if _, err := l.openStream(ctx, 0); err != nil {
		return fmt.Errorf("ledger: restart: %w", err)
	}
	return nil
}
