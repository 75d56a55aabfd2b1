package imports_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/domain"
	"depositary/domain/domaintest"
)

// The objections of a real page are recorded with the reservations that they
// answer, though the same command brings these, and are recognized the second time.
func TestObjectionsOfAPageHaveTheirTargets(t *testing.T) {
	for _, tt := range []struct {
		page     string
		treaty   domain.TreatyID
		objector domain.ParticipantID
		day      string
		author   domain.ParticipantID
		recorded int // objections, one for each reservation that is answered
	}{
		{"iccpr_op2", "IV-12", "FIN", "2010-09-27", "BRA", 14},
		{"cedaw", "IV-8", "DEU", "2003-08-25", "SYR", 149},
	} {
		t.Run(tt.page, func(t *testing.T) {
			t.Parallel()
			l := domaintest.NewLedger(t, domaintest.Definitions(t))
			page := realPage(t, tt.page)
			_, commands := imports.Plan(l.State, l.Today, page, accepting(t, "all"))
			for _, command := range commands {
				l.Do(command)
			}
			// A reservation that a large page brings in another commit is answered the second time.
			_, commands = imports.Plan(l.State, l.Today, page, accepting(t, "all"))
			for _, command := range commands {
				l.Do(command)
			}
			h := l.History(tt.treaty)
			answered, recorded := map[string]int{}, 0
			for _, c := range h.Courses {
				for _, a := range c.Acts {
					if a.Action().Kind == domain.Objection {
						recorded++
						_, record, ok := l.State.FindRecord(tt.treaty, a.Action().Statement.Target)
						require.True(t, ok, "objection %s", a.ID)
						require.Equal(t, domain.Reservation, record.Action.Kind)
						answered[fmt.Sprint(c.Participant, " ", a.Action().Date, " ", record.Action.Participant)]++
					}
				}
			}
			require.Equal(t, tt.recorded, recorded)
			require.Positive(t, answered[fmt.Sprint(tt.objector, " ", tt.day, " ", tt.author)])
			again, _ := imports.Plan(l.State, l.Today, page, accepting(t, "all"))
			for _, a := range again.Treaties[0].Acts {
				require.NotEqual(t, imports.Recorded, a.Outcome, "%s %s %s %d", a.Written, a.Action, a.Date, a.Line)
			}
		})
	}
}

// An objection to "the reservation" of a State that has made two answers neither
// for sure, and is kept out with that reason; one to its reservations answers both.
func TestObjectionThatMayAnswerSeveral(t *testing.T) {
	for _, tt := range []struct {
		name string
		to   imports.Answered
		want []imports.Outcome
	}{
		{"to one of two", imports.Answered{Participant: "Chile", Upon: domain.Accession}, []imports.Outcome{imports.NotRecorded}},
		{"to the one of an article", imports.Answered{Participant: "Chile", Articles: []string{"9"}}, []imports.Outcome{imports.Recorded}},
		{"to both", imports.Answered{Participant: "Chile", All: true}, []imports.Outcome{imports.Recorded, imports.Recorded}},
		{"to a declaration, which is none of two for sure", imports.Answered{Participant: "Chile", All: true, Declared: true}, []imports.Outcome{imports.NotRecorded}},
		{"made upon an act that there is not", imports.Answered{Participant: "Chile", Upon: domain.Signature, All: true}, []imports.Outcome{imports.Recorded, imports.Recorded}},
		{"of a State that made none", imports.Answered{Participant: "Peru", All: true}, []imports.Outcome{imports.NotRecorded}},
		{"of nobody", imports.Answered{Participant: "Narnia", All: true}, []imports.Outcome{imports.NotRecorded}},
	} {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		table := tableOf("XXX-9", sourceA, row{"Chile", domain.Accession, "1992-03-01"}, row{"Peru", domain.Accession, "1991-03-01"})
		claims := &table.Treaties[0].Claims
		for _, article := range []string{"9", "10"} {
			*claims = append(*claims, imports.Claim{Place: imports.Place{File: "a.csv", Line: 9, Text: article}, Participant: "Chile", Action: domain.Action{Kind: domain.Reservation, Date: domain.MustDate("1992-03-01"),
				Statement: &domain.Statement{Text: "not bound", Language: "en", Articles: []string{article}}}})
		}
		*claims = append(*claims, imports.Claim{Place: imports.Place{File: "a.csv", Line: 10}, Participant: "Peru", Answers: &tt.to, Action: domain.Action{Kind: domain.Objection, Date: domain.MustDate("1992-06-01"),
			Statement: &domain.Statement{Text: "Peru objects", Language: "en"}}})
		table.Cells += 3
		report := take(t, l, table)
		var outcomes []imports.Outcome
		for _, a := range report.Treaties[0].Acts {
			if a.Action == domain.Objection {
				outcomes = append(outcomes, a.Outcome)
			}
		}
		require.Equal(t, tt.want, outcomes, tt.name)
	}
}
