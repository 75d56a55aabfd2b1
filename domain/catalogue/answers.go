package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"depositary/domain"
)

// Answer is a bundled act that answers a statement: an objection, or the
// withdrawal of a reservation. It names what it answers by author, day and
// articles, as records have ids in a ledger only.
type Answer struct {
	Action domain.Action
	To     Answered
}

// Answered names the reservation that an act answers.
type Answered struct {
	Participant domain.ParticipantID
	Date        domain.Date
	Articles    []string
}

// answered reads a target such as "MEX 1999-03-08 22(4)".
func answered(text string) (to Answered, err error) {
	who, rest, _ := strings.Cut(text, " ")
	day, articles, _ := strings.Cut(rest, " ")
	if to.Participant, err = domain.ParseParticipantID(who); err != nil {
		return to, err
	}
	to.Date, err = domain.ParseDate(day)
	to.Articles = listed(articles)
	return to, err
}

// all returns the bundled acts of a treaty and what answers them, each answer
// with the act that it answers as one of the same command.
func (of TreatyActions) all() ([]domain.Action, error) {
	acts := slices.Clone(of.Actions)
	for _, answer := range of.Answers {
		n, err := answer.To.among(of.Actions)
		if err != nil {
			return nil, fmt.Errorf("%s, %s of %s: %w", of.Treaty, answer.Action.Kind, answer.Action.Participant, err)
		}
		acts = append(acts, answer.to(domain.InCommand(n+1)))
	}
	return acts, nil
}

// to returns the act as an answer to a record.
func (answer Answer) to(record domain.RecordID) domain.Action {
	act := answer.Action
	statement := *act.Statement
	statement.Target = record
	act.Statement = &statement
	return act
}

// among finds the one reservation that is meant.
func (to Answered) among(acts []domain.Action) (found int, err error) {
	n := 0
	for i, a := range acts {
		if a.Participant == to.Participant && to.is(&a) {
			found, n = i, n+1
		}
	}
	if n != 1 {
		return 0, fmt.Errorf("%d reservations of %s of %s to %s, one expected", n, to.Participant, to.Date, strings.Join(to.Articles, "; "))
	}
	return found, nil
}

func (to Answered) is(a *domain.Action) bool {
	return a.Kind == domain.Reservation && a.Date == to.Date && slices.Equal(a.Statement.Articles, to.Articles)
}

// targeted returns the answers of a treaty with the records that they answer;
// without those that the ledger does not have.
func (of TreatyActions) targeted(s *domain.State) (acts []domain.Action) {
	for _, answer := range of.Answers {
		if id, ok := answer.To.record(s, of.Treaty); ok {
			acts = append(acts, answer.to(id))
		}
	}
	return acts
}

// record finds the record of the reservation that is meant.
func (to Answered) record(s *domain.State, treaty domain.TreatyID) (found domain.RecordID, ok bool) {
	part := s.Participation(treaty, to.Participant)
	if part == nil {
		return found, false
	}
	n := 0
	for _, r := range part.Records() {
		if r.Op == domain.OpRecorded && to.is(r.Action) {
			found = r.ID
			n++
		}
	}
	return found, n == 1
}

// compareAnswers finds the bundled answers that no record of the ledger states.
func (d *difference) compareAnswers(of TreatyActions) {
	var missing []domain.Action
	for _, a := range of.targeted(d.state) {
		part := d.state.Participation(of.Treaty, a.Participant)
		if part != nil && slices.ContainsFunc(part.Records(), func(r *domain.Record) bool {
			return r.Op != domain.OpAnnulled && r.Action.Kind == a.Kind && r.Action.Date == a.Date && r.Action.Statement != nil && r.Action.Statement.Target == a.Statement.Target
		}) {
			continue
		}
		d.missingAct(of, a)
		missing = append(missing, a)
	}
	if len(missing) > 0 {
		d.commands = append(d.commands, &domain.RecordActions{Treaty: of.Treaty, Actions: missing, Reason: d.reason})
	}
}
