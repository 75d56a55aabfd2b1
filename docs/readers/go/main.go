// The reader follows notices through NATS and prints a line for each. It keeps the
// sequence of the last one in a file, and goes on behind it: every notice comes
// once and in order, whatever is stopped and started again. With -after it begins
// behind a position of the ledger.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func main() {
	state := flag.String("state", "reader.state", "file that keeps how far the reader has come")
	filter := flag.String("filter", "depositary.notices.>", "which notices, such as depositary.notices.*.DEU.>")
	after := flag.Uint64("after", 0, "position of the ledger behind which to begin, where there is no state yet")
	flag.Parse()
	js, err := connect()
	if err != nil {
		log.Fatal(err)
	}
	for {
		err := follow(context.Background(), js, *state, *filter, *after)
		log.Printf("it goes on where it was: %v", err)
		time.Sleep(time.Second)
	}
}

func connect() (jetstream.JetStream, error) {
	options := []nats.Option{nats.UserInfo(os.Getenv("NATS_USER"), os.Getenv("NATS_PASSWORD")), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true)}
	if ca := os.Getenv("NATS_CA"); ca != "" {
		options = append(options, nats.RootCAs(ca))
	}
	connection, err := nats.Connect(cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL), options...)
	if err != nil {
		return nil, err
	}
	return jetstream.New(connection)
}

// follow reads from where the state says, until something fails.
func follow(ctx context.Context, js jetstream.JetStream, state, filter string, after uint64) error {
	next, err := begin(ctx, js, state, after)
	if err != nil {
		return err
	}
	consumer, err := js.OrderedConsumer(ctx, "NOTICES", jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{filter}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: next,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		m, err := messages.Next()
		if err != nil {
			return err
		}
		at, err := m.Metadata()
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
		if err := keep(state, at.Sequence.Stream); err != nil {
			log.Fatal(err)
		}
	}
}

// keep writes down which message was dealt with last.
func keep(state string, sequence uint64) error {
	if err := os.WriteFile(state+".new", []byte(strconv.FormatUint(sequence, 10)), 0o600); err != nil {
		return err
	}
	return os.Rename(state+".new", state)
}

// begin returns the sequence of the next message.
func begin(ctx context.Context, js jetstream.JetStream, state string, after uint64) (uint64, error) {
	text, err := os.ReadFile(state)
	if errors.Is(err, os.ErrNotExist) {
		return firstAfter(ctx, js, after)
	}
	if err != nil {
		return 0, err
	}
	last, err := strconv.ParseUint(string(text), 10, 64)
	return last + 1, err
}

// firstAfter finds the first message about a commit after a position of the ledger.
// Ids grow along the stream, so it looks into the middle of what is left.
func firstAfter(ctx context.Context, js jetstream.JetStream, position uint64) (uint64, error) {
	stream, err := js.Stream(ctx, "NOTICES")
	if err != nil {
		return 0, err
	}
	var failed error
	before := sort.Search(int(stream.CachedInfo().State.LastSeq), func(i int) bool {
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
