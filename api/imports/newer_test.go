package imports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/untc"
	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/domaintest"
)

// realPage reads a page of the UN Treaty Collection as at 3 February 2026.
func realPage(t *testing.T, name string) *imports.Table {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(domaintest.Whole(t, "untc"), name+".html"))
	require.NoError(t, err)
	source := imports.Source{File: name + ".html", Name: "UN Treaty Collection, status of one treaty", Also: []string{"UN Treaty Collection", "MTDSG status table"}, Rank: domain.RankPublished}
	table, err := untc.Read(source, content)
	require.NoError(t, err)
	return table
}

// onlyTheTable leaves the statements and notes out.
func onlyTheTable(table *imports.Table) *imports.Table {
	t := &table.Treaties[0]
	t.Claims = slices.DeleteFunc(t.Claims, func(c imports.Claim) bool {
		return c.Action.Statement != nil || c.Action.Kind == domain.TerritorialApplication
	})
	return table
}

// The page of 2026 over the table of April 2024, which had 59 parties: exactly
// the accession of Zimbabwe is new, and nothing is corrected or contested.
func TestAPageOverAnOlderTable(t *testing.T) {
	table := onlyTheTable(realPage(t, "cmw"))
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	c, err := catalogue.Load()
	require.NoError(t, err)
	for _, of := range c.Actions {
		if of.Treaty != "IV-13" {
			continue
		}
		var older []domain.Action
		for _, a := range of.Actions {
			if a.Date.Before(domain.MustDate("2024-05-01")) && a.Statement == nil {
				was := *a.Provenance
				was.Source, was.Edition = "MTDSG status table IV-13, April 2024", "2024-04"
				a.Provenance = &was
				older = append(older, a)
			}
		}
		l.RecordBecause("as the table had it", "IV-13", older...)
	}
	require.Equal(t, 59, l.History("IV-13").CountsOn(domain.LastDay).Consents)
	report, commands := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
	var news []string
	for _, a := range report.Treaties[0].Acts {
		if a.Outcome != imports.Held {
			news = append(news, fmt.Sprint(a.Outcome, " ", a.Participant, " ", a.Action, " ", a.Date))
		}
	}
	require.Equal(t, []string{"recorded ZWE accession 2024-11-05"}, news)
	for _, command := range commands {
		l.Do(command)
	}
	require.Equal(t, "2025-03-01", l.History("IV-13").Course("ZWE").Periods[0].Bound.String())
	require.Equal(t, 60, l.History("IV-13").CountsOn(domain.LastDay).Consents)
}

// The 23 pages over the bundled acts, which were taken from them: every row of
// every table is held already.
func TestPagesOverTheBundledActs(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Catalogue(t))
	for _, name := range []string{"att", "cat", "cat_op", "ced", "cedaw", "cedaw_op", "cerd", "cmw", "crc", "crc_op_ac", "crc_op_ic", "crc_op_sc", "crpd", "crpd_op",
		"ctbt", "cwc", "iccpr", "iccpr_op1", "iccpr_op2", "icescr", "icescr_op", "ottawa", "tpnw"} {
		report, _ := imports.Plan(l.State, l.Today, onlyTheTable(realPage(t, name)), accepting(t, "usual"))
		for _, a := range report.Treaties[0].Acts {
			if a.Written == "Yemen Arab Republic" {
				require.Equal(t, imports.NotRecorded, a.Outcome, "the accession of one of the two States of Yemen beside that of the other")
				continue
			}
			require.Equal(t, imports.Held, a.Outcome, "%s: %s %s of %s, %q", name, a.Written, a.Action, a.Date, a.Text)
		}
	}
}

// Five editions of one table, made up: imported in their order they bring the
// differences of a comparison line by line, and no more.
func TestFiveEditionsInTheirOrder(t *testing.T) {
	const treaty = "XXX-9"
	acc, rat, sig := domain.Accession, domain.Ratification, domain.Signature
	editions := [][]row{
		{{"Chile", sig, "1991-02-01"}, {"Peru", acc, "1992-03-01"}},
		{{"Chile", sig, "1991-02-01"}, {"Chile", rat, "1993-01-05"}, {"Peru", acc, "1992-03-01"}},
		{{"Chile", sig, "1991-02-01"}, {"Chile", rat, "1993-01-06"}, {"Peru", acc, "1992-03-01"}, {"Mali", acc, "1994-01-01"}},  // a day was corrected
		{{"Chile", sig, "1991-02-01"}, {"Chile", rat, "1993-01-06"}, {"Mali", acc, "1994-01-01"}, {"Kenya", sig, "1994-05-05"}}, // Peru is gone
		{{"Chile", sig, "1991-02-01"}, {"Chile", rat, "1993-01-06"}, {"Peru", acc, "1992-03-01"}, {"Mali", acc, "1994-01-01"}, {"Kenya", sig, "1994-05-05"}, {"Kenya", rat, "1995-05-05"}},
	}
	want := []string{"2 recorded.", "1 recorded, 2 held already.", "1 recorded, 2 held already, 1 corrected.", "1 recorded, 3 held already.", "1 recorded, 5 held already."}
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	for i, rows := range editions {
		source := sourceA
		source.Edition = fmt.Sprintf("20%02d-01-01", 10+i)
		table := tableOf(treaty, source, rows...)
		report := take(t, l, table)
		require.Equal(t, want[i], outcomes(report), "edition %d", i+1)
		require.Equal(t, i == 3, slices.Contains(codes(report), string(imports.CellDisappeared)), "edition %d", i+1)
		requireQuiet(t, l, table)
		for _, r := range rows { // what the edition says is what the ledger holds
			found := false
			for _, c := range l.History(treaty).Courses {
				for _, a := range c.Acts {
					p, _ := l.State.Participant(c.Participant, domain.Everything())
					found = found || p.CurrentName() == r.name && a.Action().Kind == r.kind && a.Action().Date == domain.MustDate(r.day)
				}
			}
			require.True(t, found, "edition %d: %v", i+1, r)
		}
	}
}
