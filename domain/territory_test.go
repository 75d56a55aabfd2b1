package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

var territoryRefusals = []ruleCase{
	{name: "a name that no territory has", code: domain.CodeUnknownTerritory, field: "actions[0].territories[0]",
		history: before("V-2", act("DNK", domain.Ratification, "1952-12-04")),
		command: record("V-2", act("DNK", domain.TerritorialExclusion, "1960-01-10", covering("Greenlnd"))),
		article: "VCLT 29, VCST 2(1)(b)", message: `no territory is called "Greenlnd"`, accepted: "Greenland, a territory of the register"},
	{name: "an invented name", code: domain.CodeUnknownTerritory, field: "actions[0].territories[0]",
		history: before("V-2", act("DNK", domain.Ratification, "1952-12-04")),
		command: record("V-2", act("DNK", domain.TerritorialApplication, "1960-01-10", covering("Xyzland"))),
		article: "VCLT 29, VCST 2(1)(b)", message: `"Xyzland"`, accepted: "added to it first"},
	{name: "the United Kingdom for Hong Kong on the day it went to China", code: domain.CodeTerritoryNotOfTheState, field: "actions[0].territories[0]",
		history: before("V-2", act("GBR", domain.Ratification, "1954-03-11")),
		command: record("V-2", act("GBR", domain.TerritorialApplication, "1997-07-01", covering("Hong Kong"))),
		article: "VCLT 29, VCST 2(1)(b)", message: "China was responsible for Hong Kong on 1 July 1997", accepted: "an act of CHN, or a day before 1997-07-01"},
	{name: "China for Macao on the day before", code: domain.CodeTerritoryNotOfTheState, field: "actions[0].territories[0]",
		history: before("V-2", act("CHN", domain.Accession, "1982-09-24")),
		command: record("V-2", act("CHN", domain.TerritorialApplication, "1999-12-19", covering("Macau"))),
		article: "VCLT 29, VCST 2(1)(b)", message: "Portugal was responsible for Macao on 19 December 1999", accepted: "an act of PRT, or a day from 1999-12-20 on"},
	{name: "a territory that is a State", code: domain.CodeTerritoryNotOfTheState, field: "actions[0].territories[0]",
		history: before("V-2", act("GBR", domain.Ratification, "1954-03-11")),
		command: record("V-2", act("GBR", domain.TerritorialApplication, "1973-07-10", covering("Bahamas"))),
		article: "VCLT 29, VCST 2(1)(b)", message: "Bahamas is a State since 10 July 1973", accepted: "a day before 1973-07-10"},
	{name: "a territory that ended", code: domain.CodeTerritoryNotOfTheState, field: "actions[0].territories[0]",
		history: before("V-2", act("NLD", domain.Ratification, "1956-05-03")),
		command: record("V-2", act("NLD", domain.TerritorialApplication, "2010-10-10", covering("Netherlands Antilles"))),
		article: "VCLT 29, VCST 2(1)(b)", message: "there was no Netherlands Antilles on 10 October 2010", accepted: "Caribbean part of the Netherlands, Curaçao, Sint Maarten"},
	{name: "a territory before it was one of its own", code: domain.CodeTerritoryNotOfTheState, field: "actions[0].territories[0]",
		history: before("V-2", act("NLD", domain.Ratification, "1956-05-03")),
		command: record("V-2", act("NLD", domain.TerritorialApplication, "1971-01-01", covering("Aruba"))),
		article: "VCLT 29, VCST 2(1)(b)", message: "there was no Aruba on 1 January 1971", accepted: "Netherlands Antilles"},
}

var territoryQueries = []ruleCase{
	{name: "a territory whose State the register does not give", code: domain.CodeTerritoryNotOfTheState, field: "actions[0].territories[0]",
		history: before("V-2", act("GBR", domain.Ratification, "1954-03-11")),
		command: record("V-2", act("GBR", domain.TerritorialApplication, "1956-11-11", covering("Falkland Islands"))),
		article: "VCLT 29, VCST 2(1)(b)", message: "which State was responsible for Falkland Islands (Malvinas)", accepted: "with a reason"},
}

// Who answered for a territory, by the day (VCST 2(1)(b)). The days of Hong Kong
// and Macao are those of the Joint Declarations of 1984 and 1987; that of the
// Netherlands Antilles stands in the declarations of the Kingdom.
func TestRegisterOfTerritories(t *testing.T) {
	s := domaintest.Definitions(t)
	for _, tt := range []struct{ name, day, state string }{
		{"Hong Kong", "1997-06-30", "GBR"}, {"China, Hong Kong SAR", "1997-07-01", "CHN"},
		{"Macao", "1999-12-19", "PRT"}, {"macau", "1999-12-20", "CHN"},
		{"Netherlands Antilles", "2010-10-09", "NLD"}, {"Netherlands Antilles", "2010-10-10", ""}, {"Curaçao", "2010-10-10", "NLD"}, {"Curaçao", "2010-10-09", ""},
		{"Aruba", "1985-12-31", ""}, {"Aruba", "1986-01-01", "NLD"},
		{"Faeroes", "2020-01-01", "DNK"}, {"Greenland", "1990-01-01", "DNK"}, {"Åland", "2000-01-01", "FIN"}, {"Tokelau", "1980-01-01", "NZL"},
		{"Isle of Man", "1992-12-08", "GBR"}, {"Bailiwick of Jersey", "1990-01-01", "GBR"}, {"Gibraltar", "1970-01-01", "GBR"}, {"Bermuda", "1970-01-01", "GBR"},
		{"North Borneo", "1963-09-15", "GBR"}, {"Sabah", "1963-09-16", "MYS"}, {"Singapore", "1963-09-15", "GBR"}, {"Singapore", "1965-08-08", "MYS"}, {"Singapore", "1965-08-09", ""},
		{"Cook Islands", "1965-08-03", "NZL"}, {"Cook Islands", "1980-01-01", ""}, {"Niue", "1974-10-18", "NZL"}, {"Namibia", "1966-10-26", "ZAF"}, {"South West Africa", "1980-01-01", ""},
		{"Walvis Bay", "1994-02-28", "ZAF"}, {"Walvis Bay", "1994-03-01", "NAM"}, {"Christmas Island", "1958-09-30", "GBR"}, {"Christmas Island", "1958-10-01", "AUS"},
		{"Cocos (Keeling) Islands", "1955-11-23", "AUS"}, {"Surinam", "1975-11-24", "NLD"}, {"Surinam", "1975-11-25", ""}, {"Gold Coast", "1957-03-05", "GBR"},
		{"Spanish Sahara", "1976-02-25", "ESP"}, {"Western Sahara", "1976-02-26", ""}, {"Panama Canal Zone", "1979-09-30", "USA"}, {"Panama Canal Zone", "1979-10-01", ""},
		{"Falkland Islands", "1990-01-01", ""}, {"Berlin (West)", "1980-01-01", ""}, {"Ruanda-Urundi", "1962-06-30", "BEL"}, {"Zanzibar", "1963-12-09", "GBR"},
	} {
		day := domain.MustDate(tt.day)
		p, found := s.Territory(tt.name, day, domain.Everything())
		require.True(t, found, tt.name)
		who, _ := p.ResponsibleOn(day)
		require.Equal(t, domain.ParticipantID(tt.state), who, "%s on %s", tt.name, tt.day)
	}
	_, found := s.Territory("Xyzland", domaintest.Today, domain.Everything())
	require.False(t, found)
}

// A treaty follows a territory out of the hands of one State and not into those
// of the next by itself (VCST 15); it goes on for what a territory was divided
// into. The Netherlands accepted CEDAW for the whole Kingdom on 23 July 1991; the
// extensions are examples.
func TestTerritoriesFollowTheRegister(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	l.Put("V-2", act("GBR", domain.Ratification, "1954-03-11"), act("GBR", domain.TerritorialApplication, "1970-04-20", covering("Hong Kong", "Man, Isle of", "North Borneo")),
		act("NLD", domain.Ratification, "1956-05-03"), act("NLD", domain.TerritorialApplication, "1971-07-29", covering("Netherlands Antilles", "Surinam")),
		act("CHN", domain.Accession, "1982-09-24"), act("CHN", domain.TerritorialApplication, "1997-06-20", covering("Hong Kong"), domaintest.Effective("1997-07-01")))
	applied := func(p domain.ParticipantID, day string) []string {
		in, _ := l.History("V-2").Course(p).TerritoriesOn(domain.MustDate(day))
		return in
	}
	require.Equal(t, []string{"Hong Kong", "Man, Isle of"}, applied("GBR", "1997-06-30"), "Sabah is Malaysia's since 1963")
	require.Equal(t, []string{"Man, Isle of"}, applied("GBR", "1997-07-01"))
	require.Empty(t, applied("CHN", "1997-06-30"))
	require.Equal(t, []string{"Hong Kong"}, applied("CHN", "1997-07-01"))
	require.Equal(t, []string{"Netherlands Antilles", "Surinam"}, applied("NLD", "1975-11-24"))
	require.Equal(t, []string{"Netherlands Antilles"}, applied("NLD", "1985-12-31"))
	require.Equal(t, []string{"Netherlands Antilles", "Aruba"}, applied("NLD", "1986-01-01"))
	require.Equal(t, []string{"Aruba", "Caribbean part of the Netherlands", "Curaçao", "Sint Maarten"}, applied("NLD", "2010-10-10"))

	// An exclusion ends under any name of the territory.
	l.Put("V-2", act("DNK", domain.Ratification, "1952-12-04"))
	l.Record("V-2", act("DNK", domain.TerritorialExclusion, "1960-01-10", covering("Faeroes", "Greenland")))
	l.Record("V-2", act("DNK", domain.TerritorialApplication, "1961-01-10", covering("Faroe Islands")))
	_, excluded := l.History("V-2").Course("DNK").TerritoriesOn(domain.MustDate("1961-01-10"))
	require.Equal(t, []string{"Greenland"}, excluded)
}

// A ledger of a release that had no register takes what it took then.
func TestWithoutARegisterNothingIsRefused(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put("V-2", act("GBR", domain.Ratification, "1954-03-11"))
	var old []domain.Participant
	for _, p := range l.State.Participants(domain.Everything()) {
		if len(p.Responsible) > 0 {
			without := *p
			without.Responsible = nil
			old = append(old, without)
		}
	}
	l.Do(&domain.Define{Participants: old, Reason: "as an earlier release had them"})
	l.Record("V-2", act("GBR", domain.TerritorialApplication, "1997-07-02", covering("Xyzland")))
}
