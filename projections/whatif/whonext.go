package whatif

import (
	"cmp"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/cover"
	"depositary/projections/gap"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// WhoNext tells whose consent would make a difference next: the smallest and
// the likeliest sets of participants that would meet the next threshold, and
// those whose consent would raise the share of migrants most. Each set was
// tried: it is shown only if with it the condition is met.
//
// Like a hypothesis it looks at what the depositary had received by the as-of
// day, or by the day that receivedBy names.
type WhoNext struct {
	Axes       projections.Axes       `json:"axes"`
	Treaty     projections.TreatyHead `json:"treaty"`
	Counts     model.Counts           `json:"counts,omitzero"`
	Criteria   CriteriaUsed           `json:"criteria" doc:"How likely a candidate is, in what order the criteria are applied, and nothing else"`
	Thresholds []NextThreshold        `json:"thresholds" doc:"Conditions that are not met on the day; none where the treaty waits for nothing"`
	Unknown    string                 `json:"unknown,omitempty" doc:"Why no condition can be named, where the final clauses are not known"`
	Gap        *NextGap               `json:"gap,omitempty" doc:"Absent where no migrant stock is recorded for the day"`
}

// CriteriaUsed says how candidates are ranked.
type CriteriaUsed struct {
	Rule     string            `json:"rule"`
	Related  []domain.TreatyID `json:"related" doc:"The related treaties that are looked at"`
	Chosen   string            `json:"chosen" doc:"How they were chosen"`
	Consents string            `json:"consents" doc:"Which candidates there are"`
}

// NextThreshold is one condition that is not met yet.
type NextThreshold struct {
	What       string             `json:"what" enum:"entry into force,optional procedure"`
	Article    string             `json:"article,omitempty"`
	Title      string             `json:"title,omitempty"`
	Condition  string             `json:"condition,omitempty"`
	Status     domain.EntryStatus `json:"status" enum:"unknown,condition not met,condition met,in force"`
	Required   string             `json:"required,omitempty" doc:"What is missing"`
	Terms      []model.Term       `json:"terms"`
	Candidates int                `json:"candidates" doc:"How many participants could act"`
	Smallest   *NextSet           `json:"smallest,omitempty"`
	Likeliest  *NextSet           `json:"likeliest,omitempty"`
	Obstacle   string             `json:"obstacle,omitempty" doc:"Why no set of candidates can meet it"`
}

// NextSet is participants whose acts together would meet a condition.
type NextSet struct {
	Size         int                    `json:"size"`
	Participants []Candidate            `json:"participants"`
	Alternatives []domain.ParticipantID `json:"alternatives,omitempty" doc:"Of a set of one: all that would do, likeliest first"`
	Minimal      bool                   `json:"minimal" doc:"It is proven that no smaller set would do"`
	Proof        string                 `json:"proof" doc:"How the set was found, and why none is smaller"`
	MetOn        domain.Date            `json:"metOn" doc:"Day on which the condition would be met, if all of them acted on the as-of day" format:"date"`
	InForce      domain.Date            `json:"inForce,omitzero" doc:"Day that would follow from it" format:"date"`
}

// Candidate is one that could act, with the value of each criterion.
type Candidate struct {
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Status      domain.Status        `json:"status"`
	Action      domain.ActionKind    `json:"action" doc:"The act by which it would be done"`
	Adds        []Addition           `json:"adds,omitempty" doc:"What it adds to what is missing"`
	Signed      domain.Date          `json:"signed,omitzero" doc:"Day of its signature, if it is a signatory that has not consented" format:"date"`
	IntendsNot  bool                 `json:"intendsNot,omitempty" doc:"It said that it does not intend to become a party"`
	Related     Proportion           `json:"related" doc:"Related treaties to which it has consented, of those to which anybody has"`
	Region      Proportion           `json:"region" doc:"States of its regional group that have consented to this treaty"`
	RegionName  string               `json:"regionName,omitempty"`
	Queries     []domain.Code        `json:"queries,omitempty" doc:"What would be unusual in its act"`
}

// Addition is what a candidate adds to one thing that is missing.
type Addition struct {
	To     string  `json:"to" doc:"The term, in the words of the clause"`
	Amount float64 `json:"amount"`
	Unit   string  `json:"unit"`
}

// Proportion is a number of a number.
type Proportion struct {
	Have int `json:"have"`
	Of   int `json:"of"`
}

// compare orders proportions by their value; of nothing is the least.
func (p Proportion) compare(o Proportion) int {
	if p.Of == 0 || o.Of == 0 {
		return cmp.Compare(p.Of, o.Of)
	}
	return cmp.Compare(p.Have*o.Of, o.Have*p.Of)
}

// NextGap says who would raise the share of migrants most.
type NextGap struct {
	GapFigures
	Definition gap.GapDefinition `json:"definition"`
	Stock      gap.StockUsed     `json:"stock"`
	Rows       []NextGain        `json:"rows" doc:"By gain"`
}

// NextGain is what the consent of one State would add.
type NextGain struct {
	Stock     float64 `json:"stock"`
	Gain      float64 `json:"gain" doc:"Points of the world total that its being bound would add to the covered share"`
	Receiving bool    `json:"receiving" doc:"Whether it is a receiving country by the definition"`
	Candidate
}

// WhoNextQuestion is what who-next asks beside the axes.
type WhoNextQuestion struct {
	Treaty    domain.TreatyID
	Receiving string            // definition of receiving countries; top20 where empty
	Edition   string            // of the migrant stock; the newest recorded where empty
	Limit     int               // rows of gains; 10 where 0
	Related   []domain.TreatyID // treaties to judge by; chosen by the program where empty
}

const criteriaRule = "signatories that await ratification first, those that said they do not intend to become a party last; then by the share of related treaties consented to; " +
	"then by the share of the States of its regional group that have consented to this treaty; then by name"

// nextReader gathers what the parts of an answer are computed from.
type nextReader struct {
	asked   projections.Query // the axes of the question, for related treaties
	base    projections.Query // the view that sets are tried on
	history *domain.History
	related []*domain.History
	regions map[domain.ParticipantID]*region
}

type region struct {
	name string
	Proportion
}

// WhoNextOf answers; its error is an *InputError, or nil with false where the
// treaty is not known.
func WhoNextOf(on projections.Query, q WhoNextQuestion) (WhoNext, bool, error) {
	base := on.Past(q.Treaty)
	h := base.History(q.Treaty)
	if h == nil {
		return WhoNext{}, false, nil
	}
	asked := on.History(q.Treaty)
	if asked == nil {
		return WhoNext{}, false, nil
	}
	if !h.Coverage(on.AsOf).Known() { // those that come next may have consented long ago
		return WhoNext{}, true, &projections.NotRecordedError{Treaty: h.Treaty.ID, Short: h.Treaty.Short, What: "who has not consented"}
	}
	r := &nextReader{asked: on, base: base, history: h}
	w := WhoNext{Axes: base.Axes, Treaty: on.Head(asked), Counts: projections.CountsOn(h, on.AsOf), Thresholds: []NextThreshold{}}
	w.Criteria = r.criteria(q.Related)
	w.Unknown = h.Explain(on.AsOf).Unknown
	r.readRegions()
	candidates := r.candidates()
	if e := h.Explain(on.AsOf); h.Treaty.EntryIntoForce != nil && e.MetOn.IsZero() && e.Status != domain.EntryInForce {
		w.Thresholds = append(w.Thresholds, r.entry(e, candidates))
	}
	for _, p := range h.Procedures(on.AsOf) {
		if p.Required != "" {
			w.Thresholds = append(w.Thresholds, r.procedure(p))
		}
	}
	gap, err := r.gap(q, candidates)
	w.Gap = gap
	return w, true, err
}

// criteria chooses the related treaties: those that the question names, or the
// parent and the protocols to it, or where there are none the treaties of the
// same chapter. Only those to which somebody has consented tell anything.
func (r *nextReader) criteria(chosen []domain.TreatyID) CriteriaUsed {
	used := CriteriaUsed{Rule: criteriaRule, Chosen: "named in the question", Related: []domain.TreatyID{},
		Consents: "participants that exist on the day, have not consented, and whose act the law would not refuse"}
	ids := chosen
	if len(ids) == 0 {
		used.Chosen = "the parent treaty, the protocols to it, and the protocols to this treaty"
		ids = r.base.State().Families(r.history.Treaty.ID)
	}
	if chapter := chapterOf(r.history.Treaty.ID); len(ids) == 1 && len(chosen) == 0 && chapter != "" {
		used.Chosen = "the treaties of chapter " + chapter
		for _, t := range r.asked.State().Treaties(r.asked.Known()) {
			if chapterOf(t.ID) == chapter {
				ids = append(ids, t.ID)
			}
		}
	}
	for _, id := range ids {
		if id == r.history.Treaty.ID {
			continue
		}
		if h := r.asked.History(id); h != nil && h.CountsOn(r.asked.AsOf).Consents > 0 {
			r.related, used.Related = append(r.related, h), append(used.Related, id)
		}
	}
	used.Chosen += ", as far as consents to them are recorded"
	return used
}

// chapterOf returns the chapter of an MTDSG number, or nothing.
func chapterOf(id domain.TreatyID) string {
	chapter, _, numbered := strings.Cut(string(id), "-")
	if !numbered || strings.Trim(chapter, "IVXLC") != "" {
		return ""
	}
	return chapter
}

func (r *nextReader) readRegions() {
	r.regions = make(map[domain.ParticipantID]*region)
	for _, g := range r.base.State().Groups(domain.Everything()) {
		if g.Kind != "region" {
			continue
		}
		reg := &region{name: g.Name}
		for _, member := range g.On(r.base.AsOf) {
			p, held := r.base.State().Participant(member, domain.Everything())
			if !held || p.Kind != domain.KindState || !p.Exists.Contains(r.base.AsOf) {
				continue
			}
			if _, twice := r.regions[member]; !twice {
				r.regions[member] = reg
			}
			reg.Of++
			if r.status(member).Consenting() {
				reg.Have++
			}
		}
	}
}

func (r *nextReader) status(id domain.ParticipantID) domain.Status {
	return r.history.Course(id).On(r.base.AsOf).Status
}

// candidates returns those that could consent, likeliest first.
func (r *nextReader) candidates() []Candidate {
	var all []Candidate
	for _, p := range r.base.State().Participants(domain.Everything()) {
		if p.Kind == domain.KindTerritory || !p.Exists.Contains(r.base.AsOf) || r.status(p.ID).Consenting() {
			continue
		}
		act := domain.Action{Participant: p.ID, Kind: consentBy(r.base, r.history, p.ID), Date: r.base.AsOf}
		if queries, possible := r.possible(act); possible {
			c := r.candidate(p.ID, act.Kind)
			c.Queries = queries
			all = append(all, c)
		}
	}
	slices.SortFunc(all, likelier)
	return all
}

// possible asks the law whether an act would be refused, and what would be
// unusual in it.
func (r *nextReader) possible(act domain.Action) (queries []domain.Code, possible bool) {
	decision := r.base.State().Decide(&domain.RecordActions{Treaty: r.history.Treaty.ID, Actions: []domain.Action{act}, Reason: "hypothesis"}, domain.LastDay)
	for _, f := range decision.Queries {
		queries = append(queries, f.Code)
	}
	return queries, len(decision.Refusals) == 0
}

func (r *nextReader) candidate(id domain.ParticipantID, by domain.ActionKind) Candidate {
	course := r.history.Course(id)
	standing := course.On(r.base.AsOf)
	c := Candidate{Participant: id, Name: r.base.Name(id), Status: standing.Status, Action: by, IntendsNot: standing.IntendsNot}
	if standing.Status.Signed() {
		c.Signed = r.history.SignedOn(course)
	}
	for _, h := range r.related {
		c.Related.Of++
		if h.Course(id).On(r.base.AsOf).Status.Consenting() {
			c.Related.Have++
		}
	}
	if reg := r.regions[id]; reg != nil {
		c.Region, c.RegionName = reg.Proportion, reg.name
	}
	return c
}

// likelier puts candidates in the order that criteriaRule tells.
func likelier(a, b Candidate) int {
	signed := func(c Candidate) int {
		switch {
		case c.IntendsNot:
			return 0
		case !c.Signed.IsZero():
			return 2
		}
		return 1
	}
	return cmp.Or(signed(b)-signed(a), b.Related.compare(a.Related), b.Region.compare(a.Region), wording.CompareNames(a.Name, b.Name))
}

func idsOf(candidates []Candidate) []domain.ParticipantID {
	ids := make([]domain.ParticipantID, len(candidates))
	for i, c := range candidates {
		ids[i] = c.Participant
	}
	return ids
}

// entry looks for sets that would meet the condition of entry into force.
func (r *nextReader) entry(e domain.EntryExplanation, candidates []Candidate) NextThreshold {
	t := NextThreshold{What: "entry into force", Article: e.Article, Condition: e.Condition, Status: e.Status, Required: e.Required, Terms: model.FromTerms(e.Terms)}
	day := r.base.AsOf
	r.search(&t, candidates, r.history.Needs(day, idsOf(candidates)), func(c Candidate) domain.Action {
		return domain.Action{Participant: c.Participant, Kind: c.Action, Date: day}
	}, func(h *domain.History) (domain.Date, domain.Date) {
		e := h.Explain(day)
		return e.MetOn, e.InForce
	})
	return t
}

// procedure looks for parties whose declarations would let an optional
// procedure begin. Who is no party would have to consent first, and is left out.
func (r *nextReader) procedure(p domain.Procedure) NextThreshold {
	t := NextThreshold{What: "optional procedure", Article: p.Article, Title: p.Title, Status: p.Status, Required: p.Required, Terms: model.FromTerms(p.Terms)}
	day := r.base.AsOf
	clause, _ := r.history.Treaty.Declaration(p.Article)
	t.Condition = clause.When.String()
	declared := make(map[domain.ParticipantID]bool)
	for _, c := range p.Counted {
		declared[c.Participant] = true
	}
	declaration := func(id domain.ParticipantID) domain.Action {
		return domain.Action{Participant: id, Kind: domain.OptionalDeclaration, Date: day,
			Statement: &domain.Statement{Text: "recognizes the competence under article " + p.Article + " (hypothesis)", Articles: []string{p.Article}}}
	}
	var candidates []Candidate
	for _, c := range r.history.Courses {
		if declared[c.Participant] || !c.On(day).Status.Bound() {
			continue
		}
		if queries, possible := r.possible(declaration(c.Participant)); possible {
			candidate := r.candidate(c.Participant, domain.OptionalDeclaration)
			candidate.Queries = queries
			candidates = append(candidates, candidate)
		}
	}
	slices.SortFunc(candidates, likelier)
	r.search(&t, candidates, r.history.NeedsOf(p.Article, day, idsOf(candidates)), func(c Candidate) domain.Action { return declaration(c.Participant) },
		func(h *domain.History) (domain.Date, domain.Date) {
			for _, after := range h.Procedures(day) {
				if after.Article == p.Article {
					return after.MetOn, after.InForce
				}
			}
			return domain.Date{}, domain.Date{}
		})
	return t
}

// search finds the smallest and the likeliest set, and tries both.
func (r *nextReader) search(t *NextThreshold, candidates []Candidate, ways [][]domain.Need, act func(Candidate) domain.Action, met func(*domain.History) (metOn, inForce domain.Date)) {
	t.Candidates = len(candidates)
	ids := idsOf(candidates)
	found := cover.Smallest(ways, ids)
	if found.Obstacle != "" {
		t.Obstacle = found.Obstacle
		return
	}
	try := func(c cover.Choice) *NextSet {
		set := &NextSet{Size: len(c.Members), Minimal: c.Minimal, Proof: c.Proof, Participants: []Candidate{}}
		var acts []AssumedAction
		for _, i := range c.Members {
			candidate := candidates[i]
			candidate.Adds = additions(c.Way, candidate.Participant)
			set.Participants = append(set.Participants, candidate)
			acts = append(acts, AssumedAction{r.history.Treaty.ID, act(candidate)})
		}
		after, _, _, err := with(r.base, acts)
		if err != nil {
			t.Obstacle = err.Error()
			return nil
		}
		if set.MetOn, set.InForce = met(after.History(r.history.Treaty.ID)); set.MetOn.IsZero() {
			t.Obstacle = "the set that was found does not meet the condition when it is tried: " + wording.FirstNames(namesOf(set.Participants), 10)
			return nil
		}
		return set
	}
	if t.Smallest = try(found); t.Smallest != nil && len(found.Members) == 1 {
		t.Smallest.Alternatives = cover.Singles(ways, ids)
	}
	t.Likeliest = try(cover.Likeliest(ways, ids, len(found.Members)))
}

func namesOf(candidates []Candidate) (names []string) {
	for _, c := range candidates {
		names = append(names, c.Name)
	}
	return names
}

func additions(way []domain.Need, id domain.ParticipantID) (all []Addition) {
	for _, n := range way {
		if amount := n.Adds[id]; amount > 0 {
			all = append(all, Addition{To: n.Phrase, Amount: gap.RoundPoints(amount), Unit: n.Unit})
		}
	}
	return all
}

// gap ranks candidates by what their being bound would add to the share.
func (r *nextReader) gap(q WhoNextQuestion, candidates []Candidate) (*NextGap, error) {
	if !gap.HasStock(r.base) {
		return nil, nil
	}
	g, _, err := gap.Of(r.base, gap.Question{Treaty: q.Treaty, Receiving: cmp.Or(q.Receiving, "top20"), Edition: q.Edition})
	if err != nil {
		return nil, err
	}
	reader := gap.NewReader(r.base, r.history)
	if _, err := reader.UseStock(gap.Question{Edition: q.Edition}); err != nil {
		return nil, err
	}
	next := &NextGap{GapFigures: GapFigures{g.CoveredShare, g.Receiving, g.ReceivingBound}, Definition: g.Definition, Stock: g.Stock, Rows: []NextGain{}}
	receiving := make(map[domain.ParticipantID]bool)
	for _, row := range g.Rows {
		receiving[row.Participant] = true
	}
	for _, c := range candidates {
		if stock := reader.StockOf(c.Participant); stock > 0 {
			next.Rows = append(next.Rows, NextGain{Candidate: c, Stock: stock, Gain: reader.Percent(stock), Receiving: receiving[c.Participant]})
		}
	}
	slices.SortStableFunc(next.Rows, func(a, b NextGain) int { return cmp.Compare(b.Stock, a.Stock) })
	next.Rows = next.Rows[:min(len(next.Rows), cmp.Or(q.Limit, 10))]
	return next, nil
}
