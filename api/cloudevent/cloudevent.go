// Package cloudevent writes notices as CloudEvents of version 1.0 in structured
// mode: the body of webhooks and of the messages of NOTICES. The bytes of a notice
// are the same at each attempt and on each node with the same public address.
package cloudevent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"depositary/projections/notices"
)

// MediaType of a CloudEvent in structured mode.
const MediaType = "application/cloudevents+json"

// Event is a CloudEvent, with extensions that say where it stands among those of
// its reader.
type Event struct {
	SpecVersion     string `json:"specversion"`
	ID              string `json:"id"`
	Source          string `json:"source"`
	Type            string `json:"type"`
	Subject         string `json:"subject,omitempty"` // treaty, participant, or treaty/participant
	Time            string `json:"time"`
	DataContentType string `json:"datacontenttype"`
	Subscription    string `json:"subscription,omitempty"` // of a webhook
	Sequence        string `json:"sequence,omitempty"`     // sorts as a string as the notices follow one another
	Previous        string `json:"previous,omitempty"`     // id of the event before; absent in the first
	Data            any    `json:"data"`
}

// Of returns the event of a notice, still without what its reader sees: its id is
// that of the notice.
func Of(n notices.Notice) Event {
	return Event{ID: n.ID.String(), Type: Type(string(n.Kind)), Subject: subjectOf(n), Time: n.Recorded.UTC().Format(time.RFC3339Nano), Sequence: sequence(n.ID), Data: n}
}

// Type returns the type of the events of a kind.
func Type(kind string) string { return "depositary." + kind }

// Write returns the event as JSON; its source is the public address.
func (e Event) Write(source string) ([]byte, error) {
	e.SpecVersion, e.Source, e.DataContentType = "1.0", source, "application/json"
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("CloudEvent %s: %w", e.ID, err)
	}
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), nil
}

// sequence writes position and number with all of their digits, so that it
// sorts as a string.
func sequence(id notices.ID) string {
	return fmt.Sprintf("%019d.%010d", uint64(id.Position), id.N)
}

func subjectOf(n notices.Notice) string {
	if n.Treaty != "" && n.Participant != "" {
		return string(n.Treaty) + "/" + string(n.Participant)
	}
	return string(n.Treaty) + string(n.Participant)
}
