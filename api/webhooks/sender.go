package webhooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of one request.
const (
	requestTime = 15 * time.Second // in all: look-up, connection, request, answer
	answerBytes = 64 << 10         // read of an answer's body
	headerBytes = 32 << 10         // of an answer's header
	shownBytes  = 256              // kept of an answer
	idleInAll   = 128              // connections that wait for the next request
	idlePerHost = 4
	idleLongest = 60 * time.Second
)

// sender makes the requests.
type sender struct {
	client *http.Client
	agent  string
	within time.Duration // requestTime, less in tests
	now    func() time.Time
}

func newSender(o Options, g *guard) *sender {
	transport := o.Transport
	if transport == nil {
		dialer := &net.Dialer{Timeout: requestTime, Control: g.control, Resolver: o.Resolver}
		transport = &http.Transport{
			Proxy:                  nil, // the guard would see the proxy's address only
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
			TLSHandshakeTimeout:    requestTime,
			MaxResponseHeaderBytes: headerBytes,
			MaxIdleConns:           idleInAll,
			MaxIdleConnsPerHost:    idlePerHost,
			IdleConnTimeout:        idleLongest,
			DisableCompression:     true, // an answer is no larger than it is
		}
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	never := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &sender{client: &http.Client{Transport: transport, CheckRedirect: never}, agent: "depositary/" + o.Version, within: requestTime, now: now}
}

func (s *sender) close() { s.client.CloseIdleConnections() }

// answer is what came of a request. With a fault there was none.
type answer struct {
	status     int
	body       []byte // at most answerBytes
	whole      bool   // body is all of it
	retryAfter time.Duration
	fault      string // in words, without anything secret
}

// send makes one request, within its time. What comes after the header of
// the answer changes nothing about its status: who says 200 has taken it.
func (s *sender) send(ctx context.Context, url string, header http.Header, body []byte) answer {
	ctx, cancel := context.WithTimeout(ctx, s.within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return answer{fault: "the address cannot be called"}
	}
	req.Header = header.Clone()
	req.Header.Set("User-Agent", s.agent)
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{fault: inWords(err)}
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, retryAfter: retryAfter(resp.Header.Get("Retry-After"), s.now())}
	read, err := io.ReadAll(io.LimitReader(resp.Body, answerBytes+1))
	a.whole = err == nil && len(read) <= answerBytes
	a.body = read[:min(len(read), answerBytes)]
	return a
}

// shown returns the first bytes of an answer as text that can be shown.
func shown(body []byte) string {
	cut := body[:min(len(body), shownBytes)]
	for len(cut) < len(body) && len(cut) > shownBytes-utf8.UTFMax && !utf8.Valid(cut) {
		cut = cut[:len(cut)-1] // a character is not cut
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return '�'
		case r == '\n', r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '·'
		}
		return r
	}, strings.ToValidUTF8(string(cut), "�"))
}
