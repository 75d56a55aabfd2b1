package domain

import (
	"fmt"
	"slices"
	"strings"
)

// ParticipantKind says what a participant is; it decides what it may take part in.
type ParticipantKind string

// The kinds of participants. A territory takes part
// through the State that is responsible for it; no clause admits it unless it says so.
const (
	KindState        ParticipantKind = "state"
	KindREIO         ParticipantKind = "REIO" // regional economic integration organization
	KindOrganization ParticipantKind = "organization"
	KindTerritory    ParticipantKind = "territory"
)

// Attestation says where a fact was taken from and how far it was checked.
type Attestation struct {
	Source       string
	Verification string
}

// Participant is a State, a regional economic integration organization or an
// international organization. It exists for an interval and has names and
// codes for intervals. A State that continues the legal personality of another
// is the same participant under a new name (the Russian Federation was the
// USSR); one that succeeds to another is a participant of its own.
type Participant struct {
	ID       ParticipantID
	Kind     ParticipantKind
	ISO3     string
	Exists   Interval
	Names    []DatedName
	Codes    []DatedCode
	Aliases  []string
	Succeeds []Succession
	// Responsible are the States that answered for the international relations of
	// a territory, each for an interval; none where its history is not certain.
	Responsible []Responsibility
	Note        string
	Attestation
}

// Responsibility says which State is responsible for the international
// relations of a territory, for an interval (VCST 2(1)(b)).
type Responsibility struct {
	Participant ParticipantID
	Interval
}

// DatedName is a name for an interval.
type DatedName struct {
	Name string
	Interval
}

// DatedCode is a code for an interval.
type DatedCode struct {
	Code string
	Interval
}

// Succession says that a participant replaced another in the responsibility
// for the international relations of a territory (VCST 2(1)(b)).
type Succession struct {
	Participant ParticipantID
	On          Date
	How         string
}

// Name returns the name on that day, or the nearest one it ever had.
func (p *Participant) Name(on Date) string {
	for _, n := range p.Names {
		if n.Contains(on) {
			return n.Name
		}
	}
	for _, n := range p.Names {
		if on.Before(n.From) {
			return n.Name
		}
	}
	if len(p.Names) > 0 {
		return p.Names[len(p.Names)-1].Name
	}
	return string(p.ID)
}

// CurrentName returns its last name.
func (p *Participant) CurrentName() string { return p.Name(LastDay) }

// SuccessionDate returns the day on which it took its predecessor's place, or no
// date for a participant without a predecessor.
func (p *Participant) SuccessionDate() Date {
	for _, s := range p.Succeeds {
		if !s.On.IsZero() {
			return s.On
		}
	}
	if len(p.Succeeds) > 0 {
		return p.Exists.From
	}
	return Date{}
}

// spellings returns every text under which the participant can be asked for.
func (p *Participant) spellings() []string {
	all := []string{string(p.ID)}
	if p.ISO3 != "" {
		all = append(all, p.ISO3)
	}
	for _, c := range p.Codes {
		all = append(all, c.Code)
	}
	for _, n := range p.Names {
		all = append(all, n.Name)
	}
	return append(all, p.Aliases...)
}

// namedDuring returns the intervals for which the participant has a spelling as a
// name or a code; a name may come back (Democratic Republic of the Congo).
func (p *Participant) namedDuring(spelling string) (intervals []Interval) {
	key := foldSpelling(spelling)
	for _, n := range p.Names {
		if foldSpelling(n.Name) == key {
			intervals = append(intervals, n.Interval)
		}
	}
	for _, c := range p.Codes {
		if foldSpelling(c.Code) == key {
			intervals = append(intervals, c.Interval)
		}
	}
	return intervals
}

// hasName reports whether the spelling is a name or a code of the participant on that day.
func (p *Participant) hasName(spelling string, on Date) bool {
	return slices.ContainsFunc(p.namedDuring(spelling), func(i Interval) bool { return i.Contains(on) })
}

// check returns what is wrong with the participant as such.
func (p *Participant) check() (findings []Finding) {
	bad := func(field, format string, args ...any) {
		findings = append(findings, reject(CodeDefinitionInvalid, field, fmt.Sprintf(format, args...)))
	}
	if _, err := ParseParticipantID(string(p.ID)); err != nil {
		bad("id", "%v", err)
	}
	switch p.Kind {
	case KindState, KindREIO, KindOrganization, KindTerritory:
	default:
		bad("kind", "%q is no kind of participant: state, REIO, organization or territory expected", p.Kind)
	}
	if len(p.Names) == 0 {
		bad("names", "a participant has at least one name")
	}
	for i, n := range p.Names {
		if strings.TrimSpace(n.Name) == "" {
			bad(fmt.Sprintf("names[%d].name", i), "a name is not empty")
		}
		findings = append(findings, checkHidden(fmt.Sprintf("names[%d].name", i), n.Name)...)
		for j := range i {
			if n.overlaps(p.Names[j].Interval) {
				bad(fmt.Sprintf("names[%d]", i), "%q and %q hold on the same day; each name needs its own interval", p.Names[j].Name, n.Name)
			}
		}
	}
	for i, r := range p.Responsible {
		if !r.Until.IsZero() && !r.From.Before(r.Until) {
			bad(fmt.Sprintf("responsible[%d]", i), "the responsibility of %s ends (%s) before it begins (%s)", r.Participant, r.Until, r.From)
		}
		for _, other := range p.Responsible[:i] {
			if r.overlaps(other.Interval) {
				bad(fmt.Sprintf("responsible[%d]", i), "%s and %s are responsible on the same day; each needs its own interval", other.Participant, r.Participant)
			}
		}
	}
	if !p.Exists.Until.IsZero() && !p.Exists.From.Before(p.Exists.Until) {
		bad("exists", "it ends (%s) before it begins (%s)", p.Exists.Until, p.Exists.From)
	}
	return findings
}

// Group is a set of participants in which each membership holds for an
// interval. Edition names the version of a classification that is not a
// membership (an income class of one fiscal year).
type Group struct {
	ID      GroupID
	Name    string
	Kind    string
	Edition string
	Members []Member
	Note    string
	Attestation
}

// Member is one participant's membership for an interval.
type Member struct {
	Participant ParticipantID
	Interval
}

// Has reports whether the participant belongs to the group on that day.
func (g *Group) Has(p ParticipantID, on Date) bool {
	return slices.ContainsFunc(g.Members, func(m Member) bool { return m.Participant == p && m.Contains(on) })
}

// On returns the members of that day, in order of their ids.
func (g *Group) On(day Date) []ParticipantID {
	var members []ParticipantID
	for _, m := range g.Members {
		if m.Contains(day) {
			members = append(members, m.Participant)
		}
	}
	slices.Sort(members)
	return slices.Compact(members)
}

func (g *Group) check() (findings []Finding) {
	if _, err := ParseGroupID(string(g.ID)); err != nil {
		findings = append(findings, reject(CodeDefinitionInvalid, "id", err.Error()))
	}
	if strings.TrimSpace(g.Name) == "" {
		findings = append(findings, reject(CodeDefinitionInvalid, "name", "a group has a name"))
	}
	findings = append(findings, checkHidden("name", g.Name)...)
	for i, m := range g.Members {
		if !m.Until.IsZero() && !m.From.Before(m.Until) {
			findings = append(findings, reject(CodeDefinitionInvalid, fmt.Sprintf("members[%d]", i),
				fmt.Sprintf("the membership of %s ends (%s) before it begins (%s)", m.Participant, m.Until, m.From)))
		}
	}
	return findings
}
