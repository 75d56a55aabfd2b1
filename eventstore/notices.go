package eventstore

import "context"

// NoticeStream is where readers of NATS follow the notices: one message for each,
// in their order. It follows from the ledger, and is made anew from it where it is
// lost. Several nodes may write to it: a message is appended only where the stream
// ends as its writer saw it last.
type NoticeStream interface {
	// End looks at the last message; it returns false where there is none. What is
	// appended next follows this message.
	End(ctx context.Context) (NoticeMessage, bool, error)

	// Append writes messages, all or none, durable on return. It returns a
	// *ConflictError where another node has written since; after any error, look
	// at the End again.
	Append(ctx context.Context, messages []NoticeMessage) error

	// Renew removes all messages.
	Renew(ctx context.Context) error
}

// NoticeMessage is a notice in the stream.
type NoticeMessage struct {
	ID          string // of the notice, position.number
	Treaty      string // or Many
	Participant string // or Many
	Kind        string
	Commit      Hash   // of the commit that the notice tells of
	Body        []byte // a CloudEvent; absent in what End returns
}

// Bounds of the messages of one Append.
const (
	MaxNoticeMessages = 1000
	MaxNoticeBytes    = 4 << 20 // after which a further message goes into the next Append
)
