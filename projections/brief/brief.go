// Package brief gathers on one sheet what a participant has done and not done:
// what binds it, what it has signed and not ratified, what it has not joined
// beside its region, what it has stated, and the migrants who live there and
// come from there.
//
// Invariants:
//
//   - every figure is one that another answer states: a brief computes only counts
//     and shares of them;
//   - a treaty of which it is not known what the participant did is listed as
//     such, and never as one that it has not joined.
package brief

import (
	"cmp"
	"slices"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/corridors"
	"depositary/projections/gap"
)

// Brief is one participant's sheet.
type Brief struct {
	Axes        projections.Axes         `json:"axes"`
	Participant domain.ParticipantID     `json:"participant"`
	Name        string                   `json:"name" doc:"Its name on the day"`
	Kind        domain.ParticipantKind   `json:"kind"`
	Region      *Region                  `json:"region,omitempty" doc:"The regional group of the United Nations that it belongs to on the day"`
	Joined      []Joined                 `json:"joined" doc:"Treaties to which its consent stands, by the day from which they bind it"`
	Signed      []Signed                 `json:"signed" doc:"Treaties that it has signed and not consented to, the longest first"`
	AtLeast     []Signed                 `json:"signedAtLeast" doc:"Treaties that it has signed; whether it has ratified them since is not known"`
	Left        []Left                   `json:"left" doc:"Treaties that it has left"`
	NotJoined   []NotJoined              `json:"notJoined" doc:"Treaties that it has neither signed nor joined; those that most of its region has joined first"`
	NotKnown    []projections.TreatyName `json:"notKnown" doc:"Treaties of which it is not known what it has done"`
	Residents   *People                  `json:"residents,omitempty" doc:"Migrants who live there"`
	Abroad      *Abroad                  `json:"abroad,omitempty" doc:"People from there who live abroad"`
}

// Region is a regional group and how many States it has on the day.
type Region struct {
	ID     domain.GroupID `json:"id"`
	Name   string         `json:"name"`
	States int            `json:"states"`
}

// TreatyRef names a treaty and says until when its acts are recorded.
type TreatyRef struct {
	Treaty domain.TreatyID `json:"treaty"`
	Short  string          `json:"treatyShort"`
	Title  string          `json:"title"`
	projections.RowCoverage
}

// Joined is a treaty to which its consent stands.
type Joined struct {
	TreatyRef
	Status       domain.Status      `json:"status"`
	Consent      projections.ActRef `json:"consent"`
	Bound        domain.Date        `json:"bound,omitzero" format:"date" doc:"Day from which the treaty is, or will be, in force for it"`
	Reservations int                `json:"reservations" doc:"Reservations of its own that stand"`
	Declarations int                `json:"declarations" doc:"Declarations of its own that stand"`
	Objections   int                `json:"objections" doc:"Objections of others to its reservations that stand"`
}

// Signed is a treaty that it has signed.
type Signed struct {
	TreatyRef
	Signature projections.ActRef `json:"signature"`
	Years     int                `json:"years" doc:"Whole years from the signature to the day"`
}

// Left is a treaty that it was bound by once, or of which its withdrawal was notified.
type Left struct {
	TreatyRef
	Status domain.Status `json:"status"`
	Until  domain.Date   `json:"until,omitzero" format:"date" doc:"Day on which its consent ends, or ended"`
}

// NotJoined is a treaty that it could have joined, beside those who did.
type NotJoined struct {
	TreatyRef
	Parties       int  `json:"parties" doc:"Participants for which the treaty is in force"`
	RegionParties int  `json:"regionParties" doc:"States of its region for which the treaty is in force"`
	AtLeast       bool `json:"atLeast,omitempty" doc:"Only some acts of the treaty are recorded: both are at least so many"`
}

// People is a number of migrants with the table that it comes from.
type People struct {
	Number uint64        `json:"people"`
	Share  float64       `json:"share" doc:"Percent of the world's migrants: what its being bound adds to the share of those who live in a State that is bound"`
	Stock  gap.StockUsed `json:"stock"`
}

// Abroad is how many people live abroad, with the table that it comes from.
type Abroad struct {
	Number uint64                  `json:"people" doc:"As far as their destination is known"`
	Table  corridors.CorridorTable `json:"table"`
}

// Of returns the brief of a participant; false where it is not known.
func Of(on projections.Query, id domain.ParticipantID) (Brief, bool) {
	status, ok := projections.OfParticipant(on, id)
	if !ok {
		return Brief{}, false
	}
	b := Brief{Axes: status.Axes, Participant: id, Name: status.Name, Kind: domain.ParticipantKind(status.Participant.Kind),
		Joined: []Joined{}, Signed: []Signed{}, AtLeast: []Signed{}, Left: []Left{}, NotJoined: []NotJoined{}, NotKnown: status.NotKnown}
	neighbours := b.findRegion(on)
	b.addRows(on, status)
	b.addNotJoined(on, status, neighbours)
	b.addPeople(on)
	return b, true
}

// addPeople adds the migrants at both ends, where a table has them.
func (b *Brief) addPeople(on projections.Query) {
	if people, share, stock, ok := gap.ResidentsOf(on, b.Participant); ok {
		b.Residents = &People{uint64(people), share, stock}
	}
	if people, table, ok := corridors.AbroadOf(on, b.Participant); ok {
		b.Abroad = &Abroad{people, table}
	}
}

// findRegion finds the regional group and returns its States on the day.
func (b *Brief) findRegion(on projections.Query) map[domain.ParticipantID]bool {
	for _, g := range on.State().Groups(on.Known()) {
		if g.Kind != "region" || !g.Has(b.Participant, on.AsOf) {
			continue
		}
		members := make(map[domain.ParticipantID]bool)
		for _, p := range on.State().Participants(on.Known()) {
			if p.Exists.Contains(on.AsOf) && g.Has(p.ID, on.AsOf) {
				members[p.ID] = true
			}
		}
		b.Region = &Region{ID: g.ID, Name: g.Name, States: len(members)}
		return members
	}
	return nil
}

// addRows puts every treaty in respect of which it has acted where it belongs.
func (b *Brief) addRows(on projections.Query, status projections.ParticipantStatus) {
	for _, r := range status.Rows {
		ref := TreatyRef{Treaty: r.Treaty, Short: r.TreatyShort, Title: titleOf(on, r.Treaty), RowCoverage: r.RowCoverage}
		switch {
		case r.Status.Consenting() && r.Consent != nil:
			j := Joined{TreatyRef: ref, Status: r.Status, Consent: *r.Consent, Bound: r.Bound}
			j.count(on, b.Participant)
			b.Joined = append(b.Joined, j)
		case r.Status == domain.Signatory && r.Signature != nil:
			b.Signed = append(b.Signed, Signed{ref, *r.Signature, r.Signature.Date.YearsUntil(on.AsOf)})
		case r.Status == domain.SignedAtLeast && r.Signature != nil:
			b.AtLeast = append(b.AtLeast, Signed{ref, *r.Signature, r.Signature.Date.YearsUntil(on.AsOf)})
		case !r.Until.IsZero():
			b.Left = append(b.Left, Left{ref, r.Status, r.Until})
		}
	}
	slices.SortStableFunc(b.Joined, func(x, y Joined) int { return x.Bound.Compare(y.Bound) })
	slices.SortStableFunc(b.Signed, func(x, y Signed) int { return x.Signature.Date.Compare(y.Signature.Date) })
}

// count counts what it has stated in respect of a treaty and what others
// objected to, as far as it stands on the day.
func (j *Joined) count(on projections.Query, id domain.ParticipantID) {
	statements, ok := projections.StatementsOf(on, j.Treaty, projections.StatementQuestion{Participant: id})
	if !ok {
		return
	}
	for _, s := range statements.Rows {
		if s.Participant != id || s.State == domain.StatementWithdrawn || s.State == domain.StatementEnded {
			continue
		}
		switch s.Kind {
		case domain.Reservation:
			j.Reservations++
			for _, answer := range s.Answers {
				if answer.Kind == domain.Objection {
					j.Objections++
				}
			}
		case domain.OptionalDeclaration:
			j.Declarations++
		}
	}
}

// addNotJoined lists the treaties in respect of which nothing was done, where
// this is known and it could have been done.
func (b *Brief) addNotJoined(on projections.Query, status projections.ParticipantStatus, neighbours map[domain.ParticipantID]bool) {
	done := make(map[domain.TreatyID]bool)
	for _, r := range status.Rows {
		done[r.Treaty] = true
	}
	for _, t := range status.NotKnown {
		done[t.ID] = true
	}
	itself, ok := on.State().Participant(b.Participant, on.Known())
	if !ok {
		return
	}
	for _, t := range projections.Treaties(on) {
		if done[t.ID] || t.Entry == domain.EntryEnded || !admitted(on, t.ID, itself) {
			continue
		}
		n := NotJoined{TreatyRef: TreatyRef{Treaty: t.ID, Short: t.Short, Title: t.Title,
			RowCoverage: projections.RowCoverage{Extent: t.Coverage.Extent, AsAt: t.Coverage.AsAt}}, AtLeast: t.Coverage.Extent == domain.ExtentSome}
		parties, ok := projections.Status(on, t.ID)
		if !ok {
			continue
		}
		for _, r := range parties.Rows {
			if r.Status.Bound() {
				n.Parties++
				if neighbours[r.Participant] {
					n.RegionParties++
				}
			}
		}
		b.NotJoined = append(b.NotJoined, n)
	}
	slices.SortStableFunc(b.NotJoined, func(x, y NotJoined) int {
		return cmp.Or(cmp.Compare(y.RegionParties, x.RegionParties), cmp.Compare(y.Parties, x.Parties))
	})
}

// admitted reports whether a participant may take part in a treaty on the day.
func admitted(on projections.Query, id domain.TreatyID, p *domain.Participant) bool {
	t, ok := on.State().Treaty(id, on.Known())
	return ok && on.State().Admits(t, p, on.AsOf)
}

func titleOf(on projections.Query, id domain.TreatyID) string {
	return on.Head(on.History(id)).Title
}
