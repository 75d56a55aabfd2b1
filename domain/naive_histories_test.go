package domain_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// This file makes histories: treaties with clauses of every shape, a small
// world of participants, groups and weights, and acts that are mostly as they
// happen and sometimes as they should not.

// file is a whole history, as it was recorded.
type file struct {
	seed         uint64
	participants []*domain.Participant
	groups       []*domain.Group
	weights      []*domain.Weights
	treaties     []*domain.Treaty // the parent first
	deeds        []deed
	days         []domain.Date // on which it is asked
	received     domain.Date
}

// deed is one record. Its number names it, wherever it stands in the order.
type deed struct {
	number int
	target int // of a correction: the act; of an annulment: any deed
	treaty domain.TreatyID
	act    *domain.Action // of a record and of a correction
	again  *domain.Treaty // a new version of the treaty
	group  *domain.Group  // a new version of a group
}

const (
	convention domain.TreatyID = "N-2"
	framework  domain.TreatyID = "N-1" // its parent
)

// the laws of the file

func (f *file) recorded(n int) []deed {
	if n == 0 {
		return f.deeds
	}
	return f.deeds[:n]
}

func (f *file) treaty(id domain.TreatyID, n int) (known *domain.Treaty) {
	for _, t := range f.treaties {
		if t.ID == id {
			known = t
		}
	}
	for _, d := range f.recorded(n) {
		if d.again != nil && d.again.ID == id {
			known = d.again
		}
	}
	return known
}

func (f *file) groupsKnown(n int) []*domain.Group {
	known := slices.Clone(f.groups)
	for _, d := range f.recorded(n) {
		for i := range known {
			if d.group != nil && d.group.ID == known[i].ID {
				known[i] = d.group
			}
		}
	}
	return known
}

// table returns the newest edition of a weight table, and the latest of its
// years that has begun.
func (f *file) table(id domain.WeightsID, year int) (newest *domain.Weights, latest int) {
	for _, w := range f.weights {
		if w.ID == id && (newest == nil || w.Edition > newest.Edition) {
			newest = w
		}
	}
	if newest == nil {
		return nil, 0
	}
	for _, row := range newest.Rows {
		if row.Year <= year && row.Year > latest {
			latest = row.Year
		}
	}
	if latest == 0 {
		return nil, 0
	}
	return newest, latest
}

// standing returns the acts of a treaty that stand, each as last corrected.
func (f *file) standing(id domain.TreatyID, a axes) (acts []*standingAct) {
	known := f.recorded(a.recorded)
	var stands func(number int) bool
	stands = func(number int) bool {
		for _, d := range known {
			if d.target == number && d.act == nil && stands(d.number) {
				return false
			}
		}
		return true
	}
	for _, d := range known {
		if d.act == nil || d.target != 0 || d.treaty != id || !stands(d.number) {
			continue
		}
		says := d.act
		for _, c := range known {
			if c.act != nil && c.target == d.number && stands(c.number) {
				says = c.act
			}
		}
		received := leafOf(says.Received)
		if received == 0 {
			received = leafOf(says.Date)
		}
		if a.receivedBy == 0 || received <= a.receivedBy {
			acts = append(acts, &standingAct{Action: *says, day: leafOf(says.Date), effect: leafOf(says.Effect), serial: d.number})
		}
	}
	return acts
}

// the engine's side

// commit puts the definitions into a ledger, and then the deeds one by one
// without asking the law. It returns the ledger's position before the deeds.
func (f *file) commit(t testing.TB) (l *domaintest.Ledger, begins uint64) {
	l = f.ledger(t)
	begins = l.State.Position()
	records := make(map[int]domain.RecordID)
	for _, d := range f.deeds {
		records[d.number] = l.Apply(d.treaty, d.event(records, f))[0]
	}
	return l, begins
}

func (f *file) ledger(t testing.TB) *domaintest.Ledger {
	l := domaintest.NewLedger(t, domain.NewState())
	var definitions []domain.Event
	for _, p := range f.participants {
		definitions = append(definitions, &domain.ParticipantDefined{Participant: *p})
	}
	for _, g := range f.groups {
		definitions = append(definitions, &domain.GroupDefined{Group: *g})
	}
	for _, w := range f.weights {
		definitions = append(definitions, &domain.WeightsDefined{Weights: *w})
	}
	for _, treaty := range f.treaties {
		definitions = append(definitions, &domain.TreatyDefined{Treaty: *treaty})
	}
	l.Apply("", definitions...)
	for _, treaty := range f.treaties {
		l.Complete(treaty.ID)
	}
	return l
}

func (d deed) event(records map[int]domain.RecordID, f *file) domain.Event {
	switch {
	case d.again != nil:
		return &domain.TreatyDefined{Treaty: *d.again}
	case d.group != nil:
		return &domain.GroupDefined{Group: *d.group}
	case d.act == nil:
		return &domain.RecordAnnulled{Record: records[d.target], Participant: f.about(d)}
	case d.target != 0:
		return &domain.ActionCorrected{Record: records[d.target], Action: *d.act}
	}
	return &domain.ActionRecorded{Action: *d.act}
}

// command puts a deed before the law; new versions of definitions are not.
func (d deed) command(records map[int]domain.RecordID) domain.Command {
	const reason = "generated"
	switch {
	case d.act == nil:
		return &domain.AnnulRecord{Treaty: d.treaty, Record: records[d.target], Reason: reason}
	case d.target != 0:
		return &domain.CorrectAction{Treaty: d.treaty, Record: records[d.target], Action: *d.act, Reason: reason}
	}
	return &domain.RecordActions{Treaty: d.treaty, Actions: []domain.Action{*d.act}, Reason: reason}
}

// about returns the participant that a deed is about.
func (f *file) about(d deed) domain.ParticipantID {
	for d.act == nil {
		d = f.deeds[slices.IndexFunc(f.deeds, func(o deed) bool { return o.number == d.target })]
	}
	return d.act.Participant
}

// without returns the history without some deeds, and without what answers them.
func (f *file) without(dropped func(i int) bool) *file {
	g := *f
	g.deeds = nil
	held := map[int]bool{0: true}
	for i, d := range f.deeds {
		if !dropped(i) && held[d.target] {
			held[d.number] = true
			g.deeds = append(g.deeds, d)
		}
	}
	return &g
}

func (f *file) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n", f.seed)
	for _, p := range f.participants {
		if p.Kind != domain.KindState || p.Exists != (domain.Interval{}) {
			fmt.Fprintf(&b, "  %s: %s %s-%s succeeds %v\n", p.ID, p.Kind, p.Exists.From, p.Exists.Until, p.Succeeds)
		}
	}
	for _, g := range f.groups {
		fmt.Fprintf(&b, "  group %s: %s\n", g.ID, membersText(g))
	}
	for _, w := range f.weights {
		fmt.Fprintf(&b, "  weights %s of %s: world %q %v\n", w.ID, w.Edition, w.World, w.Rows)
	}
	for _, t := range f.treaties {
		fmt.Fprintf(&b, "  %s\n", clausesText(t))
	}
	for i, d := range f.deeds {
		fmt.Fprintf(&b, "  %2d. #%d %s\n", i+1, d.number, d)
	}
	return b.String()
}

func membersText(g *domain.Group) string {
	var members []string
	for _, m := range g.Members {
		members = append(members, fmt.Sprintf("%s %s-%s", m.Participant, m.From, m.Until))
	}
	return strings.Join(members, ", ")
}

func clausesText(t *domain.Treaty) string {
	text := fmt.Sprintf("%s: %q, %q", t.ID, t.EntryIntoForce.When, t.EntryIntoForce.Then)
	if t.Parent != "" {
		text += "; parent " + string(t.Parent)
	}
	if t.LaterParties != nil {
		text += fmt.Sprintf("; later %q", t.LaterParties.Then)
	}
	if a := t.Amendment; a != nil {
		text += "; binds " + string(a.Binds)
	}
	if s := t.Signature; s != nil {
		text += "; opens " + s.Opens.String()
	}
	if s := t.Stated; s != nil {
		text += "; published " + s.InForce.String()
	}
	if w := t.Withdrawal; w != nil {
		text += fmt.Sprintf("; withdrawal %s %q later date %t, not before %q, window %q from %s", w.Rule, w.Then, w.LaterDate, w.NotBefore, w.Window, w.WindowFrom)
		if p := w.Periods; p != nil {
			text += fmt.Sprintf(", periods %q %q %q", p.First, p.Next, p.Notice)
		}
	}
	return text
}

func (d deed) String() string {
	switch {
	case d.again != nil:
		return "now " + clausesText(d.again)
	case d.group != nil:
		return fmt.Sprintf("now group %s: %s", d.group.ID, membersText(d.group))
	case d.act == nil:
		return fmt.Sprintf("annuls #%d", d.target)
	}
	text := fmt.Sprintf("%s %s %s of %s", d.treaty, d.act.Participant, d.act.Kind, d.act.Date)
	if !d.act.Effect.IsZero() {
		text += " effective " + d.act.Effect.String()
	}
	if !d.act.Received.IsZero() {
		text += " received " + d.act.Received.String()
	}
	if d.target != 0 {
		text = fmt.Sprintf("corrects #%d: ", d.target) + text
	}
	return text
}

// making one

// maker draws a history.
type maker struct {
	*rand.Rand
	*file
	used []domain.Date                          // days that have been drawn; some are drawn again
	last map[domain.ParticipantID]domain.Action // what each did last
}

func generate(seed uint64) *file {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 7)), file: &file{seed: seed}, last: make(map[domain.ParticipantID]domain.Action)}
	m.makeWorld()
	m.makeTreaties()
	m.makeDeeds()
	for range 3 {
		m.days = append(m.days, m.someDay())
	}
	m.received = m.someDay()
	return m.file
}

func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

func oneOf[T any](m *maker, choices ...T) T { return choices[m.IntN(len(choices))] }

// someDay returns a day of some years, often one drawn before or an end of a
// month, where reckoning goes wrong if anywhere.
func (m *maker) someDay() domain.Date {
	if len(m.used) > 0 && m.chance(30) {
		return m.used[m.IntN(len(m.used))]
	}
	d := firstDay.AddDays(m.IntN(2600))
	if m.chance(25) {
		d = d.FirstOfNextMonth().AddDays(oneOf(m, -1, 0))
	}
	m.used = append(m.used, d)
	return d
}

func (m *maker) after(d domain.Date, within int) domain.Date {
	d = d.AddDays(m.IntN(within))
	m.used = append(m.used, d)
	return d
}

// makeWorld makes plain States, organizations, a State that dissolves into
// successors and one that ends without.
func (m *maker) makeWorld() {
	add := func(id domain.ParticipantID, kind domain.ParticipantKind, exists domain.Interval, succeeds ...domain.Succession) {
		m.participants = append(m.participants, &domain.Participant{ID: id, Kind: kind, Exists: exists, Succeeds: succeeds,
			Names: []domain.DatedName{{Name: string(id)}}})
	}
	for _, id := range []domain.ParticipantID{"AA", "BB", "CC", "DD"}[:2+m.IntN(3)] {
		add(id, domain.KindState, domain.Interval{})
	}
	add("EU", domain.KindREIO, domain.Interval{})
	if m.chance(30) {
		add("GONE", domain.KindState, domain.Interval{Until: m.someDay()})
	}
	if m.chance(50) {
		end := m.someDay()
		add("OLD", domain.KindState, domain.Interval{Until: end})
		for _, id := range []domain.ParticipantID{"NEWA", "NEWB"}[:1+m.IntN(2)] {
			on := oneOf(m, end, end, domain.Date{}, end.AddDays(-30))
			add(id, domain.KindState, domain.Interval{From: on.Or(end)}, domain.Succession{Participant: "OLD", On: on})
		}
	}
	if m.chance(20) {
		add("ORG", domain.KindOrganization, domain.Interval{})
	}
	slices.SortFunc(m.participants, func(a, b *domain.Participant) int { return cmp.Compare(a.ID, b.ID) })
	m.groups = []*domain.Group{m.makeGroup("GRP"), m.makeGroup("TWO")}
	m.weights = append(m.weights, m.makeWeights("2001"))
	if m.chance(30) {
		m.weights = append(m.weights, m.makeWeights("2002"))
	}
}

func (m *maker) makeGroup(id domain.GroupID) *domain.Group {
	g := &domain.Group{ID: id, Name: string(id)}
	for _, p := range m.participants {
		for m.chance(45) && len(g.Members) < 8 {
			member := domain.Member{Participant: p.ID}
			if m.chance(40) {
				member.From = m.someDay()
			}
			if m.chance(30) {
				member.Until = later(member.From, m.someDay()).AddDays(1)
			}
			g.Members = append(g.Members, member)
		}
	}
	return g
}

func (m *maker) makeWeights(edition string) *domain.Weights {
	w := &domain.Weights{ID: "WGT", Edition: edition, Name: "weights", Unit: "units"}
	for _, year := range []int{oneOf(m, 1999, 2001), 2003} {
		total := 0
		for _, p := range m.participants {
			if m.chance(80) {
				value := oneOf(m, 1, 7, 10, 19, 33) + m.IntN(3)
				w.Rows = append(w.Rows, domain.WeightRow{Area: string(p.ID), Year: year, Value: float64(value)})
				total += value
			}
		}
		w.Rows = append(w.Rows, domain.WeightRow{Area: "REST", Year: year, Value: 11})
		if edition == "2001" {
			w.World = "ALL"
			w.Rows = append(w.Rows, domain.WeightRow{Area: "ALL", Year: year, Value: float64(total + 13)})
		}
	}
	return w
}

// clauses

func (m *maker) makeTreaties() {
	parent := &domain.Treaty{ID: framework, Short: "FRAMEWORK", Title: "Framework", Consent: m.consentClause(),
		Signature:      &domain.SignatureClause{},
		EntryIntoForce: &domain.EntryClause{When: domain.MustCondition(oneOf(m, "1 consents", "2 consents", "2 consents, organizations counted")), Then: domain.MustDelay(m.span())},
		LaterParties:   &domain.EntryClause{Then: domain.MustDelay(m.span())},
	}
	m.treaties = []*domain.Treaty{parent}
	m.treaties = append(m.treaties, m.makeTreaty())
}

func (m *maker) consentClause() *domain.ConsentClause {
	return &domain.ConsentClause{By: []domain.ActionKind{domain.Ratification, domain.Acceptance, domain.Accession, domain.DefinitiveSignature}}
}

func (m *maker) makeTreaty() *domain.Treaty {
	t := &domain.Treaty{ID: convention, Short: "CONVENTION", Title: "Convention", Consent: m.consentClause(), Withdrawal: m.withdrawal()}
	if m.chance(40) {
		t.Parent = framework
	}
	t.Signature = &domain.SignatureClause{}
	if m.chance(60) {
		t.Signature.Opens = firstDay.AddDays(-m.IntN(700))
	}
	t.EntryIntoForce = &domain.EntryClause{When: domain.MustCondition(m.condition(2, t.Parent != "")), Then: domain.MustDelay(m.delay(t.Parent != ""))}
	if m.chance(95) {
		t.LaterParties = &domain.EntryClause{Then: domain.MustDelay(m.span())}
	}
	if t.Parent != "" && m.chance(40) {
		t.Amendment = &domain.AmendmentClause{Binds: oneOf(m, domain.BindsAllParties, domain.BindsUnlessOptOut, domain.BindsUnlessOptOut)}
		if m.chance(50) {
			against := oneOf(m, "1 non-acceptances", "2 non-acceptances", "1/2 of the parties to the parent", "1/3 of the parties to the parent", "more than 1/3 of the parties to the parent", "more than 1/2 of the parties to the parent")
			t.EntryIntoForce.When = domain.MustCondition("tacit acceptance on " + m.someDay().String() + " unless " + oneOf(m, against, "("+against+")"))
		}
	}
	if m.chance(8) {
		t.Stated = &domain.StatedEntry{InForce: m.someDay()}
	}
	return t
}

// condition draws a condition; the parent stands only beside another term.
func (m *maker) condition(depth int, parent bool) string {
	if depth == 2 && m.chance(35) {
		return fmt.Sprintf("%d consents", 1+m.IntN(2))
	}
	if depth == 0 || m.chance(60) {
		return m.leafPhrase()
	}
	left, right := m.condition(depth-1, false), m.condition(depth-1, false)
	if parent && m.chance(40) {
		phrase := oneOf(m, "1/2", "2/3", "1/3", "all") + " of the parties to the parent"
		if m.chance(30) {
			phrase += " on " + m.someDay().String()
		}
		return phrase + oneOf(m, "", "", ", organizations counted")
	}
	if parent && m.chance(50) {
		return "parent in force and (" + left + ")"
	}
	switch m.IntN(4) {
	case 0:
		return left + " and " + right
	case 1:
		return left + " or " + right
	case 2:
		return "(" + left + " or " + right + ") and " + m.leafPhrase()
	}
	return left + " and (" + right + ")"
}

func (m *maker) leafPhrase() string {
	group := func() string { return oneOf(m, "GRP", "TWO", "GRP", "TWO", "GRP", "TWO", "GRP", "NONE") }
	switch m.IntN(13) {
	case 12:
		return fmt.Sprintf("%d notifications", 1+m.IntN(2))
	case 0:
		return "all of " + group()
	case 1, 2:
		phrase := oneOf(m, "1/2", "2/3", "1/3", "3/4", "1/1") + " of " + group()
		if m.chance(40) {
			phrase += " on " + m.someDay().String()
		}
		return phrase + oneOf(m, "", "", "", ", organizations counted")
	case 3:
		return oneOf(m, "majority of signatories", "majority of signatories", "all signatories") + oneOf(m, "", " outside GRP", " outside TWO", " outside NONE")
	case 4, 5:
		return oneOf(m, "10", "25", "33.3", "40", "55", "12.5", "57") + "% of " + oneOf(m, "WGT", "WGT", "WGT", "WGT", "NONE") + oneOf(m, "", "", "", ", organizations counted")
	}
	phrase := fmt.Sprintf("%d consents", 1+m.IntN(4))
	if m.chance(25) {
		phrase += " from " + group()
	}
	if m.chance(25) {
		phrase += fmt.Sprintf(" of which %d from %s", 1+m.IntN(2), group())
	}
	if m.chance(20) {
		phrase += ", organizations counted"
	}
	if m.chance(20) {
		phrase += ", successions not counted"
	}
	return phrase
}

func (m *maker) span() string {
	switch m.IntN(10) {
	case 0:
		return "the same day"
	case 8:
		return oneOf(m, "31 December of the following year", "1 January next if received by 1 July", "1 July next if received before 1 January",
			"30 June of a year by notice before 1 January", "31 December of a year by notice by 30 June")
	case 9:
		return fmt.Sprintf("the day after %d %s", oneOf(m, 1, 3, 6), oneOf(m, "days", "months", "years"))
	case 1, 2:
		return fmt.Sprintf("%d days", oneOf(m, 1, 10, 30, 90))
	case 3, 4:
		return fmt.Sprintf("%d months", oneOf(m, 1, 2, 3, 6, 12))
	case 5:
		return fmt.Sprintf("%d years", 1)
	case 6:
		return fmt.Sprintf("first of the month after %d %s", oneOf(m, 1, 3, 60), oneOf(m, "days", "months"))
	}
	return oneOf(m, "first of the 1st month after the month", "first of the 6th month after the month", "first of the 2nd month after the month")
}

func (m *maker) delay(parent bool) string {
	phrase := m.span()
	if m.chance(20) {
		phrase += "; not before " + m.someDay().String()
	}
	if m.chance(20) {
		phrase += fmt.Sprintf("; not before %d years after opening", 1+m.IntN(4))
	}
	if m.chance(20) {
		phrase += "; if met after " + m.someDay().String() + ": " + m.span()
	}
	if parent && m.chance(40) {
		phrase += "; not before the parent is in force"
	}
	return phrase
}

func (m *maker) withdrawal() *domain.WithdrawalClause {
	switch m.IntN(10) {
	case 0:
		return nil
	case 1:
		return &domain.WithdrawalClause{Rule: "none"}
	case 2:
		return &domain.WithdrawalClause{Rule: "permitted", Periods: &domain.Periods{
			First: domain.MustDelay(oneOf(m, "1 year", "3 years")), Next: domain.MustDelay(oneOf(m, "1 year", "6 months")),
			Notice: domain.MustDelay(oneOf(m, "6 months", "30 days"))}}
	}
	w := &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay(m.span()), LaterDate: m.chance(50)}
	if m.chance(40) {
		w.NotBefore = oneOf(m, "1 year after entry into force", "1 year after entry into force for the party", "2 years after entry into force for the party")
	}
	if m.chance(30) {
		w.Window = oneOf(m, "1 year after each 2 years", "1 year after each 3 years")
		if m.chance(30) {
			w.WindowFrom = m.someDay()
		}
	}
	return w
}

// acts

func (m *maker) makeDeeds() {
	n := 3 + m.IntN(20)
	for number := 1; number <= n; number++ {
		m.deeds = append(m.deeds, m.makeDeed(number))
	}
	if m.chance(50) {
		m.shuffle()
	}
}

func (m *maker) makeDeed(number int) deed {
	if number > 1 {
		target := m.deeds[m.IntN(len(m.deeds))]
		switch {
		case m.chance(6) && target.again == nil && target.group == nil:
			return deed{number: number, target: target.number, treaty: target.treaty}
		case m.chance(7) && target.act != nil && target.target == 0:
			return deed{number: number, target: target.number, treaty: target.treaty, act: m.corrected(target.act)}
		case m.chance(1):
			again := m.makeTreaty()
			again.Parent = m.treaties[1].Parent
			if again.Parent == "" {
				again.Amendment = nil
			}
			if strings.Contains(again.EntryIntoForce.When.String(), "tacit") && again.Amendment == nil {
				again.EntryIntoForce.When = domain.MustCondition("1 consents")
			}
			if again.Parent == "" || !strings.Contains(again.EntryIntoForce.When.String()+again.EntryIntoForce.Then.String(), "parent") {
				return deed{number: number, treaty: convention, again: again}
			}
		case m.chance(1):
			return deed{number: number, group: m.makeGroup(oneOf[domain.GroupID](m, "GRP", "TWO"))}
		}
	}
	treaty := convention
	if m.treaties[1].Parent != "" && m.chance(25) {
		treaty = framework
	}
	return deed{number: number, treaty: treaty, act: m.makeAct()}
}

func (m *maker) corrected(a *domain.Action) *domain.Action {
	c := *a
	switch m.IntN(4) {
	case 0:
		c.Date = m.someDay()
	case 1:
		c.Effect = m.effect(&c)
	case 2:
		c.Kind, c.Effect = m.kind(c.Participant), domain.Date{}
	default:
		c.Date = later(firstDay, c.Date.AddDays(m.IntN(60)-30))
	}
	c.Statement = statementOf(c.Kind)
	if c.Kind == domain.Withdrawal && c.Effect.Before(c.Date) {
		c.Effect = domain.Date{}
	}
	return &c
}

// statementOf returns the text that a kind of act must carry.
func statementOf(kind domain.ActionKind) *domain.Statement {
	if kind == domain.Communication || kind == domain.Notification {
		return &domain.Statement{Text: "states"}
	}
	return nil
}

func (m *maker) makeAct() *domain.Action {
	who := m.participants[m.IntN(len(m.participants))]
	if m.chance(40) {
		who = m.participants[0] // of one participant a good deal is told
	}
	a := &domain.Action{Participant: who.ID, Kind: m.kind(who.ID)}
	a.Date = m.dayFor(a)
	a.Effect = m.effect(a)
	if m.chance(20) {
		a.Received = later(firstDay, a.Date.AddDays(m.IntN(400)-40))
	}
	a.Statement = statementOf(a.Kind)
	m.last[who.ID] = *a
	return a
}

// kind draws what a participant does, mostly as it may follow from what it did last.
func (m *maker) kind(who domain.ParticipantID) domain.ActionKind {
	last := m.last[who]
	switch {
	case m.chance(35) || last.Kind == "":
	case consents(&standingAct{Action: last}):
		return oneOf(m, domain.Withdrawal, domain.Withdrawal, domain.Withdrawal, domain.Withdrawal, domain.Withdrawal, domain.Withdrawal, domain.Withdrawal, domain.WithdrawalOfConsent)
	case last.Kind == domain.Withdrawal || last.Kind == domain.WithdrawalOfConsent:
		return oneOf(m, domain.RevocationOfWithdrawal, domain.Accession, domain.Accession, domain.Ratification)
	case last.Kind == domain.RevocationOfWithdrawal:
		return oneOf(m, domain.Withdrawal, domain.Accession)
	case last.Kind == domain.SignatureAdReferendum:
		return domain.ConfirmationOfSignature
	}
	if strings.HasPrefix(string(who), "NEW") && m.chance(50) {
		return oneOf(m, domain.SuccessionOfState, domain.SuccessionOfState, domain.SuccessionToSignature)
	}
	switch n := m.IntN(100); {
	case n < 35:
		return domain.Ratification
	case n < 50:
		return domain.Accession
	case n < 60:
		return oneOf(m, domain.Acceptance, domain.Approval, domain.DefinitiveSignature, domain.ConsentToBeBound, domain.ConsentOfUnknownKind,
			domain.FormalConfirmation, domain.SuccessionOfState)
	case n < 72:
		return domain.Signature
	case n < 80:
		return oneOf(m, domain.SignatureAdReferendum, domain.ConfirmationOfSignature, domain.SuccessionToSignature)
	case n < 86:
		return domain.Withdrawal
	case n < 90:
		return domain.RevocationOfWithdrawal
	case n < 91:
		return domain.WithdrawalOfConsent
	}
	return oneOf(m, domain.Communication, domain.ProvisionalApplication, domain.EndOfProvisional, domain.Notification, domain.NonAcceptance,
		domain.NonAcceptance, domain.WithdrawalOfNonAcceptance, domain.Suspension, domain.EndOfSuspension, domain.ProvisionalApplication, domain.IntentionNotToBecomeParty)
}

// dayFor draws a day that mostly follows what the act answers, and mostly lies
// in the participant's life.
func (m *maker) dayFor(a *domain.Action) domain.Date {
	d := m.someDay()
	if last := m.last[a.Participant]; last.Kind != "" && m.chance(75) {
		within := oneOf(m, 30, 300, 900)
		if a.Kind == domain.WithdrawalOfConsent {
			within = 5 // mostly in time
		}
		d = m.after(last.Date, within)
	}
	return m.inLife(a.Participant, d)
}

func (m *maker) inLife(id domain.ParticipantID, d domain.Date) domain.Date {
	for _, p := range m.participants {
		if p.ID != id || p.Exists.Contains(d) || m.chance(3) {
			continue
		}
		if d.Before(p.Exists.From) {
			return p.Exists.From.AddDays(m.IntN(800))
		}
		return p.Exists.Until.AddDays(-1 - m.IntN(800))
	}
	return d
}

func (m *maker) effect(a *domain.Action) domain.Date {
	switch {
	case a.Kind == domain.Withdrawal:
		clause := m.treaties[1].Withdrawal
		if clause == nil && m.chance(70) || clause != nil && clause.LaterDate && m.chance(30) || m.chance(1) {
			return a.Date.AddDays(m.IntN(700))
		}
	case a.Kind == domain.SuccessionOfState || a.Kind == domain.SuccessionToSignature:
		if m.chance(35) {
			return m.someDay()
		}
	case consents(&standingAct{Action: *a}) && m.chance(8):
		return a.Date.AddDays(m.IntN(500))
	}
	return domain.Date{}
}

// shuffle lets the deeds be recorded in another order; what answers a deed
// stays behind it, and in its place among the others that answer it.
func (m *maker) shuffle() {
	places := m.Perm(len(m.deeds))
	for i, d := range m.deeds {
		for j := range i {
			other := m.deeds[j]
			if follows := d.target == other.number || (d.target != 0 && d.target == other.target); follows && places[i] < places[j] {
				places[i], places[j] = places[j], places[i]
			}
		}
	}
	order := make([]deed, 0, len(m.deeds))
	held := map[int]bool{0: true}
	for at := range places {
		d := m.deeds[slices.Index(places, at)]
		if held[d.target] {
			held[d.number] = true
			order = append(order, d)
		}
	}
	m.deeds = order
}
