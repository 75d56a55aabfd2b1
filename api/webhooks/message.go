package webhooks

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"depositary/api/cloudevent"
	"depositary/projections/notices"
)

// message is what is sent: its id, and the body whose bytes are the same at
// each attempt and on each node.
type message struct {
	id   string
	body []byte
}

// webhookID of the message that tells a subscription of a notice.
func webhookID(subscription string, id notices.ID) string {
	return subscription + "_" + id.String()
}

// tell returns the message that tells a subscription of a notice; before is the
// notice that it was told before it, zero for the first.
func (s *Service) tell(subscription string, n notices.Notice, before notices.ID) (message, error) {
	e := cloudevent.Of(n)
	e.ID, e.Subscription = webhookID(subscription, n.ID), subscription
	if before != (notices.ID{}) {
		e.Previous = webhookID(subscription, before)
	}
	return s.written(e)
}

// aside returns a message that is no notice: a challenge or a ping.
func (s *Service) aside(subscription string, purpose string, data any) (message, error) {
	return s.written(cloudevent.Event{ID: subscription + "_" + purpose + "-" + uuid.NewString(), Type: cloudevent.Type(purpose),
		Time: s.Now().UTC().Format(time.RFC3339Nano), Subscription: subscription, Data: data})
}

func (s *Service) written(e cloudevent.Event) (message, error) {
	body, err := e.Write(s.Public)
	if err != nil {
		return message{}, fmt.Errorf("webhooks: message: %w", err)
	}
	return message{id: e.ID, body: body}, nil
}
