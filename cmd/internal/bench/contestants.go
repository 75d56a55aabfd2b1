package main

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	_ "modernc.org/sqlite"

	"depositary/cmd/internal/node"
	"depositary/domain"
	"depositary/eventstore/recorder"
)

// workload is what the contestants record.
type workload struct {
	world world
	acts  []act
	raws  []raw
}

// raw is a commit as the contestants that know no law store it.
type raw struct {
	stream string
	bytes  []byte
}

const rawCommits = 20_000 // stored again and again

func newWorkload(w world) (*workload, error) {
	l := &workload{world: w, acts: w.acts(2)}
	var c chain
	for _, a := range l.acts[:min(rawCommits, len(l.acts))] {
		commit, err := c.seal(a.treaty, a.action.Participant, &domain.ActionRecorded{Action: a.action})
		if err != nil {
			return nil, err
		}
		l.raws = append(l.raws, raw{string(a.treaty) + "." + string(a.action.Participant), commit.Raw()})
	}
	return l, nil
}

// Names of contestants that are looked for.
const (
	nodeName   = "**Depositary**"
	sqliteName = "SQLite, a transaction per event"
)

// openWorld starts an empty node and records the definitions of a world.
func openWorld(ctx context.Context, folder string, w world) (*node.Node, error) {
	n, err := node.Open(ctx, node.Options{Data: folder, Empty: true})
	if err != nil {
		return nil, err
	}
	if err := recordAll(ctx, n, "define", w.definitions(), 64); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// recordAll records commands by so many callers, the first one before all others.
func recordAll(ctx context.Context, n *node.Node, name string, commands []domain.Command, callers int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	one := func() bool {
		i := int(next.Add(1)) - 1
		if i >= len(commands) || ctx.Err() != nil {
			return false
		}
		if _, err := n.Recorder().Record(ctx, recorder.Request{ID: fmt.Sprintf("%s:%d", name, i), Actor: "bench", Command: commands[i]}); err != nil {
			cancel(err)
		}
		return true
	}
	one()
	inParallel(callers, func() {
		for one() {
		}
	})
	return context.Cause(ctx)
}

// newNode is the whole program without HTTP.
func newNode(ctx context.Context, folder string, w *workload) (*contestant, error) {
	n, err := openWorld(ctx, folder, w.world)
	if err != nil {
		return nil, err
	}
	var next atomic.Int64
	record := func(ctx context.Context) error {
		i := int(next.Add(1)) - 1
		if i >= len(w.acts) {
			return errors.New("the bench has run out of acts; give it more treaties")
		}
		_, err := n.Recorder().Record(ctx, recorder.Request{ID: fmt.Sprintf("act:%d", i), Actor: "bench", Command: w.acts[i].command()})
		return err
	}
	return &contestant{nodeName, record, n.Close}, nil
}

// newBolt groups by hand: what waits goes into one transaction.
func newBolt(_ context.Context, folder string, w *workload) (*contestant, error) {
	db, err := bolt.Open(filepath.Join(folder, "bolt"), 0o600, &bolt.Options{PageSize: 4096, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	var position uint64
	return newGrouped("bbolt, grouped by hand", func(n int) error {
		return db.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("events"))
			if err != nil {
				return err
			}
			bucket.FillPercent = 0.95
			for range n {
				position++
				if err := bucket.Put(binary.BigEndian.AppendUint64(nil, position), w.raws[position%uint64(len(w.raws))].bytes); err != nil {
					return err
				}
			}
			return nil
		})
	}, db.Close), nil
}

// newGrouped returns what waits to one writer; write makes n events durable.
func newGrouped(name string, write func(n int) error, closing func() error) *contestant {
	queue, ended := make(chan chan error, 1000), make(chan struct{})
	go func() {
		defer close(ended)
		for first := range queue {
			waiting := append(make([]chan error, 0, 1000), first)
			for more := true; more && len(waiting) < 1000; {
				select {
				case next, open := <-queue:
					if more = open; open {
						waiting = append(waiting, next)
					}
				default:
					more = false
				}
			}
			err := write(len(waiting))
			for _, w := range waiting {
				w <- err
			}
		}
	}()
	record := func(context.Context) error {
		answer := make(chan error, 1)
		queue <- answer
		return <-answer
	}
	return &contestant{name, record, func() error { close(queue); <-ended; return closing() }}
}

const (
	schema = `CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (stream, version))`
	insert = `INSERT INTO events (stream, version, body) VALUES (?, ?, ?)`
)

func openSQLite(folder string) (*sql.DB, *sql.Stmt, error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "events.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	statement, err := db.Prepare(insert)
	return db, statement, err
}

func newSQLiteEach(_ context.Context, folder string, w *workload) (*contestant, error) {
	db, statement, err := openSQLite(folder)
	if err != nil {
		return nil, err
	}
	var version atomic.Uint64
	record := func(context.Context) error {
		v := version.Add(1)
		r := w.raws[v%uint64(len(w.raws))]
		_, err := statement.Exec(r.stream, v, r.bytes)
		return err
	}
	return &contestant{sqliteName, record, db.Close}, nil
}

func newSQLiteGrouped(_ context.Context, folder string, w *workload) (*contestant, error) {
	db, statement, err := openSQLite(folder)
	if err != nil {
		return nil, err
	}
	var version uint64
	return newGrouped("SQLite, grouped by hand", func(n int) error {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
		inTx := tx.Stmt(statement)
		for range n {
			version++
			r := w.raws[version%uint64(len(w.raws))]
			if _, err := inTx.Exec(r.stream, version, r.bytes); err != nil {
				return err
			}
		}
		return tx.Commit()
	}, db.Close), nil
}
