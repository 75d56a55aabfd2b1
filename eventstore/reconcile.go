package eventstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
)

const (
	// auditOnStart is how many positions before the end of both copies are
	// compared byte for byte on every start.
	auditOnStart = 10_000

	restoreCommits = 1000    // published at once
	restoreBytes   = 4 << 20 // after which no more are published at once
)

// Report says what Reconcile found and did.
type Report struct {
	Stream, Store Position // where the copies ended
	Audited       Position // how many positions were compared byte for byte
	Restored      Position // how many commits were published again
}

// Reconcile compares the two copies of the ledger before a node follows it,
// and heals the stream from the store:
//
//   - store behind: nothing to do, following catches up;
//   - stream behind or empty: what is missing is published again, in order;
//   - different commits at a position: *DivergenceError with the first such
//     position, and nothing is written;
//   - a commit near the end that a copy cannot deliver, or whose bytes were
//     altered: *CorruptError with copy and position, and nothing is written.
//
// Equal hashes at a position mean equal histories up to there. Several nodes
// may restore the same stream at the same time. progress may be nil.
func Reconcile(ctx context.Context, ledger Ledger, store Store, progress func(done, total Position)) (Report, error) {
	var report Report
	tip, _ := store.Tip()
	last, err := ledger.Last(ctx)
	if err != nil {
		return report, err
	}
	report.Stream, report.Store = last, tip
	common := min(last, tip)
	if err := compare(ctx, ledger, store, common); err != nil {
		return report, err
	}
	if common > 0 {
		from := max(common, auditOnStart) - auditOnStart + 1
		if err := Audit(ctx, ledger, store, from, common, nil); err != nil {
			return report, err
		}
		report.Audited = common - from + 1
	}
	report.Restored, err = restore(ctx, ledger, store, last, progress)
	return report, err
}

// compare finds the first position up to common at which the copies differ.
func compare(ctx context.Context, ledger Ledger, store Store, common Position) error {
	if common == 0 {
		return nil
	}
	stream, stored, err := hashes(ctx, ledger, store, common)
	if err != nil || stream == stored {
		return err
	}
	differ := DivergenceError{Position: common, Stream: stream, Store: stored}
	equal := Position(0)
	for differ.Position-equal > 1 {
		p := equal + (differ.Position-equal)/2
		stream, stored, err := hashes(ctx, ledger, store, p)
		switch {
		case err != nil:
			return err
		case stream == stored:
			equal = p
		default:
			differ = DivergenceError{Position: p, Stream: stream, Store: stored}
		}
	}
	return &differ
}

func hashes(ctx context.Context, ledger Ledger, store Store, p Position) (stream, stored Hash, err error) {
	a, err := ledger.Read(ctx, p)
	if err != nil {
		return Hash{}, Hash{}, missing(err, "stream", p)
	}
	b, err := store.Read(p)
	if err != nil {
		return Hash{}, Hash{}, missing(err, "store", p)
	}
	return a.Hash(), b.Hash(), nil
}

// missing makes damage of a commit that must be there and is not.
func missing(err error, where string, p Position) error {
	if errors.Is(err, ErrNotFound) {
		return &CorruptError{Copy: where, Position: p, Reason: "it is missing"}
	}
	return err
}

// restore publishes what the store has after the stream's last commit.
func restore(ctx context.Context, ledger Ledger, store Store, last Position, progress func(done, total Position)) (Position, error) {
	tip, _ := store.Tip()
	var restored Position
	for last < tip {
		n, err := publish(ctx, ledger, store, last, func(n Position) {
			if progress != nil {
				progress(min(last+n, tip), tip)
			}
		})
		restored += n
		last += n
		var conflict *ConflictError
		if errors.As(err, &conflict) {
			// Another node restores too; what it published must be ours.
			if last, err = ledger.Last(ctx); err == nil {
				err = compare(ctx, ledger, store, min(last, tip))
			}
		}
		if err != nil {
			return restored, fmt.Errorf("restoring the stream from the store: %w", err)
		}
	}
	return restored, nil
}

// publish appends the store's commits after the position to the ledger, and
// returns their number.
func publish(ctx context.Context, ledger Ledger, store Store, after Position, progress func(Position)) (done Position, err error) {
	next, stop := iter.Pull2(scanSeq(store, after))
	defer stop()
	for more := true; more; {
		var commits []Commit
		for size := 0; size < restoreBytes && len(commits) < restoreCommits; {
			var c Commit
			if c, err, more = next(); err != nil {
				return done, err
			} else if !more {
				break
			}
			commits = append(commits, c)
			size += len(c.Raw())
		}
		n, err := ledger.Append(ctx, commits)
		done += Position(n)
		if err != nil {
			return done, err
		}
		progress(done)
	}
	return done, nil
}

// errEnough ends a scan that has what it was for.
var errEnough = errors.New("enough")

// Audit reads both copies in full from one position to another, both
// included and both in the copies, and compares them byte for byte. The first
// position at which they differ returns a *DivergenceError, a commit that a copy
// cannot deliver a *CorruptError. progress may be nil.
func Audit(ctx context.Context, ledger Ledger, store Store, from, to Position, progress func(done, total Position)) error {
	from = max(from, 1)
	if from > to {
		return nil
	}
	// A follower would wait for a last commit that the stream has lost.
	if _, err := ledger.Read(ctx, to); err != nil {
		return missing(err, "stream", to)
	}
	next, stop := iter.Pull2(scanSeq(store, from-1))
	defer stop()
	err := ledger.Follow(ctx, from-1, func(commits []Commit) error {
		for _, c := range commits {
			stored, err, more := next()
			switch {
			case !more:
				return &CorruptError{Copy: "store", Position: c.Position, Reason: "it is missing"}
			case err != nil:
				return err
			case !bytes.Equal(stored.Raw(), c.Raw()):
				return &DivergenceError{Position: c.Position, Stream: c.Hash(), Store: stored.Hash()}
			case c.Position == to:
				return errEnough
			}
		}
		if progress != nil {
			progress(commits[len(commits)-1].Position-from+1, to-from+1)
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		return err
	}
	if progress != nil {
		progress(to-from+1, to-from+1)
	}
	return nil
}

// scanSeq is a scan that the reader pulls; an error is its last element.
func scanSeq(store Store, after Position) iter.Seq2[Commit, error] {
	return func(yield func(Commit, error) bool) {
		err := store.Scan(after, func(c Commit) error {
			if !yield(c, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Commit{}, err)
		}
	}
}
