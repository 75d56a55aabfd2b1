package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

// Bucket checks an implementation of eventstore.Bucket; open returns two nodes'
// views of one empty bucket.
func Bucket(t *testing.T, open func(*testing.T) (one, other eventstore.Bucket)) {
	for name, test := range map[string]func(t *testing.T, one, other eventstore.Bucket){
		"what was put is there for both":     putAndGet,
		"a value is written over as it was":  revisions,
		"of two writers one wins":            bucketRace,
		"a deleted value is made anew":       deleteAndPut,
		"a prefix is parts":                  listByPrefix,
		"wrong keys are refused":             wrongKeys,
		"watch gives what is and what comes": watch,
		"watch sees every change":            watchRace,
		"watch ends with its function":       watchFails,
		"watch ends with its context":        watchEnds,
	} {
		t.Run(name, func(t *testing.T) {
			one, other := open(t)
			test(t, one, other)
		})
	}
}

func put(t *testing.T, b eventstore.Bucket, key, data string, revision uint64) uint64 {
	t.Helper()
	next, err := b.Put(within(t), key, []byte(data), revision)
	require.NoError(t, err)
	require.Greater(t, next, revision)
	return next
}

func putAndGet(t *testing.T, one, other eventstore.Bucket) {
	_, err := one.Get(within(t), "a.b")
	require.ErrorIs(t, err, eventstore.ErrNoValue)
	data := []byte("x\x00\n\xff")
	r, err := one.Put(within(t), "a.b", data, 0)
	require.NoError(t, err)
	data[0] = 'y' // the caller's to use again
	for _, b := range []eventstore.Bucket{one, other} {
		v, err := b.Get(within(t), "a.b")
		require.NoError(t, err)
		require.Equal(t, eventstore.Value{Key: "a.b", Data: []byte("x\x00\n\xff"), Revision: r}, v)
	}
	require.Greater(t, put(t, other, "c", "", 0), r, "revisions grow with every change of the bucket")
	v, err := one.Get(within(t), "c")
	require.NoError(t, err)
	require.Empty(t, v.Data)
}

func revisions(t *testing.T, one, other eventstore.Bucket) {
	first := put(t, one, "a", "1", 0)
	_, err := other.Put(within(t), "a", nil, 0)
	require.ErrorIs(t, err, eventstore.ErrRevision)
	second := put(t, other, "a", "2", first)
	for _, r := range []uint64{0, first, second + 1} {
		_, err = one.Put(within(t), "a", nil, r)
		require.ErrorIs(t, err, eventstore.ErrRevision, "revision %d", r)
	}
	_, err = one.Put(within(t), "b", nil, 7)
	require.ErrorIs(t, err, eventstore.ErrRevision, "there is none")
	v, err := one.Get(within(t), "a")
	require.NoError(t, err)
	require.Equal(t, eventstore.Value{Key: "a", Data: []byte("2"), Revision: second}, v)
}

// bucketRace: writers count up in one value, and none of the counts is lost.
func bucketRace(t *testing.T, one, other eventstore.Bucket) {
	const writers, counts = 4, 10
	var all sync.WaitGroup
	for i := range writers {
		b := []eventstore.Bucket{one, other}[i%2]
		all.Go(func() {
			for done := 0; done < counts; {
				v, err := b.Get(t.Context(), "count")
				if err != nil && !errors.Is(err, eventstore.ErrNoValue) {
					t.Error(err)
					return
				}
				var n int
				_, _ = fmt.Sscan(string(v.Data), &n)
				switch _, err = b.Put(t.Context(), "count", fmt.Append(nil, n+1), v.Revision); {
				case err == nil:
					done++
				case !errors.Is(err, eventstore.ErrRevision):
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	v, err := one.Get(within(t), "count")
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(writers*counts), string(v.Data))
}

func deleteAndPut(t *testing.T, one, other eventstore.Bucket) {
	require.NoError(t, one.Delete(within(t), "a"))
	r := put(t, one, "a", "1", 0)
	for range 2 {
		require.NoError(t, other.Delete(within(t), "a"))
	}
	_, err := one.Get(within(t), "a")
	require.ErrorIs(t, err, eventstore.ErrNoValue)
	_, err = one.Put(within(t), "a", nil, r)
	require.ErrorIs(t, err, eventstore.ErrRevision)
	require.Greater(t, put(t, one, "a", "2", 0), r)
}

func listByPrefix(t *testing.T, one, other eventstore.Bucket) {
	for _, b := range []eventstore.Bucket{one, other} {
		values, err := b.List(within(t), "")
		require.NoError(t, err)
		require.Empty(t, values)
	}
	for _, key := range []string{"a.bc", "a.b.d", "a.b", "z", "a.b.c.e", "a.b.c", "a.b.gone"} {
		put(t, one, key, "data of "+key, 0)
	}
	require.NoError(t, one.Delete(within(t), "a.b.gone"))
	for prefix, want := range map[string][]string{
		"":      {"a.b", "a.b.c", "a.b.c.e", "a.b.d", "a.bc", "z"},
		"a":     {"a.b", "a.b.c", "a.b.c.e", "a.b.d", "a.bc"},
		"a.b":   {"a.b.c", "a.b.c.e", "a.b.d"},
		"a.b.c": {"a.b.c.e"},
		"z":     nil,
		"y":     nil,
	} {
		values, err := other.List(within(t), prefix)
		require.NoError(t, err)
		var keys []string
		for _, v := range values {
			keys = append(keys, v.Key)
			require.Equal(t, "data of "+v.Key, string(v.Data))
			require.NotZero(t, v.Revision)
			require.False(t, v.Deleted)
		}
		require.Equal(t, want, keys, "prefix %q", prefix)
	}
}

func wrongKeys(t *testing.T, b, _ eventstore.Bucket) {
	nothing := func(eventstore.Value) error { return nil }
	for _, key := range []string{"a..b", ".a", "a.", "a b", "*", "a.>", "ü", "a/b", "."} {
		_, err := b.Get(within(t), key)
		require.Error(t, err, "%q", key)
		require.NotErrorIs(t, err, eventstore.ErrNoValue)
		_, err = b.Put(within(t), key, nil, 0)
		require.Error(t, err, "%q", key)
		require.Error(t, b.Delete(within(t), key), "%q", key)
		_, err = b.List(within(t), key)
		require.Error(t, err, "%q", key)
		require.Error(t, b.Watch(within(t), key, nothing), "%q", key)
	}
	_, err := b.Get(within(t), "")
	require.Error(t, err)
	require.Error(t, b.Delete(within(t), ""))
}

// watching runs Watch until the test ends, and returns what it tells.
func watching(t *testing.T, b eventstore.Bucket, prefix string) <-chan eventstore.Value {
	ctx, cancel := context.WithCancel(t.Context())
	values, ended := make(chan eventstore.Value, 10_000), make(chan error, 1)
	go func() {
		ended <- b.Watch(ctx, prefix, func(v eventstore.Value) error { values <- v; return nil })
	}()
	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	return values
}

func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-within(t).Done():
		require.FailNow(t, "nothing comes")
		panic("not reached")
	}
}

func watch(t *testing.T, one, other eventstore.Bucket) {
	require.Zero(t, next(t, watching(t, one, "")), "an empty bucket is through at once")
	put(t, one, "other.x", "", 0)
	a := put(t, one, "a.x", "1", 0)
	put(t, one, "a.gone", "", 0)
	require.NoError(t, one.Delete(within(t), "a.gone"))

	values := watching(t, other, "a")
	require.Equal(t, eventstore.Value{Key: "a.x", Data: []byte("1"), Revision: a}, next(t, values))
	require.Zero(t, next(t, values))
	a2 := put(t, one, "a.x", "2", a)
	require.Equal(t, eventstore.Value{Key: "a.x", Data: []byte("2"), Revision: a2}, next(t, values))
	put(t, one, "other.x.y", "", 0)
	y := put(t, other, "a.y", "3", 0)
	require.Equal(t, eventstore.Value{Key: "a.y", Data: []byte("3"), Revision: y}, next(t, values))
	require.NoError(t, one.Delete(within(t), "a.x"))
	gone := next(t, values)
	require.Equal(t, "a.x", gone.Key)
	require.True(t, gone.Deleted)
	require.Greater(t, gone.Revision, y)
	again := put(t, one, "a.x", "4", 0)
	require.Equal(t, eventstore.Value{Key: "a.x", Data: []byte("4"), Revision: again}, next(t, values))
}

// watchRace: values change while the first ones are delivered; in the end the
// watcher knows the last.
func watchRace(t *testing.T, one, other eventstore.Bucket) {
	const keys, rounds = 20, 5
	revisions := make(map[string]uint64)
	change := func(round int) {
		for k := range keys {
			key := fmt.Sprintf("k.%d", k)
			revisions[key] = put(t, one, key, fmt.Sprint(round), revisions[key])
		}
	}
	change(0)
	values := watching(t, other, "k")
	for round := range rounds {
		change(round + 1)
	}
	require.NoError(t, one.Delete(within(t), "k.3"))
	delete(revisions, "k.3")
	revisions["k.end"] = put(t, one, "k.end", "", 0)
	through, known, last := false, make(map[string]uint64), uint64(0)
	for known["k.end"] == 0 || !through {
		v := next(t, values)
		switch {
		case v.Key == "":
			require.False(t, through, "through once")
			through = true
			continue
		case v.Deleted:
			delete(known, v.Key)
		default:
			known[v.Key] = v.Revision
		}
		require.Greater(t, v.Revision, last)
		last = v.Revision
	}
	require.Equal(t, revisions, known)
}

func watchFails(t *testing.T, one, _ eventstore.Bucket) {
	put(t, one, "a", "", 0)
	broken := errors.New("broken")
	for _, at := range []int{1, 2, 3} {
		calls := 0
		err := one.Watch(within(t), "", func(v eventstore.Value) error {
			if calls++; calls == at {
				return broken
			}
			if v.Key == "" {
				return one.Delete(t.Context(), "a")
			}
			return nil
		})
		require.ErrorIs(t, err, broken)
		require.Equal(t, at, calls)
	}
}

func watchEnds(t *testing.T, one, _ eventstore.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	err := one.Watch(ctx, "", func(v eventstore.Value) error { cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
}
