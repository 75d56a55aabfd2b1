package boltstore

import (
	"slices"

	"depositary/eventstore"
)

// commandIndex is an open hash table from command ids to positions. A slot
// has the upper 32 bits of the id's hash and the 32 bits of the position, so
// a commit costs 11 to 21 bytes; a caller verifies what it finds.
type commandIndex struct {
	hash  func(string) uint64
	slots []uint64 // a power of two of them; 0 is free, as no position is 0
	shift uint     // the upper bits of a hash, shifted by this, are its slot
	used  int
}

func (x *commandIndex) add(id string, p eventstore.Position) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.grow(x.used + 1)
	}
	x.used++
	x.put(x.hash(id)>>32<<32 | uint64(p))
}

func (x *commandIndex) put(slot uint64) {
	i := slot >> x.shift
	for x.slots[i] != 0 {
		i = (i + 1) & uint64(len(x.slots)-1)
	}
	x.slots[i] = slot
}

// grow makes room for n ids: at most three quarters of the slots are taken.
func (x *commandIndex) grow(n int) {
	size, shift := 1<<10, uint(64-10)
	for 3*size < 4*n {
		size, shift = 2*size, shift-1
	}
	old := x.slots
	x.slots, x.shift = make([]uint64, size), shift
	for _, slot := range old {
		if slot != 0 {
			x.put(slot)
		}
	}
}

// candidates returns the positions whose command may be id.
func (x *commandIndex) candidates(id string) []eventstore.Position {
	if x.used == 0 {
		return nil
	}
	var found []eventstore.Position
	h := x.hash(id)
	for i := h >> 32 << 32 >> x.shift; x.slots[i] != 0; i = (i + 1) & uint64(len(x.slots)-1) {
		if x.slots[i]>>32 == h>>32 {
			found = append(found, eventstore.Position(x.slots[i]&maxPosition))
		}
	}
	return found
}

// postings are ascending positions per name, in 32 bits each.
type postings map[string]*[]uint32

// add appends p; the same position twice for a name counts once.
func (x postings) add(name string, p eventstore.Position) {
	list := x[name]
	if list == nil {
		list = new([]uint32)
		x[name] = list
	}
	if n := len(*list); n > 0 && (*list)[n-1] == uint32(p) {
		return
	}
	*list = append(*list, uint32(p))
}

func (x postings) after(name string, after eventstore.Position, limit int) []eventstore.Position {
	list := x[name]
	if list == nil || limit <= 0 || after >= maxPosition {
		return nil
	}
	from, _ := slices.BinarySearch(*list, uint32(after)+1)
	rest := (*list)[from:]
	rest = rest[:min(limit, len(rest))]
	found := make([]eventstore.Position, len(rest))
	for i, p := range rest {
		found[i] = eventstore.Position(p)
	}
	return found
}
