package domain

import (
	"fmt"
	"slices"
	"strings"
)

// The in-tray. What arrives at the depositary is registered with the day of its
// receipt before anything is decided on it (VCLT 77(1)(c)); then it is recorded
// as an act, filed, held or returned, each with who and when. Every step is an
// event, so that nothing that arrived can be forgotten or decided twice.

// ArrivalForm is what kind of paper arrived.
type ArrivalForm string

// The forms.
const (
	ArrivedInstrument ArrivalForm = "instrument"
	ArrivedFullPowers ArrivalForm = "full powers"  // VCLT 2(1)(c)
	ArrivedNote       ArrivalForm = "note verbale" // of a mission or a ministry
	ArrivedLetter     ArrivalForm = "letter"
)

// ArrivalForms lists the forms in which something arrives.
func ArrivalForms() []ArrivalForm {
	return []ArrivalForm{ArrivedInstrument, ArrivedFullPowers, ArrivedNote, ArrivedLetter}
}

// Capacity is in which capacity a paper was signed.
type Capacity string

// The capacities. The first three represent their State for every act that
// concerns a treaty, without full powers (VCLT 7(2)(a)).
const (
	HeadOfState      Capacity = "head of State"
	HeadOfGovernment Capacity = "head of Government"
	ForeignMinister  Capacity = "minister for foreign affairs"
	WithFullPowers   Capacity = "holder of full powers"
	HeadOfMission    Capacity = "head of mission"
	OtherCapacity    Capacity = "other capacity"
)

// Capacities lists in which capacities a paper is signed.
func Capacities() []Capacity {
	return []Capacity{HeadOfState, HeadOfGovernment, ForeignMinister, WithFullPowers, HeadOfMission, OtherCapacity}
}

// Arrival is one paper that arrived. It is about one treaty, or about none in
// particular, as general full powers are.
type Arrival struct {
	Form        ArrivalForm
	Participant ParticipantID
	Received    Date
	Document    Date       // day that the paper carries
	Sender      string     // who sent it, such as a permanent mission
	Reference   string     // the sender's own
	Foreseen    ActionKind // the act that it is meant as; empty: none, or not known yet
	Signer      string
	Capacity    Capacity
	Powers      *FullPowers // of full powers: what they allow
	Documents   []Document
	Note        string
}

// Equal reports whether two arrivals say the same.
func (a *Arrival) Equal(b *Arrival) bool {
	if a.Form != b.Form || a.Participant != b.Participant || a.Received != b.Received || a.Document != b.Document ||
		a.Sender != b.Sender || a.Reference != b.Reference || a.Foreseen != b.Foreseen || a.Signer != b.Signer ||
		a.Capacity != b.Capacity || a.Note != b.Note || !slices.Equal(a.Documents, b.Documents) {
		return false
	}
	if a.Powers == nil || b.Powers == nil {
		return a.Powers == b.Powers
	}
	return a.Powers.Person == b.Powers.Person && a.Powers.Until == b.Powers.Until && slices.Equal(a.Powers.Actions, b.Powers.Actions)
}

// FullPowers say what a person may do for a State (VCLT 2(1)(c)).
type FullPowers struct {
	Person  string
	Actions []ActionKind // none: every act
	Until   Date         // last day; no date: without end
}

// Outcome is what was decided on an arrival.
type Outcome string

// The outcomes. What is held stays in the in-tray; every other outcome is final.
const (
	ArrivalHeld     Outcome = "held"
	ArrivalReturned Outcome = "returned"
	ArrivalRecorded Outcome = "recorded"
	ArrivalFiled    Outcome = "filed"               // kept, and no act follows: full powers, a note for information
	ArrivalMistaken Outcome = "registered in error" // it never arrived, or was registered twice
)

// Outcomes lists what can be decided on an arrival by itself. That it is
// recorded follows from the acts that are recorded with it.
func Outcomes() []Outcome {
	return []Outcome{ArrivalHeld, ArrivalReturned, ArrivalFiled, ArrivalMistaken}
}

// RegisterArrival registers what arrived.
type RegisterArrival struct {
	Treaty  TreatyID // empty: it is about no single one
	Arrival Arrival
}

// DecideArrival decides on an arrival that is open. The reason is required, but
// for filing.
type DecideArrival struct {
	Treaty  TreatyID // that of the arrival
	Arrival RecordID
	Outcome Outcome
	Reason  string
}

// ArrivalRegistered says what arrived.
type ArrivalRegistered struct{ Arrival Arrival }

// ArrivalDecided says what became of an arrival.
type ArrivalDecided struct {
	Arrival     RecordID
	Participant ParticipantID
	Outcome     Outcome
	Acts        int // of one that is recorded: how many events before this one are its acts
	Reason      string
	Answered    []Code // the queries on its form that were passed over
}

func (*RegisterArrival) command() {}
func (*DecideArrival) command()   {}
func (*ArrivalRegistered) event() {}
func (*ArrivalDecided) event()    {}

// About returns who sent it.
func (e *ArrivalRegistered) About() ParticipantID { return e.Arrival.Participant }

// About returns whose arrival it is.
func (e *ArrivalDecided) About() ParticipantID { return e.Participant }

// ArrivalCourse is an arrival with what became of it.
type ArrivalCourse struct {
	ID      RecordID
	Treaty  TreatyID
	Arrival Arrival
	Steps   []ArrivalStep // in the ledger's order
}

// ArrivalStep is one decision on an arrival.
type ArrivalStep struct {
	ID       RecordID
	Outcome  Outcome
	Acts     []RecordID // of one that is recorded
	Reason   string
	Answered []Code
}

// Outcome returns what was decided last, and nothing while nothing was.
func (c *ArrivalCourse) Outcome() Outcome {
	if len(c.Steps) == 0 {
		return ""
	}
	return c.Steps[len(c.Steps)-1].Outcome
}

// Open reports whether it waits in the in-tray.
func (c *ArrivalCourse) Open() bool { return c.Outcome() == "" || c.Outcome() == ArrivalHeld }

// Acts returns the records of the acts that were made of it.
func (c *ArrivalCourse) Acts() []RecordID {
	if len(c.Steps) == 0 {
		return nil
	}
	return c.Steps[len(c.Steps)-1].Acts
}

// Arrivals returns everything that arrived, in the ledger's order.
func (s *State) Arrivals() []*ArrivalCourse { return s.arrivals }

// Arrival returns one that arrived, false where no arrival has the id.
func (s *State) Arrival(id RecordID) (*ArrivalCourse, bool) {
	i, found := slices.BinarySearchFunc(s.arrivals, id, func(c *ArrivalCourse, id RecordID) int { return c.ID.Compare(id) })
	if !found {
		return nil, false
	}
	return s.arrivals[i], true
}

// ArrivalOf returns the arrival of which an act was made.
func (s *State) ArrivalOf(act RecordID) (*ArrivalCourse, bool) {
	for _, c := range s.arrivals {
		if slices.Contains(c.Acts(), act) {
			return c, true
		}
	}
	return nil, false
}

// registered folds an arrival into the draft.
func (d *Draft) registered(e Entry, event *ArrivalRegistered) {
	d.arrivals = append(slices.Clip(d.arrivals), &ArrivalCourse{ID: e.ID, Treaty: e.Treaty, Arrival: event.Arrival})
}

// decidedOn folds a decision on an arrival into the draft.
func (d *Draft) decidedOn(e Entry, event *ArrivalDecided) error {
	before, ok := d.Arrival(event.Arrival)
	if !ok {
		return fmt.Errorf("record %s: nothing arrived as %s", e.ID, event.Arrival)
	}
	step := ArrivalStep{ID: e.ID, Outcome: event.Outcome, Reason: event.Reason, Answered: event.Answered}
	for n := event.Acts; n > 0; n-- {
		step.Acts = append(step.Acts, RecordID{e.ID.Position, e.ID.N - uint32(n)})
	}
	after := *before
	after.Steps = append(slices.Clip(before.Steps), step)
	d.arrivals = slices.Clone(d.arrivals)
	d.arrivals[slices.Index(d.arrivals, before)] = &after
	return nil
}

// registerArrival examines the form of what arrived; whether it can be recorded
// is examined later, by CheckArrival.
func (d *decider) registerArrival(c *RegisterArrival) {
	if c.Treaty != "" && !d.begin(c.Treaty, "", 0) {
		return
	}
	a := c.Arrival
	d.add(d.checkArrival(c.Treaty, &a)...)
	if len(d.Refusals) == 0 {
		d.accept(c.Treaty, &ArrivalRegistered{a}, "arrival")
	}
}

// checkArrival checks what can be said of an arrival without the law of its treaty.
func (d *decider) checkArrival(treaty TreatyID, a *Arrival) (findings []Finding) {
	bad := func(code Code, field, message, accepted string) {
		findings = append(findings, reject(code, field, message).accepting(accepted))
	}
	if _, ok := d.draft.Participant(a.Participant, Everything()); !ok {
		bad(CodeUnknownParticipant, "participant", fmt.Sprintf("no participant %q is recorded", a.Participant), "the id, code or name of a participant that is recorded")
	}
	if !slices.Contains(ArrivalForms(), a.Form) {
		bad(CodeFieldInvalid, "form", fmt.Sprintf("%q is no form of an arrival", a.Form), listed(ArrivalForms()))
	}
	if a.Received.IsZero() {
		bad(CodeFieldRequired, "received", "what arrived has a day of receipt (VCLT 77(1)(c))", "a day such as 2003-07-01")
	}
	for _, f := range []struct {
		field string
		day   Date
	}{{"received", a.Received}, {"document", a.Document}} {
		if f.day.After(d.today) {
			bad(CodeDateInFuture, f.field, fmt.Sprintf("%s has not come yet: today is %s at the depositary", f.day, d.today), "a day up to "+d.today.String())
		}
	}
	if a.Received.Before(a.Document) && !a.Received.IsZero() {
		bad(CodeFieldInvalid, "document", fmt.Sprintf("it carries the day %s and was received on %s", a.Document, a.Received), "a day up to "+a.Received.String())
	}
	if strings.TrimSpace(a.Sender) == "" {
		bad(CodeFieldRequired, "sender", "what arrived has a sender", "who sent it, such as the Permanent Mission of Mexico to the United Nations")
	}
	if a.Foreseen != "" && !a.Foreseen.Known() {
		bad(CodeUnknownAction, "foreseen", fmt.Sprintf("%q is not an act", a.Foreseen), expectedKinds(string(a.Foreseen)))
	}
	if a.Capacity != "" && !slices.Contains(Capacities(), a.Capacity) {
		bad(CodeFieldInvalid, "capacity", fmt.Sprintf("%q is no capacity", a.Capacity), listed(Capacities()))
	}
	if treaty == "" && a.Form == ArrivedInstrument {
		bad(CodeFieldRequired, "treaty", "an instrument is about a treaty", "the id or short name of a treaty that is recorded")
	}
	for _, f := range []struct{ field, text string }{{"sender", a.Sender}, {"reference", a.Reference}, {"signer", a.Signer}} {
		findings = append(findings, tooLong(f.field, f.text, maxDocumentName)...)
	}
	findings = append(findings, tooLong("note", a.Note, maxNote)...)
	return append(append(findings, checkPowers(a)...), checkDocuments(a.Documents)...)
}

// checkPowers: full powers name a person, and an act has none (VCLT 2(1)(c)).
func checkPowers(a *Arrival) (findings []Finding) {
	switch {
	case a.Powers == nil && a.Form == ArrivedFullPowers:
		findings = append(findings, reject(CodeFieldRequired, "powers", "full powers name a person").citing("VCLT 2(1)(c)").accepting("the person, the acts and the last day, as far as they say so"))
	case a.Powers == nil:
	case a.Form != ArrivedFullPowers:
		findings = append(findings, reject(CodeFieldUnexpected, "powers", "only full powers say what a person may do").accepting("full powers as an arrival of their own"))
	default:
		if strings.TrimSpace(a.Powers.Person) == "" {
			findings = append(findings, reject(CodeFieldRequired, "powers.person", "full powers name a person").citing("VCLT 2(1)(c)").accepting("the name of the person"))
		}
		findings = append(findings, tooLong("powers.person", a.Powers.Person, maxDocumentName)...)
		for i, k := range a.Powers.Actions {
			if !k.Known() {
				findings = append(findings, reject(CodeUnknownAction, fmt.Sprintf("powers.actions[%d]", i), fmt.Sprintf("%q is not an act", k)).accepting(expectedKinds(string(k))))
			}
		}
		if !a.Powers.Until.IsZero() && a.Powers.Until.Before(a.Document) {
			findings = append(findings, reject(CodeFieldInvalid, "powers.until", "they end before they begin").accepting("a day from "+a.Document.String()+" on"))
		}
	}
	return findings
}

// openArrival returns an arrival of a treaty that waits; it refuses every other.
func (d *decider) openArrival(treaty TreatyID, id RecordID) (*ArrivalCourse, bool) {
	c, ok := d.draft.Arrival(id)
	switch {
	case !ok || c.Treaty != treaty:
		d.add(reject(CodeUnknownRecord, "arrival", fmt.Sprintf("nothing arrived as %s", id)).accepting("the id of an arrival about this treaty, as the in-tray shows it"))
	case !c.Open():
		d.add(reject(CodeArrivalDecided, "arrival", fmt.Sprintf("arrival %s was decided on before: %s, by record %s", id, c.Outcome(), c.Steps[len(c.Steps)-1].ID)).
			accepting("an arrival that is open or held"))
	default:
		return c, true
	}
	return nil, false
}

func (d *decider) decideArrival(c *DecideArrival) {
	reason := strings.TrimSpace(c.Reason)
	d.add(tooLong("reason", reason, maxReason)...)
	arrival, ok := d.openArrival(c.Treaty, c.Arrival)
	if !slices.Contains(Outcomes(), c.Outcome) {
		d.add(reject(CodeFieldInvalid, "outcome", fmt.Sprintf("%q cannot be decided on an arrival by itself", c.Outcome)).accepting(listed(Outcomes()) + "; or its acts are recorded"))
	}
	if reason == "" && c.Outcome != ArrivalFiled {
		d.add(reject(CodeReasonRequired, "reason", "what is held or returned says why").accepting("a reason in words"))
	}
	if ok && len(d.Refusals) == 0 {
		d.accept(c.Treaty, &ArrivalDecided{Arrival: arrival.ID, Participant: arrival.Arrival.Participant, Outcome: c.Outcome, Reason: reason}, "arrival")
	}
}

// settle ends an arrival with the acts that the command records of it. What is
// missing of it is queried, so that a reason lets it pass: whether its author
// represents the State may be plain from the circumstances (VCLT 7(1)(b)).
func (d *decider) settle(treaty TreatyID, id RecordID, actions []Action) {
	c, ok := d.openArrival(treaty, id)
	if !ok {
		return
	}
	for i, a := range actions {
		if a.Participant != c.Arrival.Participant {
			d.add(reject(CodeFieldUnexpected, fmt.Sprintf("actions[%d].participant", i), fmt.Sprintf("arrival %s is of %s", id, c.Arrival.Participant)).
				accepting("acts of " + string(c.Arrival.Participant)))
		}
	}
	var missing []Finding
	for _, check := range d.draft.CheckArrival(c, actions) {
		if check.State == CheckMissing {
			missing = append(missing, query(check.Code, "", check.Message).citing(check.Article).accepting(check.Accepted))
		}
	}
	event := &ArrivalDecided{Arrival: id, Participant: c.Arrival.Participant, Outcome: ArrivalRecorded, Acts: len(d.Events), Answered: d.report(missing, "arrival")}
	if len(event.Answered) > 0 {
		event.Reason = d.reason
	}
	d.decided(treaty, event, "arrival")
}

func listed[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, word := range all {
		words[i] = string(word)
	}
	return strings.Join(words, ", ")
}
