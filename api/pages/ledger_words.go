package pages

import (
	"encoding/json"
	"strings"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
)

// What the ledger records in words: a sentence for each event, in the reader's
// language.

// line is what the sentence of an event needs of it, as it was published.
type line struct {
	Type        string          `json:"type"`
	Action      lineAction      `json:"action"`
	Record      string          `json:"record"`
	Arrival     json.RawMessage `json:"arrival"`
	Reference   string          `json:"reference"`
	Day         domain.Date     `json:"day"`
	Treaty      json.RawMessage `json:"treaty"`
	Participant json.RawMessage `json:"participant"`
	Group       struct {
		Name string `json:"name"`
	} `json:"group"`
	Weights struct {
		Name    string `json:"name"`
		Edition string `json:"edition"`
	} `json:"weights"`
}

type lineAction struct {
	Participant domain.ParticipantID `json:"participant"`
	Kind        domain.ActionKind    `json:"action"`
	Date        domain.Date          `json:"date"`
}

// defined is the head of a treaty or participant in its definition.
type defined struct {
	Short string               `json:"short"`
	ID    domain.ParticipantID `json:"id"`
	Names []struct {
		Name string `json:"name"`
	} `json:"names"`
}

// EventSays is an event in a sentence; its type where the pages have no words for it.
func (p *Page) EventSays(event json.RawMessage, of string) string {
	var l line
	if err := json.Unmarshal(event, &l); err != nil {
		return ""
	}
	kind, _, _ := strings.Cut(l.Type, "/")
	switch kind {
	case "action.recorded", "action.corrected", "action.contested":
		return p.T("commit."+strings.TrimPrefix(kind, "action."), "what", p.actSays(of, l.Action.Participant, l.Action.Kind, l.Action.Date))
	case "record.annulled":
		return p.T("commit.annulled", "record", l.Record)
	case "treaty.defined":
		return p.T("commit.treaty", "short", definedIn(l.Treaty).Short)
	case "participant.defined":
		d := definedIn(l.Participant)
		name := string(d.ID)
		if len(d.Names) > 0 {
			name = d.Names[0].Name
		}
		return p.T("commit.participant", "what", p.Name(d.ID, name))
	case "group.defined":
		return p.T("commit.group", "what", l.Group.Name)
	case "weights.defined":
		return p.T("commit.weights", "what", l.Weights.Name+", "+l.Weights.Edition)
	case "coverage.stated":
		return p.T("commit.coverage", "short", p.Treaty(of))
	case "arrival.registered":
		return p.T("commit.arrival", "what", p.Who(string(arrivalIn(l.Arrival).Participant)))
	case "arrival.decided":
		return p.T("commit.decided", "record", recordIn(l.Arrival))
	case "notification.issued":
		return p.T("commit.notification", "reference", l.Reference)
	case "template.defined":
		return p.T("commit.template")
	case "day.begun":
		return p.T("commit.day", "day", p.Day(l.Day))
	case "node.added", "node.revoked":
		return p.T("commit.node")
	}
	return l.Type
}

// arrivalIn reads who sent what arrived.
func arrivalIn(raw json.RawMessage) (a struct {
	Participant domain.ParticipantID `json:"participant"`
}) {
	_ = json.Unmarshal(raw, &a) // what is not of this form names nobody
	return a
}

// recordIn reads the record of an arrival.
func recordIn(raw json.RawMessage) (id string) {
	_ = json.Unmarshal(raw, &id) // what is not of this form names no record
	return id
}

func definedIn(raw json.RawMessage) (d defined) {
	_ = json.Unmarshal(raw, &d) // what is not of this form has no name
	return d
}

// actSays is an act in a sentence: who, what, of which treaty, when.
func (a *ask) actSays(treaty string, who domain.ParticipantID, kind domain.ActionKind, day domain.Date) string {
	return a.Lang.Text("act.says", "name", a.Lang.Participant(who, day, a.official(who)), "kind", a.Lang.Text("action."+string(kind)),
		"short", a.short(treaty), "day", a.Lang.Day(day))
}

// short returns the short name of a treaty, its id where it has none here.
func (a *ask) short(id string) string {
	if t, ok := a.Views.State.Treaty(domain.TreatyID(id), domain.Everything()); ok {
		return t.Short
	}
	return id
}

// Treaty names what a commit is about by the short name of the treaty.
func (p *Page) Treaty(id string) string {
	if id == eventstore.Many {
		return p.T("commit.register")
	}
	return p.short(id)
}

// TreatyOf returns the treaty of an event of a commit, by the command that made it.
func (p *Page) TreatyOf(c projections.CommitView, event int) string {
	for _, command := range c.Commands {
		if event < command.Events {
			return command.Treaty
		}
		event -= command.Events
	}
	return c.Treaty
}

// Who names whom a commit is about; nobody where it is about several or none.
func (p *Page) Who(id string) string {
	if id == eventstore.Many {
		return ""
	}
	return p.Name(domain.ParticipantID(id), p.official(domain.ParticipantID(id)))
}
