// Package notices compares views of the law over time: what differs between two
// of them (changes), what one commit changed (notices, the feed), and what will
// change on days already known (upcoming dates).
//
// Notices are derived from the ledger when they are asked for. Their ids,
// order and content depend on the commits alone: they are the same on every
// node and in every replay. The three share one comparison of a treaty on two
// sides.
package notices

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections/model"
)

// Kind says what a notice tells. Kinds are written subject.what, so that
// a filter may ask for all of a subject (participant.*).
type Kind string

// The kinds of notices.
const (
	KindActionRecorded     Kind = "action.recorded"
	KindActionLearned      Kind = "action.learned" // older than thirty days when it was recorded, of a treaty of which something was recorded
	KindActionCorrected    Kind = "action.corrected"
	KindActionContested    Kind = "action.contested"
	KindActionAnnulled     Kind = "action.annulled"
	KindNotificationIssued Kind = "notification.issued" // a depositary notification; of names its reference
	KindTreatyDefined      Kind = "treaty.defined"
	KindRegistryDefined    Kind = "registry.defined" // participants, groups and weight tables
	KindTreatyLearned      Kind = "treaty.learned"   // the first acts of a treaty are recorded, told once as a whole
	KindTreatyCoverage     Kind = "treaty.coverage"  // until when its acts are recorded

	KindThresholdApproaching Kind = "treaty.threshold-approaching" // one short
	KindThresholdMet         Kind = "treaty.threshold-met"
	KindEntryRevised         Kind = "treaty.entry-revised" // a correction moves or takes away the day
	KindInForce              Kind = "treaty.in-force"

	KindBound              Kind = "participant.bound"
	KindWithdrawalNotified Kind = "participant.withdrawal-notified"
	KindWithdrawalRevoked  Kind = "participant.withdrawal-revoked"
	KindWithdrawn          Kind = "participant.withdrawn" // the withdrawal is effective
	KindStatusChanged      Kind = "participant.status-changed"

	KindStatementMade       Kind = "statement.made"
	KindStatementPending    Kind = "statement.pending"
	KindStatementAccepted   Kind = "statement.accepted"
	KindStatementObjectedTo Kind = "statement.objected-to"
	KindStatementWithdrawn  Kind = "statement.withdrawn"
	KindStatementChanged    Kind = "statement.changed"

	KindProcedureCounter Kind = "procedure.counter-changed"
	KindProcedureInForce Kind = "procedure.in-force"

	KindGapChanged Kind = "gap.changed"
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{
		KindActionRecorded, KindActionLearned, KindActionCorrected, KindActionContested, KindActionAnnulled, KindNotificationIssued,
		KindTreatyDefined, KindRegistryDefined, KindTreatyLearned, KindTreatyCoverage,
		KindThresholdApproaching, KindThresholdMet, KindEntryRevised, KindInForce,
		KindBound, KindWithdrawalNotified, KindWithdrawalRevoked, KindWithdrawn, KindStatusChanged,
		KindStatementMade, KindStatementPending, KindStatementAccepted, KindStatementObjectedTo, KindStatementWithdrawn, KindStatementChanged,
		KindProcedureCounter, KindProcedureInForce, KindGapChanged,
	}
}

// ID is where a notice stands: the commit's position and the notice's
// number in it, from 1. Ids sort in the order of notices, and are the same on
// every node and in every replay.
type ID struct {
	Position eventstore.Position
	N        uint32
}

// afterAll is the number behind which no notice of a commit stands.
const afterAll = 1<<32 - 1

// String writes position.n, or the position alone behind all of its notices.
func (id ID) String() string {
	if id.N == afterAll {
		return fmt.Sprint(id.Position)
	}
	return fmt.Sprintf("%d.%d", id.Position, id.N)
}

// ParseID reads what String writes. A position alone means all of its
// notices: it is read as the last of them.
func ParseID(text string) (ID, error) {
	position, n, both := strings.Cut(text, ".")
	p, err := strconv.ParseUint(position, 10, 63)
	last := uint64(afterAll)
	if err == nil && both {
		last, err = strconv.ParseUint(n, 10, 32)
	}
	if err != nil {
		return ID{}, fmt.Errorf("%q is not the id of a notice: <position>.<number> expected, such as 812.1", text)
	}
	return ID{eventstore.Position(p), uint32(last)}, nil
}

// Compare orders ids as the notices follow one another.
func (id ID) Compare(other ID) int {
	return cmp.Or(cmp.Compare(id.Position, other.Position), cmp.Compare(id.N, other.N))
}

// MarshalText writes position.n.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (id *ID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseID(string(text))
	return err
}

// Notice tells one change: of what is recorded, or of what holds in law.
type Notice struct {
	ID          ID                   `json:"id"`
	Kind        Kind                 `json:"kind"`
	Title       string               `json:"title" doc:"The change in one sentence"`
	Date        domain.Date          `json:"date" doc:"The legal day of the change: of the act, or from which the effect holds" format:"date"`
	Day         domain.Date          `json:"day" doc:"The day at the depositary on which it became known" format:"date"`
	Recorded    time.Time            `json:"recorded" doc:"Instant of the commit (UTC)"`
	AsAt        domain.Date          `json:"asAt,omitzero" doc:"The day of the source from which it was learned, where it is older than thirty days" format:"date"`
	Backfill    bool                 `json:"backfill,omitempty" doc:"History that came with the first acts of its treaty; summed up by treaty.learned"`
	Treaty      domain.TreatyID      `json:"treaty,omitempty"`
	TreatyShort string               `json:"treatyShort,omitempty"`
	Participant domain.ParticipantID `json:"participant,omitempty"`
	Name        string               `json:"name,omitempty" doc:"Its name on that day"`
	Groups      []domain.GroupID     `json:"groups,omitempty" doc:"Groups to which the participant belonged on that day"`
	Of          string               `json:"of,omitempty" doc:"Which one, where there are several: the article of a procedure, the kind and day of a statement"`
	Before      ChangeValue          `json:"before"`
	After       ChangeValue          `json:"after"`
	Why         string               `json:"why,omitempty"`
	Article     string               `json:"article,omitempty" doc:"Its basis: an article of the treaty, or of a convention on the law of treaties where that is named"`
	Record      domain.RecordID      `json:"record,omitzero" doc:"The record that caused it"`
	Source      *model.Provenance    `json:"source,omitempty" doc:"Where the record was taken from, and what was verified"`
	Coming      []UpcomingDate       `json:"coming,omitempty" doc:"What is to come: days that follow from what is known"`
	Links       NoticeLinks          `json:"links"`
}

// Linker returns the links of a notice that is complete but for them. The server
// makes them: a view knows ids and no addresses.
type Linker func(Notice) NoticeLinks

// NoticeLinks are addresses below that of the server, where there is more.
type NoticeLinks struct {
	Self        string `json:"self"`
	Commit      string `json:"commit"`
	Treaty      string `json:"treaty,omitempty"`
	Participant string `json:"participant,omitempty"`
	Record      string `json:"record,omitempty"`
}

// UpcomingDate is a legal day that is known before it comes. Its key stays the
// same when the day moves.
type UpcomingDate struct {
	Key         string               `json:"key" doc:"What it is the day of; stays the same when a correction moves the day"`
	Date        domain.Date          `json:"date" format:"date"`
	What        UpcomingKind         `json:"what"`
	Title       string               `json:"title" doc:"What comes, in one sentence"`
	Treaty      domain.TreatyID      `json:"treaty"`
	TreatyShort string               `json:"treatyShort"`
	Participant domain.ParticipantID `json:"participant,omitempty"`
	Name        string               `json:"name,omitempty" doc:"Its name on that day, as far as is known"`
	Of          string               `json:"of,omitempty" doc:"Which one, where there are several: the article of a procedure, the kind and day of a statement"`
	Why         string               `json:"why,omitempty"`
	Article     string               `json:"article,omitempty" doc:"Its basis: an article of the treaty, or of a convention on the law of treaties where that is named"`
	Record      domain.RecordID      `json:"record,omitzero" doc:"The record from which it follows"`
	Source      *model.Provenance    `json:"source,omitempty" doc:"Where the record was taken from, and what was verified"`
	Revision    uint64               `json:"revision" doc:"Position of the last commit about the treaty or its parents, which may have moved the day"`
}

// NoticeFilter chooses notices. What is empty chooses all.
type NoticeFilter struct {
	Kinds        []string               `json:"kinds,omitempty" doc:"Kinds, or all of a subject as in participant.*"`
	Treaties     []domain.TreatyID      `json:"treaties,omitempty"`
	Participants []domain.ParticipantID `json:"participants,omitempty" doc:"Notices about one of them; those of a treaty itself are not"`
	Groups       []domain.GroupID       `json:"groups,omitempty" doc:"Notices about who belonged to one of them on the day of the change"`
	Backfill     bool                   `json:"backfill,omitempty" doc:"Also history that is recorded afterwards"`
}

// Matches reports whether the filter asks for the notice. Where both participants
// and groups are given, either is enough.
func (f NoticeFilter) Matches(n Notice) bool {
	if n.Backfill && !f.Backfill {
		return false
	}
	if len(f.Kinds) > 0 && !slices.ContainsFunc(f.Kinds, func(kind string) bool { return kindMatches(kind, n.Kind) }) {
		return false
	}
	if len(f.Treaties) > 0 && !slices.Contains(f.Treaties, n.Treaty) {
		return false
	}
	if len(f.Participants) == 0 && len(f.Groups) == 0 {
		return true
	}
	return slices.Contains(f.Participants, n.Participant) ||
		slices.ContainsFunc(f.Groups, func(g domain.GroupID) bool { return slices.Contains(n.Groups, g) })
}

func kindMatches(pattern string, kind Kind) bool {
	if subject, all := strings.CutSuffix(pattern, "*"); all {
		return strings.HasPrefix(string(kind), subject)
	}
	return pattern == string(kind)
}

// CheckKinds says which of the kinds of a filter no notice can have.
func CheckKinds(kinds []string) error {
	for _, pattern := range kinds {
		subject, all := strings.CutSuffix(pattern, "*")
		plain := !strings.Contains(subject, "*") && (!all || subject == "" || strings.HasSuffix(subject, "."))
		if !plain || !slices.ContainsFunc(Kinds(), func(k Kind) bool { return kindMatches(pattern, k) }) {
			return fmt.Errorf("%q is no kind of notice: one of %s expected, or all of a subject as in participant.*", pattern, joinKinds())
		}
	}
	return nil
}

func joinKinds() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
