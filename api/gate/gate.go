// Package gate bounds what is computed at once, so that whatever is asked, kept
// answers and those who record do not wait for it.
//
// Invariants:
//
//   - as many run at once as there is room for, of a class no more than its share,
//     and of one address one fewer than all, where there is room for more than one:
//     an address that asks without end leaves room for others;
//   - what waits is bounded, in all and by address, and waits for a bounded time;
//   - who waits and was served longest ago comes next: no address can put itself
//     before others by asking more.
package gate

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"depositary/api/auth"
)

// Class is a class of cost.
type Class int

// The classes of what passes a gate.
const (
	View    Class = iota // computed from the views: a few milliseconds
	Assume               // acts are decided anew on a copy of the law's state: up to a tenth of a second
	Picture              // painted: tens of milliseconds, and tens of megabytes meanwhile
	classes
)

// Options of a gate; what is 0 has its default.
type Options struct {
	Room       int           // computations at once; as many as processors by default
	Each       int           // of one address; one fewer than all by default, where that is any
	Waiting    int           // that wait, in all; 512 by default
	PerAddress int           // that wait, of one address; 64 by default
	Patience   time.Duration // how long one waits; 5 s by default
}

// ErrBusy says that there is no room, and none came while it was waited for.
var ErrBusy = errors.New("the server is busy with other questions")

// Gate admits computations. It is safe for concurrent use.
type Gate struct {
	o     Options
	share [classes]int

	mu      sync.Mutex
	running int
	of      [classes]int
	guests  map[string]*guest
	waiting []*waiter // in the order of their coming
	turn    uint64
}

// guest is an address that has something running or waiting.
type guest struct {
	running, waiting int
	served           uint64 // the turn at which it was served last
}

type waiter struct {
	address string
	class   Class
	admit   chan struct{}
}

// New returns a gate with nothing behind it.
func New(o Options) *Gate {
	if o.Room <= 0 {
		o.Room = runtime.GOMAXPROCS(0)
	}
	if o.Each <= 0 {
		o.Each = max(1, o.Room-1)
	}
	if o.Waiting == 0 {
		o.Waiting = 512
	}
	if o.PerAddress == 0 {
		o.PerAddress = 64
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	half := max(1, o.Room/2)
	return &Gate{o: o, guests: make(map[string]*guest), share: [classes]int{View: o.Room, Assume: half, Picture: min(half, 2)}}
}

// Enter waits until a computation of a class, for an address, may run. Who was
// admitted calls leave, once. It returns ErrBusy where there is no room, and the
// context's error where nobody waits for the answer any more.
func (g *Gate) Enter(ctx context.Context, address string, class Class) (leave func(), err error) {
	address = auth.HostOf(address)
	w, err := g.come(address, class)
	if err != nil {
		return nil, err
	}
	leave = sync.OnceFunc(func() { g.leave(address, class) })
	patience := time.NewTimer(g.o.Patience)
	defer patience.Stop()
	select {
	case <-w.admit:
		return leave, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-patience.C:
		err = ErrBusy
	}
	if !g.giveUp(w) { // it was admitted in the same moment
		leave()
	}
	return nil, err
}

// come admits at once, or lets wait.
func (g *Gate) come(address string, class Class) (*waiter, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	who := g.guests[address]
	if who == nil {
		who = new(guest)
		g.guests[address] = who
	}
	w := &waiter{address, class, make(chan struct{})}
	who.waiting++
	g.waiting = append(g.waiting, w)
	g.admit()
	select {
	case <-w.admit:
		return w, nil
	default:
	}
	if len(g.waiting) > g.o.Waiting || who.waiting > g.o.PerAddress {
		g.drop(w)
		return nil, ErrBusy
	}
	return w, nil
}

func (g *Gate) leave(address string, class Class) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.of[class]--
	g.guests[address].running--
	g.forget(address)
	g.admit()
}

// giveUp ends the waiting, and reports whether it was still waited.
func (g *Gate) giveUp(w *waiter) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.drop(w)
}

func (g *Gate) drop(w *waiter) bool {
	i := slices.Index(g.waiting, w)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	g.guests[w.address].waiting--
	g.forget(w.address)
	return true
}

func (g *Gate) forget(address string) {
	if who := g.guests[address]; who.running == 0 && who.waiting == 0 {
		delete(g.guests, address)
	}
}

// admit lets in whom there is room for.
func (g *Gate) admit() {
	for g.running < g.o.Room {
		next := -1
		for i, w := range g.waiting {
			who := g.guests[w.address]
			if g.of[w.class] >= g.share[w.class] || who.running >= g.o.Each {
				continue
			}
			if next < 0 || who.served < g.guests[g.waiting[next].address].served {
				next = i
			}
		}
		if next < 0 {
			return
		}
		w := g.waiting[next]
		g.waiting = slices.Delete(g.waiting, next, next+1)
		who := g.guests[w.address]
		g.turn++
		who.waiting, who.running, who.served = who.waiting-1, who.running+1, g.turn
		g.running++
		g.of[w.class]++
		close(w.admit)
	}
}
