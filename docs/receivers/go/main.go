// A receiver of webhooks: verifies, answers the challenge, and takes each notice
// once. Run it with the secret in WEBHOOK_SECRET.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// message is the CloudEvent that is sent.
type message struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Previous string          `json:"previous"`
	Data     json.RawMessage `json:"data"`
}

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	socket, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	log.Print("listening on ", socket.Addr())
	log.Fatal(http.Serve(socket, &receiver{webhook: webhook, seen: make(map[string]bool)}))
}

type receiver struct {
	webhook *standardwebhooks.Webhook
	mu      sync.Mutex
	last    string          // the id that came last; keep it where it survives a restart
	seen    map[string]bool // ids that were taken: a notice may come twice
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, 1<<20))
	if err != nil || r.webhook.Verify(body, request.Header) != nil {
		http.Error(w, "not verified", http.StatusUnauthorized)
		return
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	if m.Type == "depositary.challenge" {
		var c struct{ Challenge string }
		_ = json.Unmarshal(m.Data, &c)
		_, _ = io.WriteString(w, c.Challenge)
		return
	}
	r.take(m)
	w.WriteHeader(http.StatusNoContent)
}

// take is where your work goes. Where previous is not the last id, something is
// missing: ask GET /v1/notices?after=… for it.
func (r *receiver) take(m message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.Type == "depositary.ping" || r.seen[m.ID] {
		return
	}
	hole := m.Previous != r.last && r.last != ""
	r.seen[m.ID], r.last = true, m.ID
	line, _ := json.Marshal(map[string]any{"id": m.ID, "type": m.Type, "hole": hole, "data": m.Data})
	fmt.Println(string(line))
}
