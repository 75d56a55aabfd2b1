package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"depositary/eventstore"
)

const (
	watchAtOnce = 256              // values asked for at once
	watchPoll   = 30 * time.Second // how long the server keeps such a request
)

// bucket is a key-value bucket of JetStream.
type bucket struct {
	ledger *Ledger
	name   string
	kv     jetstream.KeyValue
	stream jetstream.Stream // under the bucket
}

// Bucket returns the bucket of that name and makes it where there is none, on
// as many servers as keep the ledger.
func (l *Ledger) Bucket(ctx context.Context, name string) (eventstore.SharedBucket, error) {
	return l.BucketAfter(ctx, name, 0)
}

// BucketAfter returns the bucket as Bucket does. One that is made begins after a
// revision: revisions go on growing where a copy remembers those of a bucket that
// is lost.
func (l *Ledger) BucketAfter(ctx context.Context, name string, after uint64) (eventstore.SharedBucket, error) {
	if err := eventstore.CheckName(name); err != nil {
		return nil, fmt.Errorf("ledger: bucket: %w", err)
	}
	b := &bucket{ledger: l, name: bucketPrefix + name}
	ctx, end := l.link.tied(ctx)
	defer end()
	var err error
	config := bucketConfig(b.name)
	if after > 0 {
		config.FirstSeq = after + 1
	}
	b.stream, err = l.openShared(ctx, config)
	if err == nil {
		b.kv, err = l.js.KeyValue(ctx, b.name)
	}
	if err != nil {
		return nil, b.failed(ctx, "open", "", err)
	}
	return b, nil
}

// bucketConfig is the stream of a key-value bucket as JetStream's clients make
// it, but that AllowDirect stays off: what was written is read, not what a
// replica has of it.
func bucketConfig(bucket string) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              bucketStream(bucket),
		Subjects:          []string{bucketSubjects(bucket) + ">"},
		Discard:           jetstream.DiscardNew,
		MaxMsgsPerSubject: 1,
		AllowRollup:       true,
		DenyDelete:        true,
	}
}

// Get implements eventstore.Bucket.
func (b *bucket) Get(ctx context.Context, key string) (eventstore.Value, error) {
	if err := eventstore.CheckKey(key); err != nil {
		return eventstore.Value{}, b.failed(ctx, "get", key, err)
	}
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	e, err := b.kv.Get(ctx, key)
	if err != nil {
		return eventstore.Value{}, b.failed(ctx, "get", key, err)
	}
	return eventstore.Value{Key: key, Data: e.Value(), Revision: e.Revision()}, nil
}

// Put implements eventstore.Bucket. After an error other than ErrRevision the
// value may have been written.
func (b *bucket) Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if err := eventstore.CheckKey(key); err != nil {
		return 0, b.failed(ctx, "put", key, err)
	}
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	var err error
	if revision == 0 {
		revision, err = b.kv.Create(ctx, key, data)
	} else {
		revision, err = b.kv.Update(ctx, key, data, revision)
	}
	if err != nil {
		return 0, b.failed(ctx, "put", key, err)
	}
	return revision, nil
}

// Delete implements eventstore.Bucket.
func (b *bucket) Delete(ctx context.Context, key string) error {
	// Without the look, each call would leave a mark that it was there.
	if _, err := b.Get(ctx, key); errors.Is(err, eventstore.ErrNoValue) {
		return nil
	} else if err != nil {
		return err
	}
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	if err := b.kv.Delete(ctx, key); err != nil {
		return b.failed(ctx, "delete", key, err)
	}
	return nil
}

// failed names the bucket, and says in the words of eventstore what happened.
func (b *bucket) failed(ctx context.Context, what, key string, err error) error {
	switch refused := (*jetstream.APIError)(nil); {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		err = eventstore.ErrNoValue
	case errors.As(err, &refused) && (refused.ErrorCode == codeWrongLast || refused.ErrorCode == codeWrongLastConstant):
		err = eventstore.ErrRevision
	default:
		err = because(ctx, err)
	}
	return fmt.Errorf("ledger: bucket %s: %s %s: %w", b.name, what, key, err)
}

// List implements eventstore.Bucket.
func (b *bucket) List(ctx context.Context, prefix string) ([]eventstore.Value, error) {
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	found := make(map[string]eventstore.Value)
	all := errors.New("all are listed")
	w, err := b.watcher(prefix, func(v eventstore.Value) error {
		switch {
		case v.Key == "":
			return all
		case v.Deleted:
			delete(found, v.Key)
		default:
			found[v.Key] = v
		}
		return nil
	})
	if err == nil {
		err = w.run(ctx)
	}
	if !errors.Is(err, all) {
		return nil, b.failed(ctx, "list", prefix, err)
	}
	values := make([]eventstore.Value, 0, len(found))
	for _, v := range found {
		values = append(values, v)
	}
	slices.SortFunc(values, func(x, y eventstore.Value) int { return strings.Compare(x.Key, y.Key) })
	return values, nil
}

// Watch implements eventstore.Bucket. It survives the loss of the connection
// and restarts of the server. Of changes of one value that follow each other
// faster than fn returns, only the last is certain to reach it.
func (b *bucket) Watch(ctx context.Context, prefix string, fn func(eventstore.Value) error) error {
	w, err := b.watcher(prefix, fn)
	if err != nil {
		return b.failed(ctx, "watch", prefix, err)
	}
	return w.watch(ctx)
}

// watch goes on over sessions until something is final.
func (w *watcher) watch(ctx context.Context) error {
	b := w.bucket
	backoff := minBackoff
	for {
		before := w.seen
		err := w.session(ctx)
		final := finalError{}
		switch {
		case errors.As(err, &final):
			return final.error
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrClosed), errors.Is(err, nats.ErrConnectionClosed):
			return b.failed(ctx, "watch", "", ErrClosed)
		case w.seen > before:
			backoff = minBackoff
		}
		b.ledger.log.Warn("watching a bucket is interrupted", "bucket", b.name, "error", err)
		if err := b.ledger.pause(ctx, &backoff, maxBackoff); err != nil {
			return err
		}
	}
}

// watcher is one call of Watch. It keeps its place over sessions.
type watcher struct {
	bucket  *bucket
	subject string
	fn      func(eventstore.Value) error
	seen    uint64          // the last revision that came
	last    uint64          // the last one there was when the session began
	first   map[string]bool // the values that came before the first ones were through; nil afterwards
}

// Find implements eventstore.SharedBucket.
func (b *bucket) Find(ctx context.Context, key string) (eventstore.Value, error) {
	if err := eventstore.CheckKey(key); err != nil {
		return eventstore.Value{}, b.failed(ctx, "find", key, err)
	}
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	m, err := b.stream.GetLastMsgForSubject(ctx, bucketSubjects(b.name)+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		err = jetstream.ErrKeyNotFound
	}
	if err != nil {
		return eventstore.Value{}, b.failed(ctx, "find", key, err)
	}
	return eventstore.Value{Key: key, Data: m.Data, Revision: m.Sequence, Deleted: m.Header.Get("KV-Operation") != ""}, nil
}

// Last implements eventstore.SharedBucket.
func (b *bucket) Last(ctx context.Context) (uint64, error) {
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	info, err := b.stream.Info(ctx)
	if err != nil {
		return 0, b.failed(ctx, "last", "", err)
	}
	return info.State.LastSeq, nil
}

// Changes implements eventstore.SharedBucket. It survives what Watch survives.
func (b *bucket) Changes(ctx context.Context, after uint64, fn func(eventstore.Value) error) error {
	w, err := b.watcher("", fn)
	if err != nil {
		return b.failed(ctx, "changes", "", err)
	}
	w.seen, w.first = after, nil
	return w.watch(ctx)
}

// Keys implements eventstore.SharedBucket.
func (b *bucket) Keys(ctx context.Context) (map[string]bool, error) {
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	info, err := b.stream.Info(ctx, jetstream.WithSubjectFilter(bucketSubjects(b.name)+">"))
	if err != nil {
		return nil, b.failed(ctx, "keys", "", err)
	}
	keys := make(map[string]bool, len(info.State.Subjects))
	for subject := range info.State.Subjects {
		keys[strings.TrimPrefix(subject, bucketSubjects(b.name))] = true
	}
	return keys, nil
}

// Remake implements eventstore.SharedBucket. Who follows the bucket goes on in
// the one that is made.
func (b *bucket) Remake(ctx context.Context, after uint64) error {
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	config := bucketConfig(b.name)
	config.FirstSeq = after + 1
	err := b.ledger.js.DeleteStream(ctx, config.Name)
	if err == nil {
		b.stream, err = b.ledger.openShared(ctx, config)
	}
	if err == nil {
		b.kv, err = b.ledger.js.KeyValue(ctx, b.name)
	}
	if err != nil {
		return b.failed(ctx, "remake", "", err)
	}
	return nil
}

// PutBack implements eventstore.SharedBucket.
func (b *bucket) PutBack(ctx context.Context, v eventstore.Value) (uint64, error) {
	ctx, end := b.ledger.link.bound(ctx)
	defer end()
	if !v.Deleted {
		revision, err := b.kv.Put(ctx, v.Key, v.Data)
		if err != nil {
			return 0, b.failed(ctx, "put back", v.Key, err)
		}
		return revision, nil
	}
	m := nats.NewMsg(bucketSubjects(b.name) + v.Key)
	m.Header.Set("KV-Operation", "DEL")
	ack, err := b.ledger.js.PublishMsg(ctx, m)
	if err != nil {
		return 0, b.failed(ctx, "put back", v.Key, err)
	}
	return ack.Sequence, nil
}

func (b *bucket) watcher(prefix string, fn func(eventstore.Value) error) (*watcher, error) {
	subject := bucketSubjects(b.name)
	if prefix != "" {
		if err := eventstore.CheckKey(prefix); err != nil {
			return nil, err
		}
		subject += prefix + "."
	}
	return &watcher{bucket: b, subject: subject + ">", fn: fn, first: make(map[string]bool)}, nil
}

func (w *watcher) session(ctx context.Context) error {
	ctx, end := w.bucket.ledger.link.tied(ctx)
	defer end()
	return because(ctx, w.run(ctx))
}

// run watches until something fails, what fn says being final.
func (w *watcher) run(ctx context.Context) error {
	var err error
	if w.last, err = lastOf(ctx, w.bucket.stream, w.subject); err != nil {
		return err
	}
	s, err := read(ctx, w.bucket.stream, w.subject, w.seen+1)
	if err != nil {
		return err
	}
	defer s.close()
	if err := w.through(s); err != nil {
		return err
	}
	for {
		err := s.fetch(ctx, watchAtOnce, watchPoll, func(m received) error {
			if err := w.take(m); err != nil {
				return err
			}
			return w.through(s)
		})
		if err != nil {
			return err
		}
	}
}

// through says so once, when nothing is ahead. A value that is changed before
// it came is ahead again, so no value is missed.
func (w *watcher) through(s *session) error {
	if w.first == nil || s.pending > 0 || w.seen < w.last {
		return nil
	}
	w.first = nil
	return w.tell(eventstore.Value{})
}

func (w *watcher) take(m received) error {
	v := eventstore.Value{
		Key:      strings.TrimPrefix(m.Subject(), bucketSubjects(w.bucket.name)),
		Data:     m.Data(),
		Revision: m.sequence,
		Deleted:  m.Headers().Get("KV-Operation") != "",
	}
	w.seen = v.Revision
	if w.first != nil {
		if v.Deleted && !w.first[v.Key] {
			return nil // it was gone before we looked
		}
		w.first[v.Key] = true
	}
	return w.tell(v)
}

func (w *watcher) tell(v eventstore.Value) error {
	if err := w.fn(v); err != nil {
		return finalError{err}
	}
	return nil
}
