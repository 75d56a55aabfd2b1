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

// Answers returns the commands that record the bundled answers, one for each
// treaty that has some, on a ledger that has what they answer.
func (c *Catalogue) Answers(s *domain.State) (commands []domain.Command) {
	for _, of := range c.Actions {
		if len(of.Answers) > 0 {
			commands = append(commands, &domain.RecordActions{Treaty: of.Treaty, Actions: of.targeted(s), Reason: reasonBundled})
		}
	}
	return commands
}

// Answering returns how many treaties have bundled answers.
func (c *Catalogue) Answering() (n int) {
	for _, of := range c.Actions {
		if len(of.Answers) > 0 {
			n++
		}
	}
	return n
}

// targeted returns the answers of a treaty with the records that they answer;
// without those that the ledger does not have.
func (of TreatyActions) targeted(s *domain.State) (acts []domain.Action) {
	for _, answer := range of.Answers {
		if id, ok := answer.To.record(s, of.Treaty); ok {
			act := answer.Action
			statement := *act.Statement
			statement.Target = id
			act.Statement = &statement
			acts = append(acts, act)
		}
	}
	return acts
}

// record finds the one reservation that is meant.
func (to Answered) record(s *domain.State, treaty domain.TreatyID) (found domain.RecordID, ok bool) {
	part := s.Participation(treaty, to.Participant)
	if part == nil {
		return found, false
	}
	n := 0
	for _, r := range part.Records() {
		if r.Op == domain.OpRecorded && r.Action.Kind == domain.Reservation && r.Action.Date == to.Date && slices.Equal(r.Action.Statement.Articles, to.Articles) {
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
		d.changes = append(d.changes, Change{"act", string(of.Treaty), "missing", fmt.Sprintf("%s %s %s", a.Participant, a.Kind, a.Date)})
		missing = append(missing, a)
	}
	if len(missing) > 0 {
		d.commands = append(d.commands, &domain.RecordActions{Treaty: of.Treaty, Actions: missing, Reason: d.reason})
	}
}
