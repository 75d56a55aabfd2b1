package model_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/projections/model"
)

// converts fills a value of the domain, converts it to its form and, where there
// is a way back, back again. Every field reaches the field of its name.
func converts[D, M any](t *testing.T, from func(D) M, to func(M) D) {
	t.Helper()
	var d D
	var m M
	domaintest.Fill(t, &d)
	require.Equal(t, domaintest.Leaves(d), domaintest.Leaves(from(d)), "%T", d)
	domaintest.Fill(t, &m)
	require.Len(t, domaintest.Leaves(m), len(domaintest.Leaves(d)), "%T has not the fields of %T", m, d)
	if to != nil {
		require.Equal(t, domaintest.Leaves(m), domaintest.Leaves(to(m)), "%T", m)
	}
}

func TestFormsHaveEveryField(t *testing.T) {
	converts(t, model.FromTreaty, model.Treaty.ToDomain)
	converts(t, model.FromParticipant, model.Participant.ToDomain)
	converts(t, model.FromGroup, model.Group.ToDomain)
	converts(t, model.FromWeights, model.Weights.ToDomain)
	converts(t, model.FromAction, model.Action.ToDomain)
	converts(t, model.FromDefine, model.Define.ToDomain)
	converts(t, model.FromActions, model.ToActions)
	found := domain.Finding{Code: "C", Kind: domain.Query, Field: "f", Message: "m", Article: "a", Accepted: "b"}
	require.Equal(t, []model.Finding{{Code: "C", Kind: domain.Query, Field: "f", Message: "m", Article: "a", Accepted: "b"}}, model.FromFindings([]domain.Finding{found}))
	require.Len(t, domaintest.Leaves(found), 6, "a field of a finding that its form has not")
	converts(t, model.FromArrival, model.Arrival.ToDomain)
	converts(t, model.FromCoverage, model.CoverageStatement.ToDomain)
	converts(t, model.FromNotification, model.DepositaryNotification.ToDomain)
	converts(t, model.FromTemplate, model.NotificationTemplate.ToDomain)
	converts(t, model.FromChecks, nil)
	converts(t, model.FromExplanation, nil)
	converts(t, model.FromProcedures, nil)
	converts(t, model.FromTerms, nil)
	converts(t, func(p domain.Provenance) model.Provenance { return *model.FromProvenance(&p) }, nil)
}

// A list of an explanation is a list when nothing is in it; what is absent
// otherwise stays absent.
func TestListsOfAnswers(t *testing.T) {
	explanation := model.FromExplanation(domain.EntryExplanation{})
	for _, list := range []any{explanation.Terms, explanation.Counted, explanation.NotCounted, explanation.Steps} {
		require.False(t, reflect.ValueOf(list).IsNil())
	}
	require.Nil(t, model.FromProcedures(nil))
	require.Nil(t, model.FromFindings(nil))
	require.Nil(t, model.FromProvenance(nil))
	require.Nil(t, model.FromTreaty(domain.Treaty{}).Stated)
}

// A count that is not known is left out, and no zero: 27 signatories of which we
// know are at least so many, and no consent that we know is none that is denied.
func TestCountsThatAreNotKnown(t *testing.T) {
	for want, c := range map[string]model.Counts{
		`{"counts":{"signatories":27,"consents":0,"parties":0}}`: {Signatories: 27},
		`{"counts":{"signatories":27,"atLeast":true}}`:           {Signatories: 27, AtLeast: true},
		`{}`: {Unknown: true},
	} {
		text, err := json.Marshal(struct {
			Counts model.Counts `json:"counts,omitzero"`
		}{c})
		require.NoError(t, err)
		require.JSONEq(t, want, string(text))
	}
	require.Equal(t, "0", model.Counts{}.Figure(0))
	require.Equal(t, "27", model.Counts{AtLeast: true}.Figure(27))
	require.Empty(t, model.Counts{AtLeast: true}.Figure(0))
	require.Empty(t, model.Counts{Unknown: true}.Figure(0))
}

func TestRowOfAWeightTable(t *testing.T) {
	row := model.WeightRow{Area: "DEU", Year: 2020, Value: 15762457}
	text, err := json.Marshal(row)
	require.NoError(t, err)
	require.Equal(t, `["DEU",2020,15762457]`, string(text))
	var read model.WeightRow
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, row, read)
	require.ErrorContains(t, json.Unmarshal([]byte(`["DEU",2020]`), &read), `such as ["DEU",2020,15762457]`)
	require.ErrorContains(t, json.Unmarshal([]byte(`["DEU","2020",1]`), &read), "row ")
}
