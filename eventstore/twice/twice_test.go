package twice_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/storetest"
	"depositary/eventstore/twice"
)

func store(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func open(t *testing.T, shared eventstore.SharedBucket, copy eventstore.BucketCopy) *twice.Bucket {
	t.Helper()
	b, err := twice.Open(t.Context(), "b", shared, copy, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// A bucket in two copies does what every bucket does, for two nodes.
func TestBucketConformance(t *testing.T) {
	t.Parallel()
	storetest.Bucket(t, func(t *testing.T) (eventstore.Bucket, eventstore.Bucket) {
		shared := storetest.NewBucket()
		one := open(t, shared, store(t, filepath.Join(t.TempDir(), "one.bolt")).Copy("b"))
		return one, open(t, shared, store(t, filepath.Join(t.TempDir(), "two.bolt")).Copy("b"))
	})
}

// filled returns a store whose bucket has three values, one of them changed, and
// a fourth that was removed; and the shared bucket.
func filled(t *testing.T) (path string, shared *storetest.MemoryBucket) {
	t.Helper()
	path, shared = filepath.Join(t.TempDir(), "store.bolt"), storetest.NewBucket()
	s := store(t, path)
	b := open(t, shared, s.Copy("b"))
	r, err := b.Put(t.Context(), "x.1", []byte("first"), 0)
	require.NoError(t, err)
	_, err = b.Put(t.Context(), "x.1", []byte("changed value"), r)
	require.NoError(t, err)
	for _, key := range []string{"x.2", "y", "gone"} {
		_, err = b.Put(t.Context(), key, []byte("value of "+key), 0)
		require.NoError(t, err)
	}
	require.NoError(t, b.Delete(t.Context(), "gone"))
	require.NoError(t, b.Check(t.Context()))
	require.NoError(t, b.Close())
	require.NoError(t, s.Close())
	return path, shared
}

func requireWhole(t *testing.T, b eventstore.Bucket) {
	t.Helper()
	values, err := b.List(t.Context(), "")
	require.NoError(t, err)
	var all []string
	for _, v := range values {
		all = append(all, v.Key+"="+string(v.Data))
	}
	require.Equal(t, []string{"x.1=changed value", "x.2=value of x.2", "y=value of y"}, all)
}

func TestEachCopyRestoresTheOther(t *testing.T) {
	t.Parallel()
	t.Run("nothing is lost", func(t *testing.T) {
		path, shared := filled(t)
		b := open(t, shared, store(t, path).Copy("b"))
		require.Equal(t, twice.Healed{}, b.Healed())
		requireWhole(t, b)
	})
	t.Run("the shared bucket", func(t *testing.T) {
		path, _ := filled(t)
		fresh := storetest.NewBucket()
		b := open(t, fresh, store(t, path).Copy("b"))
		require.Equal(t, twice.Healed{Shared: 4}, b.Healed(), "the mark of what was removed too")
		requireWhole(t, b)
		requireWhole(t, fresh)
		require.NoError(t, b.Check(t.Context()))
		_, err := b.Put(t.Context(), "gone", []byte("x"), 0)
		require.NoError(t, err)
	})
	t.Run("one value of the shared bucket", func(t *testing.T) {
		path, shared := filled(t)
		shared.Lose("x.2")
		b := open(t, shared, store(t, path).Copy("b"))
		require.Equal(t, twice.Healed{Shared: 1}, b.Healed())
		requireWhole(t, shared)
	})
	t.Run("the store", func(t *testing.T) {
		_, shared := filled(t)
		b := open(t, shared, store(t, filepath.Join(t.TempDir(), "new.bolt")).Copy("b"))
		requireWhole(t, b)
		require.NoError(t, b.Check(t.Context()))
	})
	t.Run("the end of the store", func(t *testing.T) {
		path, shared := filled(t)
		_, err := shared.Put(t.Context(), "z", []byte("of another node"), 0)
		require.NoError(t, err)
		require.NoError(t, shared.Delete(t.Context(), "z"))
		requireWhole(t, open(t, shared, store(t, path).Copy("b")))
	})
	t.Run("a value of the store is altered", func(t *testing.T) {
		path, shared := filled(t)
		alter(t, path, "changed value", "changed vALue")
		b := open(t, shared, store(t, path).Copy("b"))
		require.Equal(t, twice.Healed{Copy: 1}, b.Healed())
		requireWhole(t, b)
	})
	t.Run("a value of both is lost", func(t *testing.T) {
		path, shared := filled(t)
		alter(t, path, "changed value", "changed vALue")
		shared.Lose("x.1")
		_, err := twice.Open(t.Context(), "b", shared, store(t, path).Copy("b"), slog.New(slog.DiscardHandler))
		var damaged *eventstore.DamagedValueError
		require.ErrorAs(t, err, &damaged)
		require.Equal(t, "x.1", damaged.Key)
		require.Equal(t, "b", damaged.Bucket)
	})
}

// alter changes bytes of a file, wherever they stand in it.
func alter(t *testing.T, path, from, to string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Contains(data, []byte(from)))
	require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(data, []byte(from), []byte(to)), 0o600))
}

// What is damaged while a node runs is named by Check, and read from the other copy.
func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	path, shared := filled(t)
	b := open(t, shared, store(t, path).Copy("b"))
	shared.Lose("y")
	requireWhole(t, b)
	err := b.Check(t.Context())
	var damaged *eventstore.DamagedValueError
	require.ErrorAs(t, err, &damaged)
	require.Equal(t, eventstore.DamagedValueError{Copy: "bucket", Bucket: "b", Key: "y", Reason: "it is missing, and the store has it"}, *damaged)
}

// silent is a shared bucket that does not answer.
type silent struct{ eventstore.SharedBucket }

func (silent) Last(context.Context) (uint64, error) { return 0, fmt.Errorf("no answer") }

// While the shared bucket does not answer, reading goes on.
func TestReadingGoesOn(t *testing.T) {
	t.Parallel()
	path, shared := filled(t)
	s := store(t, path)
	answering := open(t, shared, s.Copy("b"))
	require.NoError(t, answering.Close())
	quiet := twice.Reading("b", silent{shared}, s.Copy("b"))
	requireWhole(t, quiet)
}

// Two buckets of one store do not meet, and a copy of the store has both.
func TestCopiesOfAStore(t *testing.T) {
	t.Parallel()
	s := store(t, filepath.Join(t.TempDir(), "store.bolt"))
	one, two := s.Copy("one"), s.Copy("two")
	require.NoError(t, one.Write(7, eventstore.Value{Key: "a", Data: []byte("1"), Revision: 7}))
	require.NoError(t, two.Write(9, eventstore.Value{Key: "a", Data: []byte("2"), Revision: 9}))
	path := filepath.Join(t.TempDir(), "copy.bolt")
	var backup bytes.Buffer
	_, err := s.Backup(&backup)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, backup.Bytes(), 0o600))
	restored := store(t, path)
	for name, want := range map[string]eventstore.Value{"one": {Key: "a", Data: []byte("1"), Revision: 7}, "two": {Key: "a", Data: []byte("2"), Revision: 9}} {
		got, err := restored.Copy(name).Get("a")
		require.NoError(t, err)
		require.Equal(t, want, got)
		seen, err := restored.Copy(name).Seen()
		require.NoError(t, err)
		require.Equal(t, want.Revision, seen)
	}
	names, err := restored.Copies()
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, names)
}

// A shared bucket whose server was opened anew may have lost what it had: healing
// again restores it, and following goes on.
func TestHealAgain(t *testing.T) {
	t.Parallel()
	shared := storetest.NewBucket()
	b := open(t, shared, store(t, filepath.Join(t.TempDir(), "store.bolt")).Copy("b"))
	for _, key := range []string{"kept", "lost"} {
		_, err := b.Put(t.Context(), key, []byte(key), 0)
		require.NoError(t, err)
	}
	shared.Lose("lost")
	require.Error(t, b.Check(t.Context()))
	require.NoError(t, b.Heal(t.Context()))
	require.NoError(t, b.Check(t.Context()))
	require.Equal(t, twice.Healed{Shared: 1}, b.Healed())
	_, err := shared.Put(t.Context(), "another", []byte("value"), 0)
	require.NoError(t, err)
	values, err := b.List(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, values, 3)
}
