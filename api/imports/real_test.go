package imports_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/climate"
	"depositary/api/imports/mtdsg"
	"depositary/domain"
	"depositary/domain/domaintest"
)

// realTable reads one of the status tables that lie beside the checkout, after
// it was changed.
func realTable(t testing.TB, path string, titles map[string]string, change func(content []byte) []byte) *imports.Table {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	if change != nil {
		content = change(content)
	}
	file := filepath.Base(path)
	table, err := mtdsg.Read(imports.Source{File: file, Name: "UN Treaty Collection, MTDSG status tables", Title: titles[file]}, content)
	require.NoError(t, err)
	return table
}

// realTables reads all of them, and skips the test where they are missing.
func realTables(t testing.TB) (tables []*imports.Table) {
	t.Helper()
	index, err := os.ReadFile(domaintest.Whole(t, "mtdsg", "index.csv"))
	require.NoError(t, err)
	titles, err := mtdsg.Index(index)
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(domaintest.Whole(t, "mtdsg", "tables"), "*.csv"))
	require.NoError(t, err)
	for _, path := range files {
		tables = append(tables, realTable(t, path, titles, nil))
	}
	return tables
}

// sum is what became of many files.
type sum struct {
	Files, Rows, Cells int
	Outcomes           map[imports.Outcome]int
	Findings           map[imports.Code]int
}

func takeAll(t *testing.T, l *domaintest.Ledger, tables []*imports.Table) sum {
	t.Helper()
	s := sum{Outcomes: map[imports.Outcome]int{}, Findings: map[imports.Code]int{}}
	for _, table := range tables {
		report := take(t, l, table)
		s.Files, s.Rows, s.Cells = s.Files+1, s.Rows+report.Rows, s.Cells+report.Cells
		for o, n := range report.Outcomes {
			s.Outcomes[o] += n
		}
		for _, f := range report.AllFindings() {
			s.Findings[f.Code]++
		}
	}
	t.Logf("%+v", s)
	return s
}

// All real tables go in: every cell has its outcome, and taken in again they
// ask for nothing. Each treaty with a published day has it.
func TestRealTables(t *testing.T) {
	tables := realTables(t)
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	found := map[imports.Code]int{imports.ColumnAmbiguous: 319, imports.ColumnUnknown: 1640, imports.NamedSince: 26, imports.DateUnreadable: 5, imports.FootnoteKept: 2,
		imports.NotAnAct: 860, "NOTHING_TO_ANSWER": 2}
	want := sum{Files: 193, Rows: 13608, Cells: 18106, Findings: found,
		Outcomes: map[imports.Outcome]int{imports.Recorded: 14995, imports.Held: 611, imports.NotRecorded: 2500}}
	require.Equal(t, want, takeAll(t, l, tables))

	before := l.State
	delete(want.Findings, imports.NamedSince) // they are recognized
	want.Outcomes = map[imports.Outcome]int{imports.Held: 14995 + 611, imports.NotRecorded: 2500}
	require.Equal(t, want, takeAll(t, l, tables))
	require.Same(t, before, l.State)
	requirePublishedDays(t, l)
}

// requirePublishedDays requires of each treaty with a published day that it
// enters into force on it, and is in force on every day between that one and the
// day to which the deposits alone would lead.
func requirePublishedDays(t *testing.T, l *domaintest.Ledger) {
	t.Helper()
	n := 0
	for _, treaty := range l.State.Treaties(domain.Everything()) {
		if treaty.Stated == nil || treaty.Stated.InForce.IsZero() {
			continue
		}
		n++
		h, published := l.History(treaty.ID), treaty.Stated.InForce
		require.Equal(t, published, h.InForce, treaty.Short)
		_, computed, _ := h.Differs()
		for _, day := range []domain.Date{published, published.AddDays(1), computed.AddDays(-1), computed, domaintest.Today} {
			if !day.Before(published) {
				require.Equal(t, domain.EntryInForce, h.Explain(day).Status, "%s on %s", treaty.Short, day)
			}
		}
		require.NotEqual(t, domain.EntryInForce, h.Explain(published.AddDays(-1)).Status, treaty.Short)
	}
	require.GreaterOrEqual(t, n, 61)
	t.Logf("%d treaties have their published day", n)
}

// cedawTable has some rows of the status table of the Convention on the
// Elimination of All Forms of Discrimination against Women, as at March 2015.
const cedawTable = "testdata/cedaw/4-8.csv"

// Names of participants that changed, or that others are like, stay apart.
func TestRealNames(t *testing.T) {
	table := realTable(t, cedawTable, nil, nil)
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	take(t, l, table)
	for id, want := range map[domain.ParticipantID]string{
		"CIV": "signature 1980-07-17, ratification 1995-12-18",
		"COG": "signature 1980-07-29, ratification 1982-07-26",
		"COD": "signature 1980-07-17, ratification 1986-10-17",
		"TUR": "accession 1985-12-20",
		"SRB": "succession 2001-03-12",
		"YUG": "",
	} {
		var acts []string
		for _, a := range l.History(cedaw).Course(id).Acts {
			acts = append(acts, string(a.Action().Kind)+" "+a.Action().Date.String())
		}
		require.Equal(t, want, strings.Join(acts, ", "), id)
	}
	// Under the names of another time the same table is the same.
	renamed := realTable(t, cedawTable, nil, func(content []byte) []byte {
		content = bytes.ReplaceAll(content, []byte("\nTurkey,"), []byte("\nTürkiye,"))
		return bytes.ReplaceAll(content, []byte("\nCôte d'Ivoire,"), []byte("\nIvory Coast,"))
	})
	requireQuiet(t, l, renamed)
}

// One new row, one other day and one row less: exactly that is found.
func TestRealTableThatChanged(t *testing.T) {
	path := cedawTable
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	take(t, l, realTable(t, path, nil, nil))
	changed := realTable(t, path, nil, func(content []byte) []byte {
		replace := func(old, with string) {
			require.Equal(t, 1, bytes.Count(content, []byte(old)), old)
			content = bytes.Replace(content, []byte(old), []byte(with), 1)
		}
		replace("Albania,,11 May 1994 a\n", "Albania,,12 May 1994 a\n")
		replace("Zimbabwe,,13 May 1991 a\n", "")
		return append(content, "Holy See,,1 Dec 2014 a\n"...)
	})
	report := take(t, l, changed)
	require.Equal(t, 1, report.Outcomes[imports.Recorded])
	require.Equal(t, 1, report.Outcomes[imports.Corrected])
	require.Zero(t, report.Outcomes[imports.NotRecorded]+report.Outcomes[imports.Contested])
	require.Equal(t, []string{"CELL_DISAPPEARED"}, codes(report))
	require.Contains(t, report.AllFindings()[0].Message, "Zimbabwe")
	require.Equal(t, "1994-05-12", l.History(cedaw).Course("ALB").Acts[0].Action().Date.String())
	requireQuiet(t, l, changed)
}

// The table of the Paris Agreement has one row for each State: the consent that
// the United States gave again hides the first, and with it the day of entry
// into force.
func TestRealParisAgreement(t *testing.T) {
	const paris = domain.TreatyID("XXVII-7-d")
	content, err := os.ReadFile(domaintest.Whole(t, "facts", "paris_agreement.csv"))
	require.NoError(t, err)
	table, err := climate.Read(imports.Source{File: "paris_agreement.csv", Name: "openclimatedata"}, content)
	require.NoError(t, err)

	start := func() *domaintest.Ledger {
		l := domaintest.NewLedger(t, domaintest.Definitions(t))
		l.Redefine(paris, func(treaty *domain.Treaty) { treaty.Stated = nil })
		return l
	}
	weighted := func(l *domaintest.Ledger) *imports.Report {
		_, commands := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
		define, ok := commands[0].(*domain.Define)
		require.True(t, ok)
		require.Len(t, define.Weights, 1)
		l.Do(define)
		return take(t, l, table)
	}
	alone := start()
	require.Equal(t, "390 recorded.", outcomes(weighted(alone)))
	require.Equal(t, "2016-12-08", alone.History(paris).InForce.String())
	requireQuiet(t, alone, table)

	restored := start()
	restored.RecordBecause("from the depositary notification", paris, domaintest.Act("USA", domain.Acceptance, "2016-09-03"))
	report := weighted(restored)
	require.Equal(t, "2016-11-04", restored.History(paris).InForce.String())
	require.Equal(t, "389 recorded, 1 contested.", outcomes(report))
	requireQuiet(t, restored, table)
}

// A table that lost its brackets goes on listing who has left, as Canada stands
// under the Kyoto Protocol: what is held of the leaving stands.
func TestListedThoughWithdrawn(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Record("IV-13", domaintest.Act("MLI", domain.Withdrawal, "2011-12-15"))
	table := tableOf("IV-13", sourceA, row{"Mali", domain.Accession, "2003-06-05"})
	require.Equal(t, "1 held already.", outcomes(requireQuiet(t, l, table)))
	require.Equal(t, domain.FormerParty, l.Standing("IV-13", "MLI", "2014-01-01").Status)
	// A day that differs contradicts the consent that was given then.
	require.Equal(t, "1 contested.", outcomes(take(t, l, tableOf("IV-13", sourceA, row{"Mali", domain.Accession, "2003-06-15"}))))
	require.Equal(t, domain.FormerParty, l.Standing("IV-13", "MLI", "2014-01-01").Status)
}
