package pages

import (
	"slices"
	"strings"

	"depositary/api/pages/atlas"
	"depositary/api/pages/chart"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/gap"
)

// figure is one picture. It stands in pages, and has addresses of its own: alone
// as SVG, and as a page that others may embed.
type figure struct {
	Kind    string // the part of the address that names what is drawn
	Subject string // treaty or participant
	Params  []any  // of its address, beside the axes: name, value pairs
	common  chart.Common
	draw    func(chart.Common) string
}

// Inline returns the picture for a page.
func (f figure) Inline() string { return f.draw(f.common) }

// Name says what the picture is of.
func (f figure) Name() string { return f.common.Title }

// slimWidth is how wide a picture is drawn for a telephone, so that its words
// have the size of other words.
const slimWidth = 380

// Slim returns the picture for a narrow page, empty where it is of one size only.
func (f figure) Slim() string {
	if f.Kind == "map" || f.Kind == "tiles" {
		return ""
	}
	c := f.common
	c.ID, c.Width = c.ID+"-slim", slimWidth
	return f.draw(c)
}

// Alone returns the picture as a document of its own, with heading and source.
func (f figure) Alone(source string) string {
	c := f.common
	c.Standalone, c.Source = true, source
	return f.draw(c)
}

// Figure returns the address of a figure in a form: svg, or html to embed.
func (p *Page) Figure(f figure, form string) string {
	return p.To("/figures/"+f.Kind+"/"+f.Subject+"."+form, f.Params...)
}

// common fills what every picture needs in the reader's language.
func (a *ask) common(id, title, description string) chart.Common {
	return chart.Common{
		ID: id, Title: title, Desc: description, Empty: a.Lang.Text("figure.empty"), Lang: a.Lang.Tag, RTL: a.Lang.RightToLeft, Width: 1000,
		Number: func(v float64) string { return a.Lang.Whole(int64(v)) }, Percent: func(v float64) string { return a.Lang.Percent(v, decimals(v)) },
	}
}

// decimals is how many decimals of a percentage are worth showing.
func decimals(v float64) int {
	if v == float64(int64(v)) {
		return 0
	}
	return 2
}

// legend lists statuses for a picture.
func (a *ask) legend(statuses ...chart.Status) (items []chart.LegendItem) {
	for _, s := range statuses {
		items = append(items, chart.LegendItem{Status: s, Label: a.Lang.Text("status." + string(wordOf[s]))})
	}
	return items
}

// wordOf is the status in law whose word stands for a picture's status: pictures and
// tables have one word for one status.
var wordOf = map[chart.Status]domain.Status{
	chart.Party: domain.Party, chart.Contracting: domain.Contracting, chart.Signatory: domain.Signatory,
	chart.Withdrawn: domain.FormerParty, chart.None: domain.NoAction, chart.Unknown: domain.NotKnown,
}

// legendFor lists the statuses of a picture about a treaty: not known only where not
// every act is recorded, and no action only where every act is.
func (a *ask) legendFor(c projections.Coverage, statuses ...chart.Status) []chart.LegendItem {
	absent := chart.Unknown
	if partial(c) {
		absent = chart.None // of nobody it is known that it did nothing
	}
	return a.legend(slices.DeleteFunc(slices.Clone(statuses), func(s chart.Status) bool { return s == absent })...)
}

// growth draws how signatures, consents and parties grew.
func (a *ask) growth(status projections.TreatyStatus, timeline projections.Timeline) figure {
	var signatories, consents, parties []chart.Count
	for _, e := range timeline.Entries {
		signatories = counted(signatories, e.Date, e.Counts.Signatories)
		consents = counted(consents, e.Date, e.Counts.Consents)
		parties = counted(parties, e.Date, e.Counts.Parties)
	}
	threshold, label := 0, ""
	for _, t := range status.Entry.Terms {
		if t.Unit == "consents" {
			threshold, label = int(t.Need), a.Lang.Text("figure.threshold", "n", int(t.Need))
		}
	}
	c := a.common("growth", a.Lang.Text("figure.growth", "short", status.Treaty.Short), a.countsSay("figure.growthSays", status))
	return figure{Kind: "growth", Subject: status.Treaty.Short, common: c, draw: func(c chart.Common) string {
		return chart.Cumulative{
			Common: c, Threshold: threshold, ThresholdLabel: label, EntryIntoForce: status.Entry.InForce, EntryLabel: a.Lang.Text("figure.entry", "day", a.Lang.ShortDay(status.Entry.InForce)), To: a.On.AsOf,
			Series: knownSeries(status.Treaty.Coverage, []chart.Series{
				{Label: a.Lang.Text("head.signatories"), Status: chart.Signatory, Counts: signatories},
				{Label: a.Lang.Text("head.consents"), Status: chart.Contracting, Counts: consents},
				{Label: a.Lang.Text("head.parties"), Status: chart.Party, Counts: parties},
			}),
		}.SVG()
	}}
}

// knownSeries leaves out series without a count, where not every act is recorded.
func knownSeries(c projections.Coverage, all []chart.Series) []chart.Series {
	return slices.DeleteFunc(all, func(s chart.Series) bool { return partial(c) && len(s.Counts) == 0 })
}

// counted adds a number from a day on, where it is another than before.
func counted(counts []chart.Count, day domain.Date, n int) []chart.Count {
	if last := len(counts) - 1; last >= 0 && counts[last].On == day {
		counts[last].N = n
		return counts
	} else if last >= 0 && counts[last].N == n || last < 0 && n == 0 {
		return counts
	}
	return append(counts, chart.Count{On: day, N: n})
}

// cells returns each participant's place on a map.
func (a *ask) cells(status projections.TreatyStatus) map[domain.ParticipantID]atlas.Cell {
	cells := make(map[domain.ParticipantID]atlas.Cell)
	p, h := &Page{ask: a}, a.On.History(status.Treaty.ID)
	for _, state := range a.Views.State.Participants(a.On.Known()) {
		if state.Kind == domain.KindState && state.Exists.Contains(a.On.AsOf) {
			cells[state.ID] = a.cell(p, state.ID, state.Name(a.On.AsOf), h.Course(state.ID).On(a.On.AsOf).Status)
		}
	}
	for _, row := range status.Rows {
		c := a.cell(p, row.Participant, row.Name, row.Status)
		if limits := p.limits(row); limits != "" {
			c.Partly, c.Title = true, c.Title+", "+limits
		}
		cells[row.Participant] = c
	}
	return cells
}

// partlyCovered adds to a legend where some are bound, and not for all their territories.
func (a *ask) partlyCovered(legend []chart.LegendItem, status projections.TreatyStatus) []chart.LegendItem {
	p := &Page{ask: a}
	if slices.ContainsFunc(status.Rows, func(r projections.StatusRow) bool { return p.limits(r) != "" }) {
		legend = append(legend, chart.LegendItem{Status: chart.Party, Supposed: true, Label: a.Lang.Text("legend.partly")})
	}
	return legend
}

func (a *ask) cell(p *Page, id domain.ParticipantID, name string, status domain.Status) atlas.Cell {
	return atlas.Cell{Class: chart.StatusOf(status), Title: p.Name(id, name) + ": " + p.Status(status), Href: p.To("/participants/" + string(id))}
}

func (a *ask) mapped(kind string, status projections.TreatyStatus, draw func(map[domain.ParticipantID]atlas.Cell, atlas.Options) string) figure {
	c := a.common(kind, a.Lang.Text("map.title", "short", status.Treaty.Short), a.mapSays(status))
	return figure{Kind: kind, Subject: status.Treaty.Short, common: c, draw: func(c chart.Common) string {
		return draw(a.cells(status), atlas.Options{Common: c, Legend: a.partlyCovered(a.legendFor(status.Treaty.Coverage, chart.Statuses...), status)})
	}}
}

// mapSays says in words what a map shows, and until when its acts are recorded.
func (a *ask) mapSays(status projections.TreatyStatus) string {
	return a.countsSay("map.lead", status)
}

// statusMap draws the world by status, statusTiles each State as one tile.
func (a *ask) statusMap(status projections.TreatyStatus) figure {
	return a.mapped("map", status, atlas.World)
}
func (a *ask) statusTiles(status projections.TreatyStatus) figure {
	return a.mapped("tiles", status, atlas.Tiles)
}

// bars draws the receiving countries by migrant stock.
func (a *ask) bars(gap gap.Gap, supposed []domain.ParticipantID, params []any) figure {
	p := &Page{ask: a}
	var bars []chart.Bar
	for _, r := range gap.Rows {
		bars = append(bars, chart.Bar{Label: p.Name(r.Participant, r.Name), Value: r.Stock, Status: chart.StatusOf(r.Status), Word: p.Status(r.Status), Supposed: slices.Contains(supposed, r.Participant)})
	}
	legend := a.legendFor(gap.Treaty.Coverage, chart.Party, chart.Contracting, chart.Signatory, chart.None, chart.Unknown)
	if len(supposed) > 0 {
		legend = append(legend, chart.LegendItem{Status: chart.Party, Supposed: true, Label: a.Lang.Text("legend.supposed")})
	}
	c := a.common("bars", a.Lang.Text("figure.bars", "short", gap.Treaty.Short), a.gapSays(gap))
	return figure{Kind: "bars", Subject: gap.Treaty.Short, Params: params, common: c, draw: func(c chart.Common) string {
		return chart.Bars{Common: c, Bars: bars, Legend: legend}.SVG()
	}}
}

// gapSays is the finding of a gap, and until when its acts are recorded.
func (a *ask) gapSays(gap gap.Gap) string {
	return a.gapTitle(gap) + ". " + a.gapLead(gap) + " " + a.recordedUntil(gap.Treaty.Coverage)
}

// grown draws the share of the world's migrants covered over time.
func (a *ask) grown(coverage gap.Share) figure {
	var edition []any
	if chosen := a.URL.Query().Get("edition"); chosen != "" {
		edition = []any{"edition", chosen}
	}
	var steps []chart.SharePoint
	says := a.Lang.Text("figure.empty")
	for _, p := range coverage.Points {
		steps = append(steps, chart.SharePoint{On: p.Date, Percent: p.Share})
		says = a.Lang.Text("figure.coverageSays", "share", a.Lang.Percent(p.Share, 2), "day", a.Lang.Day(a.On.AsOf)) + " " + a.recordedUntil(coverage.Treaty.Coverage)
	}
	c := a.common("coverage", a.Lang.Text("figure.coverage", "short", coverage.Treaty.Short), says)
	return figure{Kind: "coverage", Subject: coverage.Treaty.Short, Params: edition, common: c, draw: func(c chart.Common) string {
		return chart.Coverage{Common: c, Steps: steps, AsOf: a.On.AsOf, AsOfWord: a.Lang.ShortDay(a.On.AsOf)}.SVG()
	}}
}

// regions draws the States of each regional group by status.
func (a *ask) regions(gap gap.Gap) figure {
	var regions []chart.Region
	for _, r := range gap.Regions {
		regions = append(regions, chart.Region{Label: a.groupName(r.Group, r.Name), Counts: map[chart.Status]int{
			chart.Party: r.Party, chart.Contracting: r.Consent, chart.Signatory: r.Signatory, chart.None: r.None, chart.Unknown: r.NotKnown,
		}})
	}
	c := a.common("regions", a.Lang.Text("figure.regions", "short", gap.Treaty.Short), a.Lang.Text("figure.regionsSays", "day", a.Lang.Day(a.On.AsOf))+" "+a.recordedUntil(gap.Treaty.Coverage))
	return figure{Kind: "regions", Subject: gap.Treaty.Short, common: c, draw: func(c chart.Common) string {
		return chart.Regions{Common: c, Regions: regions, Legend: a.legendFor(gap.Treaty.Coverage, chart.Party, chart.Contracting, chart.Signatory, chart.None, chart.Unknown)}.SVG()
	}}
}

// share draws a hundred of the world's migrants and how many of them are covered.
func (a *ask) share(gap gap.Gap) figure {
	waiting := 0.0
	for _, r := range gap.Awaiting {
		waiting += r.Gain
	}
	c := a.common("share", a.Lang.Text("figure.share", "short", gap.Treaty.Short), a.gapSays(gap))
	c.Width = 760 // it stands beside words, not across the page
	return figure{Kind: "share", Subject: gap.Treaty.Short, common: c, draw: func(c chart.Common) string {
		share := chart.Share{Common: c, Rest: a.Lang.Text("figure.rest"), Parts: []chart.Part{
			{Status: chart.Party, Percent: gap.CoveredShare, Label: a.Lang.Text("figure.covered")},
			{Status: chart.Signatory, Percent: waiting, Label: a.Lang.Text("figure.signed")},
		}}
		if gap.NotKnownShare > 0 {
			share.Parts = slices.DeleteFunc(append(share.Parts, chart.Part{Status: chart.Unknown, Percent: gap.NotKnownShare, Label: a.Lang.Text("figure.notKnown")}),
				func(p chart.Part) bool { return p.Percent == 0 })
			share.Rest = a.Lang.Text("figure.areas")
		}
		return share.SVG()
	}}
}

// lanes draws a participant's acts and what followed, a lane for each treaty.
func (a *ask) lanes(status projections.ParticipantStatus) figure {
	p := &Page{ask: a}
	var lanes []chart.Lane
	for _, row := range status.Rows {
		if detail, ok := projections.OfParticipation(a.On, row.Treaty, row.Participant); ok {
			lanes = append(lanes, a.lane(p, row.TreatyShort, detail))
		}
	}
	name := p.Name(status.Participant.ID, status.Name)
	c := a.common("timeline", a.Lang.Text("figure.timeline", "name", name), a.Lang.Text("figure.timelineSays", "name", name, "n", len(lanes)))
	return figure{Kind: "timeline", Subject: string(status.Participant.ID), common: c, draw: func(c chart.Common) string {
		return chart.Timeline{Common: c, Lanes: lanes, Legend: a.legend(chart.Party, chart.Contracting, chart.Signatory, chart.Withdrawn), To: a.On.AsOf}.SVG()
	}}
}

// lane draws one participation up to the day of the question.
func (a *ask) lane(p *Page, short string, detail projections.Participation) chart.Lane {
	lane := chart.Lane{Label: short}
	for i, s := range detail.Course {
		if s.From.After(a.On.AsOf) {
			break
		}
		span := chart.Span{From: s.From, Status: chart.StatusOf(s.Status), Word: short + ": " + p.Status(s.Status) + ", " + a.Lang.Text("interval.from", "day", a.Lang.Day(s.From))}
		if i+1 < len(detail.Course) && !detail.Course[i+1].From.After(a.On.AsOf) {
			span.Until = detail.Course[i+1].From
		}
		if span.Status != chart.None && span.Status != chart.Unknown {
			lane.Spans = append(lane.Spans, span)
		}
	}
	for _, act := range detail.Acts {
		if !act.Date.After(a.On.AsOf) {
			lane.Acts = append(lane.Acts, chart.Act{On: act.Date, Status: actStatus(act.Kind), Word: strings.Join([]string{short, p.T("action." + string(act.Kind)), a.Lang.Day(act.Date)}, ", ")})
		}
	}
	return lane
}

// actStatus returns the status to which an act leads, for its colour.
func actStatus(kind domain.ActionKind) chart.Status {
	switch {
	case kind.IsConsent():
		return chart.Party
	case kind.IsSignature():
		return chart.Signatory
	case kind == domain.Withdrawal:
		return chart.Withdrawn
	}
	return chart.None
}
