package domain_test

import (
	"depositary/domain"
	"depositary/domain/domaintest"
)

var says = domaintest.Says

// egyptReserves returns the ledger a reservation of Egypt with its accession to
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
	{name: "a part behind the article that forbids it", code: domain.CodeReservationExcludesPart, field: "actions[0].statement.articles",
		history: before(icmw, act("DEU", domain.Accession, "2010-01-10")),
		command: record(icmw, act("DEU", domain.Reservation, "2010-01-10", says("reserves the right to exclude Part IV", "88"))),
		article: "article 88", message: "excludes Part IV"},
	{name: "a part named in the words alone", code: domain.CodeReservationExcludesPart, field: "actions[0].statement.articles",
		history: before(icmw, act("DEU", domain.Accession, "2010-01-10")),
		command: record(icmw, act("DEU", domain.Reservation, "2010-01-10", says("will not apply the provisions of Part VI"))),
		article: "article 88", message: "excludes Part VI"},
	{name: "a notification before the deposit", code: domain.CodeFieldInvalid, field: "actions[0].notified",
		command: record(icmw, act("DEU", domain.Accession, "2010-01-10", func(a *domain.Action) { a.Notified = domain.MustDate("2010-01-09") })),
		article: "VCLT 77(1)(e)", message: "before the act"},
	{name: "a reference of another year", code: domain.CodeFieldInvalid, field: "actions[0].notification",
		command: record(icmw, act("DEU", domain.Accession, "2010-01-10", notification("C.N.7.2009.TREATIES-IV.13"))),
		article: "VCLT 77(1)(e)", message: "before the act"},
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

// answering makes an act about Egypt's reservation.
func answering(by domain.ParticipantID, kind domain.ActionKind, day, text string, articles ...string) func(*domaintest.Ledger) domain.Command {
	return func(l *domaintest.Ledger) domain.Command {
		target := egyptReserves(l)
		return &domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act(by, kind, day, answers(target, text, articles...))}}
	}
}

// What cannot be: the acts that change, answer or end statements.
var answerRefusals = []ruleCase{
	{name: "a derogation by a signatory", code: domain.CodeNotBound, field: "actions[0].participant",
		command: record(icmw, act("SRB", domain.Derogation, "2010-01-10", says("derogates", "16"))),
		article: "VCLT 2(1)(g), 54", message: "cannot derogate from it", accepted: "a party"},
	{name: "a territory before consent", code: domain.CodeNotBound, field: "actions[0].participant",
		command: record(icmw, act("DNK", domain.TerritorialExclusion, "2010-01-10", covering("Greenland"))),
		article: "VCLT 2(1)(g), 54", message: "single territories"},
	{name: "no territory", code: domain.CodeFieldRequired, field: "actions[0].territories",
		command: record(icmw, act("MLI", domain.TerritorialExclusion, "2010-01-10")), message: "names territories"},
	{name: "a party that does not intend to become one", code: domain.CodeNothingToAnswer, field: "actions[0].action",
		command: record(icmw, act("MLI", domain.IntentionNotToBecomeParty, "2010-01-10", says("does not intend"))),
		article: "VCLT 18(a)", message: "is no signatory", accepted: "a signatory that has not expressed consent"},
	{name: "no record to withdraw", code: domain.CodeNothingToAnswer, field: "actions[0].statement.target",
		command: record(icmw, act("EGY", domain.WithdrawalOfReservation, "2010-01-10", answers(domain.RecordID{Position: 9, N: 9}, ""))),
		article: "VCLT 22(1)", message: `record "9.9" is no such statement`, accepted: "the record of its own reservation"},
	{name: "another's reservation withdrawn", code: domain.CodeNothingToAnswer, field: "actions[0].statement.target",
		command: answering("MAR", domain.WithdrawalOfReservation, "2010-01-10", ""),
		article: "VCLT 22(1)", message: "was made by EGY", accepted: "its own reservation"},
	{name: "its own reservation accepted", code: domain.CodeNothingToAnswer, field: "actions[0].statement.target",
		command: answering("EGY", domain.AcceptanceOfReservation, "1993-05-10", ""),
		article: "VCLT 20", message: "was made by EGY", accepted: "another participant's reservation"},
	{name: "a reservation withdrawn as a declaration", code: domain.CodeNothingToAnswer, field: "actions[0].statement.target",
		command: answering("EGY", domain.WithdrawalOfDeclaration, "2010-01-10", ""),
		message: "is no such statement", accepted: "optional declaration, interpretative declaration"},
	{name: "withdrawn before it was made", code: domain.CodeNothingToAnswer, field: "actions[0].statement.target",
		command: answering("EGY", domain.WithdrawalOfReservation, "1993-02-18", ""),
		article: "VCLT 22(1)", message: "was made on 19 February 1993 only"},
	{name: "withdrawn twice", code: domain.CodeNothingToAnswer, field: "actions[0].statement.target",
		command: func(l *domaintest.Ledger) domain.Command {
			target := egyptReserves(l)
			l.Record(icmw, act("EGY", domain.WithdrawalOfReservation, "2009-01-10", answers(target, "")))
			return &domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("EGY", domain.WithdrawalOfReservation, "2010-01-10", answers(target, ""))}}
		},
		article: "VCLT 22(1)", message: "does not stand any more: withdrawal of a reservation of 10 January 2009"},
	{name: "an article given up that is not reserved", code: domain.CodeFieldInvalid, field: "actions[0].statement.articles",
		command: answering("EGY", domain.PartialWithdrawal, "2010-01-10", "", "22"),
		article: "VCLT 22(1)", message: "does not concern article 22", accepted: "4, 18(6)"},
	{name: "nothing given up", code: domain.CodeFieldRequired, field: "actions[0].statement.articles",
		command: answering("EGY", domain.PartialWithdrawal, "2010-01-10", ""),
		article: "VCLT 22(1)", message: "what is given up"},
	{name: "an answer to nothing", code: domain.CodeFieldRequired, field: "actions[0].statement",
		command: record(icmw, act("EGY", domain.WithdrawalOfReservation, "2010-01-10")), message: "names what it answers"},
	{name: "a reservation that answers", code: domain.CodeFieldUnexpected, field: "actions[0].statement.target",
		command: answering("EGY", domain.Communication, "2010-01-10", "says"), message: "answers no record"},
	{name: "a communication that precludes", code: domain.CodeFieldUnexpected, field: "actions[0].statement.precluding",
		command: record(icmw, act("EGY", domain.Communication, "2010-01-10", says("says"), precluding)),
		article: "VCLT 20(4)(b)", message: "only an objection"},
	{name: "a last day before the first", code: domain.CodeFieldInvalid, field: "actions[0].statement.until",
		command: record(icmw, act("MLI", domain.Derogation, "2010-01-10", says("derogates"), func(a *domain.Action) { a.Statement.Until = domain.MustDate("2010-01-09") })),
		message: "it ends (2010-01-09) before it begins", accepted: "a day from 2010-01-10 on"},
	{name: "the last day of a reservation", code: domain.CodeFieldUnexpected, field: "actions[0].statement.until",
		command: record(icmw, act("MLI", domain.Communication, "2010-01-10", says("says"), func(a *domain.Action) { a.Statement.Until = domain.MustDate("2011-01-09") })),
		message: "has no last day"},
}

// What is unusual: statements.
var statementQueries = []ruleCase{
	{name: "a general reservation to the Migrant Workers Convention", code: domain.CodeReservationGeneral, field: "actions[0].statement.articles",
		history: before(icmw, act("DEU", domain.Accession, "2010-01-10")),
		command: record(icmw, act("DEU", domain.Reservation, "2010-01-10", says("applies the Convention within the limits of its Constitution"))),
		article: "VCLT 19(c), 77(2)", message: "names no article"},
	{name: "a reference without its form", code: domain.CodeNotificationMalformed, field: "actions[0].notification",
		command: record(icmw, act("DEU", domain.Accession, "2010-01-10", notification("C.N.seven.TREATIES"))),
		message: "does not have the form", accepted: "C.N.62.2017.TREATIES-XVIII.10"},
	{name: "the reference of a notification about another participant", code: domain.CodeNotificationReused, field: "actions[0].notification",
		history: before(icmw, act("DEU", domain.Accession, "2010-01-10", notification("C.N.1.2010.TREATIES-IV.13"))),
		command: record(icmw, act("FRA", domain.Accession, "2010-01-10", notification("C.N.1.2010.TREATIES-IV.13"))),
		article: "VCLT 77(1)(e)", message: "is that of record"},
	{name: "a territory where the treaty has no clause", code: domain.CodeTerritoryNotAdmitted, field: "actions[0].territories",
		history: before("IV-9", act("GBR", domain.Ratification, "1988-12-08")),
		command: record("IV-9", act("GBR", domain.TerritorialApplication, "1992-12-08", covering("Isle of Man"))),
		article: "VCLT 29", message: "no clause on territories"},
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
	{name: "a modification that may enlarge", code: domain.CodeLateReservationPending, field: "actions[0].date",
		command: answering("EGY", domain.ModificationOfReservation, "2010-01-10", "wider words", "4"),
		article: "ST/LEG/7/Rev.1, 206", message: "pending until 10 January 2011", accepted: "a partial withdrawal"},
	{name: "after twelve months", code: domain.CodeObjectionLate, field: "actions[0].date",
		command: objection("MAR", "1994-02-20"),
		article: "VCLT 20(5)", message: "possible until 19 February 1994: it is kept as a communication"},
}

func notification(reference string) func(*domain.Action) {
	return func(a *domain.Action) { a.Notification = reference }
}
