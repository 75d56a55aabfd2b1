package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/user"
	"strings"
	"time"

	"depositary/api/auth"
	"depositary/cmd/internal/node"
	"depositary/eventstore"
	"depositary/eventstore/ledger"
)

// heldPatience is how long a command waits for a data folder that another
// command holds, or whose server is starting.
const heldPatience = 10 * time.Second

// dataFolder returns the data folder that the flags and the environment name.
func (a *app) dataFolder() string {
	if a.data != "" {
		return a.data
	}
	if folder := os.Getenv("DEPOSITARY_DATA"); folder != "" {
		return folder
	}
	return defaultData
}

// defaultData is the data folder where none is named.
const defaultData = "data"

// reach finds who answers: the server that was named, the server that holds
// the data folder, or the data folder itself, opened in this process.
func (a *app) reach(ctx context.Context) (*door, error) {
	if server := a.namedServer(); server != "" {
		return a.remote(server)
	}
	data := a.dataFolder()
	first := !node.HasLedger(data)
	if first && (data != defaultData || a.use == usesLedger) {
		// A folder that was named and is not there is a slip, and in a new one
		// there is nothing to check or to copy.
		return nil, unreached("no server was named and there is no data folder at %s. Start one with depositary serve, or name one with --server, --data, DEPOSITARY_SERVER or DEPOSITARY_DATA", data)
	}
	if first && a.use == asks {
		return a.bundled(ctx)
	}
	if first {
		fmt.Fprintf(a.err, "depositary: no ledger found; created %q from the bundled catalogue\n", data)
	}
	for deadline := time.Now().Add(heldPatience); ; {
		open := func() (*door, error) { return a.local(ctx, data, first) }
		if a.still && !first && !node.MayWrite(data) {
			open = func() (*door, error) { return a.copied(ctx, data) }
		}
		d, err := open()
		if !errors.Is(err, node.ErrHeld) {
			return d, err
		}
		if announced, err := node.ServerOf(data); err == nil && answers(ctx, announced.Address, alivePatience) {
			return a.remote(announced.Address)
		}
		if time.Now().After(deadline) || pause(ctx, 100*time.Millisecond) != nil {
			return nil, unreached("%w, and no server answers for it", err)
		}
	}
}

// bundled answers a newcomer's question from the bundled data alone: a folder
// that is removed when the answer is there, so that asking leaves nothing behind.
func (a *app) bundled(ctx context.Context) (*door, error) {
	folder, err := os.MkdirTemp("", "depositary-")
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(a.err, "depositary: no ledger found at %q; answered from the bundled data. depositary serve keeps a ledger there.\n", defaultData)
	d, err := a.local(ctx, folder, true)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	closed := d.close
	d.close = func() error { return errors.Join(closed(), os.RemoveAll(folder)) }
	return d, nil
}

// copied opens a copy of a data folder that may not be written to, and removes it
// afterwards: what opens a folder writes to it, were it only a lock.
func (a *app) copied(ctx context.Context, data string) (*door, error) {
	folder, err := os.MkdirTemp("", "depositary-")
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(a.err, "depositary: %s may not be written to; a copy of it is used\n", data)
	err = node.CopyFolder(ctx, data, folder)
	var d *door
	if err == nil {
		d, err = a.local(ctx, folder, false)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	closed := d.close
	d.close = func() error { return errors.Join(closed(), os.RemoveAll(folder)) }
	return d, nil
}

// alivePatience is how long a server may take to say that it is alive.
const alivePatience = 2 * time.Second

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *app) remote(address string) (*door, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	base, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, &usageError{wrongf("%q is no address of a server: http://127.0.0.1:8480 or the like expected", address), "depositary"}
	}
	token, err := a.token()
	if err != nil {
		return nil, err
	}
	if token != "" && base.Scheme == "http" && !onLoopback(base.Hostname()) {
		return nil, &codedError{exitToken, fmt.Errorf("the token is not sent to %s without TLS, as it could be read on its way: name the server with https://, or ask without a token", base.Host)}
	}
	return &door{base: base.String(), client: &http.Client{CheckRedirect: neverRedirect}, token: token, close: func() error { return nil }}, nil
}

// onLoopback reports whether a host is this machine.
func onLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// neverRedirect keeps the token from being sent to another host.
func neverRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// token is read from a file or the environment: what stands in an argument is
// seen by everybody on the machine.
func (a *app) token() (string, error) {
	if a.tokenFile == "" {
		return strings.TrimSpace(os.Getenv("DEPOSITARY_TOKEN")), nil
	}
	text, err := os.ReadFile(a.tokenFile)
	if err != nil {
		return "", &codedError{exitToken, fmt.Errorf("the token cannot be read: %w", err)}
	}
	return strings.TrimSpace(string(text)), nil
}

// local opens the data folder in this process, and begins it where it is the
// first time.
func (a *app) local(ctx context.Context, data string, first bool) (*door, error) {
	actor, err := a.localActor()
	if err != nil {
		return nil, err
	}
	zone, err := zone("")
	if err != nil {
		return nil, &usageError{err, "depositary"}
	}
	progress := newProgress(a.err)
	defer progress.end()
	defer node.BoundMemory(data)()
	n, err := node.Open(ctx, node.Options{Data: data, NATS: a.clusterAddresses(), Access: a.access(), Empty: !first, Still: a.still, Now: now, Zone: zone, Version: version(), Progress: progress.tell,
		Logger: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return nil, err
	}
	transport := inMemory{n.Handler(), auth.Identity{Actor: actor, Roles: auth.Roles(), Makers: []auth.Maker{{Actor: localUser()}}, SetsUp: true}}
	return &door{base: "http://data-folder", client: &http.Client{Transport: transport}, close: func() error {
		progress.end()
		return n.Close()
	}}, nil
}

// access returns how the cluster is reached, by flags and the environment. A
// password is read from a file or the environment: what stands in an argument is
// seen by everybody on the machine.
func (a *app) access() ledger.Access {
	of := func(flag, variable string) string { return cmp.Or(flag, os.Getenv("DEPOSITARY_NATS_"+variable)) }
	f := a.reached
	return ledger.Access{Creds: of(f.Creds, "CREDS"), NKey: of(f.NKey, "NKEY"), User: of(f.User, "USER"), Password: of("", "PASSWORD"),
		PasswordFile: of(f.PasswordFile, "PASSWORD_FILE"), CA: of(f.CA, "CA"), Cert: of(f.Cert, "CERT"), Key: of(f.Key, "CERT_KEY")}
}

func (a *app) clusterAddresses() string {
	if a.cluster != "" {
		return a.cluster
	}
	return os.Getenv("DEPOSITARY_NATS")
}

// localUser names who runs the command, as the system knows him; "local:" where it does not.
func localUser() string {
	name := os.Getenv("USER")
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if !eventstore.Plain("local:" + name) {
		name = "" // a name that cannot stand in the ledger
	}
	return "local:" + name
}

// localActor is who stands in the ledger beside what is recorded without a token.
func (a *app) localActor() (string, error) {
	actor := a.actor
	if actor == "" {
		if actor = localUser(); actor == "local:" {
			actor = ""
		}
	}
	if !eventstore.Plain(actor) {
		return "", &usageError{wrongf("the actor %q cannot stand in the ledger: --actor with 1 to 128 plain ASCII characters without blank, quote and backslash expected, such as anna@depositary", actor), "depositary"}
	}
	return actor, nil
}
