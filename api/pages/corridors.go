package pages

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"depositary/api/pages/chart"
	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/projections"
	"depositary/projections/corridors"
	"depositary/projections/find"
	"depositary/projections/whatif"
	"depositary/projections/wording"
)

// Corridors: for how many people a treaty is in force at both ends of their way;
// the ways from one origin; one corridor with the treaties at its ends.

type corridorsBody struct {
	Corridors corridors.Corridors
	Treaties  []projections.TreatySummary
	Years     []int
	Year      int
	Picture   figure
}

func (s *Site) corridors(a *ask) (view, error) {
	if v, other := a.otherTreaty("/corridors/", ""); other {
		return v, nil
	}
	answer, err := a.corridorsAsked()
	if err != nil {
		return view{}, err
	}
	short := answer.Treaty.Short
	b := corridorsBody{Corridors: answer, Treaties: a.choices(), Years: corridorYears(), Year: a.corridorYear(), Picture: a.corridorsPicture(answer)}
	return view{
		template: "corridors", title: a.Lang.Text("corridors.title", "short", short), body: b, description: a.corridorsSay(answer.Shares, answer.Treaty.Coverage),
		data: a.sameCorridors("getCorridors", answer.Treaty.ID), feed: []string{"treaty", short},
	}, nil
}

// otherTreaty leads to the page of the treaty that a form has chosen.
func (a *ask) otherTreaty(before, after string) (view, bool) {
	other := a.URL.Query().Get("treaty")
	if other == "" || other == a.PathValue("treaty") {
		return view{}, false
	}
	q := a.URL.Query()
	q.Del("treaty")
	return view{redirect: withQuery("/"+a.Lang.Tag+before+url.PathEscape(other)+after, q)}, true
}

// corridorYear reads which estimate is asked for; a year that is none is found
// out by the one that answers.
func (a *ask) corridorYear() int {
	text := a.URL.Query().Get("year")
	if text == "" {
		return 0
	}
	if year, err := strconv.Atoi(text); err == nil && year != 0 {
		return year
	}
	return -1
}

func (a *ask) corridorsQuestion() (q corridors.Question, err error) {
	q = corridors.Question{Year: a.corridorYear(), Ratify: a.supposed()}
	q.Treaty, err = a.treaty()
	return q, err
}

func (a *ask) corridorsAsked() (answer corridors.Corridors, err error) {
	q, err := a.corridorsQuestion()
	if err != nil {
		return answer, err
	}
	answer, ok, err := corridors.Of(a.On, q)
	if !ok && err == nil {
		err = missing("treaty", a.PathValue("treaty"))
	}
	return answer, refusedInput(err)
}

// refusedInput makes of what the law refuses to suppose an input that cannot be
// answered.
func refusedInput(err error) error {
	var refused *whatif.RefusedError
	if errors.As(err, &refused) {
		return &projections.InputError{Field: "ratify", Reason: refused.Error(), Accepted: "participants that could consent on the day"}
	}
	return err
}

// sameCorridors is where a program finds the same, with what is supposed.
func (a *ask) sameCorridors(operation string, id domain.TreatyID, more ...string) data {
	return sameAs(operation, append([]string{"treaty", string(id), "year", a.URL.Query().Get("year"), "ratify", wording.Join(a.supposed(), ",")}, more...)...)
}

func corridorYears() []int {
	table, _, err := catalogue.CorridorsOf("")
	if err != nil {
		return nil
	}
	years := slices.Clone(table.Years)
	slices.Reverse(years)
	return years
}

// corridorsSay is the finding in one sentence, and until when its acts are recorded.
// Where of some corridors nothing is known, the sentence says only that.
func (a *ask) corridorsSay(s corridors.CorridorShares, c projections.Coverage) string {
	recorded := a.recordedUntil(c)
	if s.NotKnown.People > 0 {
		return recorded
	}
	return a.Lang.Text("corridors.lead", "both", a.Lang.Percent(s.Both.Share, 2), "destination", a.Lang.Percent(s.Destination.Share, 2),
		"origin", a.Lang.Percent(s.Origin.Share, 2), "neither", a.Lang.Percent(s.Neither.Share, 2)) + " " + recorded
}

// signOf is the sign of a picture for where a treaty is in force.
func signOf(f corridors.Force) chart.Status {
	switch f {
	case corridors.Both:
		return chart.Party
	case corridors.Destination:
		return chart.Contracting
	case corridors.Origin:
		return chart.Signatory
	}
	return chart.None
}

// corridorsPicture draws the largest corridors.
func (a *ask) corridorsPicture(answer corridors.Corridors) figure {
	p := &Page{ask: a}
	var all []chart.Corridor
	for _, row := range answer.Largest {
		title := a.Lang.Text("corridors.row", "origin", p.Name(row.Origin.ID, row.Origin.Name), "destination", p.Name(row.Destination.ID, row.Destination.Name), "people", a.Lang.Whole(int64(row.People)))
		all = append(all, chart.Corridor{Label: string(row.Origin.ID) + " → " + string(row.Destination.ID), Title: title + ": " + a.Lang.Text("force."+string(row.Force)),
			People: float64(row.People), Sign: signOf(row.Force), Unknown: row.Force == corridors.NotKnown})
	}
	var legend []chart.LegendItem
	for _, f := range []corridors.Force{corridors.Both, corridors.Destination, corridors.Origin, corridors.Neither} {
		legend = append(legend, chart.LegendItem{Status: signOf(f), Label: a.Lang.Text("force." + string(f))})
	}
	var params []any
	if year := a.URL.Query().Get("year"); year != "" {
		params = []any{"year", year}
	}
	c := a.common("corridors", a.Lang.Text("corridors.picture", "short", answer.Treaty.Short), a.corridorsSay(answer.Shares, answer.Treaty.Coverage))
	return figure{Kind: "corridors", Subject: answer.Treaty.Short, Params: params, common: c, draw: func(c chart.Common) string {
		return chart.Corridors{Common: c, Corridors: all, Legend: legend}.SVG()
	}}
}

func corridorsFigure(a *ask) (figure, error) {
	answer, err := a.corridorsAsked()
	if err != nil {
		return figure{}, err
	}
	return a.corridorsPicture(answer), nil
}

type originBody struct {
	Origin    corridors.OriginCorridors
	Treaties  []projections.TreatySummary
	Years     []int
	Year      int
	Supposed  map[domain.ParticipantID]bool
	Ratifying bool // something is supposed
}

// originShown bounds the destinations that a page lists; the rest is in the table.
const originShown = 60

func (s *Site) originCorridors(a *ask) (view, error) {
	if v, other := a.otherTreaty("/corridors/", "/"+url.PathEscape(a.PathValue("origin"))); other {
		return v, nil
	}
	q, err := a.corridorsQuestion()
	if err != nil {
		return view{}, err
	}
	origin, err := a.area("origin")
	if err != nil {
		return view{}, err
	}
	answer, ok, err := corridors.OfOrigin(a.On, corridors.OriginQuestion{Question: q, Origin: origin})
	if err != nil {
		return view{}, refusedInput(err)
	}
	if !ok {
		return view{}, missing("treaty", a.PathValue("treaty"))
	}
	answer.Rows = answer.Rows[:min(originShown, len(answer.Rows))]
	b := originBody{Origin: answer, Treaties: a.choices(), Years: corridorYears(), Year: q.Year, Supposed: map[domain.ParticipantID]bool{}, Ratifying: len(q.Ratify) > 0}
	for _, id := range q.Ratify {
		b.Supposed[id] = true
	}
	name := a.Lang.Participant(origin, a.On.AsOf, answer.Origin.Name)
	return view{
		template: "origin", title: a.Lang.Text("origin.title", "name", name, "short", answer.Treaty.Short), body: b,
		description: a.Lang.Text("origin.lead", "people", a.Lang.Whole(int64(answer.People)), "name", name) + " " + a.corridorsSay(answer.Shares, answer.Treaty.Coverage),
		data:        a.sameCorridors("getOriginCorridors", answer.Treaty.ID, "origin", string(origin)),
	}, nil
}

// area finds the country or area that a part of the address names.
func (a *ask) area(part string) (domain.ParticipantID, error) {
	table, _, err := catalogue.CorridorsOf("")
	if err != nil {
		return "", err
	}
	return find.Area(a.Views.State, table, a.PathValue(part), a.On.AsOf)
}

type corridorBody struct {
	Pair corridors.Pair
	Lead string
}

// corridorSays says for how many people how many treaties are in force at both
// ends, as far as it is known.
func (a *ask) corridorSays(p corridors.Pair, from, to string) string {
	key := "corridor.lead"
	switch {
	case p.NotKnown > 0 && p.Both == 0:
		return a.Lang.Text("corridor.leadNotKnown", "people", a.Lang.Whole(int64(p.People)), "origin", from, "destination", to)
	case p.NotKnown > 0:
		key = "corridor.leadAtLeast"
	}
	return a.Lang.Text(key, "people", a.Lang.Whole(int64(p.People)), "origin", from, "destination", to, "both", a.Lang.Whole(int64(p.Both)), "n", p.Both)
}

func (s *Site) corridor(a *ask) (view, error) {
	origin, err := a.area("origin")
	if err != nil {
		return view{}, err
	}
	destination, err := a.area("destination")
	if err != nil {
		return view{}, err
	}
	answer, ok, err := corridors.OfPair(a.On, corridors.PairQuestion{Origin: origin, Destination: destination, Year: a.corridorYear()})
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("participant", a.PathValue("destination"))
	}
	from, to := a.Lang.Participant(origin, a.On.AsOf, answer.Origin.Name), a.Lang.Participant(destination, a.On.AsOf, answer.Destination.Name)
	lead := a.corridorSays(answer, from, to)
	var feed []string
	if answer.Origin.Participant && answer.Destination.Participant {
		feed = []string{"corridor", string(origin) + "/" + string(destination)}
	}
	return view{
		template: "corridor", title: a.Lang.Text("corridor.title", "origin", from, "destination", to), body: corridorBody{answer, lead},
		description: lead, feed: feed,
		data: sameAs("getCorridor", "origin", string(origin), "destination", string(destination), "year", a.URL.Query().Get("year")),
	}, nil
}
