package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// The record as it was: a file of acts and of what followed from them, treaty by
// treaty, each with its source. The acts go through the law one by one, as a
// depositary would have recorded them.
func TestTheRecordAsItWas(t *testing.T) {
	facts := 0
	for _, section := range strings.Split(string(domaintest.Facts(t, "record.txt")), "\ntreaty ")[1:] {
		lines := strings.Split(strings.TrimSpace(section), "\n")
		id, source, _ := strings.Cut(lines[0], " | ")
		require.NotEmpty(t, source, "source of %s", id)
		t.Run(id, func(t *testing.T) {
			l := domaintest.NewLedger(t, domaintest.Definitions(t))
			l.Today = domain.MustDate("2026-11-29")
			r := recordFile{l, domain.TreatyID(id), make(map[domain.ParticipantID]domain.RecordID)}
			for _, line := range lines[1:] {
				if subject, want, isFact := strings.Cut(line, ":"); isFact {
					r.holds(t, strings.Fields(subject), strings.TrimSpace(want), line)
					facts++
				} else {
					r.record(t, line)
				}
			}
		})
	}
	require.GreaterOrEqual(t, facts, 100)
}

// recordFile is a section of the file, as far as it was read.
type recordFile struct {
	*domaintest.Ledger
	treaty       domain.TreatyID
	reservations map[domain.ParticipantID]domain.RecordID
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
		for _, part := range parts[1:] {
			switch day, isEffect := strings.CutPrefix(part, "effect "); {
			case isEffect:
				a.Effect = domain.MustDate(day)
			case kind.IsTerritorial():
				a.Territories = strings.Split(part, "; ")
			default:
				a.Statement = &domain.Statement{Text: "as the record has it", Articles: strings.Split(part, "; ")}
			}
		}
		if kind == domain.IntentionNotToBecomeParty {
			a.Statement = &domain.Statement{Text: "does not intend to become a party"}
		}
		if kind == domain.WithdrawalOfReservation {
			a.Statement = &domain.Statement{Target: r.reservations[a.Participant]}
		}
		acts = append(acts, a)
	}
	return acts
}

// record records the acts of a line; what the law queries, the record answers.
func (r *recordFile) record(t *testing.T, line string) {
	t.Helper()
	for _, a := range r.acts(t, line) {
		ids := r.RecordBecause("the record has it", r.treaty, a)
		if a.Kind == domain.Reservation {
			r.reservations[a.Participant] = ids[0]
		}
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
