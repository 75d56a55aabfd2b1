package codec_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
	"depositary/eventstore/codec"
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
	at := strings.Index(example[1:], `{"position"`) + 1
	first, err := eventstore.Parse([]byte(example[:at]))
	require.NoError(t, err)
	second, err := eventstore.Parse([]byte(example[at:]))
	require.NoError(t, err)
	require.NoError(t, second.Follows(first.Position, first.Hash(), first.Recorded))

	for _, c := range []eventstore.Commit{first, second} {
		entries, err := codec.NewDecoder().Commit(c)
		require.NoError(t, err)
		for i, line := range bytes.Split(bytes.TrimSuffix(c.EventLines(), []byte("\n")), []byte("\n")) {
			written, err := codec.Encode(entries[i].Event)
			require.NoError(t, err)
			require.Equal(t, string(line), string(written))
		}
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
	c, err := eventstore.Seal(eventstore.Header{Position: 1, Command: "c", Actor: "a", Approver: "b", Treaty: "t", Participant: "p"}, [][]byte{[]byte("{}")})
	require.NoError(t, err)
	for _, member := range header.FindAllSubmatch(c.HeaderLine(), -1) {
		require.Contains(t, document, "| `"+string(member[1])+"` |", "the table of the header lacks a member")
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
