package domain

// Event is a fact of the ledger. Effects are never events: that a treaty is in
// force follows from the facts. These are all events but those about nodes, in
// node.go, about the in-tray, in arrival.go, and about depositary notifications,
// in depositary_notification.go; commands are listed in command.go.
type Event interface {
	// About returns the participant whose act or definition the event records,
	// and nothing where it is about no single one.
	About() ParticipantID

	event()
}

// ActionRecorded says that an act was received.
type ActionRecorded struct {
	Action   Action
	Reason   string // why queries were passed over; empty where there were none
	Answered []Code // the queries that were passed over
}

// ActionCorrected says that the record of an act was wrong and what is right.
// It supersedes the act, and any correction before it, from the moment it is
// recorded; all versions stay visible.
type ActionCorrected struct {
	Record   RecordID // the act's first record
	Action   Action
	Reason   string
	Answered []Code
}

// ActionContested says that another source contradicts the record of an act.
// Both assertions are kept; the one of the higher source holds, and of two
// equal ones the one that was recorded first.
type ActionContested struct {
	Record RecordID // the act's first record
	Action Action   // as the other source has it
	Reason string
}

// RecordAnnulled says that a record should never have been made. An annulled
// correction leaves what it corrected; an annulled annulment restores.
type RecordAnnulled struct {
	Record      RecordID
	Participant ParticipantID
	Reason      string
}

// TreatyDefined defines a treaty, or a new version of it.
type TreatyDefined struct {
	Treaty Treaty
	Reason string
}

// ParticipantDefined defines a participant, or a new version of it.
type ParticipantDefined struct {
	Participant Participant
	Reason      string
}

// GroupDefined defines a group, or a new version of it.
type GroupDefined struct {
	Group  Group
	Reason string
}

// WeightsDefined defines one edition of a weight table, or a new version of it.
type WeightsDefined struct {
	Weights Weights
	Reason  string
}

// CoverageStated says which acts of a treaty a source lists. One that corrects
// another supersedes it from the moment it is recorded.
type CoverageStated struct {
	Coverage CoverageStatement
	Corrects RecordID // first record of the statement that it corrects; zero: it stands for itself
	Reason   string
}

// DayBegun says that a calendar day has begun at the depositary. Nobody
// deposits anything on the day on which a participant becomes bound; so a day
// that begins is an event, and what takes effect by the passing of time has its
// place in the ledger.
type DayBegun struct{ Day Date }

// About returns who acted.
func (e *ActionRecorded) About() ParticipantID { return e.Action.Participant }

// About returns who acted.
func (e *ActionCorrected) About() ParticipantID { return e.Action.Participant }

// About returns who acted.
func (e *ActionContested) About() ParticipantID { return e.Action.Participant }

// About returns whose record was annulled.
func (e *RecordAnnulled) About() ParticipantID { return e.Participant }

// About returns nothing: a treaty concerns many.
func (*TreatyDefined) About() ParticipantID { return "" }

// About returns the participant that is defined.
func (e *ParticipantDefined) About() ParticipantID { return e.Participant.ID }

// About returns nothing: a group concerns many.
func (*GroupDefined) About() ParticipantID { return "" }

// About returns nothing: a weight table concerns many.
func (*WeightsDefined) About() ParticipantID { return "" }

// About returns nothing: coverage concerns many.
func (*CoverageStated) About() ParticipantID { return "" }

// About returns nothing: a day concerns all.
func (*DayBegun) About() ParticipantID { return "" }

func (*ActionRecorded) event()     {}
func (*ActionCorrected) event()    {}
func (*ActionContested) event()    {}
func (*RecordAnnulled) event()     {}
func (*CoverageStated) event()     {}
func (*TreatyDefined) event()      {}
func (*ParticipantDefined) event() {}
func (*GroupDefined) event()       {}
func (*WeightsDefined) event()     {}
func (*DayBegun) event()           {}

// Entry is an event in its place in the ledger.
type Entry struct {
	ID     RecordID
	Treaty TreatyID // empty where the event concerns the registry
	Event  Event
}
