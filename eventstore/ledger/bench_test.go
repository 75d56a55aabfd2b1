package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore/ledger"
	"depositary/eventstore/storetest"
)

// BenchmarkAppend returns commits per second, and as a multiple of F, the rate
// of "append 4 KiB and fsync" on the same disk.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 11, 12, 64, 256, 1000} {
		b.Run(fmt.Sprintf("%d", size), func(b *testing.B) {
			dir := b.TempDir()
			f := syncRate(b, dir)
			l := open(b, ledger.Options{Dir: filepath.Join(dir, "nats")})
			w := storetest.Named("bench")
			b.ResetTimer()
			for b.Loop() {
				_, err := l.Append(b.Context(), w.Next(size))
				require.NoError(b, err)
			}
			rate := float64(b.N*size) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "commits/s")
			b.ReportMetric(rate/f, "×F")
		})
	}
}

// syncRate measures F for a fifth of a second.
func syncRate(b *testing.B, dir string) float64 {
	file, err := os.Create(filepath.Join(dir, "sync"))
	require.NoError(b, err)
	defer file.Close()
	page := make([]byte, 4096)
	start, n := time.Now(), 0
	for ; time.Since(start) < 200*time.Millisecond; n++ {
		_, err = file.Write(page)
		require.NoError(b, err)
		require.NoError(b, file.Sync())
	}
	return float64(n) / time.Since(start).Seconds()
}
