package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

func issue(treaty domain.TreatyID, acts ...domain.RecordID) *domain.IssueNotification {
	return &domain.IssueNotification{Treaty: treaty, Notification: domain.DepositaryNotification{Records: acts,
		Texts: []domain.NotificationText{{Language: "en", Title: "Germany: accession", Text: "effected"}, {Language: "fr", Title: "Allemagne : adhésion", Text: "effectuée"}}}}
}

// Numbers go on year by year without gaps, whatever treaty a notification is
// about; a refused command takes none; two in one commit follow each other.
func TestNotificationsAreNumberedWithoutGaps(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	acts := []domain.RecordID{}
	for _, p := range []domain.ParticipantID{"DEU", "AUT", "CHE"} {
		acts = append(acts, l.Record(icmw, act(p, domain.Accession, "2026-06-01"))[0])
	}
	l.Do(issue(icmw, acts[0]))
	require.NotEmpty(t, l.Decide(issue(icmw, acts[0])).Refusals)
	other := l.Record(opac, act("USA", domain.Signature, "2000-07-05"))[0]
	l.Do(issue(opac, other))

	draft := l.State.Edit()
	for i, act := range acts[1:] {
		_, entries, err := draft.Do(issue(icmw, act), l.Today, domain.RecordID{Position: l.State.Position() + 1, N: uint32(i)})
		require.NoError(t, err)
		require.Len(t, entries, 1)
	}
	l.State = draft.Freeze()
	l.Today = domain.MustDate("2027-01-01")
	l.Do(issue(icmw, l.Record(icmw, act("DNK", domain.Accession, "2026-12-31"))[0]))

	var references []string
	for _, n := range l.State.Notifications() {
		references = append(references, n.Reference)
	}
	require.Equal(t, []string{"C.N.1.2026.TREATIES-IV.13", "C.N.2.2026.TREATIES-IV.11.b", "C.N.3.2026.TREATIES-IV.13", "C.N.4.2026.TREATIES-IV.13", "C.N.1.2027.TREATIES-IV.13"}, references)
}

// The first number of a year lies behind those that acts name already.
func TestTheFirstNumberFollowsThoseOfTheYear(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Put(opac, act("DEU", domain.Signature, "2026-01-05", func(a *domain.Action) { a.Notification = "C.N.61.2026.TREATIES-IV.11.b" }))
	l.Do(issue(icmw, l.Record(icmw, act("DEU", domain.Accession, "2026-06-01"))[0]))
	require.Equal(t, 62, l.State.Notifications()[0].Number)
}

// What is notified counts as notified from the day of the notification: the
// twelve months for objections run from it (VCLT 20(5), 78(c)).
func TestAnIssuedNotificationNotifiesItsActs(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	ids := l.Record(icmw, act("DEU", domain.Accession, "2026-06-01"), act("DEU", domain.Reservation, "2026-06-01", says("reserves", "92")))
	day := func(axes domain.Axes) domain.Date {
		for _, s := range l.State.History(icmw, axes).Course("DEU").Statements {
			last, _ := l.State.History(icmw, axes).ObjectionsUntil(s)
			return last
		}
		return domain.Date{}
	}
	require.Equal(t, "2027-06-01", day(domain.Axes{}).String())
	before := l.State.Position()
	l.Do(issue(icmw, ids...))
	require.Equal(t, "2027-06-30", day(domain.Axes{}).String())
	require.Equal(t, "2027-06-01", day(domain.Axes{KnownAt: domain.UpTo(before)}).String(), "as it was known before")
	acts := l.History(icmw).Course("DEU").Acts
	require.Equal(t, "C.N.1.2026.TREATIES-IV.13", acts[0].Action().Notification)
	require.Equal(t, domain.OpRecorded, acts[0].Version.Op, "the act itself was not corrected")
	require.Len(t, l.State.NotificationsOf(ids[0]), 1)

	reference := l.State.Notifications()[0].ID
	require.NotEmpty(t, l.Decide(&domain.AnnulRecord{Treaty: icmw, Record: reference, Reason: "no"}).Refusals, "its number is given")
	require.NotEmpty(t, l.Decide(&domain.CorrectAction{Treaty: icmw, Record: reference, Action: *acts[0].Action(), Reason: "no"}).Refusals)
}

// What was wrong is set right by a corrigendum, once; the next is to the last.
func TestACorrigendumNamesWhatItCorrects(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	record := l.Record(icmw, act("DEU", domain.Accession, "2026-06-01"))[0]
	first := l.Do(issue(icmw, record))[0]
	l.Do(&domain.CorrectAction{Treaty: icmw, Record: record, Action: act("DEU", domain.Accession, "2026-06-02"), Reason: "misread"})
	corrigendum := issue(icmw, record)
	corrigendum.Notification.Corrects = first
	second := l.Do(corrigendum)[0]
	issued, ok := l.State.Notification("c.n.1.2026.treaties-iv.13")
	require.True(t, ok)
	require.Equal(t, second, issued.CorrectedBy)
	require.Equal(t, domain.CodeAlreadyNotified, l.Decide(corrigendum).Refusals[0].Code)
	acts := l.History(icmw).Course("DEU").Acts
	require.Equal(t, "C.N.1.2026.TREATIES-IV.13", acts[0].Action().Notification, "it was notified by the first")
	require.Equal(t, "2026-06-02", acts[0].Action().Date.String())
	corrigendum.Notification.Corrects = domain.RecordID{Position: 1, N: 1}
	require.Equal(t, domain.CodeUnknownRecord, l.Decide(corrigendum).Refusals[0].Code)
}

// A notification is about acts of one participant that stand, each once, with a text.
func TestWhatCannotBeIssued(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	one, other := l.Record(icmw, act("DEU", domain.Accession, "2026-06-01"))[0], l.Record(icmw, act("AUT", domain.Accession, "2026-06-01"))[0]
	annulled := l.Record(icmw, act("CHE", domain.Accession, "2026-06-01"))[0]
	l.Annul(icmw, annulled)
	for field, c := range map[string]*domain.IssueNotification{
		"records":           issue(icmw),
		"records[1]":        issue(icmw, one, other),
		"records[2]":        issue(icmw, one, one, one),
		"records[0]":        issue(icmw, annulled),
		"records[0].record": issue(icmw, domain.RecordID{Position: 1, N: 9}),
		"texts":             {Treaty: icmw, Notification: domain.DepositaryNotification{Records: []domain.RecordID{one}}},
		"texts[0].title":    {Treaty: icmw, Notification: domain.DepositaryNotification{Records: []domain.RecordID{one}, Texts: []domain.NotificationText{{Language: "en", Text: "x"}}}},
		"seen":              {Treaty: icmw, Notification: issue(icmw, one).Notification, Seen: 1},
	} {
		d := l.Decide(c)
		require.Empty(t, d.Events, field)
		require.Equal(t, field, d.Refusals[len(d.Refusals)-1].Field)
	}
}

// A secretariat changes its templates; what no act has is refused.
func TestTemplatesAreDefined(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	template := domain.NotificationTemplate{Of: "accession", NotificationText: domain.NotificationText{Language: "en", Title: "{participant}: {action}", Text: "on {date}"}}
	l.Do(&domain.DefineTemplate{Template: template, Reason: "our wording"})
	held, ok := l.State.Template("accession", "en")
	require.True(t, ok)
	require.Equal(t, template, held)
	_, ok = l.State.Template("accession", "fr")
	require.False(t, ok)
	require.Equal(t, domain.CodeNothingChanged, l.Decide(&domain.DefineTemplate{Template: template}).Refusals[0].Code)
	template.Text = "by {king} on {date}"
	d := l.Decide(&domain.DefineTemplate{Template: template})
	require.Equal(t, "text", d.Refusals[0].Field)
	require.Contains(t, d.Refusals[0].Message, "{king}")
	template.Of = "arrival"
	require.Equal(t, "of", l.Decide(&domain.DefineTemplate{Template: template}).Refusals[0].Field)
}
