package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the connection to the SMTP server is secured.
type Security string

// The ways. StartTLS is never left out where it is asked for.
const (
	StartTLS Security = "starttls" // port 587
	TLS      Security = "tls"      // port 465
	Plain    Security = "none"     // for a server on the same machine
)

const sendTimeout = 30 * time.Second

// Server is the SMTP server of the operator, to which all mail is handed.
type Server struct {
	Address  string // host and port
	User     string // empty: without signing in
	Password string
	From     string // sender, such as "Depositary <treaties@example.org>"
	Security Security
	RootCAs  *x509.CertPool // nil: those of the system
}

// Check says with a *FieldError which part of the server cannot be had. It asks
// nothing of the server itself.
func (o Server) Check() error {
	if _, _, err := o.hostPort(); err != nil {
		return err
	}
	if err := gomail.NewMsg().From(o.From); err != nil {
		return &FieldError{"from", fmt.Sprintf("%q is not a sender", o.From), "an address such as treaties@example.org, or Depositary <treaties@example.org>"}
	}
	switch o.Security {
	case StartTLS, TLS:
	case Plain:
		if host, _, _ := net.SplitHostPort(o.Address); o.User != "" && !loopback(host) {
			return &FieldError{"security", "a password is not sent over an open network", "starttls or tls; none for a server on this machine"}
		}
	default:
		return &FieldError{"security", fmt.Sprintf("there is no %q", string(o.Security)), "starttls, tls or none"}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (o Server) hostPort() (host string, port int, err error) {
	host, text, err := net.SplitHostPort(o.Address)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil || host == "" || port < 1 || port > 65535 {
		return "", 0, &FieldError{"address", fmt.Sprintf("%q is not a host and a port", o.Address), "a server such as smtp.example.org:587"}
	}
	return host, port, nil
}

// connection is one to the SMTP server, over which several messages go.
type connection struct{ client *gomail.Client }

func (o Server) dial(ctx context.Context) (*connection, error) {
	host, port, err := o.hostPort()
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(sendTimeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs})}
	switch o.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if o.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if o.Security == Plain {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	client, err := gomail.NewClient(host, options...)
	if err != nil {
		return nil, err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, err
	}
	return &connection{client}, nil
}

func (c *connection) send(m *gomail.Msg) error { return c.client.Send(m) }

func (c *connection) close() { _ = c.client.Close() } // everything is sent by then

// refused reports whether the server refused the recipient of a message for good,
// and with which codes. Its words are left out, as they repeat the address.
// Whatever else fails may be better later.
func refused(err error) (codes string, forGood bool) {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return "", false
	}
	codes = strings.TrimSpace(fmt.Sprintf("%d %s", failed.ErrorCode(), failed.EnhancedStatusCode()))
	return codes, failed.Reason == gomail.ErrSMTPRcptTo && failed.ErrorCode() >= 500
}
