package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// check compares what is there with the book, settles what was open, and blames
// what is missing, there twice, or there though it was refused.
func (h *house) check(p *program, blame func(string, ...any)) {
	for _, look := range []func(*program, func(string, ...any)) error{h.checkProposals, h.checkActs, h.checkDocuments, h.checkSubscriptions, h.checkTokens} {
		if err := look(p, blame); err != nil {
			blame("it cannot be looked at: %v", err)
		}
	}
}

// settle sends again what has no answer, under the same key: it is recorded once.
func (h *house) settle(p *program) {
	for _, e := range h.book.all(h.actKind()) {
		if e.answered == unknown {
			h.send(p, e)
		}
	}
}

// recorded returns where each command stands in the ledger, all its places.
func (h *house) recorded(p *program) (map[string][]uint64, error) {
	r := h.ask(p, request{path: "/v1/export"})
	if !r.fine() {
		return nil, fmt.Errorf("export: %d %s", r.status, r.body)
	}
	places := map[string][]uint64{}
	var position uint64
	lines := bufio.NewScanner(bytes.NewReader(r.body))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var line struct {
			Position uint64
			Command  string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, err
		}
		if line.Position > 0 {
			position = line.Position
		}
		if line.Command != "" {
			places[line.Command] = append(places[line.Command], position)
		}
	}
	return places, lines.Err()
}

func (h *house) checkActs(p *program, blame func(string, ...any)) error {
	h.settle(p)
	places, err := h.recorded(p)
	if err != nil {
		return err
	}
	for id, at := range places {
		if len(at) > 1 {
			blame("command %s stands at %v", id, at)
		}
	}
	expect := func(e *entry, key string, position uint64) {
		at := places[key]
		switch {
		case e.answered == yes && len(at) == 0:
			blame("%s was acknowledged at %d and is not in the ledger", e, position)
		case e.answered == yes && position > 0 && at[0] != position:
			blame("%s was acknowledged at %d and stands at %d", e, position, at[0])
		case e.answered == no && len(at) > 0:
			blame("%s was answered as not recorded and stands at %d", e, at[0])
		}
	}
	for _, e := range h.book.all(act) {
		expect(e, e.key, e.position)
	}
	for _, e := range h.book.all(proposal) {
		command := "proposal:" + e.id
		if d := e.ended; d != nil && d.approved {
			expect(d, command, d.position)
		} else if at := places[command]; len(at) > 0 {
			blame("%s was not approved and stands at %d", e, at[0])
		}
	}
	return nil
}

func (h *house) checkDocuments(p *program, blame func(string, ...any)) error {
	for _, e := range h.book.all(document) {
		if e.named == nil || !h.stands(e.named) {
			continue
		}
		r := h.ask(p, request{path: "/v1/documents/" + e.key})
		ended := e.ended != nil && e.ended.answered != no
		switch {
		case r.status == http.StatusOK && bytes.Equal(r.body, e.body):
			if ended && e.ended.answered == yes {
				again := h.ask(p, request{path: "/v1/documents/" + e.key})
				blame("%s was withdrawn and is read again; asked once more: %d\n%s", e, again.status, p.output)
			}
		case r.status == http.StatusGone && ended:
			e.ended.answered = yes
		default:
			blame("%s: %d %.200s", e, r.status, r.body)
		}
	}
	return nil
}

// stands reports whether the act of a document is certainly in the ledger.
func (h *house) stands(e *entry) bool {
	if e.kind == act {
		return e.answered == yes
	}
	return e.ended != nil && e.ended.approved && e.ended.answered == yes
}

func (h *house) checkSubscriptions(p *program, blame func(string, ...any)) error {
	r := h.ask(p, request{path: "/v1/webhooks"})
	var list struct{ Webhooks []struct{ ID, URL string } }
	if err := json.Unmarshal(r.body, &list); err != nil || !r.fine() {
		return fmt.Errorf("list of subscriptions: %d %.200s", r.status, r.body)
	}
	there := map[string][]string{}
	for _, s := range list.Webhooks {
		there[s.URL] = append(there[s.URL], s.ID)
	}
	for _, e := range h.book.all(subscription) {
		ids := there[e.key]
		if len(ids) > 1 {
			blame("%s is there %d times", e, len(ids))
		}
		h.expect(e, len(ids) > 0, blame)
		if len(ids) > 0 {
			e.id = ids[0]
		}
	}
	return nil
}

// expect compares whether something is there with what was answered to the request
// that made it and to the one that ended it, and notes what is seen. What has no
// answer may be done later still.
func (h *house) expect(e *entry, there bool, blame func(string, ...any)) {
	ended := no
	if e.ended != nil {
		ended = e.ended.answered
	}
	switch {
	case there && e.answered == no:
		blame("%s was answered as not done and is there", e)
	case there && ended == yes:
		blame("%s was acknowledged as ended and is there", e)
	case !there && e.answered == yes && ended == no:
		blame("%s was acknowledged and is gone", e)
	case there && e.answered == unknown:
		e.answered = yes
	case !there && e.answered == yes && ended == unknown:
		e.ended.answered = yes
	}
}

func (h *house) checkTokens(p *program, blame func(string, ...any)) error {
	for _, e := range h.book.all(token) {
		if e.text == "" {
			continue // its text was lost with the answer
		}
		r := h.ask(p, request{path: "/v1/webhooks", token: e.text})
		if r.status != http.StatusOK && r.status != http.StatusUnauthorized {
			return fmt.Errorf("asking with a token: %d %.200s", r.status, r.body)
		}
		h.expect(e, r.status == http.StatusOK, blame)
	}
	return nil
}

func (h *house) checkProposals(p *program, blame func(string, ...any)) error {
	if !h.fourEyes {
		return nil
	}
	h.settle(p)
	r := h.ask(p, request{path: "/v1/proposals"})
	var list struct {
		Proposals []struct{ ID, State string }
	}
	if err := json.Unmarshal(r.body, &list); err != nil || !r.fine() {
		return fmt.Errorf("list of proposals: %d %.200s", r.status, r.body)
	}
	states := map[string]string{}
	for _, p := range list.Proposals {
		if states[p.ID] != "" {
			blame("proposal %s is there twice", p.ID)
		}
		states[p.ID] = p.State
	}
	for _, e := range h.book.all(proposal) {
		if e.answered == yes {
			h.expectState(p, e, states[e.id], blame)
		}
	}
	return nil
}

func (h *house) expectState(p *program, e *entry, state string, blame func(string, ...any)) {
	decided := map[bool]string{true: "approved", false: "rejected"}
	switch d := e.ended; {
	case state == "":
		blame("%s (%s) was acknowledged and is gone", e, e.id)
	case d == nil || d.answered == no:
		if state != "open" {
			blame("%s was decided by nobody and is %s", e, state)
		}
	case d.answered == yes && state != decided[d.approved]:
		blame("%s was %s and is %s", e, decided[d.approved], state)
	case d.answered == unknown && state == decided[d.approved]:
		d.answered = yes
	case d.answered == unknown && state == "approving":
		// The act may be recorded, and the proposal not marked: approved again, it is
		// recorded once.
		h.decideOn(p, d)
	}
}
