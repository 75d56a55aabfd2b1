package pages

import (
	"net/url"
	"strconv"
	"strings"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/notices"
)

// Pages over all treaties: the matrix, the map, what differs between two days,
// the coming dates, search.

type matrixBody struct {
	Matrix   projections.Matrix
	Rows     []matrixRow
	Treaties []projections.TreatySummary // to choose from
	Chosen   map[domain.TreatyID]bool
	Groups   []definition
	Group    string
	Show     string
	LeftOut  int // treaties of which nothing is recorded
}

type matrixRow struct {
	projections.MatrixRow
	Statuses []domain.Status
}

func (s *Site) matrix(a *ask) (view, error) {
	q := a.URL.Query()
	b := matrixBody{Treaties: projections.Treaties(a.On), Chosen: make(map[domain.TreatyID]bool), Group: q.Get("group"), Show: q.Get("show")}
	var chosen []domain.TreatyID
	for _, text := range q["treaty"] {
		id, err := find.Treaty(a.Views.State, text)
		if err != nil {
			return view{}, err
		}
		chosen, b.Chosen[id] = append(chosen, id), true
	}
	if len(chosen) == 0 {
		chosen, b.LeftOut = a.recorded(b.Treaties)
	}
	question := projections.MatrixQuestion{Treaties: chosen, Show: b.Show}
	for _, text := range q["group"] {
		if text != "" {
			question.Groups = append(question.Groups, domain.GroupID(strings.ToUpper(text)))
		}
	}
	var err error
	if b.Matrix, err = projections.MatrixOf(a.On, question); err != nil {
		return view{}, err
	}
	for _, row := range b.Matrix.Rows {
		statuses := make([]domain.Status, len(row.Cells))
		for i, c := range row.Cells {
			statuses[i] = domain.Status(b.Matrix.Statuses[c])
		}
		b.Rows = append(b.Rows, matrixRow{row, statuses})
	}
	for _, g := range a.Views.State.Groups(uint64(a.On.KnownAt)) {
		b.Groups = append(b.Groups, definition{string(g.ID), a.groupName(g.ID, g.Name)})
	}
	return view{template: "matrix", title: a.Lang.Text("nav.matrix"), description: a.Lang.Text("matrix.about"), body: b, data: matrixAddress(question, len(b.Chosen) > 0)}, nil
}

// matrixAddress is where a program finds the same matrix.
func matrixAddress(q projections.MatrixQuestion, chosen bool) string {
	v := url.Values{}
	if chosen {
		v.Set("treaties", joined(q.Treaties))
	}
	if len(q.Groups) > 0 {
		v.Set("group", joined(q.Groups))
	}
	if q.Show != "" {
		v.Set("show", q.Show)
	}
	return withQuery("/v1/matrix", v)
}

func joined[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = string(v)
	}
	return strings.Join(texts, ",")
}

// recorded returns the treaties of which any act is recorded, and how many others
// there are: of them it is not known who has done nothing.
func (a *ask) recorded(all []projections.TreatySummary) (ids []domain.TreatyID, others int) {
	for _, t := range all {
		if a.recordedOf(t) {
			ids = append(ids, t.ID)
		} else {
			others++
		}
	}
	return ids, others
}

func (a *ask) recordedOf(t projections.TreatySummary) bool {
	return t.Signatories+t.Consents > 0 || len(a.Views.State.Participations(t.ID)) > 0
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

type mapBody struct {
	Status   projections.TreatyStatus
	Treaties []projections.TreatySummary
	Map      figure
	Tiles    bool
}

func (s *Site) atlas(a *ask) (view, error) {
	if other := a.URL.Query().Get("treaty"); other != "" && other != a.PathValue("treaty") {
		q := a.URL.Query()
		q.Del("treaty")
		return view{redirect: withQuery("/"+a.Lang.Tag+"/map/"+url.PathEscape(other), q)}, nil
	}
	id, err := a.treaty()
	if err != nil {
		return view{}, err
	}
	status, ok := projections.Status(a.On, id)
	if !ok {
		return view{}, missing("treaty", a.PathValue("treaty"))
	}
	b := mapBody{Status: status, Treaties: projections.Treaties(a.On), Tiles: a.URL.Query().Get("form") == "tiles"}
	if b.Tiles {
		b.Map = a.statusTiles(status)
	} else {
		b.Map = a.statusMap(status)
	}
	return view{
		template: "map", title: a.Lang.Text("map.title", "short", status.Treaty.Short), description: a.Lang.Text("map.about", "title", status.Treaty.Title),
		body: b, data: "/v1/treaties/" + string(id) + "/status", feed: "treaty=" + string(id),
	}, nil
}

type changesBody struct {
	From, To domain.Date
	Changes  []notices.LegalChange
	Total    int
	Treaty   string
}

// changesShown bounds what one page lists; the rest is in the table.
const changesShown = 500

func (s *Site) changes(a *ask) (view, error) {
	q := a.URL.Query()
	from, err := a.Views.Ask(orDefault(q.Get("from"), a.On.AsOf.AddYears(-1).String()), a.When.ReceivedBy, a.When.KnownAt, a.Today)
	if err != nil {
		return view{}, inField("from", err)
	}
	to, err := a.Views.Ask(orDefault(q.Get("to"), a.On.AsOf.String()), a.When.ReceivedBy, a.When.KnownAt, a.Today)
	if err != nil {
		return view{}, inField("to", err)
	}
	var id domain.TreatyID
	if text := q.Get("treaty"); text != "" {
		if id, err = find.Treaty(a.Views.State, text); err != nil {
			return view{}, err
		}
	}
	changes := notices.ChangesOf(from, to, id, "").Changes
	b := changesBody{From: from.AsOf, To: to.AsOf, Total: len(changes), Changes: changes[:min(changesShown, len(changes))], Treaty: q.Get("treaty")}
	data := url.Values{"from": {b.From.String()}, "to": {b.To.String()}}
	if id != "" {
		data.Set("treaty", string(id))
	}
	return view{
		template: "changes", title: a.Lang.Text("changes.title", "from", a.Lang.Day(b.From), "to", a.Lang.Day(b.To)), description: a.Lang.Text("changes.about"),
		body: b, data: "/v1/changes?" + data.Encode(),
	}, nil
}

func inField(field string, err error) error {
	if input, ok := err.(*projections.InputError); ok && input.Field == "asOf" {
		return &projections.InputError{Field: field, Reason: input.Reason, Accepted: input.Accepted}
	}
	return err
}

type searchBody struct {
	Text  string
	Found *projections.Found
}

// searchLines is how many of each a search lists.
const searchLines = 50

func (s *Site) search(a *ask) (view, error) {
	b := searchBody{Text: strings.TrimSpace(a.URL.Query().Get("q"))}
	v := view{template: "search", title: a.Lang.Text("nav.search"), description: a.Lang.Text("search.about")}
	if b.Text != "" {
		found, err := projections.Search(a.On, projections.SearchQuestion{Text: b.Text, Limit: searchLines, Titles: a.treatyTitles})
		if err != nil {
			return view{}, err
		}
		b.Found, v.title = &found, a.Lang.Text("search.title", "text", b.Text)
		v.data, v.noTable = "/v1/search?"+url.Values{"text": {b.Text}}.Encode(), true
	}
	v.body = b
	return v, nil
}

// treatyTitles lists the titles under which a page in the reader's language
// shows a treaty.
func (a *ask) treatyTitles(id domain.TreatyID) (titles []string) {
	for _, part := range []string{".title", ".name"} {
		if key := "treaty." + string(id) + part; a.Lang.Has(key) {
			titles = append(titles, a.Lang.Text(key))
		}
	}
	return titles
}

type ledgerBody struct {
	Page  projections.LedgerPage
	Older string
}

// ledgerLines is how many commits a page of the ledger lists.
const ledgerLines = 50

func (s *Site) ledger(a *ask) (view, error) {
	question := projections.LedgerQuestion{Limit: ledgerLines, Descending: true}
	if text := a.URL.Query().Get("before"); text != "" {
		p, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return view{}, &projections.InputError{Field: "before", Reason: "not a position", Accepted: "a position such as 812"}
		}
		question.After = eventstore.Position(p)
	}
	page, err := s.Ledger.Page(question)
	if err != nil {
		return view{}, err
	}
	return view{template: "ledger", title: a.Lang.Text("nav.ledger"), description: a.Lang.Text("ledger.about"), body: ledgerBody{page, page.Next}, data: "/v1/ledger"}, nil
}

func (s *Site) commit(a *ask) (view, error) {
	p, err := strconv.ParseUint(a.PathValue("position"), 10, 63)
	if err != nil {
		return view{}, missing("commit", a.PathValue("position"))
	}
	commit, ok, err := s.Ledger.Commit(eventstore.Position(p))
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("commit", a.PathValue("position"))
	}
	return view{
		template: "commit", title: a.Lang.Text("commit.title", "position", commit.Position), description: a.Lang.Text("ledger.about"),
		body: commit, data: "/v1/ledger/" + a.PathValue("position"), noTable: true,
	}, nil
}

func (s *Site) act(a *ask) (view, error) {
	id, err := domain.ParseRecordID(a.PathValue("record"))
	if err != nil {
		return view{}, missing("act", a.PathValue("record"))
	}
	detail, ok, err := s.Ledger.Record(a.On, id)
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("act", a.PathValue("record"))
	}
	treaty, _ := a.Views.State.Treaty(detail.Treaty, 0)
	b := actBody{detail, treaty}
	title := a.Lang.Text("act.title", "record", id)
	return view{template: "act", title: title, description: title, body: b, data: "/v1/actions/" + a.PathValue("record"), noTable: true}, nil
}

type actBody struct {
	projections.RecordDetail
	Of *domain.Treaty
}

type relationsBody struct{ projections.Relations }

func (s *Site) relations(a *ask) (view, error) {
	id, err := a.treaty()
	if err != nil {
		return view{}, err
	}
	p, err := a.participant()
	if err != nil {
		return view{}, err
	}
	relations, ok, err := projections.RelationsOf(a.On, id, p.ID)
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("treaty", a.PathValue("treaty"))
	}
	name := a.Lang.Participant(p.ID, a.On.AsOf, p.Name(a.On.AsOf))
	return view{
		template: "relations", title: a.Lang.Text("relations.title", "short", relations.Treaty.Short, "name", name), description: a.Lang.Text("relations.about"),
		body: relationsBody{relations}, data: "/v1/treaties/" + string(id) + "/relations/" + string(p.ID),
	}, nil
}

// comingShown bounds the days that one page lists.
const comingShown = 500

func (s *Site) coming(a *ask) (view, error) {
	coming := notices.UpcomingOf(a.Views, a.On.AsOf, notices.UpcomingQuestion{KnownAt: projections.UpTo(a.On.KnownAt)})
	return view{
		template: "coming", title: a.Lang.Text("nav.dates"), description: a.Lang.Text("coming.about"),
		body: coming[:min(comingShown, len(coming))], data: "/v1/coming?" + url.Values{"on": {a.On.AsOf.String()}}.Encode(),
	}, nil
}
