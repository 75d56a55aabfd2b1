package boltstore

import (
	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

const (
	random     = unix.MADV_RANDOM
	sequential = unix.MADV_SEQUENTIAL
)

// advise tells the kernel how the file will be read. bbolt asks for no
// readahead, which makes reading all of a cold file very slow.
func advise(db *bolt.DB, advice int) {
	_ = db.View(func(tx *bolt.Tx) error {
		madvise(db, tx.Size(), advice)
		return nil
	})
}

// release returns pages that were read back to the kernel: they stay in the page
// cache, but no longer count as memory of this process. The caller has a
// transaction open, so that the map stays where it is.
func release(db *bolt.DB, size int64) { madvise(db, size, unix.MADV_DONTNEED) }

// madvise has advice as its only purpose, so its failure changes no result.
func madvise(db *bolt.DB, size int64, advice int) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, db.Info().Data, uintptr(size), uintptr(advice))
}
