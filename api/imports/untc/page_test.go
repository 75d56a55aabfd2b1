package untc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/reading/readingtest"
	"depositary/api/imports/untc"
	"depositary/domain"
)

var pageSource = imports.Source{File: "page.html", Name: "UN Treaty Collection", Rank: domain.RankPublished}

// Everything of a page as a browser saves it: each row, statement, territory and
// note is an act, or a finding.
func TestAPage(t *testing.T) {
	table, refused := readingtest.Read(t, untc.Read, pageSource, readingtest.Sample(t, "page.html"))
	require.Nil(t, refused)
	require.Equal(t, "2026-03-05", table.Source.Edition, "the page writes the day first")
	of := table.Treaties[0]
	require.Equal(t, domain.TreatyID("IV-99"), of.Treaty.ID)
	require.Equal(t, "Convention on Lanterns", of.Treaty.Title)
	require.Equal(t, "1990-12-18", of.Treaty.Adopted.String())
	require.Equal(t, "2003-07-01", of.Treaty.Stated.InForce.String())
	require.Equal(t, []imports.Check{{What: "signatories", Says: 2, Found: 2}, {What: "parties", Says: 3, Found: 3}}, of.Checks)
	require.Equal(t, &domain.CoverageStatement{Extent: domain.ExtentTable, AsAt: domain.MustDate("2026-03-05"),
		Published: &domain.PublishedCounts{Signatories: 2, Parties: 3}}, of.Coverage)
	var acts []string
	for _, c := range of.Claims {
		text := fmt.Sprint(c.Participant, " ", c.Action.Kind, " ", c.Action.Date)
		if c.Action.Statement != nil {
			text += " " + strings.Join(c.Action.Statement.Articles, ",")
		}
		if len(c.Action.Territories) > 0 {
			text += " " + strings.Join(c.Action.Territories, "/")
		}
		if !c.Action.Effect.IsZero() {
			text += " effect " + c.Action.Effect.String()
		}
		acts = append(acts, text)
	}
	require.Equal(t, []string{
		"Chile signature 1991-06-05", "Chile ratification 1993-03-14",
		"Estonia accession 2004-05-12",
		"Kenya signature 1992-02-26", "Kenya ratification 1994-05-12",
		"Mali signature 1991-07-07", "Mali provisional application 1991-08-01", "Mali ratification 1995-01-01",
		"Peru accession 1996-02-02",
		"Mali territorial application 2003-04-10 First Island/Second Island (East, West)", "Mali territorial application 2003-04-11 Third Island",
		"Chile reservation 1993-03-14 18(6)", "Chile optional declaration 2008-09-15 77",
		"Peru reservation 1996-02-02 92(1)", // however it is named: VCLT 2(1)(d)
		"Peru optional declaration 2001-03-03 76",
		"Peru objection 1996-06-18 ",
		"former Yugoslavia signature 1991-08-08", "former Yugoslavia ratification 1991-09-02",
		"Estonia withdrawal 2025-06-27 effect 2025-12-27",
	}, acts)
	var kept []string
	for _, f := range table.Findings {
		if f.Code == imports.TextKeptOut {
			kept = append(kept, f.Message)
		}
	}
	objection := of.Claims[slices.IndexFunc(of.Claims, func(c imports.Claim) bool { return c.Answers != nil })]
	require.Equal(t, &imports.Answered{Participant: "Chile", Upon: domain.Ratification}, objection.Answers)
	require.Len(t, kept, 3)
	require.Contains(t, kept[0], "Mali: the page does not say for sure")
	require.Contains(t, kept[1], "does not recognise the procedure for sure")
	require.Contains(t, kept[2], "a note from which no act is read")
}

// A page that is cut off, another page of the site and a page of another treaty
// are refused.
func TestPagesThatAreRefused(t *testing.T) {
	page := string(readingtest.Sample(t, "page.html"))
	for name, text := range map[string]string{
		"cut off in the table": page[:strings.Index(page, "Kenya")],
		"cut off at its end":   page[:strings.Index(page, "</form>")],
		"another page":         "<!DOCTYPE html><html><body>Back soon</body></html>",
		"without numbers":      strings.ReplaceAll(page, "_rptStatus_", "_rptOther_"),
	} {
		_, refused := readingtest.Read(t, untc.Read, pageSource, []byte(text))
		require.NotNil(t, refused, name)
	}
	other := pageSource
	other.Treaty = "IV-13"
	_, refused := readingtest.Read(t, untc.Read, other, []byte(page))
	require.NotNil(t, refused)
}

func FuzzPage(f *testing.F) {
	readingtest.Fuzz(f, untc.Read, pageSource, readingtest.Sample(f, "page.html"))
}
