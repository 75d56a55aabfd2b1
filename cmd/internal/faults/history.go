package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
)

// A history is what clients of several nodes asked for and were answered, with when.
// It is linearizable if there is one order of all that was recorded and refused in
// which each stands between its question and its answer, and follows from those
// before it. Of a participant the order is of accessions and annulments: an accession
// is recorded where none stands, and refused where one stands; an annulment is
// recorded where the accession stands that it names, and refused where it does not.

// asked is one question.
type asked struct {
	participant string
	annul       string // the record; an accession where empty
	key         string
}

// told is its answer.
type told struct {
	recorded string // the record that was made; "" where it was refused
	refused  bool
	why      string // the codes of the refusal
}

type history struct {
	mu         sync.Mutex
	begun      time.Time
	operations []porcupine.Operation
	open       []porcupine.Operation // without an answer
	standing   map[string]string     // what clients believe
	refused    int
	recorded   int
}

func newHistory() *history { return &history{begun: time.Now(), standing: map[string]string{}} }

// model is the law of a participant: its state is the record that stands.
var model = porcupine.Model{
	Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
		of := map[string][]porcupine.Operation{}
		for _, o := range all {
			name := o.Input.(asked).participant
			of[name] = append(of[name], o)
		}
		parts := make([][]porcupine.Operation, 0, len(of))
		for _, part := range of {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		standing, in, out := state.(string), input.(asked), output.(told)
		switch {
		case in.annul == "" && out.refused:
			return standing != "", standing
		case in.annul == "":
			return standing == "", out.recorded
		case out.refused:
			return standing != in.annul, standing
		}
		return standing == in.annul, ""
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
}

// ask asks a node something about a participant, and notes the answer.
func (h *history) ask(p *program, token string, client int, key string, random *rand.Rand) {
	in := asked{participant: participantID(1 + random.IntN(participants-1)), key: key}
	r := request{method: http.MethodPost, path: "/v1/treaties/" + treaty + "/actions", token: token, key: key,
		body: fmt.Appendf(nil, `{"actions":[{"participant":%q,"action":"accession","date":"2020-01-01"}]}`, in.participant)}
	h.mu.Lock()
	if standing := h.standing[in.participant]; standing != "" && random.IntN(3) > 0 {
		in.annul = standing
		r.path, r.body = "/v1/actions/"+standing+"/annulment", []byte(`{"reason":"a trial"}`)
	}
	h.mu.Unlock()
	call := time.Since(h.begun).Nanoseconds()
	answer := p.ask(context.Background(), r)
	h.note(client, in, answer, call)
}

func (h *history) note(client int, in asked, answer reply, call int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := porcupine.Operation{ClientId: client, Input: in, Call: call, Return: time.Since(h.begun).Nanoseconds()}
	switch {
	case answer.fine():
		var receipt struct{ Records []string }
		_ = json.Unmarshal(answer.body, &receipt)
		o.Output = told{recorded: strings.Join(receipt.Records, ",")}
		if h.recorded++; in.annul == "" {
			h.standing[in.participant] = receipt.Records[0]
		} else if h.standing[in.participant] == in.annul {
			delete(h.standing, in.participant)
		}
	case answer.notRecorded():
		return // certainly nothing
	case answer.status == http.StatusUnprocessableEntity:
		o.Output, h.refused = told{refused: true, why: codes(answer.body)}, h.refused+1
	case answer.status == http.StatusNotFound: // the node asked has not seen the record yet: nothing was decided
		return
	default:
		o.Return = math.MaxInt64
		h.open = append(h.open, o)
		return
	}
	h.operations = append(h.operations, o)
}

// codes returns the codes of the findings of a refusal.
func codes(body []byte) string {
	var problem struct {
		Findings []struct{ Code, Message string }
	}
	_ = json.Unmarshal(body, &problem)
	var all []string
	for _, f := range problem.Findings {
		all = append(all, f.Code+": "+f.Message)
	}
	return strings.Join(all, ", ")
}

// settle states of what had no answer where the ledger has it, if anywhere: it
// may have been recorded at any time since.
func (h *history) settle(places map[string][]uint64) (double []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.open {
		in := o.Input.(asked)
		if at := places[in.key]; len(at) > 0 {
			o.Output = told{recorded: fmt.Sprintf("%d.1", at[0])}
			h.operations = append(h.operations, o)
		}
	}
	h.open = nil
	for key, at := range places {
		if len(at) > 1 {
			double = append(double, key)
		}
	}
	return double
}

// missing returns the keys of what was acknowledged and is not in the ledger.
func (h *history) missing(places map[string][]uint64) (keys []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.operations {
		in, out := o.Input.(asked), o.Output.(told)
		if at := places[in.key]; out.refused == (len(at) > 0) {
			keys = append(keys, in.key)
		}
	}
	slices.Sort(keys)
	return keys
}

const checkPatience = 2 * time.Minute

// linearizable checks the history, participant by participant, and returns what was
// asked and answered about the first of which it is not.
func (h *history) linearizable() (result porcupine.CheckResult, wrong []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	result = porcupine.Ok
	for _, part := range model.Partition(h.operations) {
		switch porcupine.CheckOperationsTimeout(model, part, checkPatience) {
		case porcupine.Illegal:
			slices.SortFunc(part, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
			for _, o := range part {
				wrong = append(wrong, fmt.Sprintf("%d–%d: %+v → %+v", o.Call/1e6, o.Return/1e6, o.Input, o.Output))
			}
			return porcupine.Illegal, wrong
		case porcupine.Unknown:
			result = porcupine.Unknown
		}
	}
	return result, nil
}
