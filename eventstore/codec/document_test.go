package codec_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/storetest"
)

func ledgerFormat(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/ledger-format.md")
	require.NoError(t, err)
	return string(text)
}

// The commits that the document shows are commits, one follows the other, and
// the hashes that it computes by hand are theirs.
func TestDocumentedCommits(t *testing.T) {
	document := ledgerFormat(t)
	_, rest, _ := strings.Cut(document, "$ cat end.ndjson\n")
	example, _, found := strings.Cut(rest, "```")
	require.True(t, found, "no example in the document")
	at := strings.Index(example, `{"form"`)
	first, err := eventstore.Parse([]byte(example[:at]))
	require.NoError(t, err)
	second, err := eventstore.Parse([]byte(example[at:]))
	require.NoError(t, err)
	require.Len(t, second.Commands, 2)
	require.NoError(t, second.Follows(first.Position, first.Hash(), first.Recorded))

	keys := eventstore.NewKeyring(codec.KeyChanges)
	for _, c := range []eventstore.Commit{first, second} {
		require.NoError(t, keys.Admit(c))
		_, err := codec.NewDecoder().Commit(c) // there is one spelling of an event
		require.NoError(t, err)
	}
	sums := regexp.MustCompile(`(?m)^([0-9a-f]{64})  -$`).FindAllStringSubmatch(document, -1)
	require.Len(t, sums, 3)
	require.Equal(t, first.Hash().String(), sums[0][1])
	require.Equal(t, second.Digest.String(), sums[1][1])
	require.Equal(t, second.Hash().String(), sums[2][1])
}

// The document names every event and every member, of the header too. The frozen
// lines have every one.
func TestDocumentedMembers(t *testing.T) {
	document := ledgerFormat(t)
	file, err := os.ReadFile("testdata/members.ndjson")
	require.NoError(t, err)
	lines := bytes.Split(bytes.TrimSpace(file), []byte("\n"))
	require.NotEmpty(t, lines)
	for _, line := range lines {
		var event map[string]any
		require.NoError(t, json.Unmarshal(line, &event))
		require.Contains(t, document, "| `"+event["type"].(string)+"` |", "the table of events lacks one")
		documented(t, document, event)
	}
	header := regexp.MustCompile(`"([a-z]+)":`)
	command := eventstore.Command{ID: "c", Actor: "a", Approver: "b", Treaty: "t", Participant: "p"}
	first := storetest.SealForm1(eventstore.Header{Position: 1}, command, "{}")
	second, err := eventstore.Seal(1, eventstore.Hash{}, time.Time{}, []eventstore.Decided{storetest.Decided(command, "{}")}, storetest.Signer("document"))
	require.NoError(t, err)
	commandLine, _, _ := bytes.Cut(second.Body(), []byte("\n"))
	for _, line := range [][]byte{first.HeaderLine(), second.HeaderLine(), commandLine} {
		for _, member := range header.FindAllSubmatch(line, -1) {
			require.Contains(t, document, "| `"+string(member[1])+"` |", "the tables of the header lack a member")
		}
	}
}

func documented(t *testing.T, document string, value any) {
	t.Helper()
	switch v := value.(type) {
	case map[string]any:
		for member, of := range v {
			if member == "areas" { // an object whose members are areas
				of = nil
			}
			require.Contains(t, document, "`"+member+"`")
			documented(t, document, of)
		}
	case []any:
		for _, of := range v {
			documented(t, document, of)
		}
	}
}
