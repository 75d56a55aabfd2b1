package commands

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
)

// Documents lie in a bucket that the nodes share, beside the ledger, under the
// digest of their bytes:
//
//	head.<digest>      type, size, number of parts, and since when it is only held
//	part.<digest>.<n>  its bytes, partSize of them
//
// A document is held from when it is brought, and kept from when an act or a
// proposal names it. One that is not named within a week is removed. Everybody may
// read it while an act that stands names it, and nobody before. Its bytes can be
// withdrawn; the head stays and says why, and the ledger keeps the digest.

const (
	// MaxDocument is how many bytes a document may have.
	MaxDocument = 32 << 20

	partSize = 512 << 10
	heldTime = 7 * 24 * time.Hour
)

// ErrNoDocument says that no document of the digest is held.
var ErrNoDocument = errors.New("no document of this digest is stored")

// head is what is known of a document.
type head struct {
	Name    string    `json:"name"`
	Type    string    `json:"type"`
	Size    int       `json:"size"`
	Parts   int       `json:"parts"`
	Held    time.Time `json:"held,omitzero"`     // since when it waits to be named; zero: it is kept
	Removed bool      `json:"removed,omitempty"` // it is being removed

	Withdrawn time.Time `json:"withdrawn,omitzero"` // its bytes were, for the reason
	Why       string    `json:"why,omitempty"`
}

// WithdrawnError says that the bytes of a document were withdrawn.
type WithdrawnError struct {
	Digest string
	When   time.Time
	Why    string
}

func (e *WithdrawnError) Error() string {
	return fmt.Sprintf("the bytes of the document were withdrawn on %s: %s", e.When.UTC().Format(time.DateOnly), e.Why)
}

func headKey(digest string) string { return "head." + digest }

func partKey(digest string, n int) string { return fmt.Sprintf("part.%s.%d", digest, n) }

// Bring takes a document in and holds it for a week, within which an act may
// name it. It returns a *projections.InputError for one that is empty or too
// large.
func (s *Secretariat) Bring(ctx context.Context, name, mediaType string, r io.Reader) (domain.Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err != nil {
		return domain.Document{}, err
	}
	if len(data) == 0 || len(data) > MaxDocument {
		return domain.Document{}, &projections.InputError{Field: "document", Reason: "the document is empty or too large", Accepted: fmt.Sprintf("1 byte to %d MiB", MaxDocument>>20)}
	}
	s.sweep(ctx)
	sum := sha256.Sum256(data)
	doc := domain.Document{Digest: hex.EncodeToString(sum[:]), Name: plainName(name), Type: plainType(mediaType), Size: len(data)}
	return doc, s.hold(ctx, doc, data)
}

// hold writes the parts and then the head, so that what has a head is whole.
func (s *Secretariat) hold(ctx context.Context, doc domain.Document, data []byte) error {
	h, revision, err := s.head(ctx, doc.Digest)
	if err != nil && !errors.Is(err, ErrNoDocument) {
		return err
	}
	if !h.Withdrawn.IsZero() {
		return &WithdrawnError{doc.Digest, h.Withdrawn, h.Why}
	}
	kept := err == nil && h.Held.IsZero()
	if kept && s.whole(ctx, doc.Digest) {
		return nil // it is kept already
	}
	// What an act names and was lost is kept again, under the name that it had.
	kept = kept || s.Projection.Current().State.NamesDocument(doc.Digest)
	was := h
	h = head{Name: doc.Name, Type: doc.Type, Size: doc.Size, Held: s.Now().UTC()}
	for ; h.Parts*partSize < len(data); h.Parts++ {
		part := data[h.Parts*partSize : min(len(data), (h.Parts+1)*partSize)]
		if err := s.put(ctx, partKey(doc.Digest, h.Parts), part); err != nil {
			return err
		}
	}
	if kept {
		h.Held = time.Time{}
		h.Name, h.Type = cmp.Or(was.Name, h.Name), cmp.Or(was.Type, h.Type)
	}
	return s.putHead(ctx, doc.Digest, h, revision)
}

// whole reports whether all bytes of a document are there.
func (s *Secretariat) whole(ctx context.Context, digest string) bool {
	_, _, err := s.Document(ctx, digest, true)
	return err == nil
}

// put writes a value that is the same for every writer, in place of one that is not.
func (s *Secretariat) put(ctx context.Context, key string, data []byte) error {
	held, err := s.Documents.Get(ctx, key)
	switch {
	case err == nil && bytes.Equal(held.Data, data):
		return nil
	case err != nil && !errors.Is(err, eventstore.ErrNoValue):
		return err
	}
	_, err = s.Documents.Put(ctx, key, data, held.Revision)
	if errors.Is(err, eventstore.ErrRevision) {
		return nil // somebody has brought the same
	}
	return err
}

// Withdraw removes the bytes of a document for a reason, or proposes it where it takes
// two persons and returns the proposal's id. The act that names the document stays,
// with the digest; who asks for it is told the reason. It returns ErrNoDocument where
// there is none.
func (s *Secretariat) Withdraw(ctx context.Context, by auth.Identity, digest, why string) (proposal string, err error) {
	if why = strings.TrimSpace(why); why == "" || len(why) > 2000 {
		return "", &projections.InputError{Field: "why", Reason: "nothing says why it is withdrawn, or too much does", Accepted: "a reason in words, up to 2,000 bytes; everybody can read it"}
	}
	if !s.FourEyes {
		return "", s.withdraw(ctx, by, digest, why)
	}
	if _, _, err := s.head(ctx, digest); err != nil {
		return "", err
	}
	return s.keepProposal(ctx, Actor{Identity: by}, Proposal{Kind: WithdrawalProposal, Role: auth.Operate, Document: digest, Reason: why})
}

// withdraw removes the bytes, after it stands in the audit log.
func (s *Secretariat) withdraw(ctx context.Context, by auth.Identity, digest, why string) error {
	h, revision, err := s.head(ctx, digest)
	if err != nil {
		return err
	}
	if h.Withdrawn.IsZero() {
		if err := s.Audit.Write(ctx, audit.Entry{Actor: by.Actor, Kind: audit.DocumentWithdrawn, Subject: digest, Token: by.Token, Detail: why}); err != nil {
			return err
		}
		h.Withdrawn, h.Why, h.Held = s.Now().UTC(), why, time.Time{}
		if err := s.putHead(ctx, digest, h, revision); err != nil {
			return err
		}
	}
	for n := range h.Parts { // again, where it was cut off
		if err := s.Documents.Delete(ctx, partKey(digest, n)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Secretariat) putHead(ctx context.Context, digest string, h head, revision uint64) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = s.Documents.Put(ctx, headKey(digest), data, revision)
	return err
}

func (s *Secretariat) head(ctx context.Context, digest string) (h head, revision uint64, err error) {
	if len(digest) != 2*sha256.Size || strings.Trim(digest, "0123456789abcdef") != "" {
		return h, 0, ErrNoDocument
	}
	value, err := s.Documents.Get(ctx, headKey(digest))
	if errors.Is(err, eventstore.ErrNoValue) {
		return h, 0, ErrNoDocument
	}
	if err != nil {
		return h, 0, err
	}
	if err := json.Unmarshal(value.Data, &h); err != nil {
		return h, 0, fmt.Errorf("document %s: %w", digest, err)
	}
	if h.Removed {
		return h, value.Revision, ErrNoDocument
	}
	return h, value.Revision, nil
}

// Document returns a document with its bytes: one that an act names which stands,
// or any, where it is enough that it is held. It returns ErrNoDocument where there
// is none, and *WithdrawnError.
func (s *Secretariat) Document(ctx context.Context, digest string, heldIsEnough bool) (domain.Document, []byte, error) {
	h, _, err := s.head(ctx, digest)
	if err == nil && !heldIsEnough && !s.Projection.Current().State.NamesDocument(digest) {
		err = ErrNoDocument
	}
	if err == nil && !h.Withdrawn.IsZero() {
		err = &WithdrawnError{digest, h.Withdrawn, h.Why}
	}
	if err != nil {
		return domain.Document{}, nil, err
	}
	data := make([]byte, 0, h.Size)
	for n := range h.Parts {
		part, err := s.Documents.Get(ctx, partKey(digest, n))
		if err != nil {
			return domain.Document{}, nil, fmt.Errorf("document %s: part %d: %w", digest, n, err)
		}
		data = append(data, part.Data...)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != digest {
		return domain.Document{}, nil, fmt.Errorf("document %s: its bytes have another digest", digest)
	}
	return domain.Document{Digest: digest, Name: h.Name, Type: h.Type, Size: h.Size}, data, nil
}

// keepDocuments keeps the documents that a command names; a
// *projections.InputError names the first that is not held.
func (s *Secretariat) keepDocuments(ctx context.Context, command domain.Command) error {
	if c, ok := command.(*domain.RegisterArrival); ok {
		for n, doc := range c.Arrival.Documents {
			if err := s.keep(ctx, fmt.Sprintf("documents[%d]", n), doc.Digest, doc.Size); err != nil {
				return err
			}
		}
	}
	for i, actions := 0, actionsOf(command); i < len(actions); i++ {
		for n, doc := range actions[i].Documents {
			field := fmt.Sprintf("actions[%d].documents[%d]", i, n)
			if err := s.keep(ctx, field, doc.Digest, doc.Size); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep makes of a document that is held one that is kept.
func (s *Secretariat) keep(ctx context.Context, field, digest string, size int) error {
	h, revision, err := s.head(ctx, digest)
	if errors.Is(err, ErrNoDocument) {
		return &projections.InputError{Field: field, Reason: "no document of this digest is stored", Accepted: "a document that was brought within a week"}
	}
	if err != nil {
		return err
	}
	if !h.Withdrawn.IsZero() {
		return &projections.InputError{Field: field, Reason: "its bytes were withdrawn: " + h.Why, Accepted: "another document"}
	}
	if h.Size != size {
		return &projections.InputError{Field: field + ".size", Reason: fmt.Sprintf("the document has %d bytes", h.Size), Accepted: fmt.Sprint(h.Size)}
	}
	if h.Held.IsZero() {
		return nil
	}
	h.Held = time.Time{}
	return s.putHead(ctx, digest, h, revision)
}

// actionsOf returns the acts that a command states.
func actionsOf(command domain.Command) []domain.Action {
	switch c := command.(type) {
	case *domain.RecordActions:
		return c.Actions
	case *domain.CorrectAction:
		return []domain.Action{c.Action}
	}
	return nil
}

// sweep removes, once an hour, what has not been named within a week. What it
// cannot remove the next one will.
func (s *Secretariat) sweep(ctx context.Context) {
	now, last := s.Now().Unix(), s.swept.Load()
	if now-last < int64(time.Hour/time.Second) || !s.swept.CompareAndSwap(last, now) {
		return
	}
	heads, err := s.Documents.List(ctx, "head")
	if err != nil {
		s.Logger.Warn("documents are not swept", "cause", err)
		return
	}
	for _, value := range heads {
		var h head
		if json.Unmarshal(value.Data, &h) != nil || h.Held.IsZero() || s.Now().Sub(h.Held) < heldTime {
			continue
		}
		digest := strings.TrimPrefix(value.Key, "head.")
		h.Removed = true
		// A writer that names it in this moment has changed its head, or finds it removed.
		if !h.removedBefore(value) && s.putHead(ctx, digest, h, value.Revision) != nil {
			continue
		}
		for n := range h.Parts {
			_ = s.Documents.Delete(ctx, partKey(digest, n)) // the next sweep tries again
		}
		_ = s.Documents.Delete(ctx, headKey(digest))
	}
}

func (h head) removedBefore(value eventstore.Value) bool {
	var was head
	return json.Unmarshal(value.Data, &was) == nil && was.Removed
}

// plainName keeps of a file's name what can stand in a record.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, path.Base(strings.ReplaceAll(name, `\`, "/")))
	if r := []rune(name); len(r) > 200 {
		name = string(r[:200])
	}
	if name = strings.TrimSpace(name); name == "" || name == "." || name == "/" {
		return "document"
	}
	return name
}

func plainType(text string) string {
	mediaType, _, err := mime.ParseMediaType(text)
	if err != nil || len(mediaType) > 100 {
		return "application/octet-stream"
	}
	return mediaType
}
