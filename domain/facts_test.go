package domain_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// asMTDSG returns the number of a treaty in the facts, 18-12-a for XVIII-12-a.
func asMTDSG(id domain.TreatyID) string {
	chapter, rest, _ := strings.Cut(string(id), "-")
	for n, roman := range []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV",
		"XVI", "XVII", "XVIII", "XIX", "XX", "XXI", "XXII", "XXIII", "XXIV", "XXV", "XXVI", "XXVII", "XXVIII", "XXIX"} {
		if roman == chapter && rest != "" {
			return strconv.Itoa(n+1) + "-" + rest
		}
	}
	number := string(id)
	if initial, digits := number[:1], strings.TrimLeft(number[1:], "0"); initial == "C" || initial == "P" {
		return initial + digits // the facts write C97 for C097
	}
	return number
}

// fromMTDSG finds the treaty of a number in the facts.
func fromMTDSG(t *testing.T, s *domain.State, number string) domain.TreatyID {
	t.Helper()
	for _, treaty := range s.Treaties(domain.Everything()) {
		if asMTDSG(treaty.ID) == number {
			return treaty.ID
		}
	}
	require.Fail(t, "no treaty of the catalogue has the number "+number)
	return ""
}

// tableDeposits reads the consents that a status table has. Names that no
// participant has are reported.
func tableDeposits(t *testing.T, s *domain.State, number string) (deposits []domain.Action) {
	t.Helper()
	var unknown []string
	for _, row := range domaintest.Rows(t, "deposits.csv") {
		if row["treaty"] != number {
			continue
		}
		on := domain.MustDate(row["date"])
		p, err := s.FindParticipant(yemenOf(row["participant"], number, on), on)
		if err != nil {
			unknown = append(unknown, err.Error())
			continue
		}
		kind, err := domain.ParseActionKind(row["action"])
		require.NoError(t, err)
		deposits = append(deposits, domain.Action{Participant: p.ID, Kind: kind, Date: on})
	}
	require.Empty(t, unknown, "names in the table of %s", number)
	require.NotEmpty(t, deposits, "consents to %s", number)
	return deposits
}

// yemenOf says which of the two States that united on 22 May 1990 acted: tables
// print both under the name of today, and notes of the treaty pages tell.
func yemenOf(name, number string, on domain.Date) string {
	switch {
	case name != "Yemen" || !on.Before(domain.MustDate("1990-05-22")):
		return name
	case number == "5-2" || number == "5-5":
		return "YEM" // the Yemen Arab Republic, 18 January 1980
	}
	return "YMD"
}

// historicalDeposits reads what today's tables have lost.
func historicalDeposits(t *testing.T, s *domain.State, number string) (deposits []domain.Action) {
	t.Helper()
	rows := domaintest.Rows(t, "historical_deposits.csv")
	for _, row := range rows {
		if row["treaty"] != number {
			continue
		}
		name, _, _ := strings.Cut(row["participant"], " (")
		on := domain.MustDate(row["date"])
		p, err := s.FindParticipant(name, on)
		require.NoError(t, err)
		deposits = append(deposits, domain.Action{Participant: p.ID, Kind: domain.ActionKind(row["action"]), Date: on})
	}
	return deposits
}

// parisDeposits reads the consents to the Paris Agreement and the emissions
// that count. The one row of a State that left and came back holds its second
// consent only, and no emissions.
func parisDeposits(t *testing.T, withUSA bool) (deposits []domain.Action, emissions domain.Weights) {
	t.Helper()
	emissions = domain.Weights{ID: "PARIS-EMISSIONS", Edition: "2015", Name: "Emissions counted for entry into force",
		Unit: "percent", World: "WLD", Rows: []domain.WeightRow{{Area: "WLD", Value: 100}}}
	rows := domaintest.Rows(t, "paris_deposits.csv")
	for _, row := range rows {
		id := domain.ParticipantID(row["Code"])
		if id == "EUU" || id == "EU" || id == "EEC" || row["Name"] == "European Union" {
			id = "EUU"
		}
		if share, err := strconv.ParseFloat(row["Percentage"], 64); err == nil && id != "EUU" && id != "USA" {
			emissions.Rows = append(emissions.Rows, domain.WeightRow{Area: string(id), Value: share})
		}
		if row["Ratification"] == "" || id == "USA" {
			continue
		}
		kind, err := domain.ParseActionKind(row["Kind"])
		require.NoError(t, err, row["Name"])
		deposits = append(deposits, domain.Action{Participant: id, Kind: kind, Date: domain.MustDate(row["Ratification"])})
	}
	if withUSA {
		deposits = append(deposits, domain.Action{Participant: "USA", Kind: domain.Acceptance, Date: domain.MustDate("2016-09-03")})
		emissions.Rows = append(emissions.Rows, domain.WeightRow{Area: "USA", Value: 17.89})
	}
	return deposits, emissions
}

// realDeposits returns the deposits at hand for a treaty, oldest first, or none.
func realDeposits(t *testing.T, s *domain.State, id domain.TreatyID) (deposits []domain.Action) {
	t.Helper()
	number := asMTDSG(id)
	bundled := false
	for _, c := range domaintest.Migration(t).History(id, domain.Axes{}).Courses {
		for _, a := range c.Acts {
			if bundled = true; a.Action().Kind.IsConsent() {
				deposits = append(deposits, *a.Action())
			}
		}
	}
	if !bundled && slices.Contains(tablesAtHand, number) {
		deposits = append(tableDeposits(t, s, number), historicalDeposits(t, s, number)...)
	}
	slices.SortStableFunc(deposits, func(a, b domain.Action) int { return a.Date.Compare(b.Date) })
	return deposits
}

// tablesAtHand are the treaties of whose status tables the facts have consents;
// the others' deposits are made by the test.
var tablesAtHand = []string{"1-5-a", "3-3", "3-6", "4-1", "4-3", "4-3-a", "4-4", "4-5", "4-8", "4-9", "4-11", "4-11-b", "4-11-d", "4-15", "4-15-a",
	"5-2", "5-3", "5-5", "9-4", "18-10", "18-12", "18-14", "21-6", "23-1", "23-3"}
