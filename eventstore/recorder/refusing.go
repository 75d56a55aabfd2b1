package recorder

import (
	"fmt"
	"sync"
	"time"
)

// WhySilent is why commands are refused while the ledger has not answered those
// before them.
const WhySilent = "the ledger does not answer"

// NotRecordedError says that the ledger cannot take commands now. The command was
// certainly not recorded; it may be sent again.
type NotRecordedError struct {
	Why   string    // in words, for who sent the command
	Since time.Time // when the ledger ceased to take commands
	Full  bool      // for want of room on a disk
}

func (e *NotRecordedError) Error() string {
	return fmt.Sprintf("the command was not recorded: %s (since %s)", e.Why, e.Since.UTC().Format(time.RFC3339))
}

// refusing returns why commands are refused now, or nil.
func (r *Recorder) refusing() *NotRecordedError {
	if refused := r.o.Writable(); refused != nil {
		return refused
	}
	return r.silent.Load()
}

// Silent returns since when the ledger has said nothing of the commands on their
// way, or nil.
func (r *Recorder) Silent() *NotRecordedError { return r.silent.Load() }

// refusal answers a command that is not sent to the ledger. One that was recorded
// before gets its first answer; of one whose outcome is open nobody can say that
// it was not recorded.
func (r *Recorder) refusal(request Request, refused *NotRecordedError) answer {
	receipt, err := r.repeated(request)
	switch {
	case err != nil:
		return answer{err: err}
	case receipt.Repeated:
		return r.shown(answer{receipt: receipt})
	case r.unsettled.has(request.ID):
		return answer{err: unavailable(refused)}
	}
	return answer{err: refused}
}

// watch refuses what waits, once the batch on its way has had no answer for
// Patience, until end is called, once or more: those commands were sent nowhere.
func (r *Recorder) watch() (end func()) {
	begun, answered, ended := time.Now(), make(chan struct{}), make(chan struct{})
	timer := time.AfterFunc(r.o.Patience, func() {
		defer close(ended)
		silent := &NotRecordedError{Why: WhySilent, Since: begun}
		r.silent.Store(silent)
		for {
			select {
			case <-answered:
				r.silent.Store(nil)
				return
			case p := <-r.queue:
				p.answer <- r.refusal(p.Request, silent)
			}
		}
	})
	return sync.OnceFunc(func() {
		close(answered)
		if !timer.Stop() {
			<-ended
		}
	})
}

// unsettled is the ids of commands that went out and of which nobody knows yet
// whether they were recorded. Once something else was appended they cannot be any
// more: each append names where the ledger has to end.
type unsettled struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (u *unsettled) add(all []*pending) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ids == nil {
		u.ids = make(map[string]bool, len(all))
	}
	for _, p := range all {
		u.ids[p.ID] = true
	}
}

// replace forgets what is settled, and keeps these.
func (u *unsettled) replace(all []*pending) {
	u.mu.Lock()
	clear(u.ids)
	u.mu.Unlock()
	u.add(all)
}

func (u *unsettled) has(id string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ids[id]
}
