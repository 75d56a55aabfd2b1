// Package auth knows who may write: the tokens with which writers show who they are,
// kept in a file, who counts as another person, and the limit on how often one
// address may try.
//
// A token is a text of 256 random bits that is shown once; the file keeps its
// SHA-256 only, which is enough for a secret that cannot be guessed. The file is
// replaced as a whole under a lock, and read again when it has changed, so the
// command line and a running server share it, and several nodes may share one.
package auth

import (
	"bytes"
	"cmp"
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
	"runtime"
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
	Operate   Role = "operate"   // tokens, the audit log, verify, back up
)

// Roles lists all roles.
func Roles() []Role { return []Role{Record, Define, Subscribe, Operate} }

// Token is what is kept of a token.
type Token struct {
	ID      string    `json:"id"`
	Actor   string    `json:"actor"`            // whose it is
	Public  string    `json:"public,omitempty"` // stands in the ledger in place of the actor, such as the name of a section
	Roles   []Role    `json:"roles"`
	Hash    string    `json:"hash"` // SHA-256 of the token, hexadecimal
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
	Makers  []Maker   `json:"makers,omitempty"` // who made it, then who made that one's token, and so on; none of a token of an earlier release
	SetsUp  bool      `json:"setsUp,omitempty"` // the first token: it is for setting up
	Sum     string    `json:"sum,omitempty"`    // in the file only: see sum
}

// sum returns the first bytes of the SHA-256 of what is kept of a token: one of
// which a bit was altered would be another token, and nothing else would tell. A
// file of an earlier release has none.
func (t Token) sum() string {
	t.Sum = ""
	data, _ := json.Marshal(t) // of this program's own type
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:4])
}

// Maker returns who made the token; empty where that is not known.
func (t Token) Maker() string {
	if len(t.Makers) == 0 {
		return ""
	}
	return t.Makers[0].Actor
}

// Valid reports whether the token has not expired.
func (t Token) Valid(now time.Time) bool { return t.Expires.IsZero() || now.Before(t.Expires) }

// identity returns who the token belongs to.
func (t Token) identity() Identity {
	return Identity{Actor: t.Actor, Public: t.Public, Roles: t.Roles, Token: t.ID, Makers: t.Makers, SetsUp: t.SetsUp}
}

// Identity is who asks: the owner of a valid token, somebody who has signed in
// otherwise, or the owner of the data folder.
type Identity struct {
	Actor  string
	Public string // stands in the ledger in place of the actor; the actor where empty
	Roles  []Role
	Token  string  // id of the token; empty where there is none
	Makers []Maker // who made the token, directly and through others
	SetsUp bool    // what this identity makes was made when setting up
}

// Named returns what stands in the ledger beside what the identity records.
func (i Identity) Named() string { return cmp.Or(i.Public, i.Actor) }

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

	keeping  sync.Mutex // guards what follows
	noted    []byte     // the content that was told last
	onChange func(data []byte, own bool) error
}

// Open uses the file at path, which need not exist yet.
func Open(path string, now func() time.Time) *File { return &File{path: path, now: now} }

// OnChange has fn called with the content of the file when it has changed, by
// this process (own) or, when Look finds it, by others. What fn fails with fails
// the change. It is set before the file is used.
func (f *File) OnChange(fn func(data []byte, own bool) error) { f.onChange = fn }

// Look tells the content of the file, if others have changed it.
func (f *File) Look() error {
	data, _, err := read(f.path)
	if err != nil || data == nil {
		return err
	}
	return f.tell(data, false)
}

func (f *File) tell(data []byte, own bool) error {
	f.keeping.Lock()
	defer f.keeping.Unlock()
	if f.onChange == nil || bytes.Equal(f.noted, data) {
		return nil
	}
	if err := f.onChange(data, own); err != nil {
		return err
	}
	f.noted = data
	return nil
}

// Ready says what is wrong with the file: it cannot be read, it is damaged, or
// others than its owner may change it. A file that is not there yet is ready.
func (f *File) Ready() error {
	_, err := load(f.path)
	return err
}

// Check finds whose token it is.
func (f *File) Check(token string) (Identity, error) { return f.identity(hash(token)) }

// Digest is what is kept of the text of a token.
func Digest(token string) string { return hash(token) }

// CheckDigest finds whose token has the digest: sessions keep no text.
func (f *File) CheckDigest(digest string) (Identity, error) { return f.identity(digest) }

func (f *File) identity(digest string) (Identity, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.refresh(); err != nil {
		return Identity{}, err
	}
	t, ok := f.byHash[digest]
	if !ok || subtle.ConstantTimeCompare([]byte(digest), []byte(t.Hash)) != 1 {
		return Identity{}, ErrUnknown
	}
	if !t.Valid(f.now()) {
		return Identity{}, ErrExpired
	}
	return t.identity(), nil
}

// Grant is what a token is to allow, and to whom.
type Grant struct {
	Actor    string
	Public   string // see Token
	Roles    []Role
	Lifetime time.Duration // 0: it does not expire
	Makers   []Maker       // see MakersBy
	SetsUp   bool          // it is the first token
}

// NewToken makes the text of a token, which is shown once, and what is kept of
// it. It is not valid before it is added.
func (f *File) NewToken(g Grant) (text string, t Token, err error) {
	if !eventstore.Plain(g.Actor) {
		return "", t, fmt.Errorf("actor %q: 1 to 128 printable ASCII characters without blank, quote and backslash expected, such as anna@depositary", g.Actor)
	}
	if g.Public != "" && !eventstore.Plain(g.Public) {
		return "", t, fmt.Errorf("public name %q: 1 to 128 printable ASCII characters without blank, quote and backslash expected, such as treaty-section", g.Public)
	}
	if len(g.Roles) == 0 || slices.ContainsFunc(g.Roles, func(r Role) bool { return !slices.Contains(Roles(), r) }) {
		return "", t, fmt.Errorf("roles %v: one or more of %v expected", g.Roles, Roles())
	}
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails (crypto/rand)
	text = prefix + base64.RawURLEncoding.EncodeToString(secret[:])
	digest := hash(text)
	t = Token{ID: digest[:8], Actor: g.Actor, Public: g.Public, Roles: g.Roles, Hash: digest, Created: f.now().UTC().Truncate(time.Second), Makers: g.Makers, SetsUp: g.SetsUp}
	if g.Lifetime > 0 {
		t.Expires = t.Created.Add(g.Lifetime)
	}
	return text, t, nil
}

// Create makes a token that is valid at once, and returns the text that is
// shown once.
func (f *File) Create(g Grant) (text string, t Token, err error) {
	if text, t, err = f.NewToken(g); err != nil {
		return "", t, err
	}
	return text, t, f.Add(t)
}

// Add makes a token valid. One that was added before is not added again.
func (f *File) Add(t Token) error {
	return f.change(func(all []Token) ([]Token, error) {
		if slices.ContainsFunc(all, func(other Token) bool { return other.Hash == t.Hash }) {
			return all, nil
		}
		return append(all, t), nil
	})
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
	_, all, err := read(path)
	return all, err
}

// read returns the content of the file with its tokens; nothing of a file that is
// not there.
func read(path string) ([]byte, []Token, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&othersMay != 0 {
		return nil, nil, fmt.Errorf("the file of tokens %s may be used by others (mode %04o): only its owner may write it, and nobody but the owner and the group read it (chmod 600)", path, info.Mode().Perm())
	}
	all, err := Parse(data)
	if err == nil && len(data) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the file of tokens %s is damaged: %w. Put back a copy of it, or set it aside: its copy in the store is taken then", path, err)
	}
	return data, all, nil
}

// Parse reads the content of a file of tokens; an empty one has none.
func Parse(data []byte) (all []Token, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	for i, t := range all {
		if len(t.Hash) != 2*sha256.Size || t.Actor == "" || t.ID == "" {
			return nil, fmt.Errorf("entry %d is no token", i+1)
		}
		if t.Sum != "" && t.Sum != t.sum() {
			return nil, fmt.Errorf("entry %d, the token %q, does not match its checksum", i+1, t.ID)
		}
		all[i].Sum = ""
	}
	return all, nil
}

// othersMay are the permissions that nobody but the owner may have: writing for
// the group, and anything for all others.
const othersMay = 0o027

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
	before, all, err := read(f.path)
	if err != nil {
		return err
	}
	if before != nil {
		if err := f.tell(before, false); err != nil { // what others changed is not taken for ours
			return err
		}
	}
	if all, err = edit(all); err != nil {
		return err
	}
	for i := range all {
		all[i].Sum = all[i].sum()
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if err := wholefile.Replace(f.path, data); err != nil {
		return err
	}
	return f.tell(data, true)
}
