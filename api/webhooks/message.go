package webhooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"depositary/projections/notices"
)

// message is what is sent: its id, and the body whose bytes are the same at
// each attempt and on each node.
type message struct {
	id   string
	body []byte
}

// cloudEvent is a structured CloudEvent of version 1.0, with extensions that
// say where it stands among those of its subscription.
type cloudEvent struct {
	SpecVersion     string `json:"specversion"`
	ID              string `json:"id"`
	Source          string `json:"source"`
	Type            string `json:"type"`
	Subject         string `json:"subject,omitempty"` // treaty, or treaty/participant
	Time            string `json:"time"`
	DataContentType string `json:"datacontenttype"`
	Subscription    string `json:"subscription"`
	Sequence        string `json:"sequence,omitempty"` // sorts as a string as the notices follow one another
	Previous        string `json:"previous,omitempty"` // id of the message before; absent in the first
	Data            any    `json:"data"`
}

// webhookID of the message that tells a subscription of a notice.
func webhookID(subscription string, id notices.ID) string {
	return subscription + "_" + id.String()
}

// sequence writes position and number with all of their digits, so that it
// sorts as a string.
func sequence(id notices.ID) string {
	return fmt.Sprintf("%019d.%010d", uint64(id.Position), id.N)
}

// tell returns the message that tells a subscription of a notice; before is the
// notice that it was told before it, zero for the first.
func (s *Service) tell(subscription string, n notices.Notice, before notices.ID) (message, error) {
	e := cloudEvent{ID: webhookID(subscription, n.ID), Type: "depositary." + string(n.Kind), Subject: subjectOf(n),
		Time: n.Recorded.UTC().Format(time.RFC3339Nano), Subscription: subscription, Sequence: sequence(n.ID), Data: n}
	if before != (notices.ID{}) {
		e.Previous = webhookID(subscription, before)
	}
	return s.written(e)
}

func subjectOf(n notices.Notice) string {
	if n.Treaty != "" && n.Participant != "" {
		return string(n.Treaty) + "/" + string(n.Participant)
	}
	return string(n.Treaty) + string(n.Participant)
}

// aside returns a message that is no notice: a challenge or a ping.
func (s *Service) aside(subscription string, purpose string, data any) (message, error) {
	return s.written(cloudEvent{ID: subscription + "_" + purpose + "-" + uuid.NewString(), Type: "depositary." + purpose,
		Time: s.Now().UTC().Format(time.RFC3339Nano), Subscription: subscription, Data: data})
}

func (s *Service) written(e cloudEvent) (message, error) {
	e.SpecVersion, e.Source, e.DataContentType = "1.0", s.Public, "application/json"
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return message{}, fmt.Errorf("webhooks: message: %w", err)
	}
	return message{id: e.ID, body: bytes.TrimSuffix(body.Bytes(), []byte("\n"))}, nil
}
