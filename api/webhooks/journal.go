package webhooks

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Purposes of attempts.
const (
	forNotice    = "notice"
	forChallenge = "challenge"
	forPing      = "ping"
	forReplay    = "replay"
)

// Outcomes of attempts.
const (
	outcomeUnderWay = "under-way"
	outcomeTaken    = "taken"
	outcomeFailed   = "failed"
)

const stoppedMeanwhile = "the node stopped meanwhile"

// line of the journal: one before each attempt, one after it with all that is
// known of it. Key joins the two; a line may stand there twice.
type line struct {
	Key string `json:"key"`
	End bool   `json:"end,omitempty"`
	Attempt
}

// opening returns the attempt that begins at an instant, with its line.
func opening(m message, purpose, notice string, number int, began time.Time) (line, []byte) {
	l := line{Key: uuid.NewString(), Attempt: Attempt{ID: m.id, Notice: notice, Number: number, Purpose: purpose,
		Began: began.UTC(), Outcome: outcomeUnderWay}}
	return l, l.bytes()
}

// close completes the line with what came of the attempt by an instant.
func (l *line) close(a answer, v verdict, problem string, ended time.Time) {
	l.End = true
	l.Millis = max(1, ended.Sub(l.Began).Milliseconds())
	l.Status, l.Answer, l.Error = a.status, shown(a.body), problem
	switch v {
	case isTaken:
		l.Outcome = outcomeTaken
	case isNobody:
		l.Outcome, l.Millis = outcomeFailed, 0
	default:
		l.Outcome = outcomeFailed
	}
}

func (l line) bytes() []byte {
	data, err := json.Marshal(l)
	if err != nil {
		panic(err) // it holds nothing that JSON cannot
	}
	return data
}

// note writes lines of a subscription, until they are durable or ctx ends.
func (s *Service) note(ctx context.Context, subscription string, lines ...[]byte) error {
	if len(lines) == 0 {
		return nil
	}
	return s.insist(ctx, "noting an attempt", subscription, func() error {
		return s.Deliveries.Append(ctx, subscription, lines...)
	})
}

const (
	mostLines    = 10_000 // the journal itself keeps less of one subscription
	mostAttempts = 1_000  // of one page
)

// Attempts returns the last attempts, newest first, before the sequence (0: the end).
func (s *Service) Attempts(ctx context.Context, id string, limit int, before uint64) ([]Attempt, error) {
	if _, err := s.load(ctx, id); err != nil {
		return nil, err
	}
	all, err := s.attempts(ctx, id)
	if err != nil {
		return nil, err
	}
	page := []Attempt{}
	for _, a := range slices.Backward(all) {
		if before != 0 && a.Sequence >= before {
			continue
		}
		if len(page) == min(max(limit, 1), mostAttempts) {
			break
		}
		page = append(page, a)
	}
	return page, nil
}

// attempts puts the lines that are kept together, the oldest first. An attempt
// stands where its first line does.
func (s *Service) attempts(ctx context.Context, id string) (all []Attempt, err error) {
	lines, err := s.Deliveries.Tail(ctx, id, mostLines, 0)
	if err != nil {
		return nil, err
	}
	index := make(map[string]int)
	for _, kept := range lines {
		var l line
		if json.Unmarshal(kept.Data, &l) != nil {
			continue // of a later version
		}
		i, begun := index[l.Key]
		switch {
		case !begun:
			index[l.Key] = len(all)
			l.Sequence = kept.Sequence
			all = append(all, l.Attempt)
		case l.End:
			l.Sequence = all[i].Sequence
			all[i] = l.Attempt
		}
	}
	tellStopped(all, s.Now())
	return all, nil
}

// tellStopped finds the attempts whose node stopped: they have no end though a
// later attempt at the same began, or though no request takes as long.
func tellStopped(all []Attempt, now time.Time) {
	later := make(map[string]bool)
	for i, a := range slices.Backward(all) {
		if a.Outcome == outcomeUnderWay && (later[a.ID] || now.Sub(a.Began) > 4*requestTime) {
			all[i].Outcome, all[i].Error = outcomeFailed, stoppedMeanwhile
		}
		later[a.ID] = true
	}
}
