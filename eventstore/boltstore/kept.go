package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"depositary/eventstore"
)

// What is kept beside the ledger lies in the same file, and so in every backup:
//
//	bucket "kept"
//	  bucket <name>    0 → 8 bytes, revision up to which the copy is whole
//	                   key → 8 bytes revision, 1 byte (1: removed), 32 bytes
//	                   SHA-256 of key, revision, that byte and value, then the value
//
// A file of an earlier release has no such bucket and is read as it is; an
// earlier release passes it over.

var (
	keptBucket = []byte("kept")
	seenKey    = []byte{0} // no key of a value has this byte
)

const keptHeader = 8 + 1 + sha256.Size

// Copy is this node's copy of a bucket that the nodes share. It implements
// eventstore.BucketCopy.
type Copy struct {
	store *Store
	name  string
}

var _ eventstore.BucketCopy = (*Copy)(nil)

// Copy returns the copy of the bucket of a name; an empty one where there is none.
func (s *Store) Copy(name string) *Copy { return &Copy{store: s, name: name} }

// Copies returns the names of the buckets of which the store has a copy.
func (s *Store) Copies() (names []string, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		all := tx.Bucket(keptBucket)
		if all == nil {
			return nil
		}
		return all.ForEachBucket(func(name []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	return names, err
}

// bucket returns where the copy lies; nil where there is none yet.
func (c *Copy) bucket(tx *bolt.Tx) *bolt.Bucket {
	all := tx.Bucket(keptBucket)
	if all == nil {
		return nil
	}
	return all.Bucket([]byte(c.name))
}

// Seen implements eventstore.BucketCopy.
func (c *Copy) Seen() (seen uint64, err error) {
	err = c.store.view(func(tx *bolt.Tx) error {
		b := c.bucket(tx)
		if b == nil {
			return nil
		}
		switch noted := b.Get(seenKey); len(noted) {
		case 0:
		case 8:
			seen = binary.BigEndian.Uint64(noted)
		default:
			return c.damaged("", "the note up to where it is whole is damaged")
		}
		return nil
	})
	return seen, err
}

// Write implements eventstore.BucketCopy.
func (c *Copy) Write(seen uint64, values ...eventstore.Value) error {
	err := c.store.db.Update(func(tx *bolt.Tx) error {
		all, err := tx.CreateBucketIfNotExists(keptBucket)
		if err != nil {
			return err
		}
		b, err := all.CreateBucketIfNotExists([]byte(c.name))
		if err != nil {
			return err
		}
		for _, v := range values {
			if err := b.Put([]byte(v.Key), packed(v)); err != nil {
				return err
			}
		}
		return b.Put(seenKey, binary.BigEndian.AppendUint64(nil, seen))
	})
	if err != nil {
		return fmt.Errorf("store: the copy of the bucket %s cannot be written: %w", c.name, err)
	}
	return nil
}

// Get implements eventstore.BucketCopy.
func (c *Copy) Get(key string) (v eventstore.Value, err error) {
	err = c.store.view(func(tx *bolt.Tx) error {
		b := c.bucket(tx)
		if b == nil {
			return eventstore.ErrNoValue
		}
		raw := b.Get([]byte(key))
		if raw == nil {
			return eventstore.ErrNoValue
		}
		v, err = c.unpack(key, raw)
		return err
	})
	if err == nil && v.Deleted {
		err = eventstore.ErrNoValue
	}
	return v, c.whole(key, err)
}

// Scan implements eventstore.BucketCopy. No transaction is open while fn runs.
func (c *Copy) Scan(prefix string, fn func(eventstore.Value, error) error) error {
	for after := []byte(nil); ; {
		found, err := c.some(prefix, after)
		if err != nil {
			return c.whole(prefix, err)
		}
		if len(found) == 0 {
			return nil
		}
		for _, f := range found {
			if err := fn(f.value, f.err); err != nil {
				return err
			}
		}
		after = []byte(found[len(found)-1].value.Key)
	}
}

// Bounds of what one step of a scan takes into memory.
const (
	scanValues = 1000
	scanSize   = 4 << 20
)

// scanned is a value of a scan, or what is wrong with it.
type scanned struct {
	value eventstore.Value
	err   error
}

// some returns the next values below a prefix after a key.
func (c *Copy) some(prefix string, after []byte) (found []scanned, err error) {
	from := []byte(nil)
	if prefix != "" {
		from = []byte(prefix + ".")
	}
	err = c.store.view(func(tx *bolt.Tx) error {
		b := c.bucket(tx)
		if b == nil {
			return nil
		}
		cursor, size := b.Cursor(), 0
		key, raw := cursor.Seek(later(from, after))
		for ; key != nil && bytes.HasPrefix(key, from) && len(found) < scanValues && size < scanSize; key, raw = cursor.Next() {
			if bytes.Equal(key, seenKey) || bytes.Equal(key, after) {
				continue
			}
			v, err := c.unpack(string(key), raw)
			found, size = append(found, scanned{v, err}), size+len(raw)
		}
		return nil
	})
	return found, err
}

// later returns the later of two keys.
func later(a, b []byte) []byte {
	if bytes.Compare(a, b) >= 0 {
		return a
	}
	return b
}

func packed(v eventstore.Value) []byte {
	raw := binary.BigEndian.AppendUint64(make([]byte, 0, keptHeader+len(v.Data)), v.Revision)
	if v.Deleted {
		raw = append(raw, 1)
	} else {
		raw = append(raw, 0)
	}
	sum := checksum(v.Key, raw, v.Data)
	return append(append(raw, sum[:]...), v.Data...)
}

func checksum(key string, head, data []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s", len(key), key)
	h.Write(head)
	h.Write(data)
	copy(sum[:], h.Sum(nil))
	return sum
}

func (c *Copy) unpack(key string, raw []byte) (v eventstore.Value, err error) {
	v.Key = key
	if len(raw) < keptHeader {
		return v, c.damaged(key, "it is cut off")
	}
	v = eventstore.Value{Key: key, Revision: binary.BigEndian.Uint64(raw), Deleted: raw[8] == 1, Data: bytes.Clone(raw[keptHeader:])}
	if sum := checksum(key, raw[:9], v.Data); !bytes.Equal(sum[:], raw[9:keptHeader]) {
		return v, c.damaged(key, "its bytes were altered")
	}
	return v, nil
}

func (c *Copy) damaged(key, reason string) error {
	return &eventstore.DamagedValueError{Copy: copyName, Bucket: c.name, Key: key, Reason: reason}
}

// whole makes of damaged pages an error that names the value.
func (c *Copy) whole(key string, err error) error {
	if errors.Is(err, errPages) {
		return &eventstore.DamagedValueError{Copy: copyName, Bucket: c.name, Key: key, Reason: err.Error(), Pages: true}
	}
	return err
}
