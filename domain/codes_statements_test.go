package domain_test

import (
	"depositary/domain"
	"depositary/domain/domaintest"
)

var says = domaintest.Says

// egyptReserves gives the ledger a reservation of Egypt with its accession to
// the Migrant Workers Convention, and its record.
func egyptReserves(l *domaintest.Ledger) domain.RecordID {
	return l.Put(icmw, act("EGY", domain.Reservation, "1993-02-19", says("reservation to articles 4 and 18(6)", "4", "18(6)")))[0]
}

func objection(by domain.ParticipantID, day string) func(*domaintest.Ledger) domain.Command {
	return func(l *domaintest.Ledger) domain.Command {
		target := egyptReserves(l)
		return &domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act(by, domain.Objection, day, says("objects"), domaintest.To(target))}}
	}
}

// What cannot be: statements.
var statementRefusals = []ruleCase{
	{name: "the Rome Statute", code: domain.CodeReservationProhibited, field: "actions[0].action",
		history: before(rome, act("FRA", domain.Ratification, "2000-06-09")),
		command: record(rome, act("FRA", domain.Reservation, "2000-06-09", says("reserves", "8"))),
		article: "article 120; VCLT 19(a)", message: "ROME admits no reservations", accepted: "an interpretative declaration"},
	{name: "an ILO convention", code: domain.CodeReservationProhibited, field: "actions[0].action",
		command: record("C097", act("GBR", domain.Reservation, "1951-01-22", says("reserves", "6"))),
		article: "VCLT 19(a)", message: "C97 admits no reservations"},
	{name: "an article that is not on the list", code: domain.CodeReservationProhibited, field: "actions[0].action",
		history: before("ETS185", act("ALB", domain.Ratification, "2002-06-20")),
		command: record("ETS185", act("ALB", domain.Reservation, "2002-06-20", says("reserves", "29(4)", "2"))),
		article: "article 42; VCLT 19(b)", message: "to article 2", accepted: "reservations to articles 4(2), 6(3)"},
	{name: "an article that admits none", code: domain.CodeReservationProhibited, field: "actions[0].action",
		history: before("V-2", act("FRA", domain.Ratification, "1954-06-23")),
		command: record("V-2", act("FRA", domain.Reservation, "1954-06-23", says("reserves", "17", "33"))),
		article: "article 42(1); VCLT 19(a)", message: "to article 33", accepted: "other than"},
	{name: "a part of the Migrant Workers Convention", code: domain.CodeReservationExcludesPart, field: "actions[0].statement.articles",
		history: before(icmw, act("DEU", domain.Accession, "2010-01-10")),
		command: record(icmw, act("DEU", domain.Reservation, "2010-01-10", says("does not accept Part IV", "Part IV"))),
		article: "article 88", message: "excludes Part IV", accepted: "single articles"},
	{name: "a reservation by one that has not acted", code: domain.CodeNotBound, field: "actions[0].participant",
		command: record(icmw, act("DEU", domain.Reservation, "2010-01-10", says("reserves", "22"))),
		article: "VCLT 2(1)(g), 54", message: "cannot make a reservation", accepted: "together with signature or consent"},
	{name: "a procedure accepted by a mere signatory", code: domain.CodeNotBound, field: "actions[0].participant",
		command: record(icmw, act("SRB", domain.OptionalDeclaration, "2010-01-10", says("recognises", "77"))),
		article: "VCLT 2(1)(g), 54", message: "(signatory): it cannot accept an optional procedure"},
	{name: "an article without a procedure", code: domain.CodeDeclarationArticleUnknown, field: "actions[0].statement.articles",
		command: record(icmw, act("MLI", domain.OptionalDeclaration, "2010-01-10", says("recognises", "78"))),
		message: "no optional procedure in article 78", accepted: "76, 77"},
	{name: "no article at all", code: domain.CodeDeclarationArticleUnknown, field: "actions[0].statement.articles",
		command: record(icmw, act("MLI", domain.OptionalDeclaration, "2010-01-10", says("recognises"))),
		message: "names the article", accepted: "76, 77"},
	{name: "no record", code: domain.CodeObjectionWithoutTarget, field: "actions[0].statement.target",
		command: record(icmw, act("MLI", domain.Objection, "2010-01-10", says("objects"))),
		article: "VCLT 20(4)", message: "another participant's reservation", accepted: "the id of a record"},
	{name: "its own reservation", code: domain.CodeObjectionWithoutTarget, field: "actions[0].statement.target",
		command: objection("EGY", "1993-06-01"),
		article: "VCLT 20(4)", accepted: "the id of a record of a reservation to ICMW"},
}

// What is unusual: statements.
var statementQueries = []ruleCase{
	{name: "made after consent", code: domain.CodeLateReservationPending, field: "actions[0].date",
		command: record(icmw, act("MLI", domain.Reservation, "2010-01-10", says("reserves", "22"))),
		article: "ST/LEG/7/Rev.1, 206", message: "pending until 10 January 2011"},
	{name: "made after consent, before the practice of 2000", code: domain.CodeLateReservationPending, field: "actions[0].date",
		command: record(icmw, act("EGY", domain.Reservation, "1998-01-10", says("reserves", "22"))),
		article: "ST/LEG/7/Rev.1, 206", message: "pending until 10 April 1998"},
	{name: "made at signature", code: domain.CodeReservationUnconfirmed, field: "actions[0].action",
		history: before(icmw, act("SRB", domain.Reservation, "2004-11-11", says("reserves", "22"))),
		command: record(icmw, act("SRB", domain.Ratification, "2010-01-10")),
		article: "VCLT 23(2)", message: "the reservation of 11 November 2004", accepted: "the reservation again"},
	{name: "after twelve months", code: domain.CodeObjectionLate, field: "actions[0].date",
		command: objection("MAR", "1994-02-20"),
		article: "VCLT 20(5)", message: "possible until 19 February 1994: it is kept as a communication"},
}
