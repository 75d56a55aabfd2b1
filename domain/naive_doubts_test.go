package domain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
)

// Each situation in which the engine is known to read the law in another way,
// with the smallest history that shows it. A case comes alive when its line is
// taken out of passedOver.
func TestNaiveDoubts(t *testing.T) {
	for _, tt := range []struct {
		doubt  doubt
		law    string
		change func(*file)
		acts   []string
	}{
		{secondNotice, "VCLT 67, 68: a notice that is not revoked takes effect", nil,
			[]string{"AA accession 2000-01-01", "AA withdrawal 2000-06-01", "AA withdrawal 2001-01-01"}},
		{revokedOfSeveral, "VCLT 68: after its revocation no notice stands", nil,
			[]string{"AA accession 2000-01-01", "AA withdrawal 2000-06-01", "AA withdrawal 2000-08-01", "AA revocation of withdrawal 2000-09-01"}},
		{revokedAndRenewed, "VCLT 68: the revocation answers the earlier notice, the new one stands", nil,
			[]string{"AA accession 2000-01-01", "AA withdrawal 2000-06-01", "AA revocation of withdrawal 2000-08-01", "AA withdrawal 2000-08-01"}},
		{takenBackAndRenewed, "ST/LEG/7/Rev.1, 157: the instrument taken back is the earlier one", clauses(func(c *domain.Treaty) { c.EntryIntoForce.When = domain.MustCondition("2 consents") }),
			[]string{"AA accession 2000-01-01", "AA withdrawal of consent 2000-06-01", "AA accession 2000-06-01"}},
		{leftAndJoinedAtOnce, "VCLT 70: the old consent ends, and the new one stands", clauses(func(c *domain.Treaty) { c.Withdrawal.Then = domain.MustDelay("the same day") }),
			[]string{"AA accession 2000-01-01", "AA withdrawal 2001-01-01", "AA accession 2001-01-01"}},
		{revokedAfterJoining, "VCLT 68: the first consent goes on, and the second adds nothing to it", nil,
			[]string{"AA accession 2000-01-01", "AA withdrawal 2000-06-01", "AA accession 2000-07-01", "AA revocation of withdrawal 2000-08-01", "AA withdrawal 2002-01-01"}},
		{takenBackByParty, "ST/LEG/7/Rev.1, 157-158: an instrument may be taken back until it takes effect", nil,
			[]string{"AA accession 2000-01-01", "AA withdrawal of consent 2000-06-01"}},
		{takenBackWhileWaiting, "ST/LEG/7/Rev.1, 157: only the consent that has not taken effect can be taken back", nil,
			[]string{"AA accession 2000-01-01", "AA withdrawal 2000-06-01", "AA accession 2000-07-01", "AA withdrawal of consent 2000-08-01"}},
		{afterLeavingTerms, "DOMAIN 4: consent again after leaving is a second period", clauses(func(c *domain.Treaty) {
			c.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Periods: &domain.Periods{
				First: domain.MustDelay("1 year"), Next: domain.MustDelay("1 year"), Notice: domain.MustDelay("6 months")}}
		}), []string{"AA accession 2000-01-01", "AA withdrawal 2000-02-01", "AA accession 2002-01-01"}},
		{laterDayUnforeseen, "VCLT 54(a): withdrawal is in conformity with the clause", nil,
			[]string{"AA accession 2000-01-01", "AA withdrawal 2000-06-01 effective 2003-01-01"}},
		{outsideLife, "VCLT 6: only a State that exists can act", nil,
			[]string{"NEW accession 2000-01-01"}},
		{noticeAtExtinction, "DOMAIN 5: the instrument of a State with successors counts on; its notice had not taken effect", clauses(func(c *domain.Treaty) { c.EntryIntoForce.When = domain.MustCondition("2 consents") }),
			[]string{"OLD accession 2000-01-01", "OLD withdrawal 2000-11-01", "AA accession 2001-02-01"}},
		{majorityWithoutDeposit, "VCLT 24(1): the first day on which the condition holds", clauses(func(c *domain.Treaty) { c.EntryIntoForce.When = domain.MustCondition("majority of signatories") }),
			[]string{"AA accession 2000-01-01", "AA signature 2000-06-01"}},
		{signatureReachingBack, "VCST 19: a signature succeeded to holds from the succession of States", nil,
			[]string{"AA signature 2000-06-01", "AA succession to signature 2000-08-01 effective 2000-02-01"}},
		{shareWithoutRemainder, "VCLT 24(1): 57 of 100 are 57 percent", clauses(func(c *domain.Treaty) { c.EntryIntoForce.When = domain.MustCondition("57% of WGT") }),
			[]string{"AA accession 2000-01-01"}},
		{boundBeforeConsent, "VCLT 16: consent binds from when it is established", clauses(func(c *domain.Treaty) { c.LaterParties.Then = domain.MustDelay("30 days") }),
			[]string{"BB accession 2000-01-01", "AA accession 2000-02-01", "AA withdrawal 2000-06-01", "AA accession 2000-07-01"}},
		{entryWithoutConsent, "VCLT 2(1)(g), 24: nothing is in force among nobody", func(f *file) {
			f.treaties[1].Parent = framework
			f.treaties[1].EntryIntoForce = &domain.EntryClause{When: domain.MustCondition("parent in force"), Then: domain.MustDelay("the same day")}
			f.deeds = []deed{{number: 100, treaty: framework, act: &domain.Action{Participant: "AA", Kind: domain.Accession, Date: domain.MustDate("2000-01-01")}}}
		}, nil},
		{takenBackOnEntry, "ST/LEG/7/Rev.1, 157: what takes effect on a day cannot be taken back on it", clauses(func(c *domain.Treaty) { c.EntryIntoForce.When = domain.MustCondition("2 consents") }),
			[]string{"AA accession 2000-01-01", "AA withdrawal of consent 2000-06-01", "AA ratification 2000-06-01", "BB accession 2000-06-01"}},
		{noticeBeforeTerms, "VCLT 54: a treaty that is not in force cannot be left", clauses(func(c *domain.Treaty) {
			c.EntryIntoForce.When = domain.MustCondition("2 consents")
			c.Withdrawal = &domain.WithdrawalClause{Rule: "permitted", Periods: &domain.Periods{
				First: domain.MustDelay("1 year"), Next: domain.MustDelay("1 year"), Notice: domain.MustDelay("6 months")}}
		}), []string{"AA accession 2000-01-01", "AA withdrawal 2000-02-01", "AA accession 2000-03-01", "BB accession 2000-06-01"}},
		{joinedTwiceAndLeft, "VCLT 11: consent is expressed once, until it ends", nil,
			[]string{"AA accession 2000-01-01", "AA ratification 2000-01-01", "AA withdrawal 2000-01-01"}},
	} {
		t.Run(tt.doubt.String(), func(t *testing.T) {
			f := smallFile(tt.acts)
			if tt.change != nil {
				tt.change(f)
			}
			why := disagreement(t, f, axes{})
			r := interpret(f, convention, axes{})
			r.answerAll()
			require.True(t, r.runsInto[tt.doubt], "the interpreter does not notice")
			if passedOver[tt.doubt] {
				t.Log(why)
				require.NotEmpty(t, why, "the engine reads the law as it is now (%s): take it out of passedOver and out of docs/law.md", tt.law)
				return
			}
			require.Empty(t, why, tt.law)
		})
	}
}

// answerAll asks the reading everything, as some doubts come with the answers.
func (r *reading) answerAll() {
	for _, p := range r.people {
		r.periods(p)
	}
}

func clauses(change func(*domain.Treaty)) func(*file) {
	return func(f *file) { change(f.treaties[1]) }
}

// smallFile makes a history of acts written as "AA accession 2000-01-01
// effective 2000-02-01", about a convention that enters into force with one
// consent on the same day and can be left on a year's notice.
func smallFile(acts []string) *file {
	f := &file{days: []domain.Date{domain.MustDate("2000-03-01"), domain.MustDate("2001-07-01"), domain.MustDate("2004-01-01")}}
	for _, id := range []domain.ParticipantID{"AA", "BB", "NEW", "OLD"} {
		f.participants = append(f.participants, &domain.Participant{ID: id, Kind: domain.KindState, Names: []domain.DatedName{{Name: string(id)}}})
	}
	f.participants[2].Exists.From = domain.MustDate("2001-01-01")
	f.participants[2].Succeeds = []domain.Succession{{Participant: "OLD", On: domain.MustDate("2001-01-01")}}
	f.participants[3].Exists.Until = domain.MustDate("2001-01-01")
	f.weights = []*domain.Weights{{ID: "WGT", Edition: "1", Name: "weights", Unit: "units",
		Rows: []domain.WeightRow{{Area: "AA", Year: 1999, Value: 57}, {Area: "BB", Year: 1999, Value: 43}}}}
	atOnce := func() *domain.EntryClause { return &domain.EntryClause{Then: domain.MustDelay("the same day")} }
	for _, id := range []domain.TreatyID{framework, convention} {
		treaty := &domain.Treaty{ID: id, Short: fmt.Sprint(id), Title: "Treaty", EntryIntoForce: atOnce(), LaterParties: atOnce(),
			Withdrawal: &domain.WithdrawalClause{Rule: "permitted", Then: domain.MustDelay("1 year")}}
		treaty.EntryIntoForce.When = domain.MustCondition("1 consents")
		f.treaties = append(f.treaties, treaty)
	}
	for i, text := range acts {
		f.deeds = append(f.deeds, deed{number: i + 1, treaty: convention, act: actFromText(text)})
	}
	return f
}

func actFromText(text string) *domain.Action {
	text, effect, stated := strings.Cut(text, " effective ")
	words := strings.Fields(text)
	last := len(words) - 1
	a := &domain.Action{Participant: domain.ParticipantID(words[0]), Kind: domain.ActionKind(strings.Join(words[1:last], " ")), Date: domain.MustDate(words[last])}
	if stated {
		a.Effect = domain.MustDate(effect)
	}
	return a
}
