package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain"
)

const instrument = "instrument of accession"

// withKept returns a data folder, closed, that keeps something of each kind beside
// the ledger, with the text of a token.
func withKept(t *testing.T) (folder, token string) {
	t.Helper()
	folder = t.TempDir()
	n, err := Open(context.Background(), Options{Patience: patience, Data: folder, Empty: true, Webhooks: &WebhookOptions{Still: true}})
	require.NoError(t, err)
	made, err := n.Secretariat().MakeToken(t.Context(), auth.Identity{Actor: "anna", Roles: auth.Roles()}, commands.TokenWish{Actor: "bert", Roles: []auth.Role{auth.Record}})
	require.NoError(t, err)
	doc, err := n.Secretariat().Bring(t.Context(), "instrument.pdf", "application/pdf", strings.NewReader(instrument))
	require.NoError(t, err)
	for i, command := range []domain.Command{
		&domain.Define{Participants: []domain.Participant{{ID: "XAA", Kind: domain.KindState, Names: []domain.DatedName{{Name: "Atlantis"}}}}},
		&domain.Define{Treaty: &domain.Treaty{ID: "X-1", Short: "X", Title: "A treaty", Adopted: domain.MustDate("2000-01-01")}},
		&domain.RecordActions{Treaty: "X-1", Reason: "clauses unknown", Actions: []domain.Action{{Participant: "XAA", Kind: domain.Communication, Date: domain.MustDate("2026-11-24"), Statement: &domain.Statement{Text: "we say"}, Documents: []domain.Document{doc}}}},
	} {
		_, err = n.Secretariat().Carry(t.Context(), commands.Actor{Identity: auth.Identity{Actor: "anna", Roles: auth.Roles()}, ID: fmt.Sprint("command-", i)}, command)
		require.NoError(t, err)
	}
	subscriptions := n.kept[0].bucket
	_, err = subscriptions.Put(t.Context(), "parked.x.1", []byte("kept of a subscription"), 0)
	require.NoError(t, err)
	require.NoError(t, n.Close())
	return folder, made.Text
}

// requireKept checks that everything is there, in both copies.
func requireKept(t *testing.T, folder, token string) {
	t.Helper()
	n := openNode(t, folder, func(o *Options) { o.Empty, o.Webhooks = true, &WebhookOptions{Still: true} })
	who, err := n.Tokens().Check(token)
	require.NoError(t, err)
	require.Equal(t, []auth.Maker{{Actor: "anna"}}, who.Makers)
	sum := sha256.Sum256([]byte(instrument))
	_, data, err := n.Secretariat().Document(t.Context(), hex.EncodeToString(sum[:]), false)
	require.NoError(t, err)
	require.Equal(t, instrument, string(data))
	value, err := n.kept[0].bucket.Get(t.Context(), "parked.x.1")
	require.NoError(t, err)
	require.Equal(t, "kept of a subscription", string(value.Data))
	entries, err := n.audit.Entries(t.Context(), audit.Question{Kind: audit.TokenMade})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "anna", entries[0].Actor)
	v, err := n.Verify(t.Context())
	require.NoError(t, err)
	require.Subset(t, v.Checked, []string{"subscriptions", "documents", "proposals", "audit", "tokens"})
}

func TestWhatIsKeptIsKeptTwice(t *testing.T) {
	for _, lost := range []string{"nothing", streamDir, storeFile, tokensFile} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			folder, token := withKept(t)
			require.NoError(t, os.RemoveAll(filepath.Join(folder, lost)))
			requireKept(t, folder, token)
		})
	}
	t.Run("everything but a backup", func(t *testing.T) {
		t.Parallel()
		folder, token := withKept(t)
		backup, into := filepath.Join(t.TempDir(), "backup.bolt"), t.TempDir()
		data, err := os.ReadFile(filepath.Join(folder, storeFile))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(backup, data, 0o600))
		_, err = Restore(t.Context(), backup, into, "", func(string, uint64, uint64) {})
		require.NoError(t, err)
		requireKept(t, into, token)
	})
	t.Run("a value of the store", func(t *testing.T) {
		t.Parallel()
		folder, token := withKept(t)
		alterFile(t, filepath.Join(folder, storeFile), "kept of a subscription", "kept of a subscriptioN")
		requireKept(t, folder, token)
	})
	t.Run("a value of the stream", func(t *testing.T) {
		t.Parallel()
		folder, token := withKept(t)
		altered := false
		require.NoError(t, filepath.WalkDir(filepath.Join(folder, streamDir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err == nil && bytes.Contains(data, []byte("kept of a subscription")) {
				alterFile(t, path, "kept of a subscription", "kept of a subscriptioN")
				altered = true
			}
			return err
		}))
		require.True(t, altered)
		requireKept(t, folder, token)
	})
}

func alterFile(t *testing.T, path, from, to string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Contains(data, []byte(from)))
	require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(data, []byte(from), []byte(to)), 0o600))
}

// A file of tokens that is damaged, or that others may change, is named at the start.
func TestDamagedTokensAreRefused(t *testing.T) {
	folder, _ := withKept(t)
	path := filepath.Join(folder, tokensFile)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, damaged := range []string{"", "{", `[{"id":"x"}]`} {
		require.NoError(t, os.WriteFile(path, []byte(damaged), 0o600))
		_, err = Open(t.Context(), Options{Patience: patience, Data: folder})
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, "damaged")
	}
	require.NoError(t, os.WriteFile(path, whole, 0o600))
	require.NoError(t, os.Chmod(path, 0o666))
	_, err = Open(t.Context(), Options{Patience: patience, Data: folder})
	require.ErrorContains(t, err, "mode 0666")
}

// Where the ledger has begun and no copy of it is left, no other begins.
func TestNoNewLedgerWhereOneHasBegun(t *testing.T) {
	folder, _ := withKept(t)
	require.NoError(t, os.RemoveAll(filepath.Join(folder, streamDir)))
	require.NoError(t, os.Remove(filepath.Join(folder, storeFile)))
	_, err := Open(t.Context(), Options{Patience: patience, Data: folder})
	require.ErrorContains(t, err, "no copy of it is left")
	require.NoError(t, os.Remove(filepath.Join(folder, begunFile)))
	n := openNode(t, folder, func(o *Options) { o.Empty = true })
	require.Zero(t, n.Position())
}

// What is changed in the file of tokens without the node stands in the audit log.
func TestTokensChangedByOthers(t *testing.T) {
	folder, token := withKept(t)
	path := filepath.Join(folder, tokensFile)
	_, carl, err := auth.Open(path, time.Now).Create(auth.Grant{Actor: "carl", Roles: []auth.Role{auth.Operate}, Makers: []auth.Maker{{Actor: "local:root", SetUp: true}}})
	require.NoError(t, err)
	n := openNode(t, folder, func(o *Options) { o.Empty = true })
	require.NoError(t, auth.Open(path, time.Now).Revoke(auth.Digest(token)[:8]))
	require.NoError(t, n.Tokens().Look())
	// By hand, the checksum of the entry goes with the change: otherwise it is damaged.
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	edited := regexp.MustCompile(`,\s*"sum": "[0-9a-f]{8}"`).ReplaceAll(text, nil)
	require.NoError(t, os.WriteFile(path, edited, 0o600))
	alterFile(t, path, `"carl"`, `"Bert"`)
	require.NoError(t, n.Tokens().Look())
	entries, err := n.audit.Entries(t.Context(), audit.Question{Limit: 3})
	require.NoError(t, err)
	require.Equal(t, audit.TokenChanged, entries[0].Kind)
	require.Contains(t, entries[0].Detail, "was for carl, roles operate; is for Bert, roles operate")
	require.Equal(t, audit.TokenRevoked, entries[1].Kind)
	require.Equal(t, "of bert", entries[1].Detail)
	require.Equal(t, audit.TokenMade, entries[2].Kind)
	require.Equal(t, "local:root", entries[2].Actor)
	require.Equal(t, carl.ID, entries[2].Subject)
}
