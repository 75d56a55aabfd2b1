package projections

import (
	"slices"
	"sort"

	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// TreatyHead is what a list says of a treaty.
type TreatyHead struct {
	ID         domain.TreatyID `json:"id"`
	Short      string          `json:"short"`
	Title      string          `json:"title"`
	Adopted    domain.Date     `json:"adopted,omitzero" format:"date"`
	Place      string          `json:"place,omitempty"`
	Depositary string          `json:"depositary,omitempty"`
	Parent     domain.TreatyID `json:"parent,omitempty"`
	Coverage   Coverage        `json:"coverage" doc:"Which acts are recorded, as far as the as-of day depends on them"`
	Revision   uint64          `json:"revision" doc:"Position of the last commit about the treaty; send it as seen when writing"`
	RestsOn    string          `json:"restsOn,omitempty" doc:"The answer rests on the published day of entry into force, which the recorded deposits do not lead to: both, in a line"`
}

func (on Query) Head(h *domain.History) TreatyHead {
	t := h.Treaty
	return TreatyHead{ID: t.ID, Short: t.Short, Title: t.Title, Adopted: t.Adopted, Place: t.Place, Depositary: t.Depositary, Parent: t.Parent,
		Coverage: on.CoverageOn(h), Revision: on.Revision(t), RestsOn: h.RestsOn(on.AsOf)}
}

// Revision returns the position of the last commit about the treaty that was
// known: later ones do not change what was answered before them.
func (on Query) Revision(t *domain.Treaty) uint64 {
	last, known := on.State().Revision(t.ID), on.Known()
	if known.Has(last) {
		return last
	}
	defined := sort.Search(int(on.KnownAt), func(p int) bool {
		held, ok := on.State().Treaty(t.ID, domain.UpTo(uint64(p)+1))
		return ok && held == t
	})
	last = uint64(defined) + 1
	for _, p := range on.State().Participations(t.ID) {
		for _, r := range p.Records() {
			if known.Has(r.ID.Position) {
				last = max(last, r.ID.Position)
			}
		}
	}
	return last
}

// TreatySummary is one line of the list of treaties.
type TreatySummary struct {
	TreatyHead
	Entry       domain.EntryStatus `json:"entryStatus" enum:"unknown,condition not met,condition met,in force,terminated"`
	InForce     domain.Date        `json:"inForce,omitzero" format:"date"`
	Signatories *int               `json:"signatories,omitempty" doc:"Participants that have ever signed, or succeeded to a signature; absent where it is not known, and at least so many where only some acts are recorded"`
	Consents    *int               `json:"consents,omitempty" doc:"Consents deposited that stand; absent where it is not known, and at least so many where only some acts are recorded"`
	Parties     *int               `json:"parties,omitempty" doc:"Participants for which the treaty is in force; absent where it is not known, and at least so many where only some acts are recorded"`
}

// Treaties lists all treaties with their counts on the day.
func Treaties(on Query) []TreatySummary {
	list := []TreatySummary{}
	for _, t := range on.State().Treaties(on.Known()) {
		h := on.History(t.ID)
		e := ExplainEntry(h, on.AsOf)
		summary := TreatySummary{TreatyHead: on.Head(h), Entry: e.Status, InForce: e.InForce}
		n := CountsOn(h, on.AsOf)
		summary.Signatories, summary.Consents, summary.Parties = ifKnown(n, n.Signatories), ifKnown(n, n.Consents), ifKnown(n, n.Parties)
		list = append(list, summary)
	}
	return list
}

// ifKnown returns one of the counts, nil where it is not known.
func ifKnown(of model.Counts, n int) *int {
	if of.Figure(n) == "" {
		return nil
	}
	return &n
}

// ActRef is an act as a status shows it: what was done, when, by which record,
// and how far the record is verified.
type ActRef struct {
	Record       domain.RecordID   `json:"record"`
	Action       domain.ActionKind `json:"action"`
	Date         domain.Date       `json:"date" format:"date"`
	Effect       domain.Date       `json:"effect,omitzero" doc:"Day of effect that the record states" format:"date"`
	Corrected    bool              `json:"corrected,omitempty" doc:"The record was corrected; its versions are at /v1/actions/{record}"`
	Contested    bool              `json:"contested,omitempty" doc:"Another source contradicts it; both are at /v1/actions/{record}"`
	Source       string            `json:"source,omitempty"`
	Verification string            `json:"verification,omitempty"`
}

func refer(a domain.Act) ActRef {
	action := a.Action()
	ref := ActRef{Record: a.ID, Action: action.Kind, Date: action.Date, Effect: action.Effect, Corrected: a.Version.Op == domain.OpCorrected, Contested: len(a.Contested) > 0}
	if p := action.Provenance; p != nil {
		ref.Source, ref.Verification = p.Source, p.Verification
	}
	return ref
}

// StatusRow is where one participant stands in respect of one treaty.
type StatusRow struct {
	Treaty           domain.TreatyID      `json:"treaty"`
	TreatyShort      string               `json:"treatyShort"`
	Participant      domain.ParticipantID `json:"participant"`
	Name             string               `json:"name" doc:"Its name on the day"`
	Status           domain.Status        `json:"status"`
	Since            domain.Date          `json:"since,omitzero" doc:"Day from which it has this status" format:"date"`
	Why              string               `json:"why,omitempty"`
	Signature        *ActRef              `json:"signature,omitempty"`
	Consent          *ActRef              `json:"consent,omitempty"`
	Bound            domain.Date          `json:"bound,omitzero" doc:"Day from which the treaty is, or will be, in force for it" format:"date"`
	Until            domain.Date          `json:"until,omitzero" doc:"Day on which its consent ends, or ended" format:"date"`
	WithReservations bool                 `json:"withReservations,omitempty"`
	Provisional      bool                 `json:"provisional,omitempty" doc:"The treaty is applied provisionally"`
	Suspended        bool                 `json:"suspended,omitempty" doc:"A party for which its operation is suspended (VCLT 57, 72)"`
	IntendsNot       bool                 `json:"intendsNot,omitempty" doc:"A signatory that does not intend to become a party (VCLT 18(a))"`
	Excludes         []string             `json:"excludes,omitempty" doc:"Parts that its consent leaves out on the day"`
	Accepts          []string             `json:"accepts,omitempty" doc:"Articles or parts to which its consent is limited on the day (VCLT 17(1))"`
	Territories      []string             `json:"territories,omitempty" doc:"Territories to which its consent is limited, or was extended, as they stand on the day (VCLT 29)"`
	LimitedTo        bool                 `json:"territoriesOnly,omitempty" doc:"Its consent is limited to these territories; else it is bound for the whole besides"`
	TerritoriesNot   []string             `json:"territoriesExcluded,omitempty" doc:"Territories that are excluded on the day"`
	RowCoverage
}

// StatusWord returns a status with what modifies it, as texts show it.
func StatusWord(status domain.Status, intendsNot, provisional, suspended bool) string {
	word := string(status)
	if intendsNot {
		word += " (intends not to become a party)"
	}
	if provisional {
		word += " (applies provisionally)"
	}
	if suspended {
		word += " (operation suspended)"
	}
	return word
}

// row describes a course on the day, false where nothing had happened by then.
func (on Query) row(h *domain.History, c *domain.Course) (StatusRow, bool) {
	s := c.On(on.AsOf)
	row := StatusRow{
		Treaty: h.Treaty.ID, TreatyShort: h.Treaty.Short, Participant: c.Participant, Name: on.Name(c.Participant),
		Status: s.Status, Since: c.Since(on.AsOf), Why: s.Why, WithReservations: s.WithReservations, Provisional: s.Provisional, Suspended: s.Suspended, IntendsNot: s.IntendsNot,
		RowCoverage: rowCoverage(h.CoverageOf(c.Participant, on.AsOf)),
	}
	row.Accepts, row.Excludes = h.PartsOn(c, on.AsOf)
	row.Territories, row.TerritoriesNot = c.TerritoriesOn(on.AsOf)
	row.LimitedTo = len(c.LimitedTo(on.AsOf)) > 0
	for _, a := range c.Acts {
		if a.Action().Kind.IsSignature() && !h.SignatureDay(a).After(on.AsOf) {
			ref := refer(a)
			row.Signature = &ref
		}
	}
	if p := LatestPeriod(c, on.AsOf); p != nil {
		ref := refer(p.Consent)
		row.Consent, row.Bound = &ref, p.Bound
		if (p.Ending.Version == nil || !p.Ending.Action().Date.After(on.AsOf)) && !h.EffectUnknown(p) {
			row.Until = p.Until
		}
	}
	return row, s.Status != domain.NoAction && s.Status != domain.NotKnown || s.Provisional
}

// LatestPeriod returns the last period of consent that had begun by the day.
func LatestPeriod(c *domain.Course, day domain.Date) *domain.Period {
	for i := range slices.Backward(c.Periods) {
		if !c.Periods[i].From.After(day) {
			return &c.Periods[i]
		}
	}
	return nil
}

// TreatyStatus is the status table of a treaty.
type TreatyStatus struct {
	Axes       Axes                   `json:"axes"`
	Treaty     TreatyHead             `json:"treaty"`
	Counts     model.Counts           `json:"counts,omitzero"`
	Entry      model.EntryExplanation `json:"entryIntoForce"`
	Procedures []model.Procedure      `json:"procedures,omitempty" doc:"Optional procedures with counters of their own"`
	Rows       []StatusRow            `json:"rows"`
}

// Status returns the status table of a treaty, false where it is not known.
func Status(on Query, id domain.TreatyID) (TreatyStatus, bool) {
	h := on.History(id)
	if h == nil {
		return TreatyStatus{}, false
	}
	s := TreatyStatus{Axes: on.Axes, Treaty: on.Head(h), Counts: CountsOn(h, on.AsOf), Entry: ExplainEntry(h, on.AsOf),
		Procedures: ProceduresOn(h, on.AsOf), Rows: []StatusRow{}}
	for _, c := range h.Courses {
		if row, acted := on.row(h, c); acted {
			s.Rows = append(s.Rows, row)
		}
	}
	slices.SortStableFunc(s.Rows, func(a, b StatusRow) int { return wording.CompareNames(a.Name, b.Name) })
	return s, true
}

// CountsOn counts for a day, and reports whether there may be more.
func CountsOn(h *domain.History, day domain.Date) model.Counts {
	n := h.CountsOn(day)
	return model.Counts{Signatories: n.Signatories, Consents: n.Consents, Parties: n.Parties, Unknown: n.Unknown, AtLeast: !n.Unknown && !h.Coverage(day).Known()}
}

// ExplainEntry explains entry into force on a day. Where no deposit of the treaty
// is recorded, nor a source that would list one, it is not known that a condition
// is not met, or what it lacks.
func ExplainEntry(h *domain.History, day domain.Date) model.EntryExplanation {
	e := h.Explain(day)
	none := slices.ContainsFunc(e.Terms, func(t domain.Term) bool { return t.Have == 0 })
	if !h.Coverage(day).Known() && e.MetOn.IsZero() && (none || h.CountsOn(day).Consents == 0) {
		e.Required, e.Terms = "", nil
		if e.Status == domain.EntryNotMet && h.CountsOn(day).Consents == 0 {
			e.Status, e.Unknown = domain.EntryUnknown, actsMissing(h, day)
		}
	}
	return model.FromExplanation(e)
}

// ProceduresOn returns the optional procedures of a treaty on a day. Where nothing
// is recorded of one, nor a source that would list it, it is not known that its
// condition is not met.
func ProceduresOn(h *domain.History, day domain.Date) []model.Procedure {
	all := slices.Clone(h.Procedures(day))
	for i := range all {
		if p := &all[i]; !h.Coverage(day).Known() && len(p.Counted) == 0 && p.Status == domain.EntryNotMet {
			p.Status, p.Required, p.Terms = domain.EntryUnknown, "", nil
		}
	}
	return model.FromProcedures(all)
}

func actsMissing(h *domain.History, day domain.Date) string {
	if h.Coverage(day).Extent == domain.ExtentSome {
		return "only some acts of " + h.Treaty.Short + " are recorded, and no consent among them"
	}
	return "the acts of " + h.Treaty.Short + " are not recorded"
}

func NonNil[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// EntryIntoForce is the explanation alone.
type EntryIntoForce struct {
	Axes       Axes                   `json:"axes"`
	Treaty     TreatyHead             `json:"treaty"`
	Counts     model.Counts           `json:"counts,omitzero"`
	Entry      model.EntryExplanation `json:"entryIntoForce"`
	Procedures []model.Procedure      `json:"procedures,omitempty"`
}

// Entry explains a treaty's entry into force, false where it is not known.
func Entry(on Query, id domain.TreatyID) (EntryIntoForce, bool) {
	h := on.History(id)
	if h == nil {
		return EntryIntoForce{}, false
	}
	return EntryIntoForce{on.Axes, on.Head(h), CountsOn(h, on.AsOf), ExplainEntry(h, on.AsOf), ProceduresOn(h, on.AsOf)}, true
}

// ParticipantStatus is where one participant stands in respect of every treaty
// of which it has done something.
type ParticipantStatus struct {
	Axes        Axes              `json:"axes"`
	Participant model.Participant `json:"participant"`
	Name        string            `json:"name" doc:"Its name on the day"`
	Rows        []StatusRow       `json:"rows"`
	NotKnown    []TreatyName      `json:"notKnown" doc:"Treaties of which it is not known whether it has signed or consented: no act of its own is recorded, nor a source that would list one"`
}

// TreatyName names a treaty.
type TreatyName struct {
	ID    domain.TreatyID `json:"id"`
	Short string          `json:"short"`
}

// OfParticipant returns the status of a participant, false where it is not known.
func OfParticipant(on Query, id domain.ParticipantID) (ParticipantStatus, bool) {
	p, ok := on.State().Participant(id, on.Known())
	if !ok {
		return ParticipantStatus{}, false
	}
	s := ParticipantStatus{Axes: on.Axes, Participant: model.FromParticipant(*p), Name: p.Name(on.AsOf), Rows: []StatusRow{}, NotKnown: []TreatyName{}}
	for _, t := range on.State().Treaties(on.Known()) {
		if on.State().Participation(t.ID, id) != nil {
			h := on.History(t.ID)
			if row, acted := on.row(h, h.Course(id)); acted {
				s.Rows = append(s.Rows, row)
				continue
			}
		}
		if on.State().StatusWithoutActs(t.ID, id, on.Known()) == domain.NotKnown {
			s.NotKnown = append(s.NotKnown, TreatyName{t.ID, t.Short})
		}
	}
	return s, true
}

// Participation is one participant and one treaty with history and reasons.
type Participation struct {
	Axes    Axes         `json:"axes"`
	Treaty  TreatyHead   `json:"treaty"`
	Status  StatusRow    `json:"status"`
	Course  []Standing   `json:"course" doc:"Every status it has had and, as far as follows from what was deposited, will have"`
	Acts    []ActVersion `json:"acts" doc:"The acts as they stand"`
	Records []RecordView `json:"records" doc:"Every record in the order of the ledger, with corrections and annulments"`
}

// Standing is one step of a course.
type Standing struct {
	From             domain.Date     `json:"from" format:"date"`
	Status           domain.Status   `json:"status"`
	WithReservations bool            `json:"withReservations,omitempty"`
	Provisional      bool            `json:"provisional,omitempty"`
	Suspended        bool            `json:"suspended,omitempty"`
	IntendsNot       bool            `json:"intendsNot,omitempty"`
	Cause            domain.RecordID `json:"cause,omitzero"`
	Why              string          `json:"why,omitempty"`
}

func ViewStanding(s domain.Standing) Standing {
	return Standing{s.From, s.Status, s.WithReservations, s.Provisional, s.Suspended, s.IntendsNot, s.Cause, s.Why}
}

// ActVersion is an act as it stands, under the id of its first record.
type ActVersion struct {
	Record domain.RecordID `json:"record"`
	model.Action
}

// RecordView is one record of the ledger about a participation.
type RecordView struct {
	ID       domain.RecordID `json:"id"`
	Op       string          `json:"op" enum:"recorded,corrected,annulled,contested,notified"`
	Target   domain.RecordID `json:"target,omitzero" doc:"The record that is corrected, contested, annulled or notified"`
	Action   *model.Action   `json:"action,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Answered []domain.Code   `json:"answered,omitempty" doc:"Queries that the reason let pass"`
	Standing bool            `json:"standing" doc:"Whether it is what holds, as known on the axes"`
}

// OfParticipation returns one participation, false where treaty or participant
// are not known.
func OfParticipation(on Query, treaty domain.TreatyID, id domain.ParticipantID) (Participation, bool) {
	h := on.History(treaty)
	if _, ok := on.State().Participant(id, on.Known()); h == nil || !ok {
		return Participation{}, false
	}
	c := h.Course(id)
	row, _ := on.row(h, c)
	head := on.Head(h)
	head.Coverage = on.CoverageOf(h, id)
	v := Participation{Axes: on.Axes, Treaty: head, Status: row, Course: []Standing{}, Acts: []ActVersion{}, Records: []RecordView{}}
	for _, s := range c.Standings {
		v.Course = append(v.Course, ViewStanding(s))
	}
	standing := make(map[domain.RecordID]bool)
	for _, a := range c.Acts {
		standing[a.Version.ID] = true
		v.Acts = append(v.Acts, ActVersion{a.ID, model.FromAction(*a.Action())})
	}
	if part := on.State().Participation(treaty, id); part != nil {
		for _, r := range part.Records() {
			if on.Known().Has(r.ID.Position) {
				v.Records = append(v.Records, viewRecord(r, standing[r.ID]))
			}
		}
	}
	return v, true
}

func viewRecord(r *domain.Record, standing bool) RecordView {
	v := RecordView{ID: r.ID, Op: r.Op.String(), Target: r.Target, Reason: r.Reason, Answered: r.Answered, Standing: standing}
	if r.Op == domain.OpNotified {
		v.Reason = r.Action.Notification
	} else if r.Action != nil {
		action := model.FromAction(*r.Action)
		v.Action = &action
	}
	return v
}
