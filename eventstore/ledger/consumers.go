package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Readers of NOTICES are in an account of their own, into which the server lets
// only the requests below. In the account of the nodes they could forge: the server
// sends its answer wherever a request asks for it, and the messages of a consumer
// wherever the consumer asks for them, also to the subjects of a stream. So a
// request for a consumer comes to a node, which passes on those for consumers that
// readers fetch from, and refuses the rest.

const (
	apiPrefix       = "$JS.API."
	consumersPrefix = "depositary.readers." // followed by what follows apiPrefix

	maxReaderConsumers = 1000
	readersGroup       = "nodes" // one node answers

	codeRefusedConsumer = 10900 // beyond the codes of the server
)

// readerAPI is what readers may ask the server itself.
var readerAPI = []struct {
	subject  string
	streamed bool // several answers
}{
	{subject: apiPrefix + "INFO"}, // by which clients find out that there is JetStream
	{subject: apiPrefix + "STREAM.INFO." + NoticesName},
	{subject: apiPrefix + "STREAM.MSG.GET." + NoticesName},
	{subject: apiPrefix + "CONSUMER.INFO." + NoticesName + ".*"},
	{subject: apiPrefix + "CONSUMER.DELETE." + NoticesName + ".*"},
	{subject: apiPrefix + "CONSUMER.NAMES." + NoticesName},
	{subject: apiPrefix + "CONSUMER.LIST." + NoticesName},
	{subject: apiPrefix + "CONSUMER.MSG.NEXT." + NoticesName + ".*", streamed: true},
	{subject: "$JS.ACK." + NoticesName + ".>"},
}

// readerConsumers is what readers ask a node: what follows apiPrefix.
var readerConsumers = []string{
	"CONSUMER.CREATE." + NoticesName,
	"CONSUMER.CREATE." + NoticesName + ".>",
	"CONSUMER.DURABLE.CREATE." + NoticesName + ".*",
}

// consumerRequest is a request for a consumer. What it does not name is not passed
// on.
type consumerRequest struct {
	Stream string                   `json:"stream_name"`
	Config jetstream.ConsumerConfig `json:"config"`
	Action string                   `json:"action"`
}

// admitConsumers answers readers who ask for consumers until the ledger is closed.
func (l *Ledger) admitConsumers() error {
	_, err := l.conn.QueueSubscribe(consumersPrefix+">", readersGroup, func(m *nats.Msg) {
		answer, err := l.admit(m)
		if err != nil {
			answer = refusal(err)
		}
		if err := m.Respond(answer); err != nil {
			l.log.Warn("a reader of the notices gets no answer", "error", err)
		}
	})
	return err
}

// admit passes a request for a consumer on, and returns the server's answer.
func (l *Ledger) admit(m *nats.Msg) ([]byte, error) {
	ctx, end := l.link.bound(context.Background())
	defer end()
	var r consumerRequest
	if err := json.Unmarshal(m.Data, &r); err != nil {
		return nil, fmt.Errorf("the request cannot be read: %w", err)
	}
	if err := checkConsumer(r); err != nil {
		return nil, err
	}
	stream, err := l.js.Stream(ctx, NoticesName)
	if err != nil {
		return nil, errors.New("the stream " + NoticesName + " does not answer now")
	}
	if n := stream.CachedInfo().State.Consumers; n >= maxReaderConsumers {
		return nil, fmt.Errorf("there are %d consumers already, which is the most: remove one that is not used", n)
	}
	request, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	answer, err := l.conn.RequestWithContext(ctx, apiPrefix+strings.TrimPrefix(m.Subject, consumersPrefix), request)
	if err != nil {
		return nil, errors.New("the stream " + NoticesName + " does not answer now")
	}
	return answer.Data, nil
}

// longestUnused is how long an unnamed consumer may be kept while nobody uses it.
const longestUnused = 24 * time.Hour

// checkConsumer refuses consumers by which a reader could write, or hold up others.
func checkConsumer(r consumerRequest) error {
	c := r.Config
	switch {
	case r.Stream != NoticesName:
		return fmt.Errorf("consumers of the stream %s only", NoticesName)
	case c.DeliverSubject != "" || c.DeliverGroup != "":
		return errors.New("a pull consumer expected: deliver_subject and deliver_group have to be absent")
	case c.InactiveThreshold > longestUnused:
		return fmt.Errorf("inactive_threshold of at most %v expected", longestUnused)
	}
	return nil
}

// refusal writes an error as the server writes its own.
func refusal(err error) []byte {
	answer, _ := json.Marshal(map[string]any{ // strings and numbers always can be written
		"type":  "io.nats.jetstream.api.v1.consumer_create_response",
		"error": map[string]any{"code": 400, "err_code": codeRefusedConsumer, "description": err.Error()},
	})
	return answer
}
