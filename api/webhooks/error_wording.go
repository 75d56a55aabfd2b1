package webhooks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// inWords says why there was no answer. The address that was called is left
// out: its path and query may be secret.
func inWords(err error) string {
	if of := (*url.Error)(nil); errors.As(err, &of) {
		err = of.Err
	}
	if refused := (*addressError)(nil); errors.As(err, &refused) {
		return refused.Error()
	}
	for _, f := range faults {
		if f.is(err) {
			return f.words(err)
		}
	}
	return "no answer: " + shown([]byte(err.Error()))
}

// faults, the more particular ones first.
var faults = []struct {
	is    func(error) bool
	words func(error) string
}{
	{isTimeout, plain("no answer within 15 s")},
	{is(context.Canceled), plain("the request was given up")},
	{isA[*net.DNSError], ofName},
	{is(syscall.ECONNREFUSED), plain("the connection was refused")},
	{is(syscall.ENETUNREACH, syscall.EHOSTUNREACH), plain("the address cannot be reached")},
	{isCertificate, func(err error) string { return "the certificate is not accepted: " + ofCertificate(err) }},
	{isTLS, plain("no secure connection could be made (TLS)")},
	{is(syscall.ECONNRESET, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF), plain("the connection was closed before an answer came")},
	{isHTTP, plain("the answer is not HTTP, or its header is too large")},
}

func plain(words string) func(error) string { return func(error) string { return words } }

func is(any ...error) func(error) bool {
	return func(err error) bool {
		for _, target := range any {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
}

func isA[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

func ofName(err error) string {
	var e *net.DNSError
	errors.As(err, &e)
	if e.IsNotFound {
		return "there is no host " + e.Name
	}
	return "the host " + e.Name + " could not be looked up"
}

func isCertificate(err error) bool {
	return isA[*tls.CertificateVerificationError](err) || isA[x509.HostnameError](err) || isA[x509.UnknownAuthorityError](err)
}

func ofCertificate(err error) string {
	var e *tls.CertificateVerificationError
	if errors.As(err, &e) {
		err = e.Err
	}
	return shown([]byte(strings.TrimPrefix(err.Error(), "x509: ")))
}

func isTLS(err error) bool {
	return isA[tls.RecordHeaderError](err) || isA[tls.AlertError](err) || strings.Contains(err.Error(), "tls: ") ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

func isHTTP(err error) bool {
	text := err.Error()
	return strings.Contains(text, "malformed") || strings.Contains(text, "server response headers exceeded") || strings.Contains(text, "transport connection broken")
}
