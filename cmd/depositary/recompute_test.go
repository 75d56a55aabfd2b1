package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/eventstore/publiclog"
	"depositary/projections"
)

// A server that says anything else of a participant than what follows from the log
// is found.
func TestServerThatSaysOtherwise(t *testing.T) {
	row := func(p string, status domain.Status, bound string) projections.StatusRow {
		r := projections.StatusRow{Participant: domain.ParticipantID(p), Name: p, Status: status}
		if bound != "" {
			r.Bound = domain.MustDate(bound)
		}
		return r
	}
	table := func(rows ...projections.StatusRow) projections.TreatyStatus {
		return projections.TreatyStatus{Rows: rows}
	}
	ours := table(row("DEU", domain.Party, "2027-03-01"), row("MLI", domain.Signatory, ""))
	require.NoError(t, sameStatus(ours, table(row("MLI", domain.Signatory, ""), row("DEU", domain.Party, "2027-03-01"))), "the order counts for nothing")
	for reason, theirs := range map[string]projections.TreatyStatus{
		"the server says of DEU: signatory; from the log follows: party, bound from 2027-03-01":                    table(row("DEU", domain.Signatory, ""), ours.Rows[1]),
		"the server says of DEU: party, bound from 2027-04-01; from the log follows: party, bound from 2027-03-01": table(row("DEU", domain.Party, "2027-04-01"), ours.Rows[1]),
		"the server says of MLI: nothing; from the log follows: signatory":                                         table(ours.Rows[0]),
		"the server says of FRA: party; the log has no act of it":                                                  table(ours.Rows[0], ours.Rows[1], row("FRA", domain.Party, "")),
	} {
		var rewritten *publiclog.RewrittenError
		require.True(t, errors.As(sameStatus(ours, theirs), &rewritten), reason)
		require.Equal(t, reason, rewritten.Reason)
	}
}
