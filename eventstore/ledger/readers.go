package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Listen opens the server in this process to readers of NOTICES. They show a user
// and password, or a token; at least one of the two is set.
type Listen struct {
	Address        string // host and port; port 0 takes a free one
	User, Password string
	Token          string
	Cert, Key      string // files of the server's certificate and its key, PEM; required but on loopback
}

// Check reports what is missing.
func (l Listen) Check() error {
	host, port, err := net.SplitHostPort(l.Address)
	if err != nil {
		return fmt.Errorf("address of NATS for readers %q: host and port expected, such as 127.0.0.1:4222", l.Address)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("address of NATS for readers %q: a port from 0 to 65535 expected, not %d", l.Address, n)
	}
	ip := net.ParseIP(host)
	switch {
	case (l.User == "") != (l.Password == ""):
		return errors.New("readers of NATS: user and password go together")
	case l.User == "" && l.Token == "":
		return errors.New("readers of NATS: a user with a password, or a token expected; nothing is open without")
	case (l.Cert == "") != (l.Key == ""):
		return errors.New("readers of NATS: certificate and key go together")
	case l.Cert == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return fmt.Errorf("readers of NATS: a certificate is required, as %s is not this machine alone and passwords could be read on their way", l.Address)
	}
	return nil
}

const (
	nodeUser       = "node"
	readersAccount = "READERS"
	maxReaders     = 1024 // connections
)

// doorkeeper lets this process in by a secret of its own, and readers by theirs. It
// implements server.Authentication.
type doorkeeper struct {
	listen  Listen
	secret  string
	readers atomic.Pointer[server.Account] // nil until there is what they may ask
}

func newDoorkeeper(l Listen) *doorkeeper { return &doorkeeper{listen: l, secret: rand.Text()} }

// Check implements server.Authentication.
func (d *doorkeeper) Check(c server.ClientAuthentication) bool {
	o := c.GetOpts()
	if o.Username == nodeUser && same(o.Password, d.secret) {
		c.RegisterUser(&server.User{Username: nodeUser})
		return true
	}
	readers := d.readers.Load()
	byUser := d.listen.User != "" && o.Username == d.listen.User && same(o.Password, d.listen.Password)
	byToken := d.listen.Token != "" && o.Username == "" && same(o.Token, d.listen.Token)
	if readers == nil || !byUser && !byToken {
		return false
	}
	c.RegisterUser(&server.User{Username: "reader", Account: readers, Permissions: readerPermissions()})
	return true
}

// same compares two secrets in a time that does not depend on them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// readerPermissions are what readers may send and receive in their account.
func readerPermissions() *server.Permissions {
	publish := &server.SubjectPermission{}
	for _, api := range readerAPI {
		publish.Allow = append(publish.Allow, api.subject)
	}
	for _, create := range readerConsumers {
		publish.Allow = append(publish.Allow, apiPrefix+create)
	}
	return &server.Permissions{Publish: publish, Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX.>"}}}
}

// configure opens the port in the options of a server.
func (d *doorkeeper) configure(o *server.Options) error {
	d.readers.Store(nil)
	host, port, err := net.SplitHostPort(d.listen.Address)
	if err != nil {
		return err
	}
	// The server itself would say only in its log that the port is taken.
	free, err := net.Listen("tcp", d.listen.Address)
	if err != nil {
		return fmt.Errorf("NATS for readers: %w", err)
	}
	if err := free.Close(); err != nil {
		return err
	}
	if o.Port, err = strconv.Atoi(port); err != nil {
		return err
	}
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	o.Host, o.DontListen, o.MaxConn, o.CustomClientAuthentication = host, false, maxReaders, d
	if d.listen.Cert == "" {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(d.listen.Cert, d.listen.Key)
	if err != nil {
		return fmt.Errorf("certificate of NATS for readers: %w", err)
	}
	o.TLS, o.TLSTimeout = true, 5
	o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	return nil
}

// admit makes the account of readers of a server that runs, and lets them in.
func (d *doorkeeper) admit(s *server.Server) error {
	nodes := s.GlobalAccount()
	readers, err := s.RegisterAccount(readersAccount)
	if err != nil {
		return err
	}
	offer := func(from, to string, answers server.ServiceRespType) error {
		return errors.Join(nodes.AddServiceExportWithResponse(to, answers, []*server.Account{readers}), readers.AddServiceImport(nodes, from, to))
	}
	for _, api := range readerAPI {
		answers := server.Singleton
		if api.streamed {
			answers = server.Streamed
		}
		if err := offer(api.subject, api.subject, answers); err != nil {
			return fmt.Errorf("offering %s to readers: %w", api.subject, err)
		}
	}
	for _, create := range readerConsumers {
		if err := offer(apiPrefix+create, consumersPrefix+create, server.Singleton); err != nil {
			return fmt.Errorf("offering %s to readers: %w", create, err)
		}
	}
	d.readers.Store(readers)
	return nil
}

// login is how the connection in this process shows itself.
func (d *doorkeeper) login() nats.Option { return nats.UserInfo(nodeUser, d.secret) }

// ReadersAddress returns where readers reach the server in this process; empty where
// it is not open to them.
func (l *Ledger) ReadersAddress() string {
	if l.server == nil || l.server.door == nil {
		return ""
	}
	return l.server.door.listen.Address
}
