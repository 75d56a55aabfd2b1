package mtdsg_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/domain"
	"depositary/domain/domaintest"
)

func act(kind domain.ActionKind, day string) domain.Action {
	return domain.Action{Kind: kind, Date: domain.MustDate(day)}
}

func noted(a domain.Action, note string) domain.Action {
	a.Note = note
	return a
}

func from(a domain.Action, label string) domain.Action {
	a.Provenance = &domain.Provenance{Column: label}
	return a
}

func write(t *testing.T, treaty *domain.Treaty, rows ...mtdsg.Row) (string, []imports.Finding) {
	t.Helper()
	var out bytes.Buffer
	omitted, err := mtdsg.Write(&out, mtdsg.ColumnsFor(treaty, rows), rows)
	require.NoError(t, err)
	return out.String(), omitted
}

// Treaties of the catalogue get the columns that their clauses allow.
func TestColumnsOfTheCatalogue(t *testing.T) {
	state := domaintest.Migration(t)
	for id, want := range map[domain.TreatyID][]string{
		"IV-13":      {"Signature", "Ratification, Accession(a)"},
		"IV-15":      {"Signature", "Ratification, Formal confirmation(c), Accession(a)"},
		"XVIII-12-a": {"Signature", "Ratification, Acceptance(A), Approval(AA), Accession(a)"},
		"III-3":      {"Signature", "Ratification, Accession(a)"},
		"C097":       {"Ratification"},
		"XXVI-5":     {"Signature", "Ratification, Acceptance(A), Approval(AA), Accession(a)"},
	} {
		treaty, ok := state.Treaty(id, domain.Everything())
		require.True(t, ok, id)
		var labels []string
		for _, c := range mtdsg.ColumnsFor(treaty, nil) {
			labels = append(labels, c.Label)
		}
		require.Equal(t, want, labels, id)
	}
}

// The acts of the ICMW in the catalogue, written and read again.
func TestCatalogueReadAgain(t *testing.T) {
	state := domaintest.Migration(t)
	treaty, ok := state.Treaty("IV-13", domain.Everything())
	require.True(t, ok)
	var rows []mtdsg.Row
	acts := 0
	for _, course := range state.History("IV-13", domain.Axes{}).Courses {
		row := mtdsg.Row{Name: string(course.Participant)}
		for _, a := range course.Acts {
			if kind := a.Action().Kind; kind.IsConsent() || kind.IsSignature() {
				row.Acts = append(row.Acts, *a.Action())
				acts++
			}
		}
		rows = append(rows, row)
	}
	require.Greater(t, acts, 90)
	text, _ := write(t, treaty, rows...)
	require.Contains(t, text, "Participant,\"Signature, Succession to signature(d)\",\"Ratification, Accession(a)\"\n")
	require.Len(t, read(t, text).Treaties[0].Claims, acts)
}

func TestColumnsFor(t *testing.T) {
	const unknown = "Definitive signature of the Protocol, Acceptance of the Protocol"
	for _, tt := range []struct {
		name string
		acts []domain.Action
		want []string
	}{
		{"nothing", nil, nil},
		{"only what occurs", []domain.Action{act(domain.Accession, "2001-01-01")}, []string{"Accession(a)"}},
		{"in the usual order", []domain.Action{act(domain.ConsentToBeBound, "2001-01-01"), act(domain.SuccessionOfState, "2001-01-01"), act(domain.Ratification, "2001-01-01"),
			act(domain.DefinitiveSignature, "2001-01-01"), act(domain.ProvisionalApplication, "2001-01-01"), act(domain.ConfirmationOfSignature, "2001-01-01"),
			act(domain.SuccessionToSignature, "2001-01-01"), act(domain.SignatureAdReferendum, "2001-01-01"), act(domain.Signature, "2001-01-01")},
			[]string{"Signature, Signature ad referendum(s), Succession to signature(d)", "Confirmation of signature(C)", "Provisional application(n)",
				"Definitive signature(s), Ratification, Succession(d), Consent to be bound(P)"}},
		{"consent of unknown kind", []domain.Action{act(domain.ConsentOfUnknownKind, "2001-01-01")}, []string{"Ratification, Acceptance, Approval, Accession"}},
		{"consent of unknown kind under its own label", []domain.Action{from(act(domain.ConsentOfUnknownKind, "2001-01-01"), unknown)}, []string{unknown}},
		{"a label of the source", []domain.Action{from(act(domain.Ratification, "2001-01-01"), "Ratification, Accession(a)")}, []string{"Ratification, Accession(a)"}},
		{"a label of the source that lacks an act", []domain.Action{from(act(domain.Ratification, "2001-01-01"), "Ratification, Accession(a)"), act(domain.Approval, "2001-01-01")},
			[]string{"Ratification, Accession(a), Approval(AA)"}},
		{"a label within another", []domain.Action{from(act(domain.Ratification, "2001-01-01"), "Ratification"), from(act(domain.Accession, "2001-01-01"), "Ratification, Accession(a)")},
			[]string{"Ratification, Accession(a)"}},
		{"a column that is no label", []domain.Action{from(act(domain.Ratification, "2001-01-01"), "consent")}, []string{"Ratification"}},
		{"a label that says more than the act", []domain.Action{act(domain.Acceptance, "2001-01-01"), noted(from(act(domain.Acceptance, "2001-01-01"), "Definitive acceptance"), "Definitive acceptance")},
			[]string{"Definitive acceptance, Acceptance(A)"}},
		{"acts without a column", []domain.Action{act(domain.Withdrawal, "2001-01-01")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var labels []string
			for _, c := range mtdsg.ColumnsFor(nil, []mtdsg.Row{{Name: "Mali", Acts: tt.acts}}) {
				labels = append(labels, c.Label)
			}
			require.Equal(t, tt.want, labels)
		})
	}
}

func TestWrite(t *testing.T) {
	consent := act(domain.Ratification, "2003-03-14")
	consent.Effect, consent.Note, consent.Excludes = domain.MustDate("2003-07-01"), "footnote 3 of the source", []string{"Annex I"}
	text, omitted := write(t, nil,
		mtdsg.Row{Name: "Cuba", Acts: []domain.Action{act(domain.Accession, "2001-12-01")}},
		mtdsg.Row{Name: "Côte d'Ivoire", Acts: []domain.Action{act(domain.Signature, "2013-09-26"), consent}},
		mtdsg.Row{Name: "Costa Rica"},
		mtdsg.Row{Name: "Bonaire, \"Kingdom\" of", Acts: []domain.Action{
			act(domain.Acceptance, "2016-09-03"), act(domain.Withdrawal, "2019-11-04"), act(domain.Acceptance, "2021-01-20"),
		}},
	)
	require.Equal(t, `Participant,Signature,"Ratification, Acceptance(A), Accession(a)"
"Bonaire, ""Kingdom"" of",,20 Jan 2021 A
Costa Rica,,
Côte d'Ivoire,26 Sep 2013,14 Mar 2003
Cuba,,1 Dec 2001 a
`, text)
	var said []string
	for _, f := range omitted {
		said = append(said, strings.Join([]string{string(f.Code), f.Text, f.Message}, " | "))
	}
	require.Equal(t, []string{
		`NOT_EXPRESSIBLE | Bonaire, "Kingdom" of: withdrawal of 4 November 2019 | the form has no column for an act of this kind (withdrawal)`,
		`OVERWRITTEN | Bonaire, "Kingdom" of: acceptance of 3 September 2016 | the cell holds one act only, and shows the later one`,
		`NOT_EXPRESSIBLE | Côte d'Ivoire: ratification of 14 March 2003 | the form has no room for the day of effect (1 July 2003), what is excluded (Annex I), the note (footnote 3 of the source)`,
	}, said)
	require.Equal(t, 2, omitted[0].Line)
	require.Equal(t, 4, omitted[2].Line)
}

func TestWriteIsHarmlessInASpreadsheet(t *testing.T) {
	text, omitted := write(t, nil, mtdsg.Row{Name: "=1+1", Acts: []domain.Action{act(domain.Ratification, "2003-03-14")}})
	require.Equal(t, "Participant,Ratification\n'=1+1,14 Mar 2003\n", text)
	require.Len(t, omitted, 1)
}

type fullDisk struct{}

var errFullDisk = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFullDisk }

func TestWriteSaysWhatFailed(t *testing.T) {
	rows := []mtdsg.Row{{Name: "Mali", Acts: []domain.Action{act(domain.Accession, "2003-06-05")}}}
	_, err := mtdsg.Write(fullDisk{}, mtdsg.ColumnsFor(nil, rows), rows)
	require.ErrorIs(t, err, errFullDisk)
	_, err = mtdsg.HTML(fullDisk{}, mtdsg.Page{Rows: rows})
	require.ErrorIs(t, err, errFullDisk)
}

func TestFileName(t *testing.T) {
	for id, want := range map[domain.TreatyID]string{"IV-13": "4-13.csv", "XVIII-12-a": "18-12-a.csv", "III-2-12a": "3-2-12a.csv", "C097": "C097.csv", "ETS185": "ETS185.csv", "XXIX-1": "29-1.csv"} {
		require.Equal(t, want, mtdsg.FileName(id))
	}
}

func TestHTML(t *testing.T) {
	consent := act(domain.Accession, "2003-06-05")
	consent.Effect = domain.MustDate("2003-10-01")
	rows := []mtdsg.Row{
		{Name: "Peru", Acts: []domain.Action{act(domain.Signature, "2004-09-22"), act(domain.Ratification, "2005-09-14")}},
		{Name: "<Mali> & others", Acts: []domain.Action{consent}},
	}
	page := mtdsg.Page{
		Treaty: domain.Treaty{ID: "IV-13", Title: "Convention on <Migrant> Workers", Place: "New York", Adopted: domain.MustDate("1990-12-18"), Depositary: "Secretary-General of the United Nations"},
		AsAt:   domain.MustDate("2006-05-16"), Columns: mtdsg.ColumnsFor(nil, rows), Rows: rows,
		Sources: []string{"Status tables, edition 2015-03"}, Remarks: []string{"Counted at the end of the day."},
	}
	var out bytes.Buffer
	omitted, err := mtdsg.HTML(&out, page)
	require.NoError(t, err)
	require.Len(t, omitted, 1)
	require.Equal(t, domain.TreatyID("IV-13"), omitted[0].Treaty)
	text := out.String()
	for _, part := range []string{
		`<html lang="en">`,
		"<title>Convention on &lt;Migrant&gt; Workers: status as at 16 May 2006</title>",
		"New York, 18 December 1990",
		"Status as at 16 May 2006, 2 participants</caption>",
		`<th scope="col">Ratification, Accession(a)</th>`,
		`<th scope="row">&lt;Mali&gt; &amp; others<sup><a id="mark-1" href="#note-1" aria-label="Note 1">1</a></sup></th>`,
		`<time datetime="2003-06-05">5 Jun 2003</time> a`,
		`<li><b>a</b>: Accession</li>`,
		"has no room for the day of effect (1 October 2003)",
		"Status tables, edition 2015-03", "Counted at the end of the day.",
	} {
		require.Contains(t, text, part)
	}
	for _, foreign := range []string{"<script", "src=", "http:", "https:", "url("} {
		require.NotContains(t, text, foreign, "the page needs nothing else")
	}
	requireBalanced(t, text)
}

func TestHTMLOfNothing(t *testing.T) {
	var out bytes.Buffer
	omitted, err := mtdsg.HTML(&out, mtdsg.Page{Treaty: domain.Treaty{ID: "IV-13"}})
	require.NoError(t, err)
	require.Empty(t, omitted)
	require.Contains(t, out.String(), "<h1>IV-13</h1>")
	requireBalanced(t, out.String())
}

// requireBalanced requires that every element is closed where it has to be.
func requireBalanced(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = true
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else {
			require.NoError(t, err)
		}
	}
}
