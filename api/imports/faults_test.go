package imports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/acts"
	"depositary/api/imports/climate"
	"depositary/api/imports/mtdsg"
	"depositary/api/imports/untc"
	"depositary/domain"
	"depositary/domain/domaintest"
)

func reads(t *testing.T, read imports.Reader, source imports.Source, text string) *imports.Table {
	t.Helper()
	source.Rank = domain.RankPublished
	table, err := read(source, []byte(text))
	require.NoError(t, err)
	return table
}

const balloons = `<?xml version="1.0"?><Treaty><Body><ExternalData><MTDSGNo>XXVII-97</MTDSGNo><Titlesect>97. Agreement on Balloons</Titlesect>
<Conclusion>Paris, 12 December 2015</Conclusion><Status><Signatories>Signatories: 2</Signatories><Parties>Parties: 1</Parties></Status></ExternalData>
<Participants><Table><TGroup><Thead><Row><Entry>Participant</Entry><Entry>Signature</Entry><Entry>Ratification, Acceptance(A)</Entry></Row></Thead><Tbody><Rows>
<Row><Entry>Albania</Entry><Entry>22 Apr 2016</Entry><Entry>21 Sep 2016</Entry></Row>
<Row><Entry>Chile</Entry><Entry>22 Apr 2016</Entry><Entry>[20 Jan 2021 A]</Entry></Row>
</Rows></Tbody></TGroup></Table></Participants></Body></Treaty>`

// A day in brackets is an act that has lost its effect: it is recorded, marked,
// and does not count among the parties of the head.
func TestADayInBracketsIsRecorded(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	report := take(t, l, reads(t, untc.Read, imports.Source{File: "b.xml", Name: "untc"}, balloons))
	require.Equal(t, "4 recorded.", outcomes(report))
	require.Equal(t, []string{"WITHDRAWN_IN_BRACKETS"}, codes(report))
	require.Equal(t, domain.Acceptance, l.History("XXVII-97").Course("CHL").Acts[1].Action().Kind)
	for _, c := range report.Treaties[0].Checks {
		require.Equal(t, c.Says, c.Found, c.What)
	}
}

// Headings have the marks of footnotes; the number of an article is none.
func TestHeadingsWithFootnotes(t *testing.T) {
	for _, heading := range []string{"Participant 2, 3, 4", "Participants*", "Participant³", "Participant <sup>2</sup>", "PARTICIPANT [1]"} {
		table := reads(t, mtdsg.Read, imports.Source{File: "4-98.csv", Name: "m"}, `"`+heading+`",Signature 5,"Ratification, Accession(a) 6, 7"`+"\nAlbania,,9 Nov 1993 a\nAustria,24 Sep 1980,31 Mar 1982\n")
		require.Len(t, table.Treaties[0].Claims, 3, heading)
		require.Empty(t, table.Findings, heading)
	}
	require.Equal(t, "Signature under article 5", mtdsg.ParseColumn("Signature under article 5").Acts[0].Words)
	_, err := mtdsg.Read(imports.Source{File: "4-98.csv"}, []byte("Participant of 1999,Signature\nAlbania,9 Nov 1993\n"))
	require.Error(t, err)
}

// An edition that names the acts of a column in another order is the same column.
func TestOneColumnForEachMeaning(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	first, second := `Participant,Signature,"Ratification, Acceptance(A), Accession(a)"`, `Participant,Signature,"Acceptance(A), Accession(a), Ratification"`
	rows := "\nAlbania,,8 Feb 2008 a\nArgentina,7 Oct 2002,18 Dec 2006\n"
	take(t, l, reads(t, mtdsg.Read, imports.Source{File: "16-96.csv", Name: "m", Edition: "2014-01"}, first+rows))
	report := take(t, l, reads(t, mtdsg.Read, imports.Source{File: "16-96.csv", Name: "m", Edition: "2014-07"}, second+rows+"Chile,,3 Mar 2014 A\n"))
	require.Equal(t, "1 recorded, 3 held already.", outcomes(report))
	var table []mtdsg.Row
	for _, c := range l.History("XVI-96").Courses {
		row := mtdsg.Row{Name: string(c.Participant)}
		for _, a := range c.Acts {
			row.Acts = append(row.Acts, *a.Action())
		}
		table = append(table, row)
	}
	treaty, _ := l.State.Treaty("XVI-96", domain.Everything())
	columns := mtdsg.ColumnsFor(treaty, table)
	require.Len(t, columns, 2, "%v", columns)
}

// A source that tells the form of a consent refines one that does not, whichever
// source it is: nothing is contested.
func TestAnUnknownKindIsRefined(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	take(t, l, reads(t, climate.Read, imports.Source{File: "kigali.csv", Name: "climate"}, "Code,Name,Date\nALB,Albania,2019-01-18\nAND,Andorra,2019-01-23\n"))
	require.Equal(t, domain.ConsentOfUnknownKind, l.History("XXVII-2-f").Course("AND").Acts[0].Action().Kind)
	report := take(t, l, tableOf("XXVII-2-f", sourceA, row{"Albania", domain.Ratification, "2019-01-18"}, row{"Andorra", domain.Accession, "2019-01-23"}))
	require.Equal(t, "2 corrected.", outcomes(report))
	require.Equal(t, domain.Accession, l.History("XXVII-2-f").Course("AND").Acts[0].Action().Kind)
	again := take(t, l, reads(t, climate.Read, imports.Source{File: "kigali.csv", Name: "climate"}, "Code,Name,Date\nALB,Albania,2019-01-18\n"))
	require.Equal(t, "1 held already.", outcomes(again))
}

// The act stands in a column of its own. What that column says and is not a
// consent is none, and where it is not understood nothing is recorded.
func TestTheActInAColumnOfItsOwn(t *testing.T) {
	kinds := func(heading, of string) (kinds []domain.ActionKind) {
		table := reads(t, climate.Read, imports.Source{File: "kigali-amendment.csv", Name: "c"}, "Code,Name,Date,"+heading+"\nESP,Spain,2022-01-20,"+of+"\n")
		for _, c := range table.Treaties[0].Claims {
			kinds = append(kinds, c.Action.Kind)
		}
		return kinds
	}
	require.Equal(t, []domain.ActionKind{domain.Ratification}, kinds("Participation Type", "Ratification"))
	require.Equal(t, []domain.ActionKind{domain.Acceptance}, kinds("Type", "Acceptance"))
	require.Equal(t, []domain.ActionKind{domain.ProvisionalApplication}, kinds("Participation Type", "Provisional application under Article V"))
	require.Empty(t, kinds("Participation Type", "Something else"))
	require.Empty(t, kinds("Remarks", "Provisional application under Article V"))
	require.Equal(t, []domain.ActionKind{domain.ConsentOfUnknownKind}, kinds("Region", "Europe"))
}

// The same name in decomposed letters, or with another apostrophe, is the same.
func TestDecomposedNames(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	report := take(t, l, tableOf("XXX-41", sourceA, row{"Tu\u0308rkiye", domain.Ratification, "2023-01-13"}, row{"Co\u0302te d\u2019Ivoire", domain.Accession, "2001-01-05"}))
	require.Equal(t, "2 recorded.", outcomes(report))
	require.NotNil(t, l.History("XXX-41").Course("TUR"))
	require.NotNil(t, l.History("XXX-41").Course("CIV"))
}

// Spreadsheets of many countries write semicolons, others tabs.
func TestSeparators(t *testing.T) {
	commas := "treaty,participant,action,date,note\nIV-42,Chile,ratification,1999-01-13,\nIV-42,Peru,accession,2001-01-05,\"with, a comma\"\n"
	tabs := "treaty\tparticipant\taction\tdate\tnote\nIV-42\tChile\tratification\t1999-01-13\t\nIV-42\tPeru\taccession\t2001-01-05\twith, a comma\n"
	semicolons := "treaty;participant;action;date;note\nIV-42;Chile;ratification;1999-01-13;\nIV-42;Peru;accession;2001-01-05;with, a comma\n"
	for _, text := range []string{commas, tabs, semicolons} {
		table := reads(t, acts.Read, imports.Source{File: "a.csv", Name: "a"}, text)
		require.Len(t, table.Treaties[0].Claims, 2)
		require.Equal(t, "with, a comma", table.Treaties[0].Claims[1].Action.Note)
	}
	table := reads(t, mtdsg.Read, imports.Source{File: "4-98.csv", Name: "m"}, "Participant;Signature;Ratification, Accession(a)\nMali;;5 Jun 2003 a\n")
	require.Equal(t, domain.Accession, table.Treaties[0].Claims[0].Action.Kind)
}

// 9999-12-31 stands for no day; a day of effect two centuries late is a slip.
func TestSentinelDays(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	text := "treaty,participant,action,date,effective\nIV-13,Austria,accession,2026-01-05,9999-12-31\nIV-13,Belgium,accession,2026-01-06,2226-05-01\nIV-13,Cyprus,accession,2026-01-07,2026-05-01\n"
	table := reads(t, acts.Read, imports.Source{File: "a.csv", Name: "a"}, text)
	require.Equal(t, imports.DateUnreadable, table.Findings[0].Code)
	report, _ := imports.Plan(l.State, l.Today, table, accepting(t, "usual"))
	require.Equal(t, "1 recorded, 2 not recorded.", outcomes(report))
	require.Contains(t, codes(report), "EFFECT_IMPLAUSIBLE")
	report, _ = imports.Plan(l.State, l.Today, table, accepting(t, "EFFECT_IMPLAUSIBLE"))
	require.NotContains(t, codes(report), "EFFECT_IMPLAUSIBLE")
}

// A treaty that the ledger knows under a name of its own is found by it; one that
// it does not know is no new treaty.
func TestTreatiesByTheirShortNames(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Do(&domain.Define{Treaty: &domain.Treaty{ID: "NPT", Short: "NPT", Title: "Treaty on the Non-Proliferation of Nuclear Weapons",
		Attestation: domain.Attestation{Source: "s", Verification: "unverified"}}})
	text := "treaty,participant,action,date\nNPT,Chile,accession,1995-05-25\nicmw,Chile,ratification,2005-03-21\nNPZ,Chile,accession,1995-05-25\n"
	report := take(t, l, reads(t, acts.Read, imports.Source{File: "a.csv", Name: "a"}, text))
	require.Equal(t, "2 recorded, 1 not recorded.", outcomes(report))
	require.Equal(t, []string{"TREATY_UNKNOWN"}, codes(report))
	require.NotNil(t, l.History("NPT").Course("CHL"))
	require.NotNil(t, l.History("IV-13").Course("CHL"))
}

// A letter behind the number of an article is a code where days of the column
// have it; both alternatives of a label are consents.
func TestLabelsThatTheCellsSettle(t *testing.T) {
	header := "Participant,Signature by non-regional members,Provisional application under article 23(n),Definitive signature or acceptance of the Protocol\n"
	table := reads(t, mtdsg.Read, imports.Source{File: "26-8.csv", Name: "m"}, header+"Spain,3 Jun 2013,3 Jun 2013 n,4 Jun 2013\n")
	var kinds []string
	for _, c := range table.Treaties[0].Claims {
		kinds = append(kinds, string(c.Action.Kind))
	}
	require.Equal(t, "signature, provisional application, consent of unknown kind", strings.Join(kinds, ", "))
}
