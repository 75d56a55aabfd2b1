package imports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/domain"
	"depositary/domain/domaintest"
)

// Canada stands under the Kyoto Protocol in tables that have lost the brackets
// of those that left. The report says that the form cannot tell, and the
// withdrawal of 15 December 2011, effective a year later, is recorded beside
// the table; taking the table in again does not bring Canada back. The days are
// those of the depositary's page, and not verified here.
func TestCanadaUnderTheKyotoProtocol(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Definitions(t))
	source := imports.Source{File: "27-7-a.csv", Name: "status tables", Edition: "2014", Rank: domain.RankPublished,
		Title: "Kyoto Protocol to the United Nations Framework Convention on Climate Change. Kyoto, 11 December 1997"}
	const content = "Participant,Signature,\"Ratification, Acceptance(A), Accession(a), Approval(AA)\"\nCanada,29 Apr 1998,17 Dec 2002\nJapan,28 Apr 1998,4 Jun 2002 A\n"
	read := func() *imports.Table {
		table, err := mtdsg.Read(source, []byte(content))
		require.NoError(t, err)
		return table
	}
	report := take(t, l, read())
	require.Contains(t, strings.Join(report.Limits, " "), "a withdrawal cannot be seen in this form")

	const kyoto = domain.TreatyID("XXVII-7-a")
	l.Record(kyoto, domaintest.Act("CAN", domain.Withdrawal, "2011-12-15", domaintest.Effective("2012-12-15")))
	require.Equal(t, domain.WithdrawalNotified, l.Standing(kyoto, "CAN", "2012-12-14").Status)
	require.Equal(t, domain.FormerParty, l.Standing(kyoto, "CAN", "2012-12-15").Status)
	requireQuiet(t, l, read())
	require.Equal(t, domain.FormerParty, l.Standing(kyoto, "CAN", "2014-01-01").Status)
	require.Equal(t, domain.Party, l.Standing(kyoto, "JPN", "2014-01-01").Status)
}
