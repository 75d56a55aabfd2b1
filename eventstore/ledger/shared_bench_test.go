package ledger_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/eventstore/storetest"
)

// BenchmarkThousandCursors returns the time in which one commit reaches 1,000
// cursors of one process and all of them are done with it, and what they cost
// while they wait: memory of client and server together, and processor time.
func BenchmarkThousandCursors(b *testing.B) {
	const count = 1000
	l := open(b, ledger.Options{Dir: filepath.Join(b.TempDir(), "nats")})
	w := storetest.Named("a")
	grow(b, l, w, 1)
	before, goroutines := memory(), runtime.NumGoroutine()

	start := time.Now()
	hands := make([]eventstore.Cursor, count)
	for i := range hands {
		hands[i] = cursor(b, l, fmt.Sprintf("c%d", i), eventstore.CursorOptions{After: 1, InFlight: 4, Lease: time.Minute})
	}
	b.Logf("made in %v", time.Since(start))
	start = time.Now()
	for i := range hands {
		hands[i] = cursor(b, l, fmt.Sprintf("c%d", i), eventstore.CursorOptions{After: 1, InFlight: 4, Lease: time.Minute})
	}
	b.Logf("opened again in %v", time.Since(start))
	b.Logf("open: %d KiB and %d goroutines for each cursor", (memory()-before)/count>>10, (runtime.NumGoroutine()-goroutines)/count)
	var reached, done, ended sync.WaitGroup
	for _, hand := range hands {
		ended.Go(func() {
			for {
				task, err := hand.Next(b.Context())
				if err != nil {
					return
				}
				reached.Done()
				if err := task.Done(); err != nil {
					b.Error(err)
				}
				done.Done()
			}
		})
	}
	time.Sleep(time.Second)
	b.Logf("waiting: %d KiB and %d goroutines for each cursor", (memory()-before)/count>>10, (runtime.NumGoroutine()-goroutines)/count)
	used := processor()
	time.Sleep(2 * time.Second)
	b.Logf("waiting: %.1f %% of a core", 100*(processor()-used).Seconds()/2)

	var reaching time.Duration
	for b.Loop() {
		reached.Add(count)
		done.Add(count)
		start := time.Now()
		grow(b, l, w, 1)
		reached.Wait()
		reaching += time.Since(start)
		done.Wait()
	}
	b.StopTimer()
	b.ReportMetric(reaching.Seconds()*1000/float64(b.N), "ms/reached")
	for _, hand := range hands {
		require.NoError(b, hand.Close())
	}
	ended.Wait()
}

// memory returns the bytes of heap and stacks in use.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkJournal: lines per second of so many callers.
func BenchmarkJournal(b *testing.B) {
	for _, callers := range []int{1, 8, 64, 256} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			l := open(b, ledger.Options{Dir: filepath.Join(b.TempDir(), "nats")})
			j := journal(b, l, "j")
			line := make([]byte, 200)
			var all sync.WaitGroup
			b.ResetTimer()
			for c := range callers {
				all.Go(func() {
					for n := c; n < b.N; n += callers {
						if err := j.Append(b.Context(), fmt.Sprintf("k%d", n%100), line); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}

// BenchmarkTail: the last page of a full key, with 49 other keys beside it.
func BenchmarkTail(b *testing.B) {
	l := open(b, ledger.Options{Dir: filepath.Join(b.TempDir(), "nats")})
	j := journal(b, l, "j")
	line := make([]byte, 300)
	var all sync.WaitGroup
	for k := range 50 {
		for range 20 {
			all.Go(func() {
				for range eventstore.JournalDepth / 20 {
					_ = j.Append(b.Context(), fmt.Sprintf("k%d", k), line)
				}
			})
		}
	}
	all.Wait()
	for b.Loop() {
		lines, err := j.Tail(b.Context(), "k7", 50, 0)
		require.NoError(b, err)
		require.Len(b, lines, 50)
	}
}
