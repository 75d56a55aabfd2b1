package boltstore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/storetest"
)

// filled makes a closed store of n commits.
func filled(t testing.TB, n int) (path string, commits []eventstore.Commit) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ledger.db")
	s, err := Open(path, Options{})
	require.NoError(t, err)
	commits = storetest.Named("a").Next(n)
	require.NoError(t, s.Append(commits))
	require.NoError(t, s.Close())
	return path, commits
}

func TestReopen(t *testing.T) {
	path, commits := filled(t, 5000)
	var loaded []eventstore.Commit
	var progress [2]eventstore.Position
	s := open(t, path, Options{
		OnLoad:   func(c eventstore.Commit) error { loaded = append(loaded, c); return nil },
		Progress: func(done, total eventstore.Position) { progress = [...]eventstore.Position{done, total} },
	})
	storetest.Equal(t, commits, loaded)
	require.Equal(t, [...]eventstore.Position{5000, 5000}, progress)
	tip, hash := s.Tip()
	require.EqualValues(t, 5000, tip)
	require.Equal(t, commits[4999].Hash(), hash)
	p, found, err := s.ByCommand(commits[1233].Commands[0].ID)
	require.NoError(t, err)
	require.True(t, found)
	require.EqualValues(t, 1234, p)
	require.Len(t, s.ByTreaty("t1", 0, 10_000), 715)
	require.NoError(t, s.Append(storetest.After(commits[4999], "a").Next(5)))
}

func TestOpenEndsWithOnLoadsError(t *testing.T) {
	path, _ := filled(t, 500)
	unknown := errors.New("unknown event")
	_, err := Open(path, Options{OnLoad: func(c eventstore.Commit) error {
		if c.Position == 321 {
			return unknown
		}
		return nil
	}})
	require.ErrorIs(t, err, unknown)
	open(t, path, Options{}) // the lock was given back
}

func TestSecondOpenerIsRefused(t *testing.T) {
	path, _ := filled(t, 1)
	open(t, path, Options{})
	_, err := Open(path, Options{Timeout: 60 * time.Millisecond})
	require.ErrorContains(t, err, "lock")
	require.ErrorContains(t, err, path)
}

func TestForeignFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("not a store"), 2000), 0o600))
	_, err := Open(path, Options{})
	require.ErrorContains(t, err, path)
}

// TestAlteredByte flips one byte of a commit, wherever it stands.
func TestAlteredByte(t *testing.T) {
	storetest.OneGoroutine(t)
	const n = 2000
	path, commits := filled(t, n)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, position := range []eventstore.Position{1, 2, n / 3, n - 1, n} {
		for name, part := range map[string]string{
			"position": `{"position":`, "previous": `previous":"`, "command": `command":"`, "actor": `actor":"`,
			"recorded": `recorded":"2`, "digest": `digest":"`, "event": `"day":"`, "end": "-01\"}",
		} {
			t.Run(name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "ledger.db")
				raw := commits[position-1].Raw()
				alter(t, path, bytes.Clone(whole), raw, bytes.Index(raw, []byte(part))+len(part))
				requireDamage(t, path, position)
			})
		}
	}
}

// alter writes a file in which the lowest bit of the byte at offset is flipped in
// each copy of raw: bbolt leaves old pages behind.
func alter(t *testing.T, path string, file, raw []byte, offset int) {
	t.Helper()
	copies := 0
	for from := 0; ; copies++ {
		i := bytes.Index(file[from:], raw)
		if i < 0 {
			break
		}
		file[from+i+min(offset, len(raw)-1)] ^= 1
		from += i + len(raw)
	}
	require.Positive(t, copies)
	require.NoError(t, os.WriteFile(path, file, 0o600))
}

// requireDamage: Open names the position. A header that was altered and still
// reads as one is noticed at the next commit, which names its hash.
func requireDamage(t *testing.T, path string, position eventstore.Position) {
	t.Helper()
	_, err := Open(path, Options{})
	var damaged *eventstore.CorruptError
	var broken *eventstore.BreakError
	switch {
	case errors.As(err, &damaged):
		require.Equal(t, "store", damaged.Copy)
		require.Equal(t, position, damaged.Position)
	case errors.As(err, &broken):
		require.Equal(t, "store", broken.Copy)
		require.Contains(t, []eventstore.Position{position, position + 1}, broken.Position)
	default:
		require.Fail(t, "no position", "%v", err)
	}
}

// TestTornFile: whatever the end of the file became, Open says no and lives.
func TestTornFile(t *testing.T) {
	for _, keep := range []float64{0.1, 0.5, 0.9, 0.99} {
		path, _ := filled(t, 3000)
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.NoError(t, os.Truncate(path, int64(keep*float64(info.Size()))))
		s, err := Open(path, Options{})
		if err == nil { // only unused pages were cut off
			tip, _ := s.Tip()
			require.EqualValues(t, 3000, tip)
			require.NoError(t, s.Close())
		}
	}
}

// TestDamagedPages alters bytes of bbolt's own structure.
func TestDamagedPages(t *testing.T) {
	storetest.OneGoroutine(t)
	path, _ := filled(t, 3000)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for page := 2; page*pageSize < len(whole); page += 97 {
		for _, offset := range []int{8, 10, 12, 17, 21, 25, 30} {
			file := bytes.Clone(whole)
			file[page*pageSize+offset] ^= 0x41
			require.NoError(t, os.WriteFile(path, file, 0o600))
			s, err := Open(path, Options{})
			if err != nil {
				continue
			}
			tip, _ := s.Tip() // the page is not in use
			require.EqualValues(t, 3000, tip)
			require.NoError(t, s.Close())
		}
	}
}

func TestCollidingCommands(t *testing.T) {
	storetest.OneGoroutine(t)
	for name, hash := range map[string]func(string) uint64{
		"all the same":         func(string) uint64 { return 0 },
		"all at the last slot": func(string) uint64 { return 1<<64 - 1 },
		"the same upper half":  func(s string) uint64 { return 7<<32 | uint64(len(s)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ledger.db")
			s := open(t, path, Options{hash: hash})
			commits := storetest.Named("a").Next(800)
			require.NoError(t, s.Append(commits))
			for _, c := range commits {
				p, found, err := s.ByCommand(c.Commands[0].ID)
				require.NoError(t, err)
				require.True(t, found)
				require.Equal(t, c.Position, p)
			}
			_, found, err := s.ByCommand("nobody")
			require.NoError(t, err)
			require.False(t, found)
		})
	}
}

func TestParticipantsOfACommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	told := Options{Participants: func(eventstore.Commit) []string { return []string{"x", "y", "x"} }}
	s := open(t, path, told)
	commits := storetest.Named("a").Next(11) // the last names Many
	require.NoError(t, s.Append(commits))
	check := func(s *Store) {
		require.Equal(t, []eventstore.Position{11}, s.ByParticipant("x", 0, 10))
		require.Equal(t, []eventstore.Position{11}, s.ByParticipant("y", 0, 10))
		require.Equal(t, []eventstore.Position{1, 6}, s.ByParticipant("p1", 0, 10))
	}
	check(s)
	require.NoError(t, s.Close())
	check(open(t, path, told))
}

func TestBackupWhileAppending(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "ledger.db"), Options{})
	w := storetest.Named("a")
	require.NoError(t, s.Append(w.Next(2000)))
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				if err := s.Append(w.Next(7)); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	for range 5 {
		target := filepath.Join(dir, "copy.db")
		f, err := os.Create(target)
		require.NoError(t, err)
		n, err := s.Backup(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		info, err := os.Stat(target)
		require.NoError(t, err)
		require.Equal(t, info.Size(), n)
		copied, err := Open(target, Options{})
		require.NoError(t, err)
		tip, hash := copied.Tip()
		require.Zero(t, (tip-2000)%7, "no append is in the copy by half")
		c, err := s.Read(tip)
		require.NoError(t, err)
		require.Equal(t, hash, c.Hash())
		require.NoError(t, copied.Close())
	}
	close(stop)
	<-stopped
}

// A file whose pages bbolt itself cannot read is named as the damaged copy, so that
// there is a way out.
func TestUnreadableFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.bolt")
	s, err := Open(path, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Append(storetest.Named("a").Next(3)))
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, spoil := range map[string]func([]byte) []byte{
		"both heads are gone": func(b []byte) []byte { clear(b[:8192]); return b },
		"it is cut off":       func(b []byte) []byte { return b[:5000] },
		"it is something else": func(b []byte) []byte {
			copy(b, bytes.Repeat([]byte("something else "), 1000))
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, spoil(bytes.Clone(whole)), 0o600))
			_, err := Open(path, Options{})
			var unreadable *eventstore.UnreadableError
			require.ErrorAs(t, err, &unreadable)
			require.Equal(t, "store", unreadable.Copy)
		})
	}
}
