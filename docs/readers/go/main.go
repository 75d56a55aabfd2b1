// The reader follows the notices about a participant through NATS and prints a
// line for each. It keeps no state: the server keeps how far it has come, under
// the name of its consumer. For -after it begins behind a position of the ledger.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func main() {
	name := flag.String("name", "reader", "name of the consumer")
	filter := flag.String("filter", "depositary.notices.>", "which notices, such as depositary.notices.*.DEU.>")
	after := flag.Uint64("after", 0, "position of the ledger behind which a new consumer begins")
	flag.Parse()
	if err := read(context.Background(), *name, *filter, *after); err != nil {
		log.Fatal(err)
	}
}

func read(ctx context.Context, name, filter string, after uint64) error {
	options := []nats.Option{nats.UserInfo(os.Getenv("NATS_USER"), os.Getenv("NATS_PASSWORD")), nats.MaxReconnects(-1)}
	if ca := os.Getenv("NATS_CA"); ca != "" {
		options = append(options, nats.RootCAs(ca))
	}
	connection, err := nats.Connect(cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL), options...)
	if err != nil {
		return err
	}
	defer connection.Close()
	js, err := jetstream.New(connection)
	if err != nil {
		return err
	}
	stream, err := js.Stream(ctx, "NOTICES")
	if err != nil {
		return err
	}
	consumer, err := stream.Consumer(ctx, name)
	if err != nil { // the first time
		if consumer, err = begin(ctx, stream, name, filter, after); err != nil {
			return err
		}
	}
	messages, err := consumer.Messages()
	if err != nil {
		return err
	}
	for {
		m, err := messages.Next()
		if err != nil {
			return err
		}
		var event struct {
			ID   string
			Data struct{ Kind, Title string }
		}
		if err := json.Unmarshal(m.Data(), &event); err != nil {
			return err
		}
		fmt.Println(event.ID, event.Data.Kind, event.Data.Title)
		// Confirm when it was dealt with: after a crash it comes once more, under
		// the same id.
		if err := m.DoubleAck(ctx); err != nil {
			log.Print(err)
		}
	}
}

// begin makes the consumer. Notices come one at a time, so that they stay in order.
func begin(ctx context.Context, stream jetstream.Stream, name, filter string, after uint64) (jetstream.Consumer, error) {
	config := jetstream.ConsumerConfig{Durable: name, FilterSubject: filter, AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: 1}
	if after > 0 {
		sequence, err := firstAfter(ctx, stream, after)
		if err != nil {
			return nil, err
		}
		config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, sequence
	}
	return stream.CreateConsumer(ctx, config)
}

// firstAfter finds the first message about a commit after a position of the ledger.
// Ids grow along the stream, so it looks into the middle of what is left.
func firstAfter(ctx context.Context, stream jetstream.Stream, position uint64) (uint64, error) {
	last := int(stream.CachedInfo().State.LastSeq)
	var failed error
	before := sort.Search(last, func(i int) bool {
		m, err := stream.GetMsg(ctx, uint64(i+1))
		if err != nil {
			failed = err
			return true
		}
		text, _, _ := strings.Cut(m.Header.Get("Nats-Msg-Id"), ".")
		of, err := strconv.ParseUint(text, 10, 64)
		failed = cmp.Or(failed, err)
		return of > position
	})
	return uint64(before + 1), failed
}
