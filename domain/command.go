package domain

import "slices"

// Command asks for events, all or none. These are all commands but those about
// nodes, in node.go, about the in-tray, in arrival.go, and about depositary
// notifications, in depositary_notification.go; events are listed in event.go.
type Command interface{ command() }

// RecordActions records acts in respect of one treaty, all or none. They are
// decided in their order, each on what the ones before it left. With a reason
// queries pass; refusals stand.
type RecordActions struct {
	Treaty  TreatyID
	Actions []Action
	Reason  string
	Seen    uint64   // position up to which the writer had seen the treaty; 0: not said
	Arrival RecordID // what arrived and is recorded so; zero: nothing of the in-tray
}

// RecordTable records what a table says about one treaty, all or none: acts
// that are new, records that it corrects, and records that it contradicts.
// With a reason queries pass; refusals stand.
type RecordTable struct {
	Treaty      TreatyID
	Actions     []Action
	Corrections []Assertion        // of the same source: they supersede
	Conflicts   []Assertion        // of another source: both are kept
	Coverage    *CoverageStatement // which acts the table lists; nil: not said
	Reason      string
	Seen        uint64
}

// Assertion is what a source says of an act that is recorded already.
type Assertion struct {
	Record RecordID // any version of the act; a contradiction may name one of the same command (InCommand)
	Action Action
}

// StateCoverage says which acts of a treaty are recorded, and until when; with
// Corrects it takes the place of an earlier statement, and needs a reason.
type StateCoverage struct {
	Treaty   TreatyID
	Coverage CoverageStatement
	Corrects RecordID // first record of the statement that is corrected
	Reason   string
	Seen     uint64
}

// CorrectAction replaces what the record of an act says. The reason is required.
type CorrectAction struct {
	Treaty TreatyID
	Record RecordID // any version of the act
	Action Action
	Reason string
	Seen   uint64
}

// AnnulRecord takes a record back that should never have been made. The reason
// is required.
type AnnulRecord struct {
	Treaty TreatyID
	Record RecordID
	Reason string
	Seen   uint64
}

// Define adds or corrects definitions: of one treaty, or of any number of
// participants, groups and weight tables.
type Define struct {
	Treaty       *Treaty
	Participants []Participant
	Groups       []Group
	Weights      []Weights
	Reason       string
	Seen         uint64
}

// BeginDay begins a day that comes after every day begun before. Days on which
// the program did not run may be passed over: the next one stands for them.
type BeginDay struct{ Day Date }

func (*RecordActions) command() {}
func (*RecordTable) command()   {}
func (*StateCoverage) command() {}
func (*CorrectAction) command() {}
func (*AnnulRecord) command()   {}
func (*Define) command()        {}
func (*BeginDay) command()      {}

// Decision is the answer to a command: events to commit, or refusals, or
// queries that a reason would let pass. Events are there only when nothing
// stands in their way; Queries then lists what the reason let pass.
type Decision struct {
	Events   []Event
	Refusals []Finding
	Queries  []Finding
}

// Accepted reports whether the command may be committed.
func (d Decision) Accepted() bool { return len(d.Events) > 0 }

// Subject returns the treaty and the participant that the command concerns, each
// empty where it concerns none or several.
func Subject(c Command) (TreatyID, ParticipantID) {
	switch c := c.(type) {
	case *RecordActions:
		return c.Treaty, onlyParticipant(c.Actions)
	case *RecordTable:
		return c.Treaty, onlyParticipant(c.all())
	case *StateCoverage:
		return c.Treaty, ""
	case *CorrectAction:
		return c.Treaty, c.Action.Participant
	case *AnnulRecord:
		return c.Treaty, ""
	case *RegisterArrival:
		return c.Treaty, c.Arrival.Participant
	case *DecideArrival:
		return c.Treaty, ""
	case *IssueNotification:
		return c.Treaty, ""
	case *Define:
		if c.Treaty != nil {
			return c.Treaty.ID, ""
		}
		if len(c.Participants) == 1 && len(c.Groups) == 0 && len(c.Weights) == 0 {
			return "", c.Participants[0].ID
		}
	}
	return "", ""
}

// all returns the acts of the table in the order in which they are decided.
func (c *RecordTable) all() []Action {
	var all []Action
	for _, a := range c.Corrections {
		all = append(all, a.Action)
	}
	all = append(all, c.Actions...)
	for _, a := range c.Conflicts {
		all = append(all, a.Action)
	}
	return all
}

func onlyParticipant(actions []Action) ParticipantID {
	for _, a := range actions {
		if a.Participant != actions[0].Participant {
			return ""
		}
	}
	if len(actions) == 0 {
		return ""
	}
	return actions[0].Participant
}

// SameCommand reports whether the entries are what the command was recorded as, so
// that a command sent again can be told from another one under the same id.
func SameCommand(c Command, entries []Entry) bool {
	treaty, _ := Subject(c)
	for _, e := range entries {
		if e.Treaty != treaty {
			return false
		}
	}
	switch c := c.(type) {
	case *RecordActions:
		if !c.Arrival.IsZero() && len(entries) > 0 {
			last, ok := entries[len(entries)-1].Event.(*ArrivalDecided)
			if !ok || last.Arrival != c.Arrival {
				return false
			}
			entries = entries[:len(entries)-1]
		}
		records := recordsOf(entries)
		return slices.EqualFunc(c.Actions, entries, func(a Action, e Entry) bool {
			recorded, ok := e.Event.(*ActionRecorded)
			a = answering(a, records)
			return ok && recorded.Action.Equal(&a)
		})
	case *RecordTable:
		if n := len(entries); c.Coverage != nil && n > 0 {
			if stated, ok := entries[n-1].Event.(*CoverageStated); ok {
				if !stated.Coverage.Equal(c.Coverage) {
					return false
				}
				entries = entries[:n-1]
			}
		}
		records := recordsOf(entries[min(len(c.Corrections), len(entries)):])
		return slices.EqualFunc(c.all(), entries, func(a Action, e Entry) bool {
			recorded := actionOf(e.Event)
			a = answering(a, records)
			return recorded != nil && recorded.Equal(&a)
		})
	case *StateCoverage:
		stated, ok := entries[0].Event.(*CoverageStated)
		return ok && stated.Coverage.Equal(&c.Coverage) && stated.Corrects == c.Corrects
	case *CorrectAction:
		corrected, ok := entries[0].Event.(*ActionCorrected)
		return ok && corrected.Action.Equal(&c.Action)
	case *AnnulRecord:
		annulled, ok := entries[0].Event.(*RecordAnnulled)
		return ok && annulled.Record == c.Record
	case *RegisterArrival:
		registered, ok := entries[0].Event.(*ArrivalRegistered)
		return ok && registered.Arrival.Equal(&c.Arrival)
	case *DecideArrival:
		decided, ok := entries[0].Event.(*ArrivalDecided)
		return ok && decided.Arrival == c.Arrival && decided.Outcome == c.Outcome
	case *IssueNotification:
		issued, ok := entries[0].Event.(*NotificationIssued)
		return ok && slices.Equal(issued.Notification.Texts, c.Notification.Texts) && issued.Notification.Corrects == c.Notification.Corrects &&
			len(issued.Notification.Records) == len(c.Notification.Records)
	case *DefineTemplate:
		defined, ok := entries[0].Event.(*TemplateDefined)
		return ok && defined.Template == c.Template
	case *AddNode:
		added, ok := entries[0].Event.(*NodeAdded)
		return ok && added.Key == c.Key
	case *RevokeNode:
		revoked, ok := entries[0].Event.(*NodeRevoked)
		return ok && revoked.Key == c.Key
	case *BeginDay:
		begun, ok := entries[0].Event.(*DayBegun)
		return ok && begun.Day == c.Day
	case *Define:
		return !slices.ContainsFunc(entries, func(e Entry) bool { return !c.defines(e.Event) })
	}
	return false
}

func recordsOf(entries []Entry) []RecordID {
	ids := make([]RecordID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return ids
}

// actionOf returns the act that an event records, or nil.
func actionOf(e Event) *Action {
	switch e := e.(type) {
	case *ActionRecorded:
		return &e.Action
	case *ActionCorrected:
		return &e.Action
	case *ActionContested:
		return &e.Action
	}
	return nil
}

// defines reports whether the event records one of the command's definitions.
func (c *Define) defines(e Event) bool {
	switch e := e.(type) {
	case *TreatyDefined:
		return c.Treaty != nil && SameDefinition(&e.Treaty, c.Treaty)
	case *ParticipantDefined:
		return slices.ContainsFunc(c.Participants, func(p Participant) bool { return SameDefinition(&e.Participant, &p) })
	case *GroupDefined:
		return slices.ContainsFunc(c.Groups, func(g Group) bool { return SameDefinition(&e.Group, &g) })
	case *WeightsDefined:
		return slices.ContainsFunc(c.Weights, func(w Weights) bool { return SameDefinition(&e.Weights, &w) })
	}
	return false
}
