package model

import "depositary/domain"

// Action is one act of one participant in respect of one treaty. Its dates are
// kept apart; one never stands for another.
type Action struct {
	Participant domain.ParticipantID `json:"participant" doc:"Who acts"`
	Kind        domain.ActionKind    `json:"action" doc:"What it does, in the field's own words"`

	Date     domain.Date `json:"date" doc:"Legal day of the act: of signature, of deposit of the instrument, of receipt of the notification" format:"date"`
	Document domain.Date `json:"document,omitzero" doc:"Date of the document" format:"date"`
	Received domain.Date `json:"received,omitzero" doc:"Day on which the depositary received it, where that is not the legal day" format:"date"`
	Effect   domain.Date `json:"effect,omitzero" doc:"Day of effect for the participant, where the source or the instrument states one" format:"date"`
	Notified domain.Date `json:"notified,omitzero" doc:"Date of the depositary notification" format:"date"`

	Notification string        `json:"notification,omitempty" doc:"Reference of the depositary notification, such as C.N.62.2017.TREATIES-XVIII.10"`
	Excludes     []string      `json:"excludes,omitempty" doc:"Parts of the treaty excluded on consenting, where it allows that, or denounced later"`
	Territories  []string      `json:"territories,omitempty" doc:"Territories to which the consent is limited, or which the act adds or takes out"`
	Statement    *Statement    `json:"statement,omitempty"`
	Documents    []Document    `json:"documents,omitempty" doc:"Documents that prove the act, such as the instrument and the full powers"`
	Note         string        `json:"note,omitempty"`
	Depositary   string        `json:"depositary,omitempty" doc:"With which of several depositaries it was made, such as London"`
	ByLaw        domain.Ground `json:"byLaw,omitempty" doc:"Of a withdrawal: what it follows from by law, without a notice; its effect is required" enum:"revising convention,parent treaty,membership"`
	Accepts      []string      `json:"accepts,omitempty" doc:"Articles or parts that are accepted, where consent covers some only or further ones are accepted later"`

	Provenance *Provenance `json:"provenance,omitempty"`
}

// Statement is the text that an act carries, with what it concerns.
type Statement struct {
	Text       string          `json:"text,omitempty" doc:"The statement as received; of a partial withdrawal what remains, where that is worded anew"`
	Language   string          `json:"language,omitempty" doc:"BCP 47 tag of its language"`
	Articles   []string        `json:"articles,omitempty" doc:"Articles of the treaty it concerns, such as 76 or 16(1); of a partial withdrawal those that it withdraws"`
	Target     domain.RecordID `json:"target,omitzero" doc:"The record it answers: the reservation objected to, or withdrawn"`
	Precluding bool            `json:"precluding,omitempty" doc:"The objection precludes entry into force between the two (VCLT 20(4)(b))"`
	Until      domain.Date     `json:"until,omitzero" doc:"Last day of a derogation, of what is notified, or of a reservation or declaration made for a limited time" format:"date"`
}

// Document names a document by the digest of its bytes, so that its holder
// can prove that it is the one.
type Document struct {
	Digest string `json:"digest" doc:"SHA-256 of its bytes, in hexadecimal" minLength:"64" maxLength:"64"`
	Name   string `json:"name" doc:"Name of the file" maxLength:"200"`
	Type   string `json:"type" doc:"Media type, such as application/pdf" maxLength:"100"`
	Size   int    `json:"size" doc:"Bytes" minimum:"1"`
}

// Attestation says where a fact was taken from and how far it was checked.
type Attestation struct {
	Source       string `json:"source,omitempty" doc:"Where the fact was taken from"`
	Verification string `json:"verification,omitempty" doc:"How far it was checked: verified, unverified, or what in between"`
}

// Provenance says from which source an act was taken, and from which place in it.
type Provenance struct {
	Attestation
	Edition string `json:"edition,omitempty" doc:"Edition of the source, or the day it is as at"`
	File    string `json:"file,omitempty"`
	Row     int    `json:"row,omitempty" doc:"Line of the file, from 1"`
	Column  string `json:"column,omitempty"`
	Rank    int    `json:"rank,omitempty" minimum:"0" maximum:"3" doc:"Of the source: 1 the depositary itself, 2 a table that it publishes, 3 a compilation of others; where it is absent, 2"`
}

// Finding is one thing that a command ran into.
type Finding struct {
	Code     domain.Code        `json:"code"`
	Kind     domain.FindingKind `json:"kind" enum:"reject,query"`
	Field    string             `json:"field,omitempty" doc:"Where in the command, such as actions[0].date"`
	Line     int                `json:"line,omitempty" doc:"Line of the field in the document that was sent, from 1"`
	Column   int                `json:"column,omitempty" doc:"Column of the field in that line, from 1"`
	Message  string             `json:"message" doc:"What is wrong"`
	Article  string             `json:"article,omitempty" doc:"The rule: article of the treaty or of the convention on treaties"`
	Accepted string             `json:"accepted,omitempty" doc:"What would be accepted"`
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
		Provenance:   FromProvenance(a.Provenance),
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

// FromProvenance converts the source of an act, nil where there is none.
func FromProvenance(p *domain.Provenance) *Provenance {
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
