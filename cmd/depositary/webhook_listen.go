package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func (a *app) webhookListenCommand() *cobra.Command {
	var l listener
	var address, secret, secretFile, key string
	c := &cobra.Command{Use: "listen", Short: "Receive, verify and print: a receiver for trying", Args: cobra.NoArgs,
		Long: "Receives what a subscription is sent, verifies each signature, answers challenges and prints a line for each notice.\n" +
			"It says where one is missing (its previous is not the last that came) and where one comes again. The server has to\n" +
			"be allowed to call it: depositary serve --webhook-allow-http --webhook-allow 127.0.0.0/8.",
		Example: "  DEPOSITARY_WEBHOOK_SECRET=whsec_… depositary webhook listen --listen 127.0.0.1:9000",
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if l.check, err = checker(secret, secretFile, key); err != nil {
				return &usageError{err, c.CommandPath()}
			}
			l.out, l.json = a.out, a.form == formJSON
			return l.run(c.Context(), address, a.err)
		}}
	c.Flags().StringVar(&address, "listen", "127.0.0.1:9000", "address and port; port 0 takes a free one")
	c.Flags().StringVar(&secret, "secret", "", "shared secret, whsec_… (default $DEPOSITARY_WEBHOOK_SECRET; without any, signatures are not checked, and each line says so)")
	c.Flags().StringVar(&secretFile, "secret-file", "", "file with the shared secret")
	c.Flags().StringVar(&key, "public-key", "", "published key, whpk_…, for signatures of the scheme v1a")
	c.MarkFlagsMutuallyExclusive("secret", "secret-file", "public-key")
	a.forms(c, formTable, formJSON)
	return c
}

// check verifies a request's signature; nil where none is to be checked.
type check func(body []byte, header http.Header) error

func checker(secret, secretFile, key string) (check, error) {
	if key != "" {
		return publicCheck(key)
	}
	if secretFile != "" {
		text, err := os.ReadFile(secretFile)
		if err != nil {
			return nil, err
		}
		secret = strings.TrimSpace(string(text))
	}
	if secret == "" {
		secret = os.Getenv("DEPOSITARY_WEBHOOK_SECRET")
	}
	if secret == "" {
		return nil, nil
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return nil, wrongf("the secret: whsec_ and 24 to 64 bytes in base64 expected: %w", err)
	}
	return verifier.Verify, nil
}

// freshness is how old or how far ahead a request may be.
const freshness = 5 * time.Minute

// publicCheck verifies signatures of the scheme v1a.
func publicCheck(text string) (check, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whpk_"))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, wrongf("--public-key: whpk_ and 32 bytes in base64 expected")
	}
	return func(body []byte, h http.Header) error {
		at, err := strconv.ParseInt(h.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
		if err != nil || time.Since(time.Unix(at, 0)).Abs() > freshness {
			return errors.New("the timestamp is too old or too far ahead")
		}
		signed := fmt.Appendf(nil, "%s.%d.%s", h.Get(standardwebhooks.HeaderWebhookID), at, body)
		for one := range strings.FieldsSeq(h.Get(standardwebhooks.HeaderWebhookSignature)) {
			encoded, is := strings.CutPrefix(one, "v1a,")
			signature, err := base64.StdEncoding.DecodeString(encoded)
			if is && err == nil && ed25519.Verify(key, signed, signature) {
				return nil
			}
		}
		return errors.New("no signature matches")
	}, nil
}

// listener receives and prints.
type listener struct {
	check check
	out   io.Writer
	json  bool

	mu   sync.Mutex
	last map[string]string // of each subscription, the id that came last
	seen map[string]bool
}

// received is what the listener reads of a message.
type received struct {
	ID           string `json:"id"`
	Type         string `json:"type"`
	Subscription string `json:"subscription"`
	Previous     string `json:"previous"`
	Data         struct {
		Challenge string `json:"challenge"`
		Date      string `json:"date"`
		Title     string `json:"title"`
	} `json:"data"`
}

const mostReceived = 1 << 20 // bytes of a message

func (l *listener) run(ctx context.Context, address string, notes io.Writer) error {
	l.last, l.seen = make(map[string]string), make(map[string]bool)
	socket, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(notes, "listening on http://%s\n", socket.Addr())
	if l.check == nil {
		fmt.Fprintln(notes, "Signatures are not checked: no secret is given.")
	}
	server := &http.Server{Handler: l, ReadTimeout: 15 * time.Second, WriteTimeout: 15 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(socket); ctx.Err() == nil {
		return err
	}
	return nil
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostReceived))
	if err != nil {
		http.Error(w, "the message cannot be read", http.StatusBadRequest)
		return
	}
	if l.check != nil {
		if err := l.check(body, r.Header); err != nil {
			l.line("refused: " + err.Error())
			http.Error(w, "the signature does not match", http.StatusUnauthorized)
			return
		}
	}
	var m received
	if err := json.Unmarshal(body, &m); err != nil {
		http.Error(w, "the message is no CloudEvent", http.StatusBadRequest)
		return
	}
	if m.Type == "depositary.challenge" {
		l.line("challenge answered")
		_, _ = io.WriteString(w, m.Data.Challenge)
		return
	}
	l.tell(m, body)
	w.WriteHeader(http.StatusNoContent)
}

// tell prints a message, with what is odd about its place.
func (l *listener) tell(m received, body []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		fmt.Fprintf(l.out, "%s\n", body)
		return
	}
	if l.check == nil {
		fmt.Fprint(l.out, "unverified  ")
	}
	if m.Type == "depositary.ping" {
		fmt.Fprintln(l.out, "ping")
		return
	}
	last, known := l.last[m.Subscription]
	switch {
	case l.seen[m.ID]:
		fmt.Fprint(l.out, "again  ")
	case known && m.Previous != last:
		fmt.Fprintf(l.out, "hole: %s is not here\n", orElse(m.Previous, "what came before"))
	}
	if !l.seen[m.ID] {
		l.last[m.Subscription] = m.ID
	}
	l.seen[m.ID] = true
	_, notice, _ := strings.Cut(m.ID, "_")
	fmt.Fprintf(l.out, "%s  %s  %s  %s\n", notice, m.Data.Date, strings.TrimPrefix(m.Type, "depositary."), m.Data.Title)
}

func (l *listener) line(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.json {
		fmt.Fprintln(l.out, text)
	}
}
