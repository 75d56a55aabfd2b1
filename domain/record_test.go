package domain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/domaintest"
)

// The record as it was: a file of acts and of what followed from them, treaty by
// treaty, each with its source. The acts go through the law one by one, as a
// depositary would have recorded them.
func TestTheRecordAsItWas(t *testing.T) {
	facts, kinds := 0, make(map[domain.ActionKind]bool)
	for _, section := range strings.Split(string(domaintest.Facts(t, "record.txt")), "\ntreaty ")[1:] {
		lines := strings.Split(strings.TrimSpace(section), "\n")
		id, source, _ := strings.Cut(lines[0], " | ")
		require.NotEmpty(t, source, "source of %s", id)
		t.Run(id, func(t *testing.T) {
			l := domaintest.NewLedger(t, domaintest.Definitions(t))
			l.Today = domain.MustDate("2026-11-29")
			r := recordFile{l, domain.TreatyID(id), make(map[string]domain.RecordID), kinds}
			for _, line := range lines[1:] {
				if clauses, isDefinition := strings.CutPrefix(line, "clauses "); isDefinition {
					r.define(t, clauses)
				} else if subject, want, isFact := strings.Cut(line, ":"); isFact {
					r.holds(t, strings.Fields(subject), strings.TrimSpace(want), line)
					facts++
				} else {
					r.record(t, line)
				}
			}
		})
	}
	require.GreaterOrEqual(t, facts, 170)
	for _, kind := range domain.ActionKinds() {
		require.Equal(t, !withoutFact[kind], kinds[kind], "a fact of the record for %s", kind)
	}
}

// withoutFact are the kinds of which we know no act of the record with its day for
// certain; their rules are tested on examples that are made up.
var withoutFact = map[domain.ActionKind]bool{
	domain.AcceptanceOfReservation: true, domain.WithdrawalOfObjection: true, domain.DenunciationOfParts: true,
	domain.EndOfSuspension: true, domain.WithdrawalOfNonAcceptance: true,
}

// recordFile is a section of the file, as far as it was read.
type recordFile struct {
	*domaintest.Ledger
	treaty domain.TreatyID
	last   map[string]domain.RecordID // the record of a participant's act of a kind: "VEN reservation"
	kinds  map[domain.ActionKind]bool // of which there was an act
}

// define adds a treaty that the catalogue does not have, with the clauses that count.
func (r *recordFile) define(t *testing.T, clauses string) {
	t.Helper()
	documents, err := catalogue.Decode[catalogue.TreatyDocument]("record.txt", []byte(clauses))
	require.NoError(t, err)
	treaty := documents[0].ToDomain()
	if treaty.Stated != nil {
		treaty.Stated.Source, treaty.Stated.Verification = "general knowledge of the published record", "unverified"
	}
	r.Do(&domain.Define{Treaty: &treaty})
}

// answered is the kind of act that each of these answers, of the same participant.
var answered = map[domain.ActionKind]domain.ActionKind{
	domain.WithdrawalOfReservation: domain.Reservation, domain.PartialWithdrawal: domain.Reservation, domain.ModificationOfReservation: domain.Reservation,
	domain.ConfirmationOfReservation: domain.Reservation, domain.WithdrawalOfDeclaration: domain.OptionalDeclaration, domain.EndOfDerogation: domain.Derogation,
}

// acts reads a line such as "2002-12-19 NZL,AUS territorial exclusion | Tokelau".
func (r *recordFile) acts(t *testing.T, line string) (acts []domain.Action) {
	t.Helper()
	parts := strings.Split(line, " | ")
	words := strings.SplitN(parts[0], " ", 3)
	kind, err := domain.ParseActionKind(words[2])
	require.NoError(t, err, line)
	for _, p := range strings.Split(words[1], ",") {
		a := domain.Action{Participant: domain.ParticipantID(p), Kind: kind, Date: domain.MustDate(words[0])}
		if kind.IsStatement() || answered[kind] != "" || kind == domain.IntentionNotToBecomeParty || kind == domain.AcceptanceOfAccession {
			a.Statement = &domain.Statement{Target: r.last[p+" "+string(answered[kind])]}
		}
		if kind.IsStatement() && kind != domain.WithdrawalOfReservation && kind != domain.WithdrawalOfDeclaration && kind != domain.EndOfDerogation &&
			kind != domain.ConfirmationOfReservation || kind == domain.IntentionNotToBecomeParty {
			a.Statement.Text = "as the record has it"
		}
		for _, part := range parts[1:] {
			r.say(t, &a, part)
		}
		acts = append(acts, a)
	}
	return acts
}

// say reads what stands behind an act: "effect 2009-10-18", "to VEN reservation".
func (r *recordFile) say(t *testing.T, a *domain.Action, part string) {
	t.Helper()
	word, rest, _ := strings.Cut(part, " ")
	switch word {
	case "effect":
		a.Effect = domain.MustDate(rest)
	case "notified":
		a.Notified = domain.MustDate(rest)
	case "until":
		a.Statement.Until = domain.MustDate(rest)
	case "excludes":
		a.Excludes = strings.Split(rest, "; ")
	case "accepts":
		a.Accepts = strings.Split(rest, "; ")
	case "text":
		a.Statement.Text = "as the record has it"
	case "of": // acts of another treaty are recorded there
	case "to":
		a.Statement.Target = r.last[rest]
		require.NotZero(t, a.Statement.Target, part)
	default:
		if a.Kind.IsTerritorial() {
			a.Territories = strings.Split(part, "; ")
			return
		}
		a.Statement.Articles = strings.Split(part, "; ")
	}
}

// record records the acts of a line; what the law queries, the record answers.
func (r *recordFile) record(t *testing.T, line string) {
	t.Helper()
	treaty := r.treaty
	if _, other, elsewhere := strings.Cut(line, " | of "); elsewhere {
		treaty = domain.TreatyID(other)
	}
	for _, a := range r.acts(t, line) {
		ids := r.RecordBecause("the record has it", treaty, a)
		r.last[string(a.Participant)+" "+string(a.Kind)] = ids[0]
		r.kinds[a.Kind] = true
	}
}

// holds compares one fact with what the engine says.
func (r *recordFile) holds(t *testing.T, subject []string, want, line string) {
	t.Helper()
	if subject[0] == "refused" {
		d := r.Decide(&domain.RecordActions{Treaty: r.treaty, Actions: r.acts(t, strings.Join(subject[1:], " ")), Reason: "tried"})
		require.NotEmpty(t, d.Refusals, line)
		require.Equal(t, want, string(d.Refusals[0].Code), line)
		return
	}
	h := r.History(r.treaty)
	last := func() (*domain.Course, domain.Date) {
		return h.Course(domain.ParticipantID(subject[len(subject)-2])), domain.MustDate(subject[len(subject)-1])
	}
	switch subject[0] {
	case "met":
		require.False(t, h.Stated, "the deposits themselves lead to the day: %s", line)
		require.Equal(t, want, h.MetOn.String(), line)
	case "in":
		require.Equal(t, want, h.InForce.String(), line)
	case "bound":
		periods := h.Course(domain.ParticipantID(subject[1])).Periods
		require.NotEmpty(t, periods, line)
		require.Equal(t, want, periods[len(periods)-1].Bound.String(), line)
	case "status":
		c, day := last()
		require.Equal(t, want, string(c.On(day).Status), line)
	case "provisional":
		c, day := last()
		require.Equal(t, want == "yes", c.On(day).Provisional, line)
	case "reservation":
		c, day := last()
		s, _ := c.Statements[0].On(day)
		require.Equal(t, want, string(s.State), line)
	case "suspended":
		c, day := last()
		require.Equal(t, want == "yes", c.On(day).Suspended, line)
	case "statement", "modified":
		r.statementHolds(t, subject, want, line)
	case "relation":
		got := h.Relation(domain.ParticipantID(subject[1]), domain.ParticipantID(subject[2]), domain.MustDate(subject[3]))
		require.Equal(t, want == "yes", got.InForce, line)
	case "parts":
		c, day := last()
		parts, excluded := h.PartsOn(c, day)
		if subject[1] == "excluded" {
			parts = excluded
		}
		require.Equal(t, want, strings.Join(parts, "; "), line)
	case "territories":
		c, day := last()
		applied, excluded := c.TerritoriesOn(day)
		if subject[1] == "excluded" {
			applied = excluded
		}
		require.Equal(t, want, strings.Join(applied, "; "), line)
	default:
		require.Fail(t, "no kind of fact", line)
	}
}

// statementHolds compares the first statement of a kind: its state, or whether it was
// modified.
func (r *recordFile) statementHolds(t *testing.T, subject []string, want, line string) {
	t.Helper()
	kind := domain.Reservation
	if subject[0] == "statement" {
		kind = domain.ActionKind(strings.Join(subject[2:len(subject)-1], " "))
	}
	statements := r.History(r.treaty).Course(domain.ParticipantID(subject[1])).Statements
	i := slices.IndexFunc(statements, func(s *domain.StatementCourse) bool { return s.Act.Action().Kind == kind })
	require.GreaterOrEqual(t, i, 0, line)
	got, _ := statements[i].On(domain.MustDate(subject[len(subject)-1]))
	if subject[0] == "modified" {
		require.Equal(t, want == "yes", got.Modified, line)
		return
	}
	require.Equal(t, want, string(got.State), line)
}
