package pages

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/corridors"
	"depositary/projections/find"
	"depositary/projections/gap"
	"depositary/projections/whatif"
	"depositary/projections/wording"
)

// The gap: receiving countries, bound or not, and what one more consent changes.

const defaultReceiving = "top20"

type gapBody struct {
	Title, Lead string
	Gap         gap.Gap
	Rows        []gapRow
	Treaties    []projections.TreatySummary
	Definitions []definition
	Years       []int
	Editions    []string
	Receiving   string
	StockYear   int
	Edition     string // as chosen; empty: the newest
	Hypothesis  *hypothesis
	Both        *corridors.CorridorPart // people for whom it is in force at both ends of their way; nil where no estimate is held for the day

	Bars, Coverage, Regions figure
}

// gapRow is a receiving country with what may be supposed of it.
type gapRow struct {
	gap.GapRow
	Area       bool // a territory with a stock of its own
	CanSuppose bool
	Supposed   bool
}

type definition struct{ Value, Label string }

// hypothesis is what follows if the chosen countries consented.
type hypothesis struct {
	Acts                  []whatif.HypotheticalAct
	Settled               domain.Date
	Before, After, Points float64
	BoundAfter, Receiving int
	Refused               []domain.Finding
}

func (s *Site) gap(a *ask) (view, error) {
	q := a.URL.Query()
	if other := q.Get("treaty"); other != "" && other != a.PathValue("treaty") {
		q.Del("treaty")
		return view{redirect: "/" + a.Lang.Tag + "/gap/" + url.PathEscape(other) + "?" + q.Encode()}, nil
	}
	shown, err := a.gapAsked()
	if err != nil {
		return view{}, err
	}
	question := a.gapQuestion(shown.Treaty.ID)
	b := gapBody{Gap: shown, Receiving: question.Receiving, StockYear: question.StockYear, Edition: question.Edition, Treaties: a.choices(), Definitions: a.definitions(),
		Years: a.stockYears(question.Edition), Editions: a.stockEditions()}
	supposed := a.supposed()
	b.Rows = rowsOf(shown, supposed)
	if b.Hypothesis, err = a.suppose(question, supposed); err != nil {
		return view{}, err
	}
	b.Title, b.Lead = a.gapTitle(shown), a.gapLead(shown)
	b.Bars, b.Regions = a.bars(shown, supposed, a.params()), a.regions(shown)
	if c, ok, err := corridors.Of(a.On, corridors.Question{Treaty: shown.Treaty.ID, Limit: 1}); ok && err == nil && c.Shares.NotKnown.People == 0 {
		b.Both = &c.Shares.Both
	}
	coverage, _, err := gap.ShareOf(a.On, shown.Treaty.ID, question.Edition)
	if err != nil {
		return view{}, err
	}
	b.Coverage = a.grown(coverage)
	same := sameGap(question)
	if b.Hypothesis != nil && len(b.Hypothesis.Refused) == 0 { // what is taken away is what is shown
		same = sameScenario(question, supposed)
	}
	marks, err := a.shareDays(shown.Treaty.ID, question.Edition)
	if err != nil {
		return view{}, err
	}
	return view{
		image:    "share/" + url.PathEscape(shown.Treaty.Short),
		template: "gap", title: shown.Treaty.Short + ": " + b.Title, body: b, marks: marks,
		description: b.Lead + " " + a.recordedUntil(shown.Treaty.Coverage),
		data:        same, feed: []string{"treaty", string(shown.Treaty.ID)},
	}, nil
}

// gapQuestion reads which gap is asked for. A year that is none is found out by
// the one that answers.
func (a *ask) gapQuestion(id domain.TreatyID) gap.Question {
	q := a.URL.Query()
	question := gap.Question{Treaty: id, Receiving: orDefault(q.Get("receiving"), defaultReceiving), Edition: q.Get("edition")}
	if year := q.Get("stockYear"); year != "" {
		var err error
		if question.StockYear, err = strconv.Atoi(year); err != nil || question.StockYear == 0 {
			question.StockYear = -1
		}
	}
	return question
}

// gapAsked answers the gap that the address asks for.
func (a *ask) gapAsked() (gap.Gap, error) {
	id, err := a.treaty()
	if err != nil {
		return gap.Gap{}, err
	}
	gap, ok, err := gap.Of(a.On, a.gapQuestion(id))
	if !ok && err == nil {
		err = missing("treaty", a.PathValue("treaty"))
	}
	return gap, err
}

// params are the parameters of a gap's figures.
func (a *ask) params() (pairs []any) {
	q := a.URL.Query()
	for _, name := range []string{"receiving", "edition", "stockYear", "ratify"} {
		for _, value := range q[name] {
			pairs = append(pairs, name, value)
		}
	}
	return pairs
}

func orDefault(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// sameGap is where a program finds the same gap.
func sameGap(q gap.Question) data {
	year := ""
	if q.StockYear != 0 {
		year = strconv.Itoa(q.StockYear)
	}
	return sameAs("getGap", "treaty", string(q.Treaty), "receiving", q.Receiving, "edition", q.Edition, "stockYear", year)
}

// sameScenario is where a program finds the same scenario.
func sameScenario(q gap.Question, supposed []domain.ParticipantID) data {
	return sameAs("assumeConsents", "treaty", string(q.Treaty), "receiving", q.Receiving, "edition", q.Edition, "ratify", wording.Join(supposed, ","))
}

// supposed lists the participants that the address supposes to consent, the
// known ones, once each.
func (a *ask) supposed() (all []domain.ParticipantID) {
	const most = 50
	for _, text := range a.URL.Query()["ratify"] {
		if p, err := find.Participant(a.Views.State, text, a.On.AsOf); err == nil && !slices.Contains(all, p.ID) && len(all) < most {
			all = append(all, p.ID)
		}
	}
	return all
}

func rowsOf(shown gap.Gap, supposed []domain.ParticipantID) (rows []gapRow) {
	for _, r := range shown.Rows {
		row := gapRow{GapRow: r, Area: r.Status == gap.NotAParticipant, Supposed: slices.Contains(supposed, r.Participant)}
		row.CanSuppose = !row.Area && r.Of == "" && !r.Status.Consenting()
		rows = append(rows, row)
	}
	return rows
}

// suppose asks what would follow if they consented, nil where none is chosen.
func (a *ask) suppose(q gap.Question, supposed []domain.ParticipantID) (*hypothesis, error) {
	if len(supposed) == 0 {
		return nil, nil
	}
	acts, ok := whatif.Consents(a.On, q.Treaty, supposed)
	if !ok {
		return nil, nil
	}
	result, err := whatif.WhatIfOf(a.On, whatif.WhatIfQuestion{Acts: acts, Receiving: q.Receiving, Edition: q.Edition})
	var refused *whatif.RefusedError
	if errors.As(err, &refused) {
		return &hypothesis{Refused: refused.Findings}, nil
	}
	if err != nil {
		return nil, err
	}
	h := &hypothesis{Acts: result.Acts, Settled: result.Settled}
	for _, t := range result.Treaties {
		if g := t.Settled.Gap; t.Treaty.ID == q.Treaty && g != nil {
			h.Before, h.After, h.Points = g.Before.CoveredShare, g.After.CoveredShare, g.Points
			h.BoundAfter, h.Receiving = g.After.ReceivingBound, g.After.Receiving
		}
	}
	return h, nil
}

// definitions lists the definitions of receiving countries that a reader can
// choose.
func (a *ask) definitions() (all []definition) {
	for _, name := range []string{"top10", "top20", "top30", "million", "share10", "high-income"} {
		all = append(all, definition{name, a.Lang.Text("receiving." + name)})
	}
	for _, g := range a.Views.State.Groups(a.On.Known()) {
		if g.Kind != "income" {
			all = append(all, definition{string(g.ID), a.groupName(g.ID, g.Name)})
		}
	}
	return all
}

// groupName writes a group's name in the reader's language, where it is held.
func (a *ask) groupName(id domain.GroupID, name string) string {
	if key := "group." + string(id); a.Lang.Has(key) {
		return a.Lang.Text(key)
	}
	return name
}

func (a *ask) stockYears(edition string) []int {
	w, ok := a.Views.State.WeightsEdition(gap.MigrantStock, edition, a.On.Known())
	if !ok {
		return nil
	}
	return w.Years()
}

// stockEditions lists the editions of the stock, the newest first.
func (a *ask) stockEditions() (editions []string) {
	for _, w := range a.Views.State.Weights(a.On.Known()) {
		if w.ID == gap.MigrantStock {
			editions = append(editions, w.Edition)
		}
	}
	slices.Reverse(editions)
	return editions
}
