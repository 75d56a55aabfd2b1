package webhooks

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestVerdicts is the table of what each answer means.
func TestVerdicts(t *testing.T) {
	for _, row := range []struct {
		answer  answer
		verdict verdict
		problem string
	}{
		{answer{status: 200}, isTaken, ""},
		{answer{status: 202}, isTaken, ""},
		{answer{status: 204}, isTaken, ""},
		{answer{status: 299}, isTaken, ""},
		{answer{status: 300}, isFailed, "300 Multiple Choices: a redirection, and those are not followed"},
		{answer{status: 301}, isFailed, "301 Moved Permanently: a redirection, and those are not followed"},
		{answer{status: 308}, isFailed, "308 Permanent Redirect: a redirection, and those are not followed"},
		{answer{status: 400}, isFailed, "400 Bad Request: the receiver refused it"},
		{answer{status: 401}, isFailed, "401 Unauthorized: the receiver refused it"},
		{answer{status: 404}, isFailed, "404 Not Found: the receiver refused it"},
		{answer{status: 409}, isFailed, "409 Conflict: the receiver refused it"},
		{answer{status: 410}, isGone, "410 Gone: the address is gone for good"},
		{answer{status: 411}, isFailed, "411 Length Required: the receiver refused it"},
		{answer{status: 429}, isFailed, "429 Too Many Requests: the receiver refused it"},
		{answer{status: 499}, isFailed, "499: the receiver refused it"},
		{answer{status: 500}, isFailed, "500 Internal Server Error: the receiver failed"},
		{answer{status: 503}, isFailed, "503 Service Unavailable: the receiver failed"},
		{answer{status: 599}, isFailed, "599: the receiver failed"},
		{answer{status: 101}, isFailed, "101: no status of an answer"},
		{answer{status: 600}, isFailed, "600: no status of an answer"},
		{answer{fault: "no answer within 15 s"}, isFailed, "no answer within 15 s"},
		{answer{status: 200, fault: "the connection was refused"}, isFailed, "the connection was refused"},
	} {
		v, problem := judge(row.answer)
		require.Equal(t, row.verdict, v, "%+v", row.answer)
		require.Equal(t, row.problem, problem)
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, " 7 ": 7 * time.Second, "-1": 0, "86401": 24 * time.Hour, "99999999999999999999": 0, "1.5": 0,
		"Tue, 24 Nov 2026 13:00:00 GMT": time.Hour, "Mon, 23 Nov 2026 13:00:00 GMT": 0, "Fri, 24 Nov 2028 13:00:00 GMT": 24 * time.Hour, "Tuesday": 0,
	} {
		require.Equal(t, want, retryAfter(header, now), header)
	}
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// hostile is a receiver at a socket of its own, which does what it likes.
func hostile(t *testing.T, behave func(c net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if req, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					_, _ = io.Copy(io.Discard, req.Body)
				}
				behave(c)
			}()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "http://" + l.Addr().String() + "/hook?token=very-secret"
}

func says(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) }
}

func TestHostileReceivers(t *testing.T) {
	s, hasty := newSender(Options{Version: "1.2.3"}, newGuard(loopback)), newSender(Options{Version: "1.2.3"}, newGuard(loopback))
	s.within, hasty.within = 2*time.Minute, 2*time.Second
	t.Cleanup(func() { s.close(); hasty.close() })
	var followed atomic.Bool
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	t.Cleanup(inside.Close)
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := "http://" + refused.Addr().String() + "/hook?token=very-secret"
	require.NoError(t, refused.Close())

	for _, test := range []struct {
		name    string
		url     string
		verdict verdict
		problem string
	}{
		{"500", hostile(t, says("HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nno!")), isFailed, "500 Internal Server Error: the receiver failed"},
		{"429", hostile(t, says("HTTP/1.1 429 Slow\r\nRetry-After: 77\r\nContent-Length: 0\r\n\r\n")), isFailed, "429 Too Many Requests: the receiver refused it"},
		{"410", hostile(t, says("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")), isGone, "410 Gone: the address is gone for good"},
		{"time-out", hostile(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }), isFailed, "no answer within 15 s"},
		{"reset", hostile(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }), isFailed, "the connection was closed before an answer came"},
		{"end", hostile(t, func(net.Conn) {}), isFailed, "the connection was closed before an answer came"},
		{"nobody", nobody, isFailed, "the connection was refused"},
		{"a byte now and then", hostile(t, slowly), isFailed, "no answer within 15 s"},
		{"a body that is slow", hostile(t, func(c net.Conn) { says("HTTP/1.1 200 OK\r\n\r\n")(c); slowly(c) }), isTaken, ""},
		{"endless answer", hostile(t, func(c net.Conn) { says("HTTP/1.1 200 OK\r\n\r\n")(c); endlessly(c) }), isTaken, ""},
		{"endless header", hostile(t, func(c net.Conn) { says("HTTP/1.1 200 OK\r\nX: ")(c); endlessly(c) }), isFailed, "the answer is not HTTP, or its header is too large"},
		{"not HTTP", hostile(t, says("SSH-2.0-OpenSSH_9.9\r\n")), isFailed, "the answer is not HTTP, or its header is too large"},
		{"redirect to loopback", hostile(t, says("HTTP/1.1 307 There\r\nLocation: "+inside.URL+"\r\nContent-Length: 0\r\n\r\n")), isFailed, "307 Temporary Redirect: a redirection, and those are not followed"},
		{"no TLS", strings.Replace(hostile(t, says("HTTP/1.1 400 Bad\r\n\r\n")), "http://", "https://", 1), isFailed, "no secure connection could be made (TLS)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			by := s
			if strings.Contains(test.problem, "15 s") || test.verdict == isTaken { // those that last for as long as one waits
				by = hasty
			}
			a := by.send(context.Background(), test.url, http.Header{}, []byte("{}"))
			v, problem := judge(a)
			require.Equal(t, test.verdict, v, "%+v", a)
			require.Equal(t, test.problem, problem)
			require.LessOrEqual(t, len(a.body), answerBytes)
			require.NotContains(t, problem, "very-secret")
			require.False(t, followed.Load(), "a redirection was followed")
			if test.name == "429" {
				require.Equal(t, 77*time.Second, a.retryAfter)
			}
		})
	}
}

func slowly(c net.Conn) {
	for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + strings.Repeat("x", 1000)) {
		if _, err := c.Write([]byte{b}); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func endlessly(c net.Conn) {
	for {
		if _, err := io.WriteString(c, strings.Repeat("x", 4096)); err != nil {
			return
		}
	}
}

func TestSecureConnections(t *testing.T) {
	var proto atomic.Value
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto.Store(r.Proto + " " + r.Header.Get("User-Agent"))
	}))
	receiver.EnableHTTP2 = true
	receiver.Config.ErrorLog = log.New(io.Discard, "", 0)
	receiver.StartTLS()
	defer receiver.Close()
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()

	roots := x509.NewCertPool()
	roots.AddCert(receiver.Certificate())
	s := newSender(Options{Version: "1.2.3", RootCAs: roots}, newGuard(loopback))
	defer s.close()
	a := s.send(t.Context(), receiver.URL, http.Header{}, []byte("{}"))
	require.Equal(t, 200, a.status, a.fault)
	require.Equal(t, "HTTP/2.0 depositary/1.2.3", proto.Load())
	require.Equal(t, "no secure connection could be made (TLS)", s.send(t.Context(), old.URL, http.Header{}, nil).fault)
	dns := names{addresses: func(int) string { return "127.0.0.1" }}
	named := newSender(Options{RootCAs: roots, Resolver: dns.resolver()}, newGuard(loopback))
	defer named.close()
	fault := named.send(t.Context(), strings.Replace(receiver.URL, "127.0.0.1", "receiver.test", 1), http.Header{}, nil).fault
	require.Contains(t, fault, "the certificate is not accepted: certificate is valid for")

	stranger := newSender(Options{RootCAs: x509.NewCertPool()}, newGuard(loopback))
	defer stranger.close()
	fault = stranger.send(t.Context(), receiver.URL, http.Header{}, nil).fault
	require.Equal(t, "the certificate is not accepted: certificate signed by unknown authority", fault)

	strict := newSender(Options{RootCAs: roots}, newGuard(nil))
	defer strict.close()
	require.Equal(t, "the address 127.0.0.1 is not allowed", strict.send(t.Context(), receiver.URL, http.Header{}, nil).fault)
}

func TestProxiesAreNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello") }))
	defer receiver.Close()
	s := newSender(Options{}, newGuard(loopback))
	defer s.close()
	require.Equal(t, "hello", string(s.send(t.Context(), receiver.URL, http.Header{}, nil).body))
}

func TestShownIsText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                         "plain",
		"a\nb\tc\x00d\x1b[31m":          "a b c·d·[31m",
		"bad \xff\xfe bytes":            "bad � bytes",
		strings.Repeat("x", 300):        strings.Repeat("x", 256),
		strings.Repeat("x", 255) + "éé": strings.Repeat("x", 255),
		"\u202egnp.exe":                 "·gnp.exe",
	} {
		require.Equal(t, want, shown([]byte(in)))
		require.True(t, utf8.ValidString(shown([]byte(in))))
	}
}
