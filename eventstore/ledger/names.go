package ledger

import (
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"depositary/eventstore"
)

// Everything that is named in NATS.
const (
	// StreamName is the stream that is the ledger.
	StreamName = "LEDGER"

	// subjectPrefix is followed by two tokens, treaty and participant; each
	// may be eventstore.Many.
	subjectPrefix = "depositary.ledger."

	// SubjectAll matches every commit, and nothing else.
	SubjectAll = subjectPrefix + "*.*"

	// expectLast makes the server refuse a commit unless the stream ends at
	// this sequence. In a batch it stands on the first message only.
	expectLast = jetstream.ExpectedLastSeqHeader
)

// Subject is where a commit is published. Treaty and participant must be
// single tokens: without dot, asterisk and greater-than sign.
func Subject(c eventstore.Commit) (string, error) {
	treaty, participant := c.Treaty(), c.Participant()
	for _, token := range []string{treaty, participant} {
		if token == "" || strings.ContainsAny(token, ".*> \t") {
			return "", fmt.Errorf("%q cannot stand in a subject: dots, asterisks, greater-than signs and blanks separate or match subjects", token)
		}
	}
	return subjectPrefix + treaty + "." + participant, nil
}

// What nodes share beside the ledger. The names that are put in have passed
// eventstore.CheckName, the keys eventstore.CheckKey.
const (
	// cursorPrefix begins the names of durable consumers of LEDGER.
	cursorPrefix = "cursor-"

	// bucketPrefix begins the names of key-value buckets; JetStream keeps a
	// bucket b in the stream KV_b, under $KV.b.<key>.
	bucketPrefix = "depositary-"

	// journalPrefix begins the names of streams, and journalSubjects is
	// followed by the journal's name, a dot and the key.
	journalPrefix   = "JOURNAL_"
	journalSubjects = "depositary.journal."
)

func bucketStream(bucket string) string { return "KV_" + bucket }

func bucketSubjects(bucket string) string { return "$KV." + bucket + "." }
