package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"
)

// Session is somebody who has signed in at the desk.
type Session struct {
	Identity Identity  // of who signed in without a token; with one it is asked for anew each time
	Digest   string    // of the token; empty without one
	Until    time.Time // when it ends by itself
}

// mostSessions bounds what is kept: with more, the one that ends first goes.
const mostSessions = 10_000

// Sessions are those who are signed in at this process. A session is known by a
// text of 256 random bits, of which only the digest is kept; it ends when it is
// ended, when its time is over, and when the process ends. The zero value is
// ready; it is safe for concurrent use.
type Sessions struct {
	mu  sync.Mutex
	all map[[sha256.Size]byte]Session
}

// Begin starts a session and returns the text by which it is known.
func (s *Sessions) Begin(session Session, now time.Time) string {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails (crypto/rand)
	text := base64.RawURLEncoding.EncodeToString(secret[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[[sha256.Size]byte]Session)
	}
	if len(s.all) >= mostSessions {
		s.makeRoom(now)
	}
	s.all[sha256.Sum256([]byte(text))] = session
	return text
}

// makeRoom forgets what is over, or else the session that ends first.
func (s *Sessions) makeRoom(now time.Time) {
	var first [sha256.Size]byte
	var ends time.Time
	for key, session := range s.all {
		if !now.Before(session.Until) {
			delete(s.all, key)
		} else if ends.IsZero() || session.Until.Before(ends) {
			first, ends = key, session.Until
		}
	}
	if len(s.all) >= mostSessions {
		delete(s.all, first)
	}
}

// Find returns the session of a text; false where there is none, or none any more.
func (s *Sessions) Find(text string, now time.Time) (Session, bool) {
	key := sha256.Sum256([]byte(text))
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.all[key]
	if ok && !now.Before(session.Until) {
		delete(s.all, key)
		ok = false
	}
	return session, ok
}

// End ends a session.
func (s *Sessions) End(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, sha256.Sum256([]byte(text)))
}
