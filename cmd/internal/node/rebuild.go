package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"depositary/eventstore"
	"depositary/eventstore/ledger"
	"depositary/internal/wholefile"
)

// Rebuilt says what became of a stream.
type Rebuilt struct {
	Position eventstore.Position // where stream and store end now
	Removed  int                 // messages that are not in the stream any more
	File     string              // where they are kept; empty where there were none
}

// ErrNothingRefused says that the stream has nothing that the node does not take.
var ErrNothingRefused = errors.New("the stream has nothing that this node does not take; nothing was changed")

// Rebuild makes the stream anew from this node's store, where the stream has what
// is no part of the ledger. What is removed is kept in a file of the data folder. No
// other node may run meanwhile; one that is further than this one would lose what
// this one does not have, so it says where it stands.
func (n *Node) Rebuild(ctx context.Context) (Rebuilt, error) {
	r := Rebuilt{Position: n.Position()}
	if n.refused.Load() == nil {
		return r, ErrNothingRefused
	}
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	file := filepath.Join(n.o.Data, fmt.Sprintf("refused-%d.ndjson", r.Position+1))
	last, err := n.ledger.Last(ctx)
	if err != nil {
		return r, err
	}
	err = n.ledger.Rebuild(ctx, r.Position+1, func(m ledger.Removed) error {
		r.Removed++
		if err := encoder.Encode(m); err != nil || m.Sequence < uint64(last) {
			return err
		}
		r.File = file
		return wholefile.Replace(file, lines.Bytes())
	})
	if err != nil {
		return r, err
	}
	if _, err := eventstore.Reconcile(ctx, n.ledger, n.store, n.positions("restoring the stream from the store")); err != nil {
		return r, n.explain(err)
	}
	return r, nil
}

// Key returns the public key with which the node signs.
func (n *Node) Key() eventstore.Key { return n.signer.Key() }
