package pages

import (
	"slices"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
)

// Pages about participants.

type participantsBody struct{ Rows []participantRow }

type participantRow struct {
	ID             domain.ParticipantID
	Name           string
	Kind           domain.ParticipantKind
	Region         *domain.Group
	Bound, Waiting int
	NotKnown       int // treaties of which it is not known whether it has signed or consented
}

func (s *Site) participants(a *ask) (view, error) {
	var b participantsBody
	counts := a.standings()
	for _, p := range a.Views.State.Participants(a.On.Known()) {
		if p.Kind == domain.KindTerritory || !p.Exists.Contains(a.On.AsOf) {
			continue
		}
		name := p.Name(a.On.AsOf)
		row := counts[p.ID]
		row.ID, row.Name, row.Kind, row.Region = p.ID, name, p.Kind, a.region(p.ID)
		b.Rows = append(b.Rows, row)
	}
	slices.SortFunc(b.Rows, func(x, y participantRow) int {
		return a.Lang.Compare(a.Lang.Participant(x.ID, a.On.AsOf, x.Name), a.Lang.Participant(y.ID, a.On.AsOf, y.Name))
	})
	return view{template: "participants", title: a.Lang.Text("nav.participants"), description: a.Lang.Text("participants.about"), body: b, data: sameAs("listParticipants")}, nil
}

// standings counts for each participant the treaties that bind it, those that it
// has signed and not consented to, and those of which it is not known.
func (a *ask) standings() map[domain.ParticipantID]participantRow {
	counts := make(map[domain.ParticipantID]participantRow)
	for _, t := range projections.Treaties(a.On) {
		status, ok := projections.Status(a.On, t.ID)
		if !ok {
			continue
		}
		acted := make(map[domain.ParticipantID]bool, len(status.Rows))
		for _, r := range status.Rows {
			acted[r.Participant] = true
			row := counts[r.Participant]
			switch {
			case r.Status.Bound():
				row.Bound++
			case r.Status == domain.Signatory:
				row.Waiting++
			}
			counts[r.Participant] = row
		}
		if partial(t.Coverage) {
			a.countNotKnown(counts, t.ID, acted)
		}
	}
	return counts
}

// countNotKnown counts a treaty for each participant of which it is not known
// whether it has acted.
func (a *ask) countNotKnown(counts map[domain.ParticipantID]participantRow, id domain.TreatyID, acted map[domain.ParticipantID]bool) {
	h := a.On.History(id)
	for _, p := range a.Views.State.Participants(a.On.Known()) {
		if extent := a.On.CoverageOf(h, p.ID).Extent; !acted[p.ID] && (extent == domain.ExtentNone || extent == domain.ExtentSome) {
			row := counts[p.ID]
			row.NotKnown++
			counts[p.ID] = row
		}
	}
}

// region returns the United Nations regional group of a participant on the day.
func (a *ask) region(id domain.ParticipantID) *domain.Group {
	for _, g := range a.Views.State.Groups(a.On.Known()) {
		if g.Kind == "region" && g.Has(id, a.On.AsOf) {
			return g
		}
	}
	return nil
}

type participantBody struct {
	Status               projections.ParticipantStatus
	Region               *domain.Group
	Exists               string
	Binds, Waits, Others []projections.StatusRow
	Untouched            []projections.TreatySummary
	Statements           []projections.Statements
	Stock                *stockOf
	Before, After        []named
	Acted                bool
	Timeline             figure
}

// stockOf is the migrants who live in a State, with year and edition.
type stockOf struct {
	Value                    float64
	Year                     int
	Edition, Source, Licence string
}

type named struct {
	ID   domain.ParticipantID
	Name string
}

func (s *Site) participant(a *ask) (view, error) {
	p, err := a.participant()
	if err != nil {
		return view{}, err
	}
	status, ok := projections.OfParticipant(a.On, p.ID)
	if !ok {
		return view{}, missing("participant", a.PathValue("participant"))
	}
	b := participantBody{Status: status, Region: a.region(p.ID), Exists: a.existence(p), Stock: a.stockOf(p.ID), Acted: len(status.Rows) > 0}
	b.sort(a)
	b.Before, b.After = a.family(p)
	b.Timeline = a.lanes(status)
	name := a.Lang.Participant(p.ID, a.On.AsOf, status.Name)
	return view{
		image:    "timeline/" + string(p.ID),
		template: "participant", title: name, body: b, marks: a.participantDays(p.ID),
		description: a.Lang.Text("participant.about", "name", name, "n", len(b.Binds), "waits", a.Lang.Whole(int64(len(b.Waits))), "day", a.Lang.Day(a.On.AsOf)) + a.notKnownOf(status),
		data:        sameAs("getParticipantStatus", "participant", string(p.ID)), feed: []string{"participant", string(p.ID)},
	}, nil
}

// notKnownOf says of how many treaties it is not known what a participant did,
// after another sentence; nothing where there are none.
func (a *ask) notKnownOf(s projections.ParticipantStatus) string {
	if len(s.NotKnown) == 0 {
		return ""
	}
	return " " + a.Lang.Text("participant.notKnown", "n", len(s.NotKnown))
}

// sort puts the rows under what they are, and lists what was never touched.
func (b *participantBody) sort(a *ask) {
	touched := make(map[domain.TreatyID]bool)
	for _, r := range b.Status.Rows {
		touched[r.Treaty] = true
		switch {
		case r.Status.Consenting():
			b.Binds = append(b.Binds, r)
		case r.Status == domain.Signatory:
			b.Waits = append(b.Waits, r)
		default:
			b.Others = append(b.Others, r)
		}
		statements, ok := projections.StatementsOf(a.On, r.Treaty, projections.StatementQuestion{Participant: r.Participant})
		if ok && len(statements.Rows) > 0 {
			b.Statements = append(b.Statements, statements)
		}
	}
	for _, t := range b.Status.NotKnown {
		touched[t.ID] = true
	}
	for _, t := range projections.Treaties(a.On) {
		if !touched[t.ID] {
			b.Untouched = append(b.Untouched, t)
		}
	}
}

// existence says of a participant that does not exist on the day when it did.
func (a *ask) existence(p *domain.Participant) string {
	switch {
	case p.Exists.Contains(a.On.AsOf):
		return ""
	case a.On.AsOf.Before(p.Exists.From):
		return a.Lang.Text("participant.notYet", "day", a.Lang.Day(p.Exists.From))
	}
	return a.Lang.Text("participant.noMore", "day", a.Lang.Day(p.Exists.Until))
}

func (a *ask) stockOf(id domain.ParticipantID) *stockOf {
	w, ok := a.Views.State.WeightsEdition(gap.MigrantStock, "", a.On.Known())
	if !ok {
		return nil
	}
	year, ok := w.YearFor(a.On.AsOf)
	if !ok {
		return nil
	}
	value, ok := w.Of(year)[string(id)]
	if !ok {
		return nil
	}
	return &stockOf{value, year, w.Edition, w.Source, w.Licence}
}

// family lists predecessors and successors.
func (a *ask) family(p *domain.Participant) (before, after []named) {
	for _, s := range p.Succeeds {
		before = append(before, named{s.Participant, a.official(s.Participant)})
	}
	for _, other := range a.Views.State.Participants(a.On.Known()) {
		for _, s := range other.Succeeds {
			if s.Participant == p.ID {
				after = append(after, named{other.ID, other.CurrentName()})
			}
		}
	}
	return before, after
}

// official returns the name that the registry has for a participant on the day,
// or its last one where it did not exist then.
func (a *ask) official(id domain.ParticipantID) string {
	p, ok := a.Views.State.Participant(id, a.On.Known())
	if !ok {
		return string(id)
	}
	return p.Name(a.On.AsOf)
}
