package domain

import (
	"fmt"
	"slices"
	"strings"
)

// The rules on territories.

// territoriesAdmitted: a treaty binds in respect of the entire territory,
// "unless a different intention appears from the treaty or is otherwise
// established" (VCLT 29): where it has no clause, depositaries have accepted
// applications to single territories (CAT, United Kingdom for the Isle of Man,
// 1992). An exclusion needs no clause, and neither does lifting one.
func territoriesAdmitted(r *ruling) []Finding {
	if len(r.act.Territories) == 0 || r.act.Kind == TerritorialExclusion || r.treaty.TerritorialScope != nil || !r.treaty.ClausesKnown() || r.liftsExclusion() {
		return nil
	}
	return one(query(CodeTerritoryNotAdmitted, "territories", fmt.Sprintf("%s has no clause on territories", r.treaty.Short)).
		citing("VCLT 29").accepting("consent for the entire territory, or the act as the depositary accepted it, with a reason"))
}

// liftsExclusion reports whether all the territories that the act names are
// excluded on its day.
func (r *ruling) liftsExclusion() bool {
	if r.act.Kind != TerritorialApplication {
		return false
	}
	_, excluded := r.course.TerritoriesOn(r.act.Date)
	return !slices.ContainsFunc(r.act.Territories, func(t string) bool {
		return !slices.ContainsFunc(excluded, func(x string) bool { return r.sameTerritory(x, t) })
	})
}

// territoriesOfTheState: a State acts for the territories for whose international
// relations it is responsible (VCLT 29; VCST 2(1)(b)). Who was is taken from the
// register; where that is silent, the depositary asks. A ledger without a
// register decides nothing.
func territoriesOfTheState(r *ruling) (findings []Finding) {
	if len(r.act.Territories) == 0 || r.participant.Kind != KindState || !r.state.hasRegister() {
		return nil
	}
	for i, name := range r.act.Territories {
		if f, wrong := r.territoryOfTheState(name); wrong {
			f.Field = fmt.Sprintf("territories[%d]", i)
			findings = append(findings, f.citing("VCLT 29, VCST 2(1)(b)"))
		}
	}
	return findings
}

// sameTerritory reports whether two names are those of one territory.
func (r *ruling) sameTerritory(a, b string) bool {
	if foldSpelling(a) == foldSpelling(b) {
		return true
	}
	p, found := r.state.Territory(a, r.act.Date, Everything())
	q, also := r.state.Territory(b, r.act.Date, Everything())
	return found && also && p.ID == q.ID
}

// territoryOfTheState compares a territory of the act with the register, on the
// day of the act or on that of its effect.
func (r *ruling) territoryOfTheState(name string) (f Finding, wrong bool) {
	state, day := r.participant, r.act.Effect.Or(r.act.Date)
	p, found := r.state.Territory(name, day, Everything())
	if !found {
		return r.unknownTerritory(name), true
	}
	for _, on := range []Date{r.act.Date, day} {
		if who, known := p.ResponsibleOn(on); known && who == state.ID && (p.Kind == KindState || p.Exists.Contains(on)) {
			return f, false
		}
	}
	refuse := func(message, accepted string) (Finding, bool) {
		return reject(CodeTerritoryNotOfTheState, "territories", message).accepting(accepted), true
	}
	who, known := p.ResponsibleOn(day)
	switch {
	case p.partOf(state, day):
		return f, false
	case known && who != state.ID:
		return refuse(fmt.Sprintf("%s was responsible for %s on %s", r.nameOf(who, day), p.Name(day), day.Long()),
			fmt.Sprintf("an act of %s, or %s", who, r.daysOf(p)))
	case p.isStateOn(day):
		return refuse(fmt.Sprintf("%s is a State since %s", p.Name(day), p.Exists.From.Long()), "an act of its own, or "+r.daysOf(p))
	case !p.Exists.Contains(day) && p.Kind == KindTerritory:
		return refuse(fmt.Sprintf("there was no %s on %s", p.Name(day), day.Long()), r.daysOf(p))
	}
	return query(CodeTerritoryNotOfTheState, "territories", fmt.Sprintf("the register does not say which State was responsible for %s on %s", p.Name(day), day.Long())).
		accepting("the act as the depositary accepted it, with a reason"), true
}

// nameOf returns the name of a participant on a day, or its id.
func (r *ruling) nameOf(id ParticipantID, day Date) string {
	if p, held := r.state.Participant(id, Everything()); held {
		return p.Name(day)
	}
	return string(id)
}

// daysOf says on which days the participant of the act answers for a territory,
// and which took the place of one that ended.
func (r *ruling) daysOf(p *Participant) string {
	var ways []string
	for _, own := range p.Responsible {
		if own.Participant == r.participant.ID {
			ways = append(ways, strings.TrimSpace("a day "+own.Interval.words()))
		}
	}
	for _, near := range r.state.Territories(Everything()) {
		if near.tookPlace(p.ID, r.act.Date) || near.Exists.Contains(r.act.Date) && p.tookPlace(near.ID, LastDay) && !p.tookPlace(near.ID, r.act.Date) {
			ways = append(ways, near.CurrentName())
		}
	}
	if p.Kind == KindState && len(p.Responsible) == 0 && !p.Exists.From.IsZero() {
		if who, known := p.ResponsibleOn(p.Exists.From.AddDays(-1)); known && who == r.participant.ID {
			ways = append(ways, "a day before "+p.Exists.From.String())
		}
	}
	if len(ways) == 0 {
		return "a territory of " + r.participant.CurrentName()
	}
	return strings.Join(ways, ", ")
}

// unknownTerritory refuses a name that no territory has, with the nearest.
func (r *ruling) unknownTerritory(name string) Finding {
	var spellings []string
	names := make(map[string]string)
	for _, p := range r.state.Participants(Everything()) {
		if p.Kind != KindTerritory && p.Kind != KindState {
			continue
		}
		for _, spelling := range p.spellings() {
			spellings = append(spellings, foldSpelling(spelling))
			names[foldSpelling(spelling)] = p.Name(r.act.Date)
		}
	}
	var accepted []string
	for _, near := range Nearest(foldSpelling(name), spellings, 3) {
		if !slices.Contains(accepted, names[near]) {
			accepted = append(accepted, names[near])
		}
	}
	return reject(CodeUnknownTerritory, "territories", fmt.Sprintf("no territory is called %q", name)).
		accepting(strings.Join(append(accepted, "a territory of the register, or one that is added to it first"), ", "))
}
