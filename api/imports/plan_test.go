package imports_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/domain"
	"depositary/domain/domaintest"
)

const cedaw = domain.TreatyID("IV-8")

// row is a claim as a test writes it: participant, kind and day.
type row struct {
	name string
	kind domain.ActionKind
	day  string
}

// tableOf makes a table in which each row is one cell on a line of its own.
func tableOf(treaty domain.TreatyID, source imports.Source, rows ...row) *imports.Table {
	t := &imports.Table{Format: "test", Source: source, Rows: len(rows), Cells: len(rows),
		Treaties: []imports.TreatyTable{{Treaty: domain.Treaty{ID: treaty, Title: "A convention", Adopted: domain.MustDate("1990-01-01")}}}}
	for i, r := range rows {
		t.Treaties[0].Claims = append(t.Treaties[0].Claims, imports.Claim{
			Place:       imports.Place{File: source.File, Line: i + 2, Column: string(r.kind), Text: r.day},
			Participant: r.name, Action: domain.Action{Kind: r.kind, Date: domain.MustDate(r.day)}})
	}
	return t
}

var sourceA = imports.Source{File: "a.csv", Name: "source A", Edition: "2014-03-01", Rank: domain.RankPublished}

func accepting(t *testing.T, text string) imports.Accept {
	a, err := imports.ParseAccept(text)
	require.NoError(t, err)
	return a
}

// take plans a table, records what it commands, and returns the report.
func take(t *testing.T, l *domaintest.Ledger, table *imports.Table) *imports.Report {
	t.Helper()
	report, commands := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
	require.NoError(t, report.Balance())
	if len(commands) > 0 {
		if _, defines := commands[0].(*domain.Define); defines { // as a caller does: the treaty first, then what was planned on it
			l.Do(commands[0])
			_, commands = imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
		}
	}
	for _, c := range commands {
		l.Do(c)
	}
	return report
}

// requireQuiet requires that a table that was taken in asks for nothing more.
func requireQuiet(t *testing.T, l *domaintest.Ledger, table *imports.Table) *imports.Report {
	t.Helper()
	report, commands := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
	require.NoError(t, report.Balance())
	require.Empty(t, commands)
	return report
}

func codes(r *imports.Report) (all []string) {
	for _, f := range r.AllFindings() {
		all = append(all, string(f.Code))
	}
	return all
}

func outcomes(r *imports.Report) string { return imports.Tally(r.Outcomes) }

func TestNewTableIsRecordedAndThenHeld(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	table := tableOf("XXX-1", sourceA, row{"Canada", domain.Signature, "1991-02-01"}, row{"Canada", domain.Ratification, "1992-02-01"},
		row{"Atlantis", domain.Accession, "1993-01-01"})
	report := take(t, l, table)
	require.True(t, report.Treaties[0].Defined)
	require.Equal(t, "2 recorded, 1 not recorded.", outcomes(report))
	require.Equal(t, []string{"NAME_UNKNOWN"}, codes(report))
	act := l.History("XXX-1").Course("CAN").Acts[1].Action()
	require.Equal(t, domain.Provenance{Attestation: domain.Attestation{Source: "source A", Verification: "unverified"}, Edition: "2014-03-01",
		File: "a.csv", Row: 3, Column: "ratification", Rank: 2}, *act.Provenance)
	require.Equal(t, "2 held already, 1 not recorded.", outcomes(requireQuiet(t, l, table)))
}

func TestNamesOfTheDay(t *testing.T) {
	for _, tt := range []struct{ name, day, want string }{
		{"Serbia", "1971-06-02", "NAME_OF_ANOTHER_TIME"},
		{"Serbia", "2001-03-12", "SRB"},
		{"Yugoslavia", "1971-06-02", "YUG"},
		{"Yugoslavia", "2001-03-12", "SRB"},
		{"Yugoslavia", "2010-03-12", "NAME_AMBIGUOUS"},
		{"Congo", "1982-07-26", "COG"},
		{"Democratic Republic of the Congo", "1986-10-17", "COD"},
		{"Zaire", "1986-10-17", "COD"},
		{"DR Congo", "1986-10-17", "COD"},
		{"Côte d'Ivoire", "1995-12-18", "CIV"},
		{"Côte d’Ivoire", "1995-12-18", "CIV"},
		{"Cote d'Ivoire", "1995-12-18", "CIV"},
		{"Ivory Coast", "1995-12-18", "CIV"},
		{"CÃ´te d'Ivoire", "1995-12-18", "NAME_UNKNOWN"},
		{"Türkiye", "1985-12-20", "TUR"},
		{"Turkey", "1985-12-20", "TUR"},
		{"DEU", "1985-07-10", "DEU"},
		{"Slovakia", "1982-02-16", "NAME_OF_ANOTHER_TIME"},
		{"Czechoslovakia", "1982-02-16", "CSK"},
		{"Yemen", "1984-05-30", "NAMED_SINCE"}, // recorded for Yemen: the Yemen Arab Republic, or Democratic Yemen
		{"Yemen", "1963-07-23", "YEM"},         // before there were two
		{"Democratic Yemen", "1984-05-30", "YMD"},
	} {
		report, _ := imports.Plan(domaintest.Definitions(t), domaintest.Today, tableOf("XXX-1", sourceA, row{tt.name, domain.Accession, tt.day}), accepting(t, "all"))
		got := string(report.Treaties[0].Acts[0].Participant)
		if findings := codes(report); len(findings) > 0 {
			got = strings.Join(findings, " ")
		}
		require.Equal(t, tt.want, got, "%s on %s", tt.name, tt.day)
	}
}

func TestNameOfAnotherTimeNamesThePredecessor(t *testing.T) {
	report, commands := imports.Plan(domaintest.Definitions(t), domaintest.Today, tableOf(cedaw, sourceA, row{"Serbia", domain.Ratification, "1982-02-26"}), accepting(t, "all"))
	require.Empty(t, commands)
	require.Contains(t, report.Treaties[0].Findings[0].Message, "Yugoslavia (YUG)")
}

func TestTheLawJudgesEachClaim(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	table := tableOf("IV-13", sourceA,
		row{"Germany", domain.Accession, "2020-01-01"},
		row{"Germany", domain.Ratification, "2021-01-01"}, // bound already
		row{"France", domain.Ratification, "2020-01-01"},  // without signature: a usual query
		row{"Spain", domain.Withdrawal, "2020-01-01"},     // not bound
		row{"Italy", domain.Accession, "2027-01-01"})      // not yet
	report := take(t, l, table)
	require.Equal(t, "2 recorded, 3 not recorded.", outcomes(report))
	require.ElementsMatch(t, []string{"ALREADY_BOUND", "NOT_BOUND", "DATE_IN_FUTURE"}, codes(report))
	for _, f := range report.AllFindings() {
		require.NotEmpty(t, f.Done)
		require.Positive(t, f.Line)
	}
	require.Equal(t, codes(report), codes(requireQuiet(t, l, table)))
}

func TestQueriesPassAsAccepted(t *testing.T) {
	for accept, want := range map[string]string{"none": "RATIFY_WITHOUT_SIGNATURE", "usual": "", "all": "", "ratify_without_signature": "", "parent_not_bound": "RATIFY_WITHOUT_SIGNATURE"} {
		report, commands := imports.Plan(domaintest.Definitions(t), domaintest.Today,
			tableOf("IV-13", sourceA, row{"France", domain.Ratification, "2020-01-01"}), accepting(t, accept))
		require.Equal(t, want, strings.Join(codes(report), " "), accept)
		require.Equal(t, want == "", len(commands) == 1, accept)
		if want != "" {
			require.Contains(t, report.AllFindings()[0].Done, "accept=RATIFY_WITHOUT_SIGNATURE")
		}
	}
	_, err := imports.ParseAccept("usual,ALREADY_BOUND")
	require.ErrorContains(t, err, "ALREADY_BOUND")
}

func TestTheSameSourceCorrectsItself(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	take(t, l, tableOf("IV-13", sourceA, row{"Germany", domain.Accession, "2010-01-01"}, row{"France", domain.Accession, "2011-01-01"}, row{"Spain", domain.Accession, "2012-01-01"}))

	later := sourceA
	later.Edition = "2015-01-01"
	table := tableOf("IV-13", later, row{"Germany", domain.Accession, "2010-01-02"}, row{"Spain", domain.Accession, "2012-01-01"}, row{"Italy", domain.Accession, "2013-01-01"})
	report := take(t, l, table)
	require.Equal(t, "1 recorded, 1 held already, 1 corrected.", outcomes(report))
	require.Equal(t, []string{"CELL_DISAPPEARED"}, codes(report))
	require.Contains(t, report.AllFindings()[0].Message, "France")
	require.Equal(t, "2010-01-02", l.History("IV-13").Course("DEU").Acts[0].Action().Date.String())
	require.Equal(t, domain.Party, l.Standing("IV-13", "FRA", "2020-01-01").Status)
	require.Equal(t, "3 held already.", outcomes(requireQuiet(t, l, table)))

	// The edition before does not undo what a later one says.
	before := requireQuiet(t, l, tableOf("IV-13", sourceA, row{"Germany", domain.Accession, "2010-01-01"}))
	require.Contains(t, codes(before), "EARLIER_EDITION")
}

func TestAnotherSourceContradicts(t *testing.T) {
	for _, rank := range []int{domain.RankDepositary, domain.RankPublished, domain.RankCompilation} {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		first := tableOf("IV-13", sourceA, row{"Germany", domain.Accession, "2010-01-01"}, row{"France", domain.Ratification, "2011-01-01"})
		take(t, l, first)
		other := imports.Source{File: "b.csv", Name: "source B", Edition: "3", Rank: rank}
		second := tableOf("IV-13", other, row{"Germany", domain.Accession, "2010-01-10"}, row{"France", domain.Acceptance, "2011-01-01"})
		report := take(t, l, second)
		require.Equal(t, "2 contested.", outcomes(report), "rank %d", rank)
		want := "2010-01-01"
		if rank == domain.RankDepositary {
			want = "2010-01-10"
		}
		require.Equal(t, want, l.History("IV-13").Course("DEU").Acts[0].Action().Date.String(), "rank %d", rank)
		require.Equal(t, "2 held already.", outcomes(requireQuiet(t, l, second)))
		require.Equal(t, "2 held already.", outcomes(requireQuiet(t, l, first)))

		// A third source that agrees with either is held.
		third := imports.Source{File: "c.csv", Name: "source C"}
		requireQuiet(t, l, tableOf("IV-13", third, row{"Germany", domain.Accession, "2010-01-10"}, row{"France", domain.Ratification, "2011-01-01"}))

		// The contradicting source comes round: its own assertion is corrected.
		other.Edition = "4"
		round := tableOf("IV-13", other, row{"Germany", domain.Accession, "2010-01-01"}, row{"France", domain.Acceptance, "2011-01-01"})
		require.Equal(t, "1 held already, 1 corrected.", outcomes(take(t, l, round)))
		require.Equal(t, "2010-01-01", l.History("IV-13").Course("DEU").Acts[0].Action().Date.String())
		requireQuiet(t, l, round)
	}
}

// A source before which the one that holds has to yield is heard, though an
// assertion that was overruled says the same.
func TestAHigherSourceAgreesWithWhatWasOverruled(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	for i, rank := range []int{domain.RankCompilation, domain.RankPublished, domain.RankDepositary} {
		source := imports.Source{File: fmt.Sprintf("%d.csv", i), Name: fmt.Sprintf("source %d", i), Rank: rank}
		day := []string{"2010-01-01", "2010-01-10", "2010-01-01"}[i]
		table := tableOf("IV-13", source, row{"Germany", domain.Accession, day})
		take(t, l, table)
		require.Equal(t, day, l.History("IV-13").Course("DEU").Acts[0].Action().Date.String(), source.Name)
		requireQuiet(t, l, table)
	}
	require.Len(t, l.History("IV-13").Course("DEU").Acts[0].Contested, 2)
}

func TestConsentAgainAfterWithdrawalIsNew(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	paris := domain.TreatyID("XXVII-7-d")
	one := tableOf(paris, sourceA, row{"USA", domain.Signature, "2016-04-22"}, row{"USA", domain.Acceptance, "2016-09-03"}, row{"Canada", domain.Ratification, "2016-10-05"})
	take(t, l, one)
	all := tableOf(paris, imports.Source{File: "b.csv", Name: "source B"}, row{"USA", domain.Acceptance, "2016-09-03"},
		row{"USA", domain.Withdrawal, "2019-11-04"}, row{"USA", domain.Acceptance, "2021-01-20"})
	all.Treaties[0].Claims[1].Action.Effect = domain.MustDate("2020-11-04")
	require.Equal(t, "2 recorded, 1 held already.", outcomes(take(t, l, all)))
	require.Len(t, l.History(paris).Course("USA").Periods, 2)
	requireQuiet(t, l, all)

	// Where the earlier consent is held, what contradicts the later one is beside it.
	icmw := domaintest.NewLedger(t, domaintest.Migration(t))
	left := tableOf("IV-13", sourceA, row{"Mali", domain.Accession, "2003-06-05"}, row{"Mali", domain.Withdrawal, "2015-01-10"}, row{"Mali", domain.Accession, "2020-01-10"})
	require.Equal(t, "2 recorded, 1 held already.", outcomes(take(t, icmw, left)))
	require.Len(t, icmw.History("IV-13").Course("MLI").Periods, 2)
	require.Equal(t, "3 held already.", outcomes(requireQuiet(t, icmw, left)))
	other := tableOf("IV-13", imports.Source{File: "c.csv", Name: "source C"}, row{"Mali", domain.Accession, "2020-01-11"})
	require.Equal(t, "1 contested.", outcomes(take(t, icmw, other)))
	require.Equal(t, "2020-01-10", icmw.History("IV-13").Course("MLI").Periods[1].Deposited.String())
	requireQuiet(t, icmw, other)
}

func TestConsentOfUnknownKindIsLessExact(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	report := requireQuiet(t, l, tableOf("IV-13", sourceA, row{"Mali", domain.ConsentOfUnknownKind, "2003-06-05"}))
	require.Equal(t, "1 held already.", outcomes(report))
	require.Equal(t, []string{"LESS_EXACT"}, codes(report))
}

// A day of effect that follows in law is no contradiction; another one is.
func TestDayOfEffect(t *testing.T) {
	for effect, want := range map[string]string{"2003-10-01": "1 held already.", "2003-11-01": "1 contested."} {
		table := tableOf("IV-13", sourceA, row{"Mali", domain.Accession, "2003-06-05"})
		table.Treaties[0].Claims[0].Action.Effect = domain.MustDate(effect)
		report, _ := imports.Plan(domaintest.Migration(t), domaintest.Today, table, accepting(t, "usual"))
		require.Equal(t, want, outcomes(report), effect)
	}
}

func TestWeightsComeFirstAndOnce(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	table := tableOf("XXX-1", sourceA, row{"Canada", domain.Accession, "1991-02-01"})
	table.Treaties[0].Weights = []domain.Weights{{ID: "emissions", Edition: "2016-test", Name: "Emissions", Unit: "%", Rows: []domain.WeightRow{{Area: "CAN", Value: 1.95}}}}
	_, commands := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
	require.Len(t, commands, 3)
	require.Len(t, commands[0].(*domain.Define).Weights, 1)
	l.Do(commands[0])
	take(t, l, table)
	requireQuiet(t, l, table)
}

func TestLargeTableMakesSeveralCommands(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	table := tableOf("IV-13", sourceA)
	for i := range 12 {
		table.Treaties[0].Claims = append(table.Treaties[0].Claims, imports.Claim{Place: imports.Place{File: "a.csv", Line: i + 1, Column: "text"}, Participant: "France",
			Action: domain.Action{Kind: domain.Communication, Date: domain.MustDate("2000-01-01").AddDays(i), Statement: &domain.Statement{Text: strings.Repeat(fmt.Sprintf("text %d ", i), 14_000)}}})
	}
	table.Cells = 12
	report, commands := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
	require.Greater(t, len(commands), 1)
	require.Equal(t, "12 recorded.", outcomes(report))
	for _, c := range commands {
		l.Do(c)
	}
	requireQuiet(t, l, table)
}

func TestReportIsReadable(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	table := tableOf("IV-13", sourceA, row{"Germany", domain.Accession, "2010-01-01"}, row{"Atlantis", domain.Accession, "2003-06-05"}, row{"Mali", domain.Accession, "2003-06-06"})
	table.Treaties[0].Checks = []imports.Check{{What: "Parties", Says: 50, Found: 49}}
	table.Limits = []string{"withdrawals cannot be expressed"}
	report, _ := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
	var text bytes.Buffer
	report.Text(&text)
	for _, part := range []string{"a.csv (test)", "Rows: 3. Cells: 3. 1 recorded, 1 contested, 1 not recorded.", "recorded: accession of Germany, 2010-01-01",
		"NAME_UNKNOWN  1", "line 3", "the source says 50, found 49  differs", "withdrawals cannot be expressed"} {
		require.Contains(t, text.String(), part)
	}
	header, rows := report.Table()
	require.Len(t, rows, 4)
	for _, r := range rows {
		require.Len(t, r, len(header))
	}
}

// Where the numbers of a reader do not add up, the report says so.
func TestBalance(t *testing.T) {
	table := tableOf("IV-13", sourceA, row{"Germany", domain.Accession, "2010-01-01"})
	table.Cells = 2
	report, _ := imports.Plan(domaintest.Definitions(t), domaintest.Today, table, accepting(t, "usual"))
	require.ErrorContains(t, report.Balance(), "2 cells, and 1 have an outcome")
	table.Findings = []imports.Finding{{Place: imports.Place{File: "a.csv", Line: 9, Column: "accession", Text: "31 Feb 2010"}, Code: imports.DateUnreadable}}
	report, _ = imports.Plan(domaintest.Definitions(t), domaintest.Today, table, accepting(t, "usual"))
	require.NoError(t, report.Balance())
	require.Equal(t, "1 recorded, 1 not recorded.", outcomes(report))
}

// A newer edition of what the catalogue brings along corrects it, although the
// bundled acts have a longer name of the source.
func TestANewerEditionOfTheBundledTableCorrects(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	source := imports.Source{File: "4-13.csv", Name: "status tables", Also: []string{"MTDSG status table", "UN Treaty Collection"}, Edition: "2026-06", Rank: domain.RankPublished}
	newer := tableOf("IV-13", source, row{"Albania", domain.Accession, "2007-06-07"}, row{"Algeria", domain.Accession, "2005-04-21"})
	require.Equal(t, "1 held already, 1 corrected.", outcomes(take(t, l, newer)))
	require.Equal(t, "2007-06-07", l.History("IV-13").Course("ALB").Acts[0].Action().Date.String())
	requireQuiet(t, l, newer)
}

// A plan for which nobody waits any more is not made.
func TestPlanWhile(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := imports.PlanWhile(ctx, domaintest.Definitions(t), domaintest.Today, tableOf(cedaw, sourceA, row{"Serbia", domain.Ratification, "1982-02-26"}), accepting(t, "all"))
	require.ErrorIs(t, err, context.Canceled)
}
