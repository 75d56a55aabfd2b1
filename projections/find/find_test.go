package find_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/domaintest"
	"depositary/domain/names"
	"depositary/projections/find"
)

func state(t testing.TB) *domain.State {
	t.Helper()
	l := domaintest.NewLedger(t, domain.NewState())
	domaintest.LoadDefinitions(l)
	return l.State
}

func TestParticipantByEveryNameItHas(t *testing.T) {
	s := state(t)
	for text, want := range map[string]domain.ParticipantID{
		"DEU": "DEU", "germany": "DEU", "Allemagne": "DEU", "Alemania": "DEU", "ألمانيا": "DEU", "德国": "DEU", "германия": "DEU", "West Germany": "DEU",
		"Cote d Ivoire": "CIV", "COTE D’IVOIRE": "CIV", "Ivory Coast": "CIV",
		"Turkiye": "TUR", "Turkey": "TUR", "Turquie": "TUR", "Turquía": "TUR",
		"Korea (Republic of)": "KOR", "Korea, Republic of": "KOR", "República de Corea": "KOR", "Corée (République de)": "KOR",
		"Korea, Democratic People's Republic of": "PRK",
		"Republic of Bolivia, Plurinational":     "", "Bolivia, Plurinational State of": "BOL", "Plurinational State of Bolivia": "BOL",
		"Bolivarian Republic of Venezuela": "VEN", "Iran, Islamic Republic of": "IRN", "Islamic Republic of Iran": "IRN",
		"China (Republic of)": "ROC", "Tanzania, United Republic of": "TZA", "Moldova, Republic of": "MDA",
		"Swaziland": "SWZ", "Haute-Volta": "BFA", "Алжир": "DZA", "Saint Kitts & Nevis": "KNA", "st kitts and nevis": "KNA",
		"Zaïre": "COD", "Ceylan": "LKA", "Birmanie": "MMR",
	} {
		p, err := find.Participant(s, text, domaintest.Today)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, p.ID, text)
	}
}

// Whatever name the catalogue or a language has for a day finds that participant on the day.
func TestNamesOfADayFindWhoHadThem(t *testing.T) {
	s := state(t)
	c, err := catalogue.Load()
	require.NoError(t, err)
	for _, p := range c.Participants {
		for _, n := range p.Names {
			day := n.From
			if day.IsZero() && !n.Until.IsZero() {
				day = n.Until.AddDays(-1)
			} else if day.IsZero() {
				day = domaintest.Today
			}
			found, err := find.Participant(s, n.Name, day)
			require.NoError(t, err, "%s on %s", n.Name, day)
			require.Equal(t, p.ID, found.ID, "%s on %s", n.Name, day)
		}
	}
}

func TestUnknownParticipantIsAnsweredWithTheNearest(t *testing.T) {
	s := state(t)
	for text, want := range map[string]string{"germny": "Germany (DEU)", "Phillipines": "Philippines (PHL)", "Kazakstan": "Kazakhstan (KAZ)", "Allemange": "Germany (DEU)", "Columbia": "Colombia (COL)"} {
		_, err := find.Participant(s, text, domaintest.Today)
		var unknown *find.UnknownError
		require.ErrorAs(t, err, &unknown, text)
		require.Equal(t, want, unknown.Near[0].String(), text)
		require.ErrorContains(t, err, "did you mean "+want)
	}
	_, err := find.Participant(s, "Atlantis", domaintest.Today)
	require.EqualError(t, err, `no participant is called "Atlantis"`)
}

// The name of several is none of theirs in particular.
func TestAmbiguousName(t *testing.T) {
	s := state(t)
	_, err := find.Participant(s, "Republic of Yemen Arab", domaintest.Today)
	require.NoError(t, err)
	d := domain.MustDate
	p, err := find.Participant(s, "Yougoslavie", d("1985-01-01"))
	require.NoError(t, err)
	require.Equal(t, domain.ParticipantID("YUG"), p.ID)
	p, err = find.Participant(s, "Yougoslavie", d("1995-01-01"))
	require.NoError(t, err)
	require.Equal(t, domain.ParticipantID("SRB"), p.ID)
	_, err = find.Participant(s, "Yougoslavie", d("2020-01-01"))
	var ambiguous *domain.AmbiguousNameError
	require.True(t, errors.As(err, &ambiguous), "%v", err)
}

func TestTreatyByNameAndTheNearest(t *testing.T) {
	s := state(t)
	for text, want := range map[string]domain.TreatyID{"icmw": "IV-13", "IV-13": "IV-13", "iv 13": "IV-13",
		"international convention on the protection of the rights of all migrant workers and members of their families": "IV-13"} {
		id, err := find.Treaty(s, text)
		require.NoError(t, err, text)
		require.Equal(t, want, id, text)
	}
	_, err := find.Treaty(s, "ICMV")
	require.ErrorContains(t, err, "did you mean ICMW (IV-13)")
	_, err = find.Treaty(s, "zzzzzzzz")
	require.EqualError(t, err, `no treaty is called "zzzzzzzz"`)
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{"Côte d’Ivoire": "cote d ivoire", "  TÜRKİYE ": "turkiye", "Łódź": "lodz", "São Tomé & Príncipe": "sao tome principe", "--": "", "C097": "c097"} {
		require.Equal(t, want, find.Fold(text), text)
	}
}

func BenchmarkUnknown(b *testing.B) {
	s := state(b)
	for b.Loop() {
		_, _ = find.Participant(s, "germny", domaintest.Today)
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Côte d’Ivoire")
	f.Fuzz(func(t *testing.T, text string) {
		folded := find.Fold(text)
		require.Equal(t, folded, find.Fold(folded))
	})
}

func TestAreaOfCorridors(t *testing.T) {
	s := state(t)
	table, _, err := catalogue.CorridorsOf("")
	require.NoError(t, err)
	for text, want := range map[string]domain.ParticipantID{"MEX": "MEX", "mex": "MEX", "Mexique": "MEX", "Aruba": "ABW", "Porto Rico": "PRI", "PRI": "PRI", "Hong Kong SAR": "HKG", "Réunion": "REU"} {
		id, err := find.Area(s, table, text, domaintest.Today)
		require.NoError(t, err, text)
		require.Equal(t, want, id, text)
	}
	_, err = find.Area(s, table, "Mexcio", domaintest.Today)
	require.ErrorContains(t, err, "did you mean Mexico (MEX)")
	_, err = find.Area(s, table, "EUU", domaintest.Today)
	require.Error(t, err, "an organization has no corridors")
}

func TestTreatyByItsAliases(t *testing.T) {
	s := state(t)
	for text, want := range map[string]domain.TreatyID{"ICRMW": "IV-13", "icrmw": "IV-13", "Palermo": "XVIII-12-a", "Palermo Protocol": "XVIII-12-a", "Palermo Convention": "XVIII-12",
		"migrant workers convention": "IV-13", "Convention on Migrant Workers": "IV-13", "human trafficking": "XVIII-12-a", "ICERD": "IV-2", "Rome Statute": "XVIII-10", "C097": "C097"} {
		id, err := find.Treaty(s, text)
		require.NoError(t, err, text)
		require.Equal(t, want, id, text)
	}
}

// Every official name, and every short name in another language, finds its participant.
func TestOfficialNamesFindTheirParticipants(t *testing.T) {
	state, found := domaintest.Definitions(t), 0
	for _, p := range state.Participants(domain.Everything()) {
		for _, name := range names.Also(p.ID) {
			is, err := find.Participant(state, name, domaintest.Today)
			require.NoError(t, err, name)
			require.Equal(t, p.ID, is.ID, name)
			found++
		}
	}
	require.Greater(t, found, 200)
}

func TestTreatiesByTheNamesThatPeopleUse(t *testing.T) {
	s := state(t)
	for text, want := range map[string]domain.TreatyID{
		"ILO 97": "C097", "Convention 143": "C143", "convention no. 189": "C189", "ILO C29": "C029", "ILO Convention No. 87": "C087", "protocol 29": "P029",
		"Istanbul Convention": "CETS210", "budapest convention": "ETS185", "ICRMW": "IV-13", "Palermo": "XVIII-12-a", "migrant workers convention": "IV-13",
	} {
		id, err := find.Treaty(s, text)
		require.NoError(t, err, text)
		require.Equal(t, want, id, text)
	}
}
