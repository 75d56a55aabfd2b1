package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

const opac = domain.TreatyID("IV-11-b")

var scan = []domain.Document{{Digest: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Name: "instrument.pdf", Type: "application/pdf", Size: 1234}}

// arrival makes what arrived on a day; change sets what else it says.
func arrival(form domain.ArrivalForm, p domain.ParticipantID, received string, change ...func(*domain.Arrival)) domain.Arrival {
	a := domain.Arrival{Form: form, Participant: p, Received: domain.MustDate(received), Sender: "the permanent mission", Documents: scan}
	for _, f := range change {
		f(&a)
	}
	return a
}

func signedBy(who string, as domain.Capacity) func(*domain.Arrival) {
	return func(a *domain.Arrival) { a.Signer, a.Capacity = who, as }
}

func register(l *domaintest.Ledger, treaty domain.TreatyID, a domain.Arrival) domain.RecordID {
	return l.Do(&domain.RegisterArrival{Treaty: treaty, Arrival: a})[0]
}

// The United States ratified the Protocol on children in armed conflict on 23
// December 2002, with the declaration that its article 3(2) asks for. What arrived
// becomes the acts in one command, and is decided once.
func TestAnArrivalBecomesItsActs(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Record(opac, act("USA", domain.Signature, "2000-07-05"))
	id := register(l, opac, arrival(domain.ArrivedInstrument, "USA", "2002-12-23", signedBy("the President", domain.HeadOfState), func(a *domain.Arrival) { a.Foreseen = domain.Ratification }))
	ratified := act("USA", domain.Ratification, "2002-12-23")

	alone := &domain.RecordActions{Treaty: opac, Actions: []domain.Action{ratified}, Arrival: id}
	d := l.Decide(alone)
	require.Empty(t, d.Events)
	require.Len(t, d.Queries, 1)
	require.Equal(t, domain.CodeDeclarationMissing, d.Queries[0].Code)
	require.Equal(t, "article 3(2)", d.Queries[0].Article)

	declared := act("USA", domain.Notification, "2002-12-23", says("The minimum age at which the United States permits voluntary recruitment is 17 years of age.", "3(2)"))
	whole := &domain.RecordActions{Treaty: opac, Actions: []domain.Action{ratified, declared}, Arrival: id}
	before := l.State
	ids := l.Do(whole)
	require.Len(t, ids, 3)
	c, ok := l.State.Arrival(id)
	require.True(t, ok)
	require.False(t, c.Open())
	require.Equal(t, domain.ArrivalRecorded, c.Outcome())
	require.Equal(t, ids[:2], c.Acts())
	of, ok := l.State.ArrivalOf(ids[1])
	require.True(t, ok)
	require.Equal(t, id, of.ID)
	held, _ := before.Arrival(id)
	require.True(t, held.Open(), "the state before it stays as it was")

	again := l.Decide(&domain.RecordActions{Treaty: opac, Actions: []domain.Action{act("USA", domain.Communication, "2002-12-24", says("once more"))}, Arrival: id})
	require.Equal(t, domain.CodeArrivalDecided, again.Refusals[0].Code)
}

// A command sent again under its id is the same only with the same arrival.
func TestTheSameCommandNamesTheSameArrival(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	id := register(l, icmw, arrival(domain.ArrivedInstrument, "DEU", "2026-06-01", signedBy("the Minister", domain.ForeignMinister)))
	c := &domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("DEU", domain.Accession, "2026-06-01")}, Arrival: id}
	entries := domain.Place(c, l.Decide(c).Events, domain.RecordID{Position: l.State.Position() + 1})
	require.True(t, domain.SameCommand(c, entries))
	other := *c
	other.Arrival = domain.RecordID{Position: 1, N: 1}
	require.False(t, domain.SameCommand(&other, entries))
	other.Arrival = domain.RecordID{}
	require.False(t, domain.SameCommand(&other, entries))
	registered := &domain.RegisterArrival{Treaty: icmw, Arrival: arrival(domain.ArrivedNote, "DEU", "2026-06-01")}
	entries = domain.Place(registered, l.Decide(registered).Events, domain.RecordID{Position: 1})
	require.True(t, domain.SameCommand(registered, entries))
	changed := *registered
	changed.Arrival.Sender = "another"
	require.False(t, domain.SameCommand(&changed, entries))
}

// Who is neither head of State or Government nor minister needs full powers that
// name the person, allow the act and have not ended (VCLT 7).
func TestFullPowers(t *testing.T) {
	for name, c := range map[string]struct {
		signer  string
		as      domain.Capacity
		powers  *domain.FullPowers
		general bool // for every treaty
		missing string
	}{
		"a head of State":           {signer: "A", as: domain.HeadOfState},
		"a minister without a name": {as: domain.ForeignMinister},
		"nobody":                    {missing: "nothing says who signed it"},
		"a head of mission":         {signer: "A", as: domain.HeadOfMission, missing: "none are here that stand"},
		"with full powers":          {signer: "A", as: domain.WithFullPowers, powers: &domain.FullPowers{Person: "a "}},
		"with general full powers":  {signer: "A", as: domain.HeadOfMission, powers: &domain.FullPowers{Person: "A"}, general: true},
		"of another person":         {signer: "A", as: domain.WithFullPowers, powers: &domain.FullPowers{Person: "B"}, missing: "none are here that stand"},
		"for another act":           {signer: "A", as: domain.WithFullPowers, powers: &domain.FullPowers{Person: "A", Actions: []domain.ActionKind{domain.Signature}}, missing: "are for signature"},
		"that have ended":           {signer: "A", as: domain.WithFullPowers, powers: &domain.FullPowers{Person: "A", Until: domain.MustDate("2026-05-31")}, missing: "ended on 31 May 2026"},
		"on their last day":         {signer: "A", as: domain.WithFullPowers, powers: &domain.FullPowers{Person: "A", Until: domain.MustDate("2026-06-01")}},
	} {
		t.Run(name, func(t *testing.T) {
			l := domaintest.NewLedger(t, domaintest.Migration(t))
			if c.powers != nil {
				treaty := icmw
				if c.general {
					treaty = ""
				}
				register(l, treaty, arrival(domain.ArrivedFullPowers, "DEU", "2026-05-01", func(a *domain.Arrival) { a.Powers = c.powers }))
			}
			id := register(l, icmw, arrival(domain.ArrivedInstrument, "DEU", "2026-06-01", signedBy(c.signer, c.as)))
			course, _ := l.State.Arrival(id)
			list := l.State.CheckArrival(course, []domain.Action{act("DEU", domain.Accession, "2026-06-01")})
			require.Equal(t, domain.CheckMet, list[0].State, "a document is kept")
			if c.missing == "" {
				require.Equal(t, domain.CheckMet, list[1].State, list[1].Message)
				return
			}
			require.Equal(t, domain.CheckMissing, list[1].State)
			require.Equal(t, domain.CodeSignerWithoutPowers, list[1].Code)
			require.Contains(t, list[1].Message, c.missing)
		})
	}
}

// What is signed for an organization needs its powers, no matter who signs (VCLT-IO 7(3)(a));
// an objection needs no more than writing (VCLT 23(1)).
func TestRepresentationByActAndParticipant(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	of := func(p domain.ParticipantID, kind domain.ActionKind) []domain.Check {
		a := arrival(domain.ArrivedInstrument, p, "2026-06-01", signedBy("A", domain.HeadOfGovernment), func(a *domain.Arrival) { a.Foreseen = kind })
		course, _ := l.State.Arrival(register(l, icmw, a))
		return l.State.CheckArrival(course, nil)
	}
	require.Equal(t, "VCLT-IO 7(3)(a)", of("EUU", domain.Withdrawal)[1].Article)
	require.Equal(t, "VCLT 7(2)(a)", of("DEU", domain.Withdrawal)[1].Article)
	require.Len(t, of("DEU", domain.Objection), 1)
	note := of("DEU", domain.Accession)
	require.Equal(t, domain.CheckNote, note[len(note)-1].State)
	require.Contains(t, note[len(note)-1].Message, "compatible")
}

// What is held stays open; what is returned, filed or registered in error is not
// decided again.
func TestDecisionsOnAnArrival(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	id := register(l, icmw, arrival(domain.ArrivedNote, "DEU", "2026-06-01"))
	decide := func(o domain.Outcome, reason string) domain.Decision {
		return l.Decide(&domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: o, Reason: reason})
	}
	require.Equal(t, domain.CodeReasonRequired, decide(domain.ArrivalHeld, " ").Refusals[0].Code)
	require.Equal(t, domain.CodeFieldInvalid, decide(domain.ArrivalRecorded, "so").Refusals[0].Code)
	l.Do(&domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: domain.ArrivalHeld, Reason: "the mission was asked"})
	c, _ := l.State.Arrival(id)
	require.True(t, c.Open())
	l.Do(&domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: domain.ArrivalFiled})
	require.Equal(t, domain.CodeArrivalDecided, decide(domain.ArrivalReturned, "no").Refusals[0].Code)
	wrong := l.Decide(&domain.DecideArrival{Treaty: opac, Arrival: id, Outcome: domain.ArrivalReturned, Reason: "no"})
	require.Equal(t, domain.CodeUnknownRecord, wrong.Refusals[0].Code)
}

// What cannot have arrived is not registered, and every mistake is named.
func TestWhatCannotHaveArrived(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	d := l.Decide(&domain.RegisterArrival{Arrival: domain.Arrival{Form: domain.ArrivedInstrument, Participant: "XXX", Received: domain.MustDate("2026-07-01"),
		Document: domain.MustDate("2026-07-02"), Foreseen: "arrival", Capacity: "king", Powers: &domain.FullPowers{}}})
	var fields []string
	for _, f := range d.Refusals {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{"participant", "received", "document", "document", "sender", "foreseen", "capacity", "treaty", "powers"}, fields)
	d = l.Decide(&domain.RegisterArrival{Arrival: arrival(domain.ArrivedFullPowers, "DEU", "2026-06-01")})
	require.Equal(t, "powers", d.Refusals[0].Field)
}

var arrivalQueries = []ruleCase{
	{name: "an instrument signed by who needs full powers", code: domain.CodeSignerWithoutPowers, field: "arrival",
		command: func(l *domaintest.Ledger) domain.Command {
			id := register(l, icmw, arrival(domain.ArrivedInstrument, "DEU", "2026-06-01", signedBy("A", domain.HeadOfMission)))
			return &domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("DEU", domain.Accession, "2026-06-01")}, Arrival: id}
		}, article: "VCLT 7", message: "A, head of mission needs full powers for an accession", accepted: "VCLT 7(1)(b)"},
	{name: "an instrument of which nothing is kept", code: domain.CodeDocumentMissing, field: "arrival",
		command: func(l *domaintest.Ledger) domain.Command {
			id := register(l, icmw, arrival(domain.ArrivedInstrument, "DEU", "2026-06-01", signedBy("A", domain.HeadOfState), func(a *domain.Arrival) { a.Documents = nil }))
			return &domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("DEU", domain.Accession, "2026-06-01")}, Arrival: id}
		}, article: "VCLT 77(1)(c)", message: "no document", accepted: "a scan"},
	{name: "a ratification without the declaration that goes with it", code: domain.CodeDeclarationMissing, field: "arrival",
		command: func(l *domaintest.Ledger) domain.Command {
			id := register(l, opac, arrival(domain.ArrivedInstrument, "DEU", "2004-12-13", signedBy("A", domain.HeadOfState)))
			return &domain.RecordActions{Treaty: opac, Actions: []domain.Action{act("DEU", domain.Accession, "2004-12-13")}, Arrival: id}
		}, article: "article 3(2)", message: "Minimum age of voluntary recruitment", accepted: "together with the consent"},
}

var arrivalRefusals = []ruleCase{
	{name: "an arrival that was decided on", code: domain.CodeArrivalDecided, field: "arrival",
		command: func(l *domaintest.Ledger) domain.Command {
			id := register(l, icmw, arrival(domain.ArrivedNote, "DEU", "2026-06-01"))
			l.Do(&domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: domain.ArrivalReturned, Reason: "not signed"})
			return &domain.DecideArrival{Treaty: icmw, Arrival: id, Outcome: domain.ArrivalFiled}
		}, message: "returned", accepted: "open or held"},
	{name: "an act of another than what arrived", code: domain.CodeFieldUnexpected, field: "actions[0].participant",
		command: func(l *domaintest.Ledger) domain.Command {
			id := register(l, icmw, arrival(domain.ArrivedInstrument, "DEU", "2026-06-01", signedBy("A", domain.HeadOfState)))
			return &domain.RecordActions{Treaty: icmw, Actions: []domain.Action{act("FRA", domain.Accession, "2026-06-01")}, Arrival: id}
		}, message: "is of DEU", accepted: "acts of DEU"},
	{name: "an act notified twice", code: domain.CodeAlreadyNotified, field: "records[0]",
		command: func(l *domaintest.Ledger) domain.Command {
			act := l.Record(icmw, act("DEU", domain.Accession, "2026-06-01"))[0]
			l.Do(issue(icmw, act))
			return issue(icmw, act)
		}, message: "was notified by C.N.", accepted: "a corrigendum"},
}
