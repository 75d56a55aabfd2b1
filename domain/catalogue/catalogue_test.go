package catalogue_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/domaintest"
)

func load(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load()
	require.NoError(t, err)
	return c
}

// The numbers are pinned: an entry that appears or disappears is looked at.
func TestCatalogueHoldsWhatItSays(t *testing.T) {
	c := load(t)
	require.Equal(t, 96, len(c.Treaties), "treaties")
	require.Equal(t, 304, len(c.Participants), "participants")
	require.Equal(t, 20, len(c.Groups), "groups")
	require.Equal(t, 5, len(c.Weights), "weight tables")

	acts, statements := 0, 0
	for _, of := range c.Actions {
		for _, a := range of.Actions {
			if a.Statement != nil {
				statements++
			} else {
				acts++
			}
		}
		require.True(t, slices.IsSortedFunc(of.Actions, func(a, b domain.Action) int { return a.Date.Compare(b.Date) }), "acts of %s", of.Treaty)
	}
	require.Equal(t, 76, len(c.Actions), "treaties with acts")
	require.Equal(t, 14773, acts, "signatures, consents and withdrawals")
	require.Equal(t, 618, statements, "reservations, declarations and objections")
}

func TestEveryEntrySaysItsSourceAndWhatWasVerified(t *testing.T) {
	c := load(t)
	attested := func(what string, a domain.Attestation) {
		t.Helper()
		require.NotEmpty(t, a.Source, "source of %s", what)
		require.NotEmpty(t, a.Verification, "verification of %s", what)
	}
	for _, p := range c.Participants {
		attested("participant "+string(p.ID), p.Attestation)
	}
	for _, g := range c.Groups {
		attested("group "+string(g.ID), g.Attestation)
	}
	for _, w := range c.Weights {
		attested("weights "+string(w.ID), w.Attestation)
		require.NotEmpty(t, w.Licence, "licence of weights %s", w.ID)
	}
	for _, treaty := range c.Treaties {
		attested("treaty "+string(treaty.ID), treaty.Attestation)
		if treaty.Stated != nil {
			attested("entry into force of "+string(treaty.ID), treaty.Stated.Attestation)
		}
	}
	for _, of := range c.Actions {
		for _, a := range of.Actions {
			attested(fmt.Sprintf("%s, %s line %d", of.Treaty, a.Provenance.File, a.Provenance.Row), a.Provenance.Attestation)
		}
	}
}

// A ledger begins with the catalogue: nothing in it is refused, and what is
// queried is what real tables hold.
func TestCatalogueIsRecordedLikeEverythingElse(t *testing.T) {
	l := domaintest.NewLedger(t, domain.NewState())
	domaintest.LoadDefinitions(l)
	queries := domaintest.LoadActions(l)

	codes := make(map[domain.Code]int)
	for _, of := range queries {
		for _, q := range of {
			codes[q.Code]++
			require.Equal(t, domain.Query, q.Kind)
		}
	}
	require.Equal(t, map[domain.Code]int{
		domain.CodeAccedeAfterSignature:   4,
		domain.CodeAccessionNotOpen:       2,
		domain.CodeConsentNotForeseen:     2,
		domain.CodeSourceConflict:         25,
		domain.CodeParentNotBound:         67,
		domain.CodeLateReservationPending: 2,
		domain.CodeObjectionLate:          204,
		domain.CodeReservationUnconfirmed: 11,
		domain.CodeRatifyWithoutSignature: 67,
	}, codes)
}

// Recording the catalogue once more changes nothing, so that a second start
// would be refused rather than double it.
func TestCatalogueRecordedTwiceChangesNothing(t *testing.T) {
	c, state := load(t), domaintest.Catalogue(t)
	for _, command := range []*domain.Define{{Participants: c.Participants}, {Groups: c.Groups}, {Weights: c.Weights}, {Treaty: &c.Treaties[0]}} {
		d := state.Decide(command, domaintest.Today)
		require.False(t, d.Accepted())
		require.Len(t, d.Refusals, 1)
		require.Equal(t, domain.CodeNothingChanged, d.Refusals[0].Code)
	}
}

func TestDecodeSaysWhereADocumentIsWrong(t *testing.T) {
	for _, tt := range []struct {
		document     string
		line, column int
		reason       string
	}{
		{"{\"id\": \"XX\",\n \"kindd\": \"state\"}", 2, 3, `unknown field "kindd"`},
		{"{\"id\": \"XX\"", 1, 12, "the document ends too early"},
		{"{\"id\": \"XX\"} {}", 1, 15, "one document expected, more follows"},
		{"[{\"id\": \"XX\"},\n{\"names\": 7}]", 2, 11, "names: a list expected, not a number"},
	} {
		_, err := catalogue.Decode[catalogue.ParticipantDocument]("p.json", []byte(tt.document))
		var at *catalogue.DocumentError
		require.ErrorAs(t, err, &at, tt.document)
		require.Equal(t, "p.json", at.File)
		require.Contains(t, at.Reason, tt.reason)
		require.Equal(t, [2]int{tt.line, tt.column}, [2]int{at.Line, at.Column}, "%s: %v", tt.document, err)
	}
	one, err := catalogue.Decode[catalogue.GroupDocument]("g.json", []byte(`{"id":"OECD","name":"n","members":[{"participant":"FRA","from":"1961-09-30"}]}`))
	require.NoError(t, err)
	require.Equal(t, domain.MustDate("1961-09-30"), one[0].ToDomain().Members[0].From)
}

// Every member of the files' form reaches the definition, in the field of its
// name: one that is added to the form or to the domain alone fails here.
func TestEveryMemberOfADocumentIsADefinition(t *testing.T) {
	for _, tt := range []struct{ document, definition any }{
		{new(catalogue.TreatyDocument), new(domain.Treaty)},
		{new(catalogue.ParticipantDocument), new(domain.Participant)},
		{new(catalogue.GroupDocument), new(domain.Group)},
		{new(catalogue.WeightsDocument), new(domain.Weights)},
	} {
		domaintest.Fill(t, tt.document)
		converted := reflect.ValueOf(tt.document).MethodByName("ToDomain").Call(nil)[0].Interface()
		require.Equal(t, domaintest.Leaves(tt.document), domaintest.Leaves(converted), "%T", tt.document)
		domaintest.Fill(t, tt.definition)
		require.Len(t, domaintest.Leaves(tt.definition), len(domaintest.Leaves(converted)), "%T has a field that its document has not", tt.definition)
	}
}
