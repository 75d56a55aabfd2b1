package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/eventstore"
	"depositary/internal/wholefile"
)

// ServeOptions of a node that listens.
type ServeOptions struct {
	Options
	Listen string        // address and port; port 0 takes a free one
	Drain  time.Duration // how long requests may take to end when it stops; 10 s where 0
}

// Serving is what there is to say of a node that has begun to serve.
type Serving struct {
	Address    string // to open, with http://
	Position   eventstore.Position
	FirstToken string // of the actor FirstActor, on the very first start
	Readers    string // address at which readers of notices reach NATS; empty where it is closed
}

// FirstActor is whom the token of the very first start belongs to. It is for
// setting up: it makes the tokens of persons, and ends.
const (
	FirstActor     = "admin"
	FirstTokenTime = 7 * 24 * time.Hour
)

// Limits of a connection. What takes longer by its nature, such as a backup,
// lifts the limit for itself.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	defaultDrain      = 10 * time.Second
	failedDrain       = 500 * time.Millisecond // of a node that cannot go on
)

// Serve opens a node and serves it until ctx ends or the node fails, tells
// started when it answers, and closes the node. It returns nil after a stop
// that was asked for. The port is taken before the node opens; until then
// everything but /healthz is answered with 503.
func Serve(ctx context.Context, o ServeOptions, started func(Serving)) (err error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return err
	}
	var door gate
	server := &http.Server{
		Handler: &door, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer func() { err = errors.Join(err, drain(server, o.Drain)) }()

	n, err := Open(ctx, o.Options)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	defer func() {
		n.EndStreams()
		err = errors.Join(err, drain(server, o.Drain), n.Close())
	}()

	serving := Serving{Address: "http://" + reachable(listener.Addr()), Position: n.Position(), Readers: n.ReadersAddress()}
	if serving.FirstToken, err = n.firstToken(); err != nil {
		o.Logger.Warn("the first token cannot be made; a later start makes it, or depositary token create", "cause", err)
	}
	if err := announce(o.Data, serving.Address); err != nil {
		// A full disk keeps nobody from reading: only commands that look for the
		// server here do not find it.
		o.Logger.Warn("the address cannot be noted in the data folder; commands find the server with --server", "cause", err)
	}
	defer withdraw(o.Data)
	door.open(n.Handler())
	o.Logger.Info("serving", "address", serving.Address, "position", serving.Position, "data", o.Data)
	started(serving)

	select {
	case <-ctx.Done():
		o.Logger.Info("stopping")
		return nil
	case <-n.Failed():
		// What waits for an answer gets none; its supervisor starts it again.
		o.Drain = failedDrain
		return n.Err()
	case err := <-ended:
		return err
	}
}

// drain stops accepting, lets requests end for a while, and then ends them.
func drain(server *http.Server, patience time.Duration) error {
	if patience == 0 {
		patience = defaultDrain
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// reachable returns an address that can be opened on this machine.
func reachable(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// firstToken makes a token with all roles, for a week, where there is no file of tokens yet.
func (n *Node) firstToken() (string, error) {
	if _, err := os.Stat(n.o.Tokens); !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	text, t, err := n.tokens.NewToken(auth.Grant{Actor: FirstActor, Roles: auth.Roles(), Lifetime: FirstTokenTime, SetsUp: true})
	if err != nil {
		return "", err
	}
	entry := audit.Entry{Actor: "first start", Kind: audit.TokenMade, Subject: t.ID, Detail: "for " + t.Actor + ", all roles, to set up with"}
	if err := n.audit.Write(context.Background(), entry); err != nil {
		return "", err
	}
	return text, n.tokens.Add(t)
}

const firstTokenFile = "first-token"

// KeepFirstToken puts the first token into a file that its owner alone can read.
func KeepFirstToken(data, token string) (path string, err error) {
	path = filepath.Join(data, firstTokenFile)
	return path, wholefile.Replace(path, []byte(token+"\n"))
}

// gate answers for a node that is still opening.
type gate struct{ handler atomic.Pointer[http.Handler] }

func (g *gate) open(h http.Handler) { g.handler.Store(&h) }

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := g.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	if r.URL.Path == "/healthz" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"alive":true}`))
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", "2")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`{"type":"urn:depositary:unavailable","title":"Service Unavailable","status":503,"detail":"the node is starting"}`))
}

const serverFile = "server.json"

// Announced says where the node of a data folder serves.
type Announced struct {
	Address string `json:"address"`
	PID     int    `json:"pid"`
}

func announce(data, address string) error {
	text, err := json.Marshal(Announced{address, os.Getpid()})
	if err != nil {
		return err
	}
	return wholefile.Replace(filepath.Join(data, serverFile), append(text, '\n'))
}

func withdraw(data string) { _ = os.Remove(filepath.Join(data, serverFile)) }

// ServerOf reads where the node of a data folder serves. After a crash the
// file is left behind: it counts only where Open says ErrHeld.
func ServerOf(data string) (a Announced, err error) {
	text, err := os.ReadFile(filepath.Join(data, serverFile))
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("%s: %w", serverFile, err)
	}
	return a, nil
}
