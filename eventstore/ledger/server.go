package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	maxPayload   = 8 << 20 // bytes of a commit with its NATS headers
	startTimeout = 5 * time.Minute
	startLook    = 200 * time.Millisecond
)

// startServer runs a server in this process. It listens nowhere but for the readers
// whom the door lets in, where there is one.
func startServer(dir string, door *doorkeeper, log *slog.Logger) (*server.Server, error) {
	o := &server.Options{
		ServerName: "depositary",
		DontListen: true,
		NoSigs:     true,
		JetStream:  true,
		StoreDir:   dir,
		MaxPayload: maxPayload,
		// Without this, what was acknowledged in the last two minutes is
		// lost when the power fails.
		SyncAlways: true,
		// The disk is the limit, not a share of what was free at the start.
		JetStreamMaxStore: math.MaxInt64 / 2,
		// Each subscription is a consumer of the ledger; the server's default
		// allows a thousand of a stream.
		JetStreamLimits: server.JSLimitOpts{DefaultMaxConsumers: -1},
	}
	if door != nil {
		if err := door.configure(o); err != nil {
			return nil, err
		}
	}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	said := &serverLog{Logger: log}
	s.SetLogger(said, false, false)
	s.Start()
	if err := awaitServer(s, said); err != nil {
		s.Shutdown()
		return nil, fmt.Errorf("the NATS server in this process %w", err)
	}
	if door == nil {
		return s, nil
	}
	if err := door.admit(s); err != nil {
		s.Shutdown()
		return nil, err
	}
	door.listen.Address = s.Addr().String() // also after it was opened anew
	return s, nil
}

// awaitServer waits until a server is ready: a ledger of many millions that was not
// closed is read again first. One that has said that it cannot start never will be.
func awaitServer(s *server.Server, said *serverLog) error {
	for begun := time.Now(); !s.ReadyForConnections(startLook); {
		if why := said.fatal.Load(); why != nil {
			return fmt.Errorf("could not start: %s", *why)
		}
		if time.Since(begun) > startTimeout {
			return fmt.Errorf("was not ready after %v", startTimeout)
		}
	}
	if !s.JetStreamEnabled() {
		return errors.New("could not start JetStream; its log has the reason")
	}
	return nil
}

// inProcess is the server in this process, which can be opened anew while the
// connection stays: the client finds the new one by itself.
type inProcess struct {
	dir  string
	door *doorkeeper // nil where nothing is open to readers
	log  *slog.Logger

	silent atomic.Bool // what was on its way when the server fell silent was ended

	mu      sync.Mutex
	current *server.Server // nil between stop and start
}

// InProcessConn connects to the server that runs now.
func (p *inProcess) InProcessConn() (net.Conn, error) {
	s := p.running()
	if s == nil {
		return nil, errStopped
	}
	return s.InProcessConn()
}

var errStopped = errors.New("the NATS server in this process does not run")

func (p *inProcess) running() *server.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

func (p *inProcess) start() error {
	if err := distrustIndexes(p.dir); err != nil {
		return err
	}
	s, err := startServer(p.dir, p.door, p.log)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = s
	p.silent.Store(false)
	return nil
}

func (p *inProcess) stop() {
	p.mu.Lock()
	s := p.current
	p.current = nil
	p.mu.Unlock()
	if s == nil {
		return
	}
	inOrder := s.JetStreamEnabled() && len(unwritten(s)) == 0
	s.Shutdown()
	s.WaitForShutdown()
	if !inOrder {
		return
	}
	if err := noteStop(p.dir); err != nil {
		p.log.Warn("it cannot be noted that the stream was closed in order; the next start reads all of it", "cause", err)
	}
}

// serverLog passes on what an operator may have to act on.
type serverLog struct {
	*slog.Logger
	fatal atomic.Pointer[string] // why the server cannot start; it does not end the process
}

func (l *serverLog) Noticef(format string, v ...any) { l.Debug("nats: " + fmt.Sprintf(format, v...)) }
func (l *serverLog) Warnf(format string, v ...any)   { l.Warn("nats: " + fmt.Sprintf(format, v...)) }
func (l *serverLog) Errorf(format string, v ...any)  { l.Error("nats: " + fmt.Sprintf(format, v...)) }
func (l *serverLog) Debugf(string, ...any)           {}
func (l *serverLog) Tracef(string, ...any)           {}

func (l *serverLog) Fatalf(format string, v ...any) {
	why := fmt.Sprintf(format, v...)
	l.fatal.Store(&why)
	l.Error("nats: " + why)
}
