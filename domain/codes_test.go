package domain_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// ruleCase is one command that runs into one finding.
type ruleCase struct {
	name    string
	history func(l *domaintest.Ledger) // what was recorded before
	command func(l *domaintest.Ledger) domain.Command

	code     domain.Code
	field    string
	article  string // the whole of what is cited
	message  string // part of it
	accepted string // part of it
}

// ruleCases are all cases of refusals and of queries.
var ruleCases = map[domain.FindingKind][]ruleCase{
	domain.Rejected: joined(actRefusals, territoryRefusals, statementRefusals, answerRefusals, leavingRefusals, inputRefusals, definitionRefusals, arrivalRefusals),
	domain.Query:    joined(actQueries, territoryQueries, statementQueries, tableQueries, definitionQueries, arrivalQueries),
}

func joined(groups ...[]ruleCase) (all []ruleCase) {
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

func record(treaty domain.TreatyID, acts ...domain.Action) func(*domaintest.Ledger) domain.Command {
	return func(*domaintest.Ledger) domain.Command { return &domain.RecordActions{Treaty: treaty, Actions: acts} }
}

func before(treaty domain.TreatyID, acts ...domain.Action) func(*domaintest.Ledger) {
	return func(l *domaintest.Ledger) { l.Put(treaty, acts...) }
}

func (c ruleCase) run(t *testing.T, kind domain.FindingKind) {
	t.Helper()
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	if c.history != nil {
		c.history(l)
	}
	command := c.command(l)
	d := l.Decide(command)
	require.Empty(t, d.Events, "nothing is recorded")
	require.False(t, d.Accepted())

	findings := d.Refusals
	if kind == domain.Query {
		findings = d.Queries
		require.Empty(t, d.Refusals)
	}
	require.Len(t, findings, 1)
	f := findings[0]
	require.Equal(t, c.code, f.Code, f.String())
	require.Equal(t, kind, f.Kind)
	require.Equal(t, c.field, f.Field)
	require.Equal(t, c.article, f.Article)
	require.Contains(t, f.Message, c.message)
	require.Contains(t, f.Accepted, c.accepted)
	if kind == domain.Query {
		requireReasonPasses(t, l, command, c.code)
	}
}

// requireReasonPasses sends the command again with a reason.
func requireReasonPasses(t *testing.T, l *domaintest.Ledger, command domain.Command, code domain.Code) {
	t.Helper()
	const reason = "  as the depositary notified it "
	switch c := command.(type) {
	case *domain.RecordActions:
		again := *c
		again.Reason, command = reason, &again
	case *domain.RecordTable:
		again := *c
		again.Reason, command = reason, &again
	case *domain.Define:
		again := *c
		again.Reason, command = reason, &again
	}
	d := l.Decide(command)
	require.True(t, d.Accepted())
	require.Len(t, d.Queries, 1, "the answer tells what the reason let pass")
	if _, defines := command.(*domain.Define); defines {
		return
	}
	ids := l.Do(command)
	treaty, _ := domain.Subject(command)
	last := ids[len(ids)-1]
	if c, ok := command.(*domain.RecordActions); ok && !c.Arrival.IsZero() {
		arrived, _ := l.State.Arrival(c.Arrival)
		step := arrived.Steps[len(arrived.Steps)-1]
		require.Equal(t, last, step.ID)
		require.Equal(t, []domain.Code{code}, step.Answered)
		require.Equal(t, "as the depositary notified it", step.Reason)
		return
	}
	_, r, ok := l.State.FindRecord(treaty, last)
	require.True(t, ok)
	require.Equal(t, []domain.Code{code}, r.Answered)
	require.Equal(t, "as the depositary notified it", r.Reason)
}

func TestRefusals(t *testing.T) {
	for _, c := range ruleCases[domain.Rejected] {
		t.Run(string(c.code)+" "+c.name, func(t *testing.T) { c.run(t, domain.Rejected) })
	}
}

func TestQueries(t *testing.T) {
	for _, c := range ruleCases[domain.Query] {
		t.Run(string(c.code)+" "+c.name, func(t *testing.T) { c.run(t, domain.Query) })
	}
}

// A refusal stands, whatever the reason.
func TestAReasonDoesNotLiftARefusal(t *testing.T) {
	for _, c := range joined(actRefusals, territoryRefusals, statementRefusals, answerRefusals, leavingRefusals) {
		l := domaintest.NewLedger(t, domaintest.Migration(t))
		if c.history != nil {
			c.history(l)
		}
		command := *c.command(l).(*domain.RecordActions)
		command.Reason = "all the same"
		d := l.Decide(&command)
		require.False(t, d.Accepted(), c.name)
		require.Nil(t, d.Events)
	}
}

// Codes of the ledger, and not of the law.
var codesOfTheLedger = []domain.Code{domain.CodeCommandReused}

func TestEveryCodeHasACase(t *testing.T) {
	covered := make(map[domain.Code]bool)
	for _, code := range codesOfTheLedger {
		covered[code] = true
	}
	for _, cases := range ruleCases {
		for _, c := range cases {
			covered[c.code] = true
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "finding.go", nil, 0)
	require.NoError(t, err)
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		require.True(t, covered[domain.Code(code)], "no case for %s", code)
		n++
		return true
	})
	require.Equal(t, 58, n)
}

// The words of a finding say what is wrong, why, and what would be accepted.
func TestFindingInWords(t *testing.T) {
	f := domain.Finding{Code: domain.CodeNotBound, Message: "m", Article: "VCLT 54", Accepted: "a party"}
	require.Equal(t, "NOT_BOUND: m [VCLT 54] Accepted: a party.", f.String())
	require.Equal(t, "NOT_BOUND: m", domain.Finding{Code: domain.CodeNotBound, Message: "m"}.String())
}

// All or none: an act that is refused takes the acts beside it with it, and
// each finding says which act it is about.
func TestActsAreRecordedAllOrNone(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	d := l.Decide(&domain.RecordActions{Treaty: icmw, Actions: []domain.Action{
		domaintest.Act("DEU", domain.Accession, "2025-01-10"),
		domaintest.Act("FRA", domain.Signature, "1990-12-17"),
	}})
	require.Nil(t, d.Events)
	require.Equal(t, 2, len(d.Refusals)+len(d.Queries), "%v %v", d.Refusals, d.Queries)
	require.Equal(t, "actions[1].date", d.Refusals[0].Field)
}

// Each act is decided on what the ones before it in the command left.
func TestActsOfACommandBuildOnEachOther(t *testing.T) {
	l := domaintest.NewLedger(t, domaintest.Migration(t))
	l.Record(icmw,
		domaintest.Act("DEU", domain.Signature, "2025-01-10"),
		domaintest.Act("DEU", domain.Ratification, "2025-01-10"),
		domaintest.Act("DEU", domain.Reservation, "2025-01-10", domaintest.Says("reserves", "22")),
		domaintest.Act("DEU", domain.OptionalDeclaration, "2025-01-10", domaintest.Says("recognises", "76", "77")))
	standing := l.Standing(icmw, "DEU", "2025-05-01")
	require.Equal(t, domain.Party, standing.Status)
	require.True(t, standing.WithReservations)
}
