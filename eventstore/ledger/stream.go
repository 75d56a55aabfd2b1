package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// streamConfig is the stream as we make it. AllowDirect stays off: direct
// reads may be answered by a replica that lags, and a lagging replica looks
// like a lost commit.
func (l *Ledger) streamConfig(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               StreamName,
		Description:        "The ledger of a treaty depositary: a chain of commits, never changed.",
		Subjects:           []string{SubjectAll},
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardNew,
		Storage:            jetstream.FileStorage,
		MaxMsgs:            -1,
		MaxBytes:           -1,
		MaxMsgsPerSubject:  -1,
		MaxMsgSize:         -1,
		MaxConsumers:       -1,
		Replicas:           max(replicas, 1),
		DenyDelete:         true,
		DenyPurge:          true,
		AllowAtomicPublish: true,
		Compression:        l.compression(),
		// We send no message ids, and the server reads all of this window
		// again when it starts. This is the least that it takes.
		Duplicates: 100 * time.Millisecond,
	}
}

// compression is that of the ledger and the journals. In this process a commit takes
// 250 instead of 680 bytes; a block is compressed once it is full. On other servers
// there is none: a server (2.15.2) that ends in the middle of writing can append
// plain records behind a block that it has compressed, and cannot read them again.
func (l *Ledger) compression() jetstream.StoreCompression {
	if l.embedded() {
		return jetstream.S2Compression
	}
	return jetstream.NoCompression
}

// openStream finds the stream, and makes it where there is none. Servers that hold
// an election are waited for as long as a start may take.
func (l *Ledger) openStream(ctx context.Context, replicas int) (jetstream.Stream, error) {
	var stream jetstream.Stream
	err := l.patient(ctx, startTimeout, func(ctx context.Context) (err error) {
		stream, err = l.js.Stream(ctx, StreamName)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = createStream(ctx, l.js, l.streamConfig(replicas))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", StreamName, err)
	}
	config := stream.CachedInfo().Config
	if err := checkConfig(config, replicas); err != nil {
		return nil, fmt.Errorf("stream %s exists with a configuration that cannot hold a ledger: %w; correct it, or use another account", StreamName, err)
	}
	l.warnOfCompression(config)
	return stream, nil
}

func (l *Ledger) warnOfCompression(config jetstream.StreamConfig) {
	if !l.embedded() && config.Compression != jetstream.NoCompression {
		l.log.Warn("the stream is compressed, which can break a replica whose server ends while it writes; change it with: nats stream edit "+config.Name+" --compression none",
			"stream", config.Name, "compression", config.Compression.String())
	}
}

// createStream tries for a while: a server that has dropped a damaged stream
// on its start still removes its folder, and cannot make it anew meanwhile.
func createStream(ctx context.Context, js jetstream.JetStream, config jetstream.StreamConfig) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	for {
		stream, err := js.CreateStream(ctx, config)
		var refused *jetstream.APIError
		if !errors.As(err, &refused) || refused.ErrorCode != codeStoreFailed {
			return stream, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// codeStoreFailed: the server could not make the stream's files.
const codeStoreFailed jetstream.ErrorCode = 10049

// checkConfig refuses whatever could drop, hide, reorder or rewrite commits.
func checkConfig(c jetstream.StreamConfig, replicas int) error {
	rules := []struct {
		ok           bool
		field        string
		found, wants any
	}{
		{len(c.Subjects) == 1 && c.Subjects[0] == SubjectAll, "subjects", c.Subjects, SubjectAll},
		{c.Retention == jetstream.LimitsPolicy, "retention", c.Retention, jetstream.LimitsPolicy},
		{c.Storage == jetstream.FileStorage, "storage", c.Storage, jetstream.FileStorage},
		{c.MaxMsgs <= 0, "max_msgs", c.MaxMsgs, "no limit (-1)"},
		{c.MaxBytes <= 0, "max_bytes", c.MaxBytes, "no limit (-1)"},
		{c.MaxAge == 0, "max_age", c.MaxAge, "no limit (0)"},
		{c.MaxMsgsPerSubject <= 0, "max_msgs_per_subject", c.MaxMsgsPerSubject, "no limit (-1)"},
		{c.MaxMsgSize <= 0, "max_msg_size", c.MaxMsgSize, "no limit (-1)"},
		{c.DenyDelete, "deny_delete", c.DenyDelete, true},
		{c.DenyPurge, "deny_purge", c.DenyPurge, true},
		{!c.AllowRollup, "allow_rollup_hdrs", c.AllowRollup, false},
		{!c.AllowMsgTTL, "allow_msg_ttl", c.AllowMsgTTL, false},
		{!c.AllowDirect, "allow_direct", c.AllowDirect, false},
		{c.AllowAtomicPublish, "allow_atomic", c.AllowAtomicPublish, true},
		{!c.AllowMsgCounter, "allow_msg_counter", c.AllowMsgCounter, false},
		{!c.AllowMsgSchedules, "allow_msg_schedules", c.AllowMsgSchedules, false},
		{c.PersistMode == jetstream.DefaultPersistMode, "persist_mode", c.PersistMode, jetstream.DefaultPersistMode},
		{!c.NoAck, "no_ack", c.NoAck, false},
		{!c.Sealed, "sealed", c.Sealed, false},
		{c.FirstSeq <= 1, "first_seq", c.FirstSeq, 1},
		{c.Mirror == nil, "mirror", "one", "none"},
		{len(c.Sources) == 0, "sources", len(c.Sources), "none"},
		{c.SubjectTransform == nil, "subject_transform", "one", "none"},
		{replicas == 0 || c.Replicas == replicas, "num_replicas", c.Replicas, replicas},
	}
	for _, r := range rules {
		if !r.ok {
			return fmt.Errorf("%s is %v, it has to be %v", r.field, r.found, r.wants)
		}
	}
	return nil
}
