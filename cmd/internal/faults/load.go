package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// house is a depositary of a folder that is broken: its two persons, and the book
// of what was answered to them. Where it takes two persons, acts and tokens pass
// through proposals.
type house struct {
	data     string
	fourEyes bool
	anna     string // tokens
	bob      string
	book     *book

	mu     sync.Mutex
	chosen map[*entry]bool
	next   atomic.Int64
}

const (
	treaty       = "TRIAL"
	participants = 12
)

const treatyBody = `{"id":"TRIAL","short":"TRIAL","title":"Convention on Trials","adopted":"2000-01-01","depositary":"nobody","admits":["States"],` +
	`"consent":{"by":["accession"],"article":"1"},"entryIntoForce":{"when":"2 consents","then":"30 days","article":"2"},"laterParties":{"then":"30 days","article":"2"},"source":"made for a trial"}`

func participantID(i int) string { return fmt.Sprintf("P%02d", i+1) }

// newHouse makes a folder with two persons, a treaty and its participants.
func (s *suite) newHouse(data string, fourEyes bool) (*house, error) {
	h := &house{data: data, fourEyes: fourEyes, book: newBook(), chosen: map[*entry]bool{}}
	for name, text := range map[string]*string{"anna": &h.anna, "bob": &h.bob} {
		var err error
		if *text, err = s.makeToken(data, "", name); err != nil {
			return nil, err
		}
	}
	p, err := s.start(data)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	return h, h.define(p)
}

// makeToken makes a token of a person with all roles, in a folder or a file.
func (s *suite) makeToken(data, file, person string) (string, error) {
	args := []string{"token", "create", "--actor", person, "--role", "record,define,subscribe,operate"}
	if file != "" {
		args = append(args, "--tokens", file)
	}
	out, code := s.command(data, args...)
	for line := range strings.Lines(out) {
		if code == 0 && strings.HasPrefix(line, "dep_") {
			return strings.TrimSpace(line), nil
		}
	}
	return "", fmt.Errorf("token create: %s", out)
}

// define records the treaty and its participants.
func (h *house) define(p *program) error {
	bodies := []request{{path: "/v1/treaties/" + treaty, body: []byte(treatyBody)}}
	for i := range participants {
		id := participantID(i)
		bodies = append(bodies, request{path: "/v1/participants/" + id, body: fmt.Appendf(nil, `{"id":%q,"kind":"state","names":[{"name":"Participant %s"}],"source":"made for a trial"}`, id, id)})
	}
	for _, r := range bodies {
		r.method, r.token = http.MethodPut, h.anna
		if answer := p.ask(context.Background(), r); !answer.fine() {
			return fmt.Errorf("defining %s: %d %s", r.path, answer.status, answer.body)
		}
	}
	return nil
}

// args are those of the node of the house.
func (h *house) args() []string {
	if h.fourEyes {
		return []string{"--four-eyes"}
	}
	return nil
}

// load writes with several writers until ctx ends; what is on its way then is
// waited for.
func (h *house) load(ctx context.Context, p *program, writers int, seed *rand.Rand) {
	var running sync.WaitGroup
	for range writers {
		random := rand.New(rand.NewPCG(seed.Uint64(), seed.Uint64()))
		running.Go(func() {
			for ctx.Err() == nil && p.running() {
				h.write(p, random)
			}
		})
	}
	running.Wait()
}

// write does one thing that a secretariat does.
func (h *house) write(p *program, random *rand.Rand) {
	switch n := random.IntN(20); {
	case n < 8:
		h.act(p, "")
	case n < 10:
		h.actWithDocument(p)
	case n < 11:
		h.withdraw(p)
	case n < 12:
		h.subscribe(p)
	case n < 13:
		h.unsubscribe(p)
	case n < 14:
		h.makeToken(p)
	case n < 15:
		h.revoke(p)
	default:
		h.decide(p, random.IntN(3) > 0)
	}
}

func (h *house) key() string { return fmt.Sprintf("%06d", h.next.Add(1)) }

func (h *house) ask(p *program, r request) reply {
	if r.token == "" {
		r.token = h.anna
	}
	if r.method == "" && r.body != nil {
		r.method = http.MethodPost
	}
	return p.ask(context.Background(), r)
}

func (h *house) choose(k kind) *entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.book.pick(k, h.chosen)
}

// actBody is the body of an act that the law lets pass as often as it is sent.
func actBody(key, named string) []byte {
	documents := ""
	if named != "" {
		documents = `,"documents":[` + named + `]`
	}
	return fmt.Appendf(nil, `{"actions":[{"participant":"P01","action":"communication","date":"2020-01-01","statement":{"text":"communication %s"}%s}]}`, key, documents)
}

// act records an act; where it takes two persons it proposes one.
func (h *house) act(p *program, named string) *entry {
	key := h.key()
	return h.send(p, h.book.open(&entry{kind: h.actKind(), key: key, body: actBody(key, named)}))
}

func (h *house) actKind() kind {
	if h.fourEyes {
		return proposal
	}
	return act
}

// send sends the command of an entry, once more too.
func (h *house) send(p *program, e *entry) *entry {
	r := h.ask(p, request{path: "/v1/treaties/" + treaty + "/actions", key: e.key, body: e.body})
	h.book.answer(e, r, func(e *entry) {
		var receipt struct {
			Position uint64
			Proposal string
		}
		_ = json.Unmarshal(r.body, &receipt) // a receipt without both is found by the check
		e.position, e.id = receipt.Position, receipt.Proposal
	})
	return e
}

// actWithDocument brings a document and an act that names it.
func (h *house) actWithDocument(p *program) {
	content := fmt.Appendf(nil, "document %s of %s", h.key(), h.anna)
	digest := sha256.Sum256(content)
	e := &entry{kind: document, key: hex.EncodeToString(digest[:]), body: content}
	r := h.ask(p, request{path: "/v1/documents?name=letter.txt", body: content, media: "text/plain"})
	if !r.fine() {
		h.book.open(e)
		h.book.answer(e, r, nil)
		return
	}
	named := h.act(p, strings.TrimSpace(string(r.body)))
	e.named, e.answered = named, yes // read by all once the act stands
	h.book.open(e)
}

// withdraw withdraws the bytes of a document that an act names.
func (h *house) withdraw(p *program) {
	of := h.choose(document)
	if of == nil || h.fourEyes || of.named.answered != yes {
		return
	}
	e := h.book.open(&entry{kind: withdrawal, key: of.key, on: of})
	h.book.answer(e, h.ask(p, request{path: "/v1/documents/" + of.key + "/withdrawal", body: []byte(`{"why":"a trial"}`)}), nil)
}

func (h *house) subscribe(p *program) {
	e := h.book.open(&entry{kind: subscription, key: "http://127.0.0.1:9/" + h.key()})
	r := h.ask(p, request{path: "/v1/webhooks", body: fmt.Appendf(nil, `{"url":%q}`, e.key)})
	h.book.answer(e, r, func(e *entry) {
		var made struct{ Subscription struct{ ID string } }
		_ = json.Unmarshal(r.body, &made)
		e.id = made.Subscription.ID
	})
}

func (h *house) unsubscribe(p *program) {
	of := h.choose(subscription)
	if of == nil {
		return
	}
	e := h.book.open(&entry{kind: unsubscription, key: of.key, on: of})
	h.book.answer(e, h.ask(p, request{method: http.MethodDelete, path: "/v1/webhooks/" + of.id}), nil)
}

// makeToken makes a token; where it takes two persons it proposes one.
func (h *house) makeToken(p *program) {
	e := h.book.open(&entry{kind: token, key: h.key()})
	r := h.ask(p, request{path: "/v1/tokens", body: fmt.Appendf(nil, `{"actor":"machine-%s","roles":["subscribe"]}`, e.key)})
	made := struct {
		Token    struct{ ID string }
		Text     string
		Proposal string
	}{}
	_ = json.Unmarshal(r.body, &made)
	if h.fourEyes && r.fine() {
		h.approve(p, e, made.Proposal, func() { e.id, e.text = made.Token.ID, made.Text })
		return
	}
	h.book.answer(e, r, func(e *entry) { e.id, e.text = made.Token.ID, made.Text })
}

// approve lets the second person make a token valid.
func (h *house) approve(p *program, e *entry, id string, done func()) {
	done()
	digest, r := h.digest(p, id)
	if digest != "" {
		r = h.ask(p, request{method: http.MethodPost, path: "/v1/proposals/" + id + "/approval?digest=" + digest, token: h.bob})
	}
	h.book.answer(e, r, nil)
}

// digest looks at a proposal as its approver does.
func (h *house) digest(p *program, id string) (string, reply) {
	r := h.ask(p, request{path: "/v1/proposals/" + id, token: h.bob})
	var shown struct{ Digest string }
	_ = json.Unmarshal(r.body, &shown)
	if !r.fine() {
		return "", reply{}
	}
	return shown.Digest, r
}

func (h *house) revoke(p *program) {
	of := h.choose(token)
	if of == nil {
		return
	}
	e := h.book.open(&entry{kind: revocation, key: of.key, on: of})
	h.book.answer(e, h.ask(p, request{method: http.MethodDelete, path: "/v1/tokens/" + of.id}), nil)
}

// decide approves or rejects a proposal of an act.
func (h *house) decide(p *program, approve bool) {
	of := h.choose(proposal)
	if of == nil {
		return
	}
	h.decideOn(p, h.book.open(&entry{kind: decision, key: of.key, on: of, approved: approve}))
}

// decideOn sends a decision, once more too.
func (h *house) decideOn(p *program, e *entry) {
	path := "/v1/proposals/" + e.on.id
	r := request{method: http.MethodPost, path: path + "/rejection", body: []byte(`{"why":"a trial"}`), token: h.bob}
	if e.approved {
		digest, shown := h.digest(p, e.on.id)
		if digest == "" {
			h.book.answer(e, shown, nil)
			return
		}
		r = request{method: http.MethodPost, path: path + "/approval?digest=" + digest, token: h.bob}
	}
	answer := h.ask(p, r)
	h.book.answer(e, answer, func(e *entry) {
		var approval struct{ Receipt struct{ Position uint64 } }
		_ = json.Unmarshal(answer.body, &approval)
		e.position = approval.Receipt.Position
	})
}
