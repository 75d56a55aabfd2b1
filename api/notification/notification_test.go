package notification_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/notification"
	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore"
	"depositary/projections"
)

const icmw = domain.TreatyID("IV-13")

func query(l *domaintest.Ledger, day string) projections.Query {
	return projections.QueryOf(l.State, domain.MustDate(day), eventstore.Position(l.State.Position()))
}

// A line that names what has no value is left out, with the blank line that would
// stand twice; braces of others stay.
func TestFill(t *testing.T) {
	values := map[string]string{"participant": "Germany", "treaty": "the Convention"}
	for template, want := range map[string]string{
		"{participant} acceded to {treaty}.":         "Germany acceded to the Convention.",
		"a\r\n\r\nEffect: {effect}\r\n\r\nb":         "a\n\nb",
		"{effect}":                                   "",
		"{somebody} and {participant}":               "{somebody} and Germany",
		"\n\n  {treaty}  \n\n":                       "the Convention",
		"{participant}\n{statement}\n{participant}.": "Germany\nGermany.",
	} {
		require.Equal(t, want, notification.Fill(template, values), "%q", template)
	}
	require.Equal(t, "{effect}", notification.Fill("{participant}", map[string]string{"participant": "{effect}"}), "a value is no template")
}

// Germany's accession is notified in both languages, with the day from which it
// binds by article 87(2): the first of the month after three months.
func TestDraftOfAnAccession(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	id := l.Record(icmw, domaintest.Act("DEU", domain.Accession, "2026-06-01"))[0]
	n, err := notification.Draft(query(l, "2026-06-30"), icmw, []domain.RecordID{id}, domain.RecordID{})
	require.NoError(t, err)
	require.Equal(t, []domain.RecordID{id}, n.Records)
	var languages []string
	for _, text := range n.Texts {
		languages = append(languages, text.Language)
		require.NotContains(t, text.Title+text.Text, "{")
	}
	require.Equal(t, notification.Languages(), languages)
	for language, parts := range map[int][]string{0: {"Germany", "1 June 2026", "1 October 2026"}, 1: {"Allemagne", "1er juin 2026", "1er octobre 2026"}} {
		for _, part := range parts {
			require.Contains(t, strings.ReplaceAll(n.Texts[language].Text, "\u00a0", " "), part)
		}
	}
}

// Only acts that stand are notified.
func TestDraftOfWhatDoesNotStand(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	id := l.Record(icmw, domaintest.Act("DEU", domain.Accession, "2026-06-01"))[0]
	l.Annul(icmw, id)
	on := query(l, "2026-06-30")
	for field, ask := range map[string]func() error{
		"records": func() error {
			_, err := notification.Draft(on, icmw, []domain.RecordID{id}, domain.RecordID{})
			return err
		},
		"treaty": func() error {
			_, err := notification.Draft(on, "X-99", []domain.RecordID{id}, domain.RecordID{})
			return err
		},
	} {
		var wrong *projections.InputError
		require.ErrorAs(t, ask(), &wrong)
		require.Equal(t, field, wrong.Field)
		require.NotEmpty(t, wrong.Accepted)
	}
	_, err := notification.Draft(on, icmw, nil, domain.RecordID{})
	require.ErrorContains(t, err, "names no act")
}

// A template of the secretariat takes the place of the bundled one of its kind and
// language, and of no other.
func TestTemplatesOfTheSecretariat(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	bundled := notification.Templates(l.State)
	require.NotEmpty(t, bundled)
	own := domain.NotificationTemplate{Of: string(domain.Accession), NotificationText: domain.NotificationText{Language: "en", Title: "{treaty}: accession", Text: "{participant} acceded on {date}."}}
	l.Do(&domain.DefineTemplate{Template: own})
	require.Len(t, notification.Templates(l.State), len(bundled)+1)
	require.Contains(t, notification.Templates(l.State), own)

	id := l.Record(icmw, domaintest.Act("DEU", domain.Accession, "2026-06-01"))[0]
	n, err := notification.Draft(query(l, "2026-06-30"), icmw, []domain.RecordID{id}, domain.RecordID{})
	require.NoError(t, err)
	require.Equal(t, "Germany acceded on 1 June 2026.", n.Texts[0].Text)
	require.NotContains(t, n.Texts[1].Text, "acceded")
}
