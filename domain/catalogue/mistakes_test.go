package catalogue_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain/catalogue"
)

// A lawyer's day: three treaties, written from their texts alone. Every mistake
// is named at its line, column and field, all of them at once, with what would
// be accepted.
func TestEveryMistakeIsNamedAtOnce(t *testing.T) {
	const document = `[
{
  "id": "X-91", "short": "FIRST", "title": "First Convention", "adopted": "2001-02-30",
  "admits": ["States"],
  "entryIntoForce": {"when": "20 consent", "then": "30 dais", "article": "9"}
},
{
  "id": "X-92", "short": "SECOND", "title": "Second Convention", "adopted": "2001-02-03",
  "withdrawal": {"rule": "permitted", "then": "1 jear"}
},
{
  "id": "X-93", "short": 93, "title": "Third Convention",
  "reservation": {"rule": "only"}
}
]`
	_, err := catalogue.Decode[catalogue.TreatyDocument]("three.json", []byte(document))
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 6)
	for i, want := range [][2]string{
		{`three.json, line 3, column 75: [0].adopted: "2001-02-30" is not a date`, "no day 30"},
		{`line 5, column `, `[0].entryIntoForce.when: "20 consent" is no phrase that is known here; the nearest is "20 consents"; accepted: "20 consents"`},
		{`line 5, column `, `[0].entryIntoForce.then: "30 dais" is no phrase that is known here; the nearest is "30 days"; accepted: "the same day"`},
		{`line 9, column `, `[1].withdrawal.then: "1 jear" is no phrase that is known here; the nearest is "1 year"`},
		{`line 12, column 26: [2].short: a text expected, not a number`, ""},
		{`line 13, column 4: [2].reservation: unknown field "reservation"; accepted: reservations`, ""},
	} {
		require.True(t, strings.HasPrefix(lines[i], want[0]), lines[i])
		require.Contains(t, lines[i], want[1])
	}
}
