package domain_test

import (
	"strings"

	"depositary/domain"
	"depositary/domain/domaintest"
)

func withSeen(c *domain.RecordActions, seen uint64) *domain.RecordActions { c.Seen = seen; return c }

func dated(field func(*domain.Action) *domain.Date, day string) func(*domain.Action) {
	return func(a *domain.Action) { *field(a) = domain.MustDate(day) }
}

// of returns the record of a consent or signature that the catalogue brings.
func of(l *domaintest.Ledger, p domain.ParticipantID, kind domain.ActionKind) domain.Act {
	for _, a := range l.History(icmw).Course(p).Acts {
		if a.Action().Kind == kind {
			return a
		}
	}
	panic("no " + string(kind) + " of " + string(p))
}

func correcting(change func(*domain.CorrectAction)) func(*domaintest.Ledger) domain.Command {
	return func(l *domaintest.Ledger) domain.Command {
		held := of(l, "MLI", domain.Accession)
		c := &domain.CorrectAction{Treaty: icmw, Record: held.ID, Action: *held.Action(), Reason: "misread"}
		change(c)
		return c
	}
}

// What the input itself runs into, and what the record does.
var inputRefusals = []ruleCase{
	{name: "someone recorded in between", code: domain.CodeStaleRevision, field: "seen",
		history: before(icmw, act("DEU", domain.Signature, "2010-01-10")),
		command: func(l *domaintest.Ledger) domain.Command {
			return withSeen(&domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("AUT", domain.Signature, "2010-01-10")}}, l.State.Position()-1)
		},
		message: "treaty IV-13 was changed at position", accepted: "the same command after a look"},
	{name: "a treaty that is not held", code: domain.CodeUnknownTreaty, field: "treaty",
		command: record("IV-99", act("DEU", domain.Signature, "2010-01-10")), message: `no treaty "IV-99"`},
	{name: "a participant that is not held", code: domain.CodeUnknownParticipant, field: "actions[0].participant",
		command: record(icmw, act("XXX", domain.Signature, "2010-01-10")), message: `no participant "XXX"`},
	{name: "a word that is no act", code: domain.CodeUnknownAction, field: "actions[0].action",
		command: record(icmw, act("DEU", "blessing", "2010-01-10")), message: `"blessing" is not an act`, accepted: "signature, signature ad referendum"},
	{name: "no act", code: domain.CodeFieldRequired, field: "actions",
		command: record(icmw), message: "0 acts", accepted: "1 to 10000 acts"},
	{name: "no day", code: domain.CodeFieldRequired, field: "actions[0].date",
		command: record(icmw, domain.Action{Participant: "DEU", Kind: domain.Signature}), accepted: "2003-07-01"},
	{name: "a reservation without its statement", code: domain.CodeFieldRequired, field: "actions[0].statement",
		command: record(icmw, act("MLI", domain.Reservation, "2010-01-10")), message: "a reservation has a text"},
	{name: "a statement without its text", code: domain.CodeFieldRequired, field: "actions[0].statement.text",
		command: record(icmw, act("MLI", domain.Communication, "2010-01-10", says(" \n"))), accepted: "its text as received"},
	{name: "a signature with a statement", code: domain.CodeFieldUnexpected, field: "actions[0].statement",
		command: record(icmw, act("DEU", domain.Signature, "2010-01-10", says("declares"))), accepted: "an act of its own"},
	{name: "a note without end", code: domain.CodeFieldTooLong, field: "actions[0].note",
		command: record(icmw, act("DEU", domain.Signature, "2010-01-10", func(a *domain.Action) { a.Note = strings.Repeat("ü", 4001) })),
		message: "4001 characters", accepted: "up to 4000"},
	{name: "an article without a number", code: domain.CodeFieldTooLong, field: "actions[0].statement.articles",
		command: record(icmw, act("MLI", domain.Communication, "2010-01-10", says("says", "76", " "))), message: "1 to 500 characters"},
	{name: "text that is not text", code: domain.CodeFieldInvalid, field: "actions[0].note",
		command: record(icmw, act("DEU", domain.Signature, "2010-01-10", func(a *domain.Action) { a.Note = "\xff" })), message: "not valid UTF-8"},
	{name: "a deposit tomorrow", code: domain.CodeDateInFuture, field: "actions[0].date",
		command: record(icmw, act("DEU", domain.Accession, "2026-07-01")), message: "today is 2026-06-30", accepted: "a day up to 2026-06-30"},
	{name: "received tomorrow", code: domain.CodeDateInFuture, field: "actions[0].received",
		command: record(icmw, act("DEU", domain.Accession, "2026-06-30", dated(func(a *domain.Action) *domain.Date { return &a.Received }, "2026-07-01"))), message: "has not come yet"},
	{name: "notified tomorrow", code: domain.CodeDateInFuture, field: "actions[0].notified",
		command: record(icmw, act("DEU", domain.Accession, "2026-06-30", dated(func(a *domain.Action) *domain.Date { return &a.Notified }, "2026-07-01"))), message: "has not come yet"},
	{name: "a correction of nothing", code: domain.CodeUnknownRecord, field: "record",
		command: correcting(func(c *domain.CorrectAction) { c.Record = domain.RecordID{Position: 1, N: 1} }), message: "no record 1.1 of an act", accepted: "812.1"},
	{name: "a correction without a reason", code: domain.CodeReasonRequired, field: "reason",
		command: correcting(func(c *domain.CorrectAction) { c.Reason, c.Action.Note = " ", "read again" }), accepted: "a reason in words"},
	{name: "a correction to the same words", code: domain.CodeNothingChanged, field: "action",
		command: correcting(func(*domain.CorrectAction) {}), message: "says this already"},
	{name: "a correction that moves the act to another participant", code: domain.CodeFieldUnexpected, field: "action.participant",
		command: correcting(func(c *domain.CorrectAction) { c.Action.Participant = "NER" }), message: "keeps the participant", accepted: "a new record for NER"},
	{name: "a correction that the law refuses", code: domain.CodeExclusionNotAllowed, field: "action.excludes",
		command: correcting(func(c *domain.CorrectAction) { c.Action.Excludes = []string{"Part IV"} }), article: "VCLT 17(1)"},
	{name: "a correction of what was annulled", code: domain.CodeRecordAnnulled, field: "record",
		history: func(l *domaintest.Ledger) { l.Annul(icmw, of(l, "MLI", domain.Accession).ID) },
		command: func(l *domaintest.Ledger) domain.Command {
			p := l.State.Participation(icmw, "MLI").Records()[0]
			return &domain.CorrectAction{Treaty: icmw, Record: p.ID, Action: *p.Action, Reason: "misread"}
		},
		message: "was annulled", accepted: "the annulment of the annulment"},
	{name: "an annulment made twice", code: domain.CodeRecordAnnulled, field: "record",
		history: func(l *domaintest.Ledger) { l.Annul(icmw, of(l, "MLI", domain.Accession).ID) },
		command: func(l *domaintest.Ledger) domain.Command {
			return &domain.AnnulRecord{Treaty: icmw, Record: l.State.Participation(icmw, "MLI").Records()[0].ID, Reason: "once more"}
		},
		message: "annulled already"},
	{name: "an annulment without a reason", code: domain.CodeReasonRequired, field: "reason",
		command: func(l *domaintest.Ledger) domain.Command {
			return &domain.AnnulRecord{Treaty: icmw, Record: of(l, "MLI", domain.Accession).ID}
		}},
}

func defineTreaty(change func(*domain.Treaty)) func(*domaintest.Ledger) domain.Command {
	return func(l *domaintest.Ledger) domain.Command {
		held, _ := l.State.Treaty(icmw, domain.Everything())
		treaty := *held
		if change(&treaty); treaty.ID != held.ID {
			treaty.Aliases = nil // they are the other's
		}
		return &domain.Define{Treaty: &treaty}
	}
}

func define(c domain.Define) func(*domaintest.Ledger) domain.Command {
	return func(*domaintest.Ledger) domain.Command { return &c }
}

func named(id domain.ParticipantID, names ...domain.DatedName) domain.Participant {
	return domain.Participant{ID: id, Kind: domain.KindState, Names: names}
}

// What a definition runs into.
var definitionRefusals = []ruleCase{
	{name: "the short name of another treaty", code: domain.CodeNameTaken, field: "short",
		command: defineTreaty(func(t *domain.Treaty) { t.Short = "rome" }), message: `"rome" is the short name of XVIII-10`},
	{name: "an id that is another treaty's short name", code: domain.CodeNameTaken, field: "id",
		command: defineTreaty(func(t *domain.Treaty) { t.ID, t.Short = "ROME", "OTHER" }), message: `"ROME" is a name of XVIII-10`},
	{name: "a name that another State bears", code: domain.CodeNameTaken, field: "participants[0].names",
		command: define(domain.Define{Participants: []domain.Participant{named("XAA", domain.DatedName{Name: "  congo "})}}),
		message: `is a name of COG already; two participants never have one name at the same time`},
	{name: "a name that another State bore on the same day", code: domain.CodeNameTaken, field: "participants[0].names",
		command: define(domain.Define{Participants: []domain.Participant{named("XAA", domain.DatedName{Name: "Zaire", Interval: domain.Interval{From: domain.MustDate("1997-05-16")}})}}),
		message: "a name of COD already"},
	{name: "a group that is not held", code: domain.CodeUnknownGroup, field: "admits[0]",
		command: defineTreaty(func(t *domain.Treaty) { t.Admits = []string{"members of BRICS"} }), message: `"BRICS" is not recorded`},
	{name: "a condition with a group that is not held", code: domain.CodeUnknownGroup, field: "entryIntoForce.when",
		command: defineTreaty(func(t *domain.Treaty) {
			rule := *t.EntryIntoForce
			rule.When, t.EntryIntoForce = domain.MustCondition("5 consents of which 3 from BRICS"), &rule
		})},
	{name: "a parent that is not held", code: domain.CodeUnknownTreaty, field: "parent",
		command: defineTreaty(func(t *domain.Treaty) { t.Parent = "IV-99" }), message: `"IV-99" is not recorded`},
	{name: "a parent that is its own protocol", code: domain.CodeDefinitionInvalid, field: "parent",
		command: func(l *domaintest.Ledger) domain.Command {
			treaty, _ := l.State.Treaty(iccpr, domain.Everything())
			changed := *treaty
			changed.Parent = "IV-5"
			return &domain.Define{Treaty: &changed}
		}, message: "is itself a protocol to IV-4"},
	{name: "a predecessor that is not held", code: domain.CodeUnknownParticipant, field: "participants[0].succeeds",
		command: define(domain.Define{Participants: []domain.Participant{{ID: "XAA", Kind: domain.KindState,
			Names: []domain.DatedName{{Name: "Atlantis"}}, Succeeds: []domain.Succession{{Participant: "XBB"}}}}})},
	{name: "a member that is not held", code: domain.CodeUnknownParticipant, field: "groups[0].members[0]",
		command: define(domain.Define{Groups: []domain.Group{{ID: "NEW", Name: "n", Members: []domain.Member{{Participant: "XBB"}}}}})},
	{name: "a treaty together with a group", code: domain.CodeFieldUnexpected, field: "treaty",
		command: func(l *domaintest.Ledger) domain.Command {
			treaty, _ := l.State.Treaty(icmw, domain.Everything())
			return &domain.Define{Treaty: treaty, Groups: []domain.Group{{ID: "NEW", Name: "n"}}}
		}},
	{name: "a treaty that is recorded in these words", code: domain.CodeNothingChanged,
		command: defineTreaty(func(*domain.Treaty) {})},
	{name: "a definition that was changed in between", code: domain.CodeStaleRevision, field: "seen",
		command: func(l *domaintest.Ledger) domain.Command {
			treaty, _ := l.State.Treaty(icmw, domain.Everything())
			changed := *treaty
			changed.Note = "read again"
			return &domain.Define{Treaty: &changed, Seen: 1}
		}},
}

// A clause may name what is recorded later, with a reason.
var definitionQueries = []ruleCase{
	{name: "a condition with a weight table that is not held", code: domain.CodeWeightsNotHeld, field: "entryIntoForce.when",
		command: defineTreaty(func(t *domain.Treaty) {
			rule := *t.EntryIntoForce
			rule.When, t.EntryIntoForce = domain.MustCondition("50% of GROSS-TONNAGE"), &rule
		}), message: `no weight table "GROSS-TONNAGE" is recorded`, accepted: "the weight table first"},
}
