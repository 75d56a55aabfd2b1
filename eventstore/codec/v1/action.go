package v1

import "depositary/domain"

// Action is an act within an event.
type Action struct {
	Participant  domain.ParticipantID `json:"participant"`
	Kind         domain.ActionKind    `json:"action"`
	Date         domain.Date          `json:"date"`
	Document     domain.Date          `json:"document,omitzero"`
	Received     domain.Date          `json:"received,omitzero"`
	Effect       domain.Date          `json:"effect,omitzero"`
	Notified     domain.Date          `json:"notified,omitzero"`
	Notification string               `json:"notification,omitempty"`
	Excludes     []string             `json:"excludes,omitempty"`
	Territories  []string             `json:"territories,omitempty"`
	Statement    *Statement           `json:"statement,omitempty"`
	Documents    []Document           `json:"documents,omitempty"`
	Note         string               `json:"note,omitempty"`
	Depositary   string               `json:"depositary,omitempty"`
	ByLaw        domain.Ground        `json:"byLaw,omitempty"`
	Accepts      []string             `json:"accepts,omitempty"`
	Provenance   *Provenance          `json:"provenance,omitempty"`
}

// Statement is the text that an act carries.
type Statement struct {
	Text       string          `json:"text,omitempty"`
	Language   string          `json:"language,omitempty"`
	Articles   []string        `json:"articles,omitempty"`
	Target     domain.RecordID `json:"target,omitzero"`
	Precluding bool            `json:"precluding,omitempty"`
	Until      domain.Date     `json:"until,omitzero"`
}

// Document names a document that proves an act.
type Document struct {
	Digest string `json:"digest"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int    `json:"size"`
}

// Attestation names the source of a fact.
type Attestation struct {
	Source       string `json:"source,omitempty"`
	Verification string `json:"verification,omitempty"`
}

// Provenance names the source of an act, and the place in it.
type Provenance struct {
	Attestation
	Edition string `json:"edition,omitempty"`
	File    string `json:"file,omitempty"`
	Row     int    `json:"row,omitempty"`
	Column  string `json:"column,omitempty"`
	Rank    int    `json:"rank,omitempty"`
}

// FromAction converts an act of the domain.
func FromAction(a domain.Action) Action {
	return Action{
		Participant:  a.Participant,
		Kind:         a.Kind,
		Date:         a.Date,
		Document:     a.Document,
		Received:     a.Received,
		Effect:       a.Effect,
		Notified:     a.Notified,
		Notification: a.Notification,
		Excludes:     a.Excludes,
		Territories:  a.Territories,
		Statement:    (*Statement)(a.Statement),
		Documents:    each(a.Documents, func(d domain.Document) Document { return Document(d) }),
		Note:         a.Note,
		Depositary:   a.Depositary,
		ByLaw:        a.ByLaw,
		Accepts:      a.Accepts,
		Provenance:   fromProvenance(a.Provenance),
	}
}

// FromActions converts acts of the domain.
func FromActions(all []domain.Action) []Action { return each(all, FromAction) }

// ToActions converts acts to the domain's.
func ToActions(all []Action) []domain.Action { return each(all, Action.ToDomain) }

// ToDomain converts the act to the domain's.
func (a Action) ToDomain() domain.Action {
	return domain.Action{
		Participant:  a.Participant,
		Kind:         a.Kind,
		Date:         a.Date,
		Document:     a.Document,
		Received:     a.Received,
		Effect:       a.Effect,
		Notified:     a.Notified,
		Notification: a.Notification,
		Excludes:     a.Excludes,
		Territories:  a.Territories,
		Statement:    (*domain.Statement)(a.Statement),
		Documents:    each(a.Documents, func(d Document) domain.Document { return domain.Document(d) }),
		Note:         a.Note,
		Depositary:   a.Depositary,
		ByLaw:        a.ByLaw,
		Accepts:      a.Accepts,
		Provenance:   a.Provenance.toDomain(),
	}
}

func fromProvenance(p *domain.Provenance) *Provenance {
	if p == nil {
		return nil
	}
	return &Provenance{Attestation(p.Attestation), p.Edition, p.File, p.Row, p.Column, p.Rank}
}

func (p *Provenance) toDomain() *domain.Provenance {
	if p == nil {
		return nil
	}
	return &domain.Provenance{Attestation: domain.Attestation(p.Attestation), Edition: p.Edition, File: p.File, Row: p.Row, Column: p.Column, Rank: p.Rank}
}

// each converts a list; one that is absent stays absent.
func each[A, B any](all []A, convert func(A) B) []B {
	if all == nil {
		return nil
	}
	converted := make([]B, len(all))
	for i, v := range all {
		converted[i] = convert(v)
	}
	return converted
}
