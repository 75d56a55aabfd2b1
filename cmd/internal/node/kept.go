package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/twice"
	"depositary/internal/wholefile"
)

// What is kept beside the ledger: buckets, which the nodes share, and the file of
// tokens. Each has a second copy in the store, so that a backup of the store is
// one of the whole node.

// bucket opens a bucket in its two copies.
func (n *Node) bucket(ctx context.Context, name string) (eventstore.Bucket, error) {
	copy := n.store.Copy(name)
	seen, err := copy.Seen()
	if err != nil {
		return nil, err
	}
	shared, err := n.ledger.BucketAfter(ctx, name, seen)
	if err != nil {
		return nil, err
	}
	b, err := twice.Open(ctx, name, shared, copy, n.o.Logger)
	if err != nil {
		return nil, explainValue(err)
	}
	b.Guard(n.keeps)
	n.onClose("bucket "+name, b.Close)
	n.keptMu.Lock()
	defer n.keptMu.Unlock()
	n.kept = append(n.kept, keptBucket{name, b})
	return b, nil
}

// buckets returns those that are open.
func (n *Node) buckets() []keptBucket {
	n.keptMu.Lock()
	defer n.keptMu.Unlock()
	return slices.Clone(n.kept)
}

type keptBucket struct {
	name   string
	bucket *twice.Bucket
}

// healKept restores in both copies of everything that is kept beside the ledger what
// they lost, where the server of the shared one was opened anew.
func (n *Node) healKept(ctx context.Context) error {
	for _, k := range n.buckets() {
		if err := k.bucket.Heal(ctx); err != nil {
			return explainValue(err)
		}
	}
	return nil
}

// verifyKept checks both copies of everything that is kept beside the ledger.
func (n *Node) verifyKept(ctx context.Context) (checked []string, err error) {
	for _, k := range n.buckets() {
		if err := k.bucket.Check(ctx); err != nil {
			return checked, explainValue(err)
		}
		checked = append(checked, k.name)
	}
	if err := n.tokens.Ready(); err != nil {
		return checked, err
	}
	return append(checked, "tokens"), nil
}

// explainValue adds to damage what the operator can do about it.
func explainValue(err error) error {
	var damaged *eventstore.DamagedValueError
	if !errors.As(err, &damaged) {
		return err
	}
	if damaged.Pages {
		return fmt.Errorf("%w. Nothing was changed. Set the file %q of the data folder aside and start again: it is restored from the stream and the buckets; or use depositary restore with a backup", err, storeFile)
	}
	if damaged.Copy == "store" {
		return fmt.Errorf("%w. A restart restores it from the bucket; where that is damaged too, restore a backup", err)
	}
	return fmt.Errorf("%w. A restart restores it from the store", err)
}

// The file of tokens.

const (
	tokensCopy = "tokens" // in the store
	tokensKey  = "file"
)

// keepTokens puts the file of tokens and its copy in the store side by side: a
// file that is gone is restored, and what has changed in it without the program
// stands in the audit log.
func (n *Node) keepTokens(ctx context.Context) error {
	copy := n.store.Copy(tokensCopy)
	kept, err := copy.Get(tokensKey)
	if err != nil && !errors.Is(err, eventstore.ErrNoValue) {
		return explainValue(err)
	}
	if _, statErr := os.Stat(n.o.Tokens); errors.Is(statErr, fs.ErrNotExist) && len(kept.Data) > 0 {
		if err := wholefile.Create(n.o.Tokens, kept.Data); err != nil {
			return fmt.Errorf("restoring the file of tokens from its copy in the store: %w", err)
		}
		n.o.Logger.Warn("the file of tokens was gone and was restored from its copy in the store", "file", n.o.Tokens)
	}
	n.tokens.OnChange(func(data []byte, own bool) error { return n.copyTokens(ctx, copy, data, own) })
	if err := n.tokens.Look(); err != nil {
		return err
	}
	n.lookAtTokens()
	return nil
}

// lookAtTokens takes what others change in the file of tokens into its copy.
func (n *Node) lookAtTokens() {
	n.again("copy of the tokens", func() time.Duration { return tokensAgain }, func(context.Context) {
		if err := n.tokens.Look(); err != nil {
			n.o.Logger.Warn("the file of tokens cannot be copied; it is tried again", "cause", err)
		}
	})
}

// tokensAgain is how long a change by others may wait for its copy.
const tokensAgain = 2 * time.Second

// copyTokens keeps the file in the store, after what others than this process
// have changed stands in the audit log.
func (n *Node) copyTokens(ctx context.Context, copy *boltstore.Copy, data []byte, own bool) error {
	kept, err := copy.Get(tokensKey)
	if err != nil && !errors.Is(err, eventstore.ErrNoValue) {
		return explainValue(err)
	}
	if bytes.Equal(kept.Data, data) {
		return nil
	}
	if !own {
		if err := n.auditTokens(context.WithoutCancel(ctx), kept.Data, data); err != nil {
			return err
		}
	}
	return copy.Write(kept.Revision+1, eventstore.Value{Key: tokensKey, Data: data, Revision: kept.Revision + 1})
}

// auditTokens notes what was made, revoked and changed in the file. Of a token of
// an earlier release nobody knows who made it, or when it became known here.
func (n *Node) auditTokens(ctx context.Context, before, after []byte) error {
	old, err := auth.Parse(before)
	if err != nil {
		return err
	}
	now, err := auth.Parse(after)
	if err != nil {
		return err
	}
	var logged []audit.Entry
	if len(before) == 0 { // the copy is new, and the log may not be
		if logged, err = n.audit.Entries(ctx, audit.Question{Kind: audit.TokenMade}); err != nil {
			return err
		}
	}
	was := make(map[string]auth.Token, len(old))
	for _, t := range old {
		was[t.Hash] = t
	}
	for _, t := range now {
		other, known := was[t.Hash]
		delete(was, t.Hash)
		entry := audit.Entry{Actor: t.Maker(), Kind: audit.TokenMade, Subject: t.ID, Detail: commands.DescribeToken(t)}
		switch {
		case known && !reflect.DeepEqual(other, t):
			entry.Actor, entry.Kind = byHand, audit.TokenChanged
			entry.Detail = "was " + commands.DescribeToken(other) + "; is " + entry.Detail
		case known, entry.Actor == "", slices.ContainsFunc(logged, func(e audit.Entry) bool { return e.Subject == t.ID }):
			continue
		}
		if err := n.audit.Write(ctx, entry); err != nil {
			return err
		}
	}
	for _, t := range old {
		if _, gone := was[t.Hash]; !gone {
			continue
		}
		if err := n.audit.Write(ctx, audit.Entry{Actor: byHand, Kind: audit.TokenRevoked, Subject: t.ID, Detail: "of " + t.Actor}); err != nil {
			return err
		}
	}
	return nil
}

// byHand is who stands in the audit log beside what was changed in the file itself.
const byHand = "command line"

// A ledger that has begun.

const begunFile = "begun"

// checkBegun refuses a folder whose ledger has begun, and of which no copy is left:
// a new ledger would pass for the old one.
func (n *Node) checkBegun(last eventstore.Position) error {
	tip, _ := n.store.Tip()
	path := filepath.Join(n.o.Data, begunFile)
	first, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || last > 0 || tip > 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("the ledger of the data folder %s has begun with %s, and no copy of it is left: neither %s nor %s has a commit. Nothing was changed. Put one of them back, or restore a backup; to begin another ledger here, remove the file %s",
		n.o.Data, strings.TrimSpace(string(first)), streamDir, storeFile, path)
}

// noteBegun notes that the ledger has begun.
func (n *Node) noteBegun() error {
	path := filepath.Join(n.o.Data, begunFile)
	if _, err := os.Stat(path); err == nil || n.Position() == 0 {
		return nil
	}
	c, err := n.store.Read(1)
	if err != nil {
		return err
	}
	err = wholefile.Create(path, []byte(c.Hash().String()+"\n"))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
