//go:build !linux

package boltstore

import bolt "go.etcd.io/bbolt"

const (
	random     = 0
	sequential = 0
)

func advise(*bolt.DB, int) {}

func release(*bolt.DB, int64) {}
