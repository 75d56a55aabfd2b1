package notices

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/domaintest"
	"depositary/projections"
)

// bundledViews records the acts of the ICMW in one go, long after they were made.
func bundledViews(t *testing.T) *depositary {
	d := openDepositary(t, "2026-11-24")
	_, acts := bundledActs(t, icmw)
	var all []domain.Action
	for _, of := range acts {
		all = append(all, of...)
	}
	slices.SortStableFunc(all, func(a, b domain.Action) int { return a.ReceivedOn().Compare(b.ReceivedOn()) })
	d.record(icmw, all...)
	return d
}

func (d *depositary) coming(on string, q UpcomingQuestion) []UpcomingDate {
	return UpcomingOf(d.projection.Current(), domain.MustDate(on), q)
}

func days(all []UpcomingDate) (told []string) {
	for _, c := range all {
		told = append(told, fmt.Sprintf("%s %s", c.Date, c.Title))
	}
	return told
}

// On 1 April 2003 it was known that the Convention enters into force on 1 July,
// and for whom; Mali had not deposited yet.
func TestComingOfTheMigrantWorkersConvention(t *testing.T) {
	d := bundledViews(t)
	coming := d.coming("2003-04-01", UpcomingQuestion{Treaties: []domain.TreatyID{icmw}})
	require.Len(t, coming, 22)
	require.True(t, slices.IsSortedFunc(coming, func(a, b UpcomingDate) int { return a.Date.Compare(b.Date) }))
	bound := map[domain.ParticipantID]UpcomingDate{}
	for _, c := range coming {
		require.Equal(t, domain.MustDate("2003-07-01"), c.Date, "%s", c.Title)
		require.Equal(t, "87(1)", c.Article)
		require.NotEmpty(t, c.Why)
		require.Equal(t, uint64(d.projection.Current().Position), c.Revision)
		if c.What == UpcomingBound {
			bound[c.Participant] = c
		}
	}
	require.Len(t, bound, 21)
	require.Equal(t, "Guatemala is bound by ICMW", bound["GTM"].Title)
	require.NotNil(t, bound["GTM"].Source)
	require.Equal(t, "IV-13/AZE/bound/"+bound["AZE"].Record.String(), coming[0].Key)
	require.Equal(t, "IV-13/entry-into-force", coming[21].Key)

	require.Empty(t, d.coming("2003-03-13", UpcomingQuestion{Treaties: []domain.TreatyID{icmw}}), "the 20th instrument had not come")
	june := d.coming("2003-06-05", UpcomingQuestion{Participants: []domain.ParticipantID{"MLI"}})
	require.Equal(t, []string{"2003-10-01 Mali is bound by ICMW"}, days(june))
	require.Equal(t, "87(2)", june[0].Article)
	require.Empty(t, d.coming("2003-06-05", UpcomingQuestion{Participants: []domain.ParticipantID{"MLI"}, Until: domain.MustDate("2003-09-30")}))

	// What has come stays for those who ask for it; what came with its act was never to come.
	past := d.coming("2003-10-15", UpcomingQuestion{Treaties: []domain.TreatyID{icmw}, Since: domain.MustDate("2003-07-01")})
	require.Len(t, past, 23+len(d.coming("2003-10-15", UpcomingQuestion{Treaties: []domain.TreatyID{icmw}})))
	require.Equal(t, bound["GTM"].Key, past[slices.IndexFunc(past, func(c UpcomingDate) bool { return c.Participant == "GTM" })].Key)

	group := d.coming("2003-04-01", UpcomingQuestion{Groups: []domain.GroupID{"OECD"}, Treaties: []domain.TreatyID{icmw}})
	for _, c := range group {
		g, _ := d.projection.Current().State.Group("OECD", domain.Everything())
		require.True(t, g.Has(c.Participant, c.Date), "%s", c.Title)
	}
	require.NotEmpty(t, group)
	require.Less(t, len(group), 21)

	require.Empty(t, d.coming("2003-04-01", UpcomingQuestion{Treaties: []domain.TreatyID{icmw}, KnownAt: projections.UpTo(d.projection.Current().Position - 1)}), "nothing was recorded then")
}

// A withdrawal that was notified is known a year before it is effective.
func TestComingWithdrawal(t *testing.T) {
	d := openDepositary(t, "2020-01-01")
	d.record(icmw, domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2010-01-10")})
	d.record(icmw, bundledActsBefore(t, "2003-06-01")...)
	told := d.record(icmw, domain.Action{Participant: "DEU", Kind: domain.Withdrawal, Date: domain.MustDate("2020-01-01")})
	coming := d.coming("2020-01-01", UpcomingQuestion{Participants: []domain.ParticipantID{"DEU"}})
	require.Equal(t, []string{"2021-02-01 Germany: its withdrawal from ICMW takes effect"}, days(coming))
	require.Equal(t, "89", coming[0].Article[:2])
	require.Equal(t, "withdrawal notified on 1 January 2020, effective 1 February 2021", coming[0].Why)
	require.Equal(t, told[0].Record, coming[0].Record)
	require.Equal(t, KindActionRecorded, told[0].Kind)
	require.Equal(t, coming, told[0].Coming)

	d.do(&domain.RecordActions{Treaty: icmw, Actions: []domain.Action{{Participant: "DEU", Kind: domain.RevocationOfWithdrawal, Date: domain.MustDate("2020-01-01")}}, Reason: "as it was"})
	require.Empty(t, d.coming("2020-01-01", UpcomingQuestion{Participants: []domain.ParticipantID{"DEU"}}))
}

func bundledActsBefore(t *testing.T, day string) (all []domain.Action) {
	received, acts := bundledActs(t, icmw)
	for _, on := range received {
		if on.Before(domain.MustDate(day)) {
			all = append(all, acts[on]...)
		}
	}
	return all
}

// A reservation is open to objections for twelve months; a late one waits for
// as long, and silence accepts it.
func TestComingOfReservations(t *testing.T) {
	d := openDepositary(t, "2026-11-24")
	text := &domain.Statement{Text: "does not apply", Articles: []string{"92(1)"}}
	d.record(icmw, bundledActsBefore(t, "2003-06-01")...)
	d.record(icmw, domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2026-11-20")},
		domain.Action{Participant: "DEU", Kind: domain.Reservation, Date: domain.MustDate("2026-11-20"), Statement: text})
	about := UpcomingQuestion{Participants: []domain.ParticipantID{"DEU"}, Treaties: []domain.TreatyID{icmw}}
	coming := d.coming("2026-11-24", about)
	require.Equal(t, []string{"2027-03-01 Germany is bound by ICMW", "2027-11-20 Germany: last day for objections to the reservation of 20 November 2026 (ICMW)"}, days(coming))
	require.Equal(t, "VCLT 20(5)", coming[1].Article)

	d.record(icmw, domain.Action{Participant: "GTM", Kind: domain.Reservation, Date: domain.MustDate("2026-11-23"), Statement: text})
	late := UpcomingQuestion{Participants: []domain.ParticipantID{"GTM"}}
	coming = d.coming("2026-11-24", late)
	require.Equal(t, []string{"2027-11-23 Guatemala: silence accepts the reservation of 23 November 2026 (ICMW)"}, days(coming))
	require.Contains(t, coming[0].Why, "accepted in silence")
	state := d.projection.Current().State
	target := state.Participation(icmw, "GTM").Records()
	d.record(icmw, domain.Action{Participant: "EGY", Kind: domain.Objection, Date: domain.MustDate("2026-11-24"),
		Statement: &domain.Statement{Text: "objects", Target: target[len(target)-1].ID}})
	require.Empty(t, d.coming("2026-11-24", late), "an objection has blocked it")
}

// What an act says of its own days, and a modification for which silence is
// waited, come as well.
func TestComingOfStatementsAndActs(t *testing.T) {
	d := openDepositary(t, "2026-11-24")
	d.record(icmw, bundledActsBefore(t, "2003-06-01")...)
	d.record(icmw, domain.Action{Participant: "GTM", Kind: domain.Notification, Date: domain.MustDate("2026-11-20"), Effect: domain.MustDate("2027-01-01"),
		Statement: &domain.Statement{Text: "an authority", Articles: []string{"33"}, Until: domain.MustDate("2027-06-30")}})
	coming := d.coming("2026-11-24", UpcomingQuestion{Participants: []domain.ParticipantID{"GTM"}})
	require.Equal(t, []string{"2027-01-01 Guatemala: the notification of 20 November 2026 takes effect (ICMW)",
		"2027-07-01 Guatemala: the notification of 20 November 2026 has ended (ICMW)"}, days(coming))
	require.Equal(t, "IV-13/GTM/statement-begins/"+coming[0].Record.String(), coming[0].Key)

	reservation := d.record(icmw, domain.Action{Participant: "JPN", Kind: domain.Accession, Date: domain.MustDate("2026-11-20")},
		domain.Action{Participant: "JPN", Kind: domain.Reservation, Date: domain.MustDate("2026-11-20"), Statement: &domain.Statement{Text: "a", Articles: []string{"92(1)"}}})[1].Record
	d.record(icmw, domain.Action{Participant: "JPN", Kind: domain.ModificationOfReservation, Date: domain.MustDate("2026-11-22"),
		Statement: &domain.Statement{Text: "b", Articles: []string{"92(1)"}, Target: reservation}})
	coming = d.coming("2026-11-24", UpcomingQuestion{Participants: []domain.ParticipantID{"JPN"}})
	require.Equal(t, []string{"2027-03-01 Japan is bound by ICMW", "2027-11-20 Japan: last day for objections to the reservation of 20 November 2026 (ICMW)",
		"2027-11-22 Japan: silence accepts the modification of the reservation of 20 November 2026 (ICMW)"}, days(coming))

	d.record(icmw, domain.Action{Participant: "FRA", Kind: domain.ProvisionalApplication, Date: domain.MustDate("2026-11-20"), Effect: domain.MustDate("2027-01-01")})
	coming = d.coming("2026-11-24", UpcomingQuestion{Participants: []domain.ParticipantID{"FRA"}})
	require.Equal(t, []string{"2027-01-01 France applies ICMW provisionally"}, days(coming))
}

// A procedure operates on the day on which the tenth State that declared is
// bound: nobody does anything on it.
func TestComingOfAProcedure(t *testing.T) {
	d := openDepositary(t, "2026-11-24")
	declaration := func(p domain.ParticipantID) domain.Action {
		return domain.Action{Participant: p, Kind: domain.OptionalDeclaration, Date: domain.MustDate("2026-11-24"), Statement: &domain.Statement{Text: "recognizes", Articles: []string{"77"}}}
	}
	d.record(icmw, bundledActsBefore(t, "2003-06-01")...)
	for _, p := range []domain.ParticipantID{"GTM", "SLV", "EGY", "MAR", "SYC", "COL", "PHL", "UGA", "LKA"} {
		d.record(icmw, declaration(p))
	}
	about := UpcomingQuestion{Treaties: []domain.TreatyID{icmw}}
	require.Empty(t, d.coming("2026-11-24", about))
	d.record(icmw, domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2026-11-24")})
	d.record(icmw, declaration("DEU"))
	coming := d.coming("2026-11-24", about)
	require.Equal(t, []string{"2027-03-01 Germany is bound by ICMW", "2027-03-01 ICMW, article 77: the procedure comes into force"}, days(coming))
	require.Equal(t, "IV-13/procedure-in-force/77", coming[1].Key)
	d.begin(domain.MustDate("2027-03-01"))
	about.Since = domain.MustDate("2026-12-01")
	require.Equal(t, days(coming), days(d.coming("2027-03-01", about)), "it stays in the calendar")
}

// A correction moves a day; what it is the day of stays the same.
func TestComingAfterACorrection(t *testing.T) {
	d := openDepositary(t, "2003-03-20")
	d.record(icmw, bundledActsBefore(t, "2003-03-19")...)
	told := d.record(icmw, domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2003-03-20")})
	before := d.coming("2003-03-20", UpcomingQuestion{Participants: []domain.ParticipantID{"DEU"}})
	require.Equal(t, []string{"2003-07-01 Germany is bound by ICMW"}, days(before))
	require.Equal(t, before, told[0].Coming)

	d.on("2003-04-02")
	corrected := domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2003-04-02")}
	told = d.do(&domain.CorrectAction{Treaty: icmw, Record: told[0].Record, Action: corrected, Reason: "misread"})
	after := d.coming("2003-04-02", UpcomingQuestion{Participants: []domain.ParticipantID{"DEU"}})
	require.Equal(t, []string{"2003-08-01 Germany is bound by ICMW"}, days(after))
	require.Equal(t, before[0].Key, after[0].Key)
	require.Greater(t, after[0].Revision, before[0].Revision)
	require.Equal(t, KindActionCorrected, told[0].Kind)
	require.Equal(t, after, told[0].Coming)

	// What was derived then is derived again whenever it is asked for.
	d.begin(domain.MustDate("2004-01-01"))
	again, err := NewSource(d.projection, d.store, nil).At(told[0].ID.Position)
	require.NoError(t, err)
	require.Equal(t, told, again)
}

// Notices of a treaty itself have the days of the treaty itself.
func TestNoticesTellWhatIsToCome(t *testing.T) {
	d := openDepositary(t, "2003-03-14")
	d.record(icmw, bundledActsBefore(t, "2003-03-14")...)
	_, acts := bundledActs(t, icmw)
	told := d.record(icmw, acts[domain.MustDate("2003-03-14")]...)
	met := of(told, KindThresholdMet)
	require.Len(t, met, 1)
	require.Equal(t, []string{"2003-07-01 ICMW enters into force"}, days(met[0].Coming))
	require.False(t, met[0].Coming[0].Record.IsZero(), "the deposit that met the condition")
	for _, n := range told {
		if n.Participant != "" && n.Kind == KindActionRecorded {
			require.Equal(t, []string{"2003-07-01 " + n.Name + " is bound by ICMW"}, days(n.Coming))
		}
	}
	inForce := of(d.begin(domain.MustDate("2003-07-01")), KindInForce)
	require.Empty(t, inForce[0].Coming)
}

// What was to come on the eve is what is told when the day begins, for every act
// of the treaties on migration that is bundled, on the clock of history.
func TestWhatWasToComeIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("day by day through thirty years")
	}
	d := openDepositary(t, "1949-07-01")
	bundled, err := catalogue.Load()
	require.NoError(t, err)
	received := make(map[domain.Date]map[domain.TreatyID][]domain.Action)
	for _, of := range bundled.Actions {
		if !slices.Contains(domaintest.MigrationTreaties, of.Treaty) {
			continue
		}
		for _, a := range of.Actions {
			if day := a.ReceivedOn(); day.After(domain.MustDate("1998-01-01")) {
				if received[day] == nil {
					received[day] = make(map[domain.TreatyID][]domain.Action)
				}
				received[day][of.Treaty] = append(received[day][of.Treaty], a)
			}
		}
	}
	kinds := map[Kind]UpcomingKind{KindInForce: UpcomingInForce, KindBound: UpcomingBound, KindWithdrawn: UpcomingWithdrawn}
	total, last := 0, domain.MustDate("1998-01-01")
	d.begin(last)
	for _, day := range slices.SortedFunc(maps.Keys(received), domain.Date.Compare) {
		var expected, told []string
		for _, c := range d.coming(last.String(), UpcomingQuestion{Until: day}) {
			if slices.Contains(slices.Collect(maps.Values(kinds)), c.What) {
				expected = append(expected, fmt.Sprint(c.Date, c.What, c.Treaty, c.Participant))
			}
		}
		for _, n := range d.begin(day) {
			if what, ok := kinds[n.Kind]; ok {
				told = append(told, fmt.Sprint(n.Date, what, n.Treaty, n.Participant))
			}
		}
		require.ElementsMatch(t, expected, told, "%s", day)
		total, last = total+len(told), day
		for treaty, acts := range received[day] {
			d.record(treaty, acts...)
		}
	}
	require.Greater(t, total, 200)
}

// Everything that can come is in the list of kinds, which the API describes,
// and has a title.
func TestUpcomingKindsHaveTitles(t *testing.T) {
	require.ElementsMatch(t, UpcomingKinds(), slices.Collect(maps.Keys(upcomingTitles)))
}
