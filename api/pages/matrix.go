package pages

import (
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/gap"
	"depositary/projections/wording"
)

type matrixBody struct {
	Matrix      projections.Matrix
	Rows        []matrixRow
	Treaties    []projections.TreatySummary // to choose from
	Chosen      map[domain.TreatyID]bool
	Groups      []definition
	Group       string
	Show        string
	Receiving   string
	Edition     string         // of the migrant stock, as chosen
	Found       *gap.Receiving // the receiving countries, where they are asked for
	Definitions []definition
	Known       bool // whether of one of the treaties every act is recorded, at least as at an earlier day
	LeftOut     int  // treaties of which nothing is recorded
}

type matrixRow struct {
	projections.MatrixRow
	Statuses []domain.Status
}

func (s *Site) matrix(a *ask) (view, error) {
	q := a.URL.Query()
	b := matrixBody{Treaties: a.choices(), Chosen: make(map[domain.TreatyID]bool), Group: q.Get("group"), Show: q.Get("show"), Receiving: q.Get("receiving"), Edition: q.Get("edition"), Definitions: a.definitions()}
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
	if b.Receiving != "" {
		found, err := gap.ReceivingOf(a.On, gap.Question{Receiving: b.Receiving, Edition: b.Edition})
		if err != nil {
			return view{}, err
		}
		b.Found, question.Among = &found, found.Participants
	}
	if b.Matrix, err = projections.MatrixOf(a.On, question); err != nil {
		return view{}, err
	}
	b.Known = slices.ContainsFunc(b.Matrix.Treaties, func(t projections.MatrixHead) bool { return !partial(t.Coverage) })
	for _, row := range b.Matrix.Rows {
		statuses := make([]domain.Status, len(row.Cells))
		for i, c := range row.Cells {
			statuses[i] = domain.Status(b.Matrix.Statuses[c])
		}
		b.Rows = append(b.Rows, matrixRow{row, statuses})
	}
	for _, g := range a.Views.State.Groups(a.On.Known()) {
		b.Groups = append(b.Groups, definition{string(g.ID), a.groupName(g.ID, g.Name)})
	}
	return view{template: "matrix", title: a.Lang.Text("nav.matrix"), description: a.Lang.Text("matrix.about"), body: b, data: sameMatrix(question, len(b.Chosen) == 0 && b.LeftOut == 0, b.Receiving, b.Edition)}, nil
}

// sameMatrix is where a program finds the same matrix.
func sameMatrix(q projections.MatrixQuestion, allTreaties bool, receiving, edition string) data {
	treaties := wording.Join(q.Treaties, ",")
	if allTreaties {
		treaties = ""
	}
	return sameAs("getMatrix", "treaties", treaties, "group", wording.Join(q.Groups, ","), "show", q.Show, "receiving", receiving, "edition", edition)
}

// recorded returns the treaties of which any act is recorded, and how many others
// there are: of them nobody can be said to have done nothing.
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
	return t.Coverage.Extent != domain.ExtentNone
}
