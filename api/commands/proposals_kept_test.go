package commands

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain/domaintest"
	"depositary/eventstore"
)

// Proposals that the release before kept are read, and are written again to the
// byte. The lines are frozen: they may be added to and never edited.
func TestProposalsOfTheReleaseBefore(t *testing.T) {
	text, err := os.ReadFile("testdata/proposals.ndjson")
	require.NoError(t, err)
	kinds := make(map[ProposalKind]bool)
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		p, err := parseProposal(eventstore.Value{Key: "p", Data: line})
		require.NoError(t, err, "%s", line)
		again, err := json.Marshal(p.kept())
		require.NoError(t, err)
		require.Equal(t, string(line), string(again))
		kinds[p.Kind] = true
		switch p.Kind {
		case ImportProposal, CatalogueProposal:
			require.Nil(t, p.Command())
		default:
			require.NotNil(t, p.Command())
		}
	}
	require.Len(t, kinds, 6)
}

// Every field of a proposal is kept.
func TestEveryFieldOfAProposalIsKept(t *testing.T) {
	v := reflect.New(reflect.TypeFor[keptProposal]())
	domaintest.Fill(t, v.Interface())
	kept := v.Interface().(*keptProposal)
	p := kept.proposal()
	require.Equal(t, domaintest.Leaves(*kept), domaintest.Leaves(p.kept()))
	require.Equal(t, reflect.TypeFor[keptProposal]().NumField()+3, reflect.TypeFor[Proposal]().NumField(), "but for the revision, which the bucket has, the digest, and the hash of a token, which stands with it")
}
