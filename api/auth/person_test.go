package auth_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/auth"
)

// Names that are read as one are one person.
func TestSamePerson(t *testing.T) {
	for _, same := range [][2]string{
		{"anna", "anna"}, {"anna", "Anna"}, {"ANNA@x.example", "anna@X.example"}, {"anna", " an na "}, {"paul", "pau1"}, {"pauI", "paul"}, {"pauI", "paui"},
		{"bob", "b0b"}, {"anna", "аnnа"}, {"marnie", "mamie"}, {"karl", "ｋarl"},
	} {
		require.True(t, auth.SamePerson(same[0], same[1]), "%v", same)
	}
	for _, others := range [][2]string{{"anna", "anne"}, {"anna@a.example", "anna@b.example"}, {"bert", "berta"}} {
		require.False(t, auth.SamePerson(others[0], others[1]), "%v", others)
	}
}

// By which roads one person could be two, and that each is closed.
func TestIndependent(t *testing.T) {
	admin := auth.Identity{Actor: "admin", SetsUp: true}
	anna := auth.Identity{Actor: "anna", Makers: auth.MakersBy(admin)}
	bert := auth.Identity{Actor: "bert", Makers: auth.MakersBy(admin)}
	carl := auth.Identity{Actor: "carl", Makers: auth.MakersBy(anna)}
	dora := auth.Identity{Actor: "dora", Makers: auth.MakersBy(carl)}
	emil := auth.Identity{Actor: "emil", Makers: auth.MakersBy(anna)}
	require.NoError(t, auth.Independent(anna, bert), "who set up stands behind everybody")
	require.NoError(t, auth.Independent(bert, carl))
	require.NoError(t, auth.Independent(carl, bert))
	for _, pair := range [][2]auth.Identity{
		{anna, {Actor: "Anna"}}, {anna, {Actor: "аnna"}}, // the name
		{anna, carl}, {carl, anna}, // a token of one's own making
		{anna, dora}, {dora, anna}, // through others
		{carl, emil}, {dora, emil}, // two of them
		{admin, anna}, {anna, admin}, {admin, dora}, // the first token
	} {
		err := auth.Independent(pair[0], pair[1])
		require.True(t, auth.IsRelated(err), "%s, %s", pair[0].Actor, pair[1].Actor)
	}
}
