// Package auth knows who may write: the tokens with which writers show who they are,
// kept in a file, and the limit on how often one address may try.
//
// A token is a text of 256 random bits that is shown once; the file keeps its
// SHA-256 only, which is enough for a secret that cannot be guessed. The file is
// replaced as a whole under a lock, and read again when it has changed, so the
// command line and a running server share it, and several nodes may share one.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"depositary/eventstore"
	"depositary/internal/filelock"
	"depositary/internal/wholefile"
)

// Role is what a token allows.
type Role string

// The roles. Reading needs none.
const (
	Record    Role = "record"    // record, correct and annul acts
	Define    Role = "define"    // add and correct treaties, participants, groups, weight tables
	Subscribe Role = "subscribe" // webhooks: subscriptions and their deliveries
	Operate   Role = "operate"   // verify, back up
)

// Roles lists all roles.
func Roles() []Role { return []Role{Record, Define, Subscribe, Operate} }

// Token is what is kept of a token.
type Token struct {
	ID      string    `json:"id"`
	Actor   string    `json:"actor"` // stands in the ledger beside what it records
	Roles   []Role    `json:"roles"`
	Hash    string    `json:"hash"` // SHA-256 of the token, hexadecimal
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// Identity is who a valid token belongs to.
type Identity struct {
	Actor string
	Roles []Role
}

// May reports whether the identity has the role.
func (i Identity) May(r Role) bool { return slices.Contains(i.Roles, r) }

// Errors of Check.
var (
	ErrUnknown = errors.New("the token is not known")
	ErrExpired = errors.New("the token has expired")
)

const prefix = "dep_"

// File is a file of tokens. It is safe for concurrent use.
type File struct {
	path string
	now  func() time.Time

	mu     sync.Mutex
	read   fs.FileInfo
	byHash map[string]Token
}

// Open uses the file at path, which need not exist yet.
func Open(path string, now func() time.Time) *File { return &File{path: path, now: now} }

// Check finds whose token it is.
func (f *File) Check(token string) (Identity, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.refresh(); err != nil {
		return Identity{}, err
	}
	digest := hash(token)
	t, ok := f.byHash[digest]
	if !ok || subtle.ConstantTimeCompare([]byte(digest), []byte(t.Hash)) != 1 {
		return Identity{}, ErrUnknown
	}
	if !t.Expires.IsZero() && !f.now().Before(t.Expires) {
		return Identity{}, ErrExpired
	}
	return Identity{t.Actor, t.Roles}, nil
}

// Create makes a token and returns the text that is shown once. A lifetime of 0
// means that it does not expire.
func (f *File) Create(actor string, roles []Role, lifetime time.Duration) (text string, t Token, err error) {
	if !eventstore.Plain(actor) {
		return "", t, fmt.Errorf("actor %q: 1 to 128 printable ASCII characters without blank, quote and backslash expected, such as anna@depositary", actor)
	}
	if len(roles) == 0 || slices.ContainsFunc(roles, func(r Role) bool { return !slices.Contains(Roles(), r) }) {
		return "", t, fmt.Errorf("roles %v: one or more of %v expected", roles, Roles())
	}
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return "", t, err
	}
	text = prefix + base64.RawURLEncoding.EncodeToString(secret[:])
	digest := hash(text)
	t = Token{ID: digest[:8], Actor: actor, Roles: roles, Hash: digest, Created: f.now().UTC().Truncate(time.Second)}
	if lifetime > 0 {
		t.Expires = t.Created.Add(lifetime)
	}
	err = f.change(func(all []Token) ([]Token, error) { return append(all, t), nil })
	return text, t, err
}

// Revoke removes a token.
func (f *File) Revoke(id string) error {
	return f.change(func(all []Token) ([]Token, error) {
		left := slices.DeleteFunc(all, func(t Token) bool { return t.ID == id })
		if len(left) == len(all) {
			return nil, fmt.Errorf("no token has the id %q", id)
		}
		return left, nil
	})
}

// List returns all tokens, oldest first.
func (f *File) List() ([]Token, error) { return load(f.path) }

func hash(token string) string {
	digest := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return hex.EncodeToString(digest[:])
}

// refresh reads the file again if it has changed.
func (f *File) refresh() error {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.byHash, f.read = nil, nil
		return nil
	}
	if err != nil {
		return err
	}
	if f.read != nil && os.SameFile(f.read, info) && f.read.ModTime().Equal(info.ModTime()) && f.read.Size() == info.Size() {
		return nil
	}
	all, err := load(f.path)
	if err != nil {
		return err
	}
	f.byHash = make(map[string]Token, len(all))
	for _, t := range all {
		f.byHash[t.Hash] = t
	}
	f.read = info
	return nil
}

func load(path string) ([]Token, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Token
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("the file of tokens %s cannot be read: %w", path, err)
	}
	return all, nil
}

// lockTime is how long a change waits for another process.
const lockTime = 5 * time.Second

// change replaces the file under a lock beside it, so that two changes at once
// do not lose one another. It is on the disk when change returns nil.
func (f *File) change(edit func([]Token) ([]Token, error)) (err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(context.Background(), lockTime)
	defer cancel()
	unlock, err := filelock.Wait(waiting, f.path+".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	all, err := load(f.path)
	if err != nil {
		return err
	}
	if all, err = edit(all); err != nil {
		return err
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return wholefile.Replace(f.path, append(data, '\n'))
}
