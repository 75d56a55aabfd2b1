package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

func from(source string, rank int) func(*domain.Action) {
	return func(a *domain.Action) {
		a.Provenance = &domain.Provenance{Attestation: domain.Attestation{Source: source}, Rank: rank}
	}
}

// The two dates of one ratification that real tables have: the status table
// and a compilation of it with a digit misread.
func contradicting(change ...func(*domain.Action)) func(l *domaintest.Ledger) domain.Command {
	return func(l *domaintest.Ledger) domain.Command {
		held := of(l, "MLI", domain.Accession)
		other := act("MLI", domain.Accession, "2003-06-06", append(change, from("a compilation", domain.RankCompilation))...)
		return &domain.RecordTable{Treaty: icmw, Conflicts: []domain.Assertion{{Record: held.ID, Action: other}}}
	}
}

var tableQueries = []ruleCase{
	{name: "two sources disagree", code: domain.CodeSourceConflict, field: "conflicts[0].action", command: contradicting(),
		article: "VCLT 77(1)(d)", message: "accession of 5 June 2003, this source accession of 6 June 2003", accepted: "the one of the higher rank holds"},
}

// Both assertions are kept, and the higher source holds whichever came first.
func TestOfTwoSourcesTheHigherHolds(t *testing.T) {
	for _, tt := range []struct {
		rank  int
		holds string
	}{
		{domain.RankCompilation, "2003-06-05"},
		{domain.RankPublished, "2003-06-05"}, // equal: the one that was recorded first
		{domain.RankDepositary, "2003-06-06"},
	} {
		l := domaintest.NewLedger(t, domaintest.Migration(t))
		command := contradicting()(l).(*domain.RecordTable)
		command.Conflicts[0].Action.Provenance.Rank, command.Reason = tt.rank, "another table"
		l.Do(command)
		a := of(l, "MLI", domain.Accession)
		require.Equal(t, tt.holds, a.Action().Date.String(), "rank %d", tt.rank)
		require.Len(t, a.Contested, 1)
		require.NotEqual(t, a.Action().Date, a.Contested[0].Action.Date)
		require.Equal(t, command.Conflicts[0].Record, a.ID, "it stays one act under its first record")
	}
}

// The contradicting source corrects itself, and is taken back; what it
// contradicted is taken back, and the contradiction stands alone.
func TestEachAssertionIsCorrectedAndAnnulledByItself(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	command := contradicting()(l).(*domain.RecordTable)
	command.Reason = "another table"
	first, contest := command.Conflicts[0].Record, l.Do(command)[0]

	right := act("MLI", domain.Accession, "2003-06-07", from("a compilation", domain.RankCompilation))
	corrected := l.Do(&domain.CorrectAction{Treaty: icmw, Record: contest, Action: right, Reason: "its next edition"})
	held := of(l, "MLI", domain.Accession)
	require.Equal(t, "2003-06-05 2003-06-07", held.Action().Date.String()+" "+held.Contested[0].Action.Date.String())

	l.Annul(icmw, first)
	held = of(l, "MLI", domain.Accession)
	require.Equal(t, "2003-06-07", held.Action().Date.String())
	require.Equal(t, contest, held.ID)

	l.Annul(icmw, corrected[0])
	require.Equal(t, "2003-06-06", of(l, "MLI", domain.Accession).Action().Date.String())
}

// A table corrects before it adds: the room that a correction makes is there
// for what is new.
func TestATableCorrectsBeforeItAdds(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Record(icmw, act("DEU", domain.Accession, "2020-05-01"))
	held := of(l, "DEU", domain.Accession)
	l.Do(&domain.RecordTable{Treaty: icmw, Reason: "the table of 2021",
		Corrections: []domain.Assertion{{Record: held.ID, Action: act("DEU", domain.Signature, "2020-05-01")}},
		Actions:     []domain.Action{act("DEU", domain.Ratification, "2020-06-01")}})
	require.Equal(t, domain.Party, l.Standing(icmw, "DEU", "2020-10-01").Status)
	require.Equal(t, "2020-05-01", l.History(icmw).SignedOn(l.History(icmw).Course("DEU")).String())
}

// A consent whose form the table does not tell is consent like any other.
func TestConsentOfUnknownKindBinds(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.RecordBecause("the column names two acts", icmw, act("DEU", domain.ConsentOfUnknownKind, "2020-05-01"))
	require.Equal(t, domain.Party, l.Standing(icmw, "DEU", "2020-09-01").Status)
}
