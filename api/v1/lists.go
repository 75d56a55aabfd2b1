package v1

import (
	"context"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/wording"
)

// The acts and the statuses of all treaties, in pages and as one file.

// StatusFilter chooses rows of a status table.
type StatusFilter struct {
	Status []string `query:"status" doc:"Only these statuses, separated by commas: signatory, contracting, party, party withdrawal notified, former party, extinct" example:"party"`
	WhoFilter
}

// WhoFilter chooses participants. Where both are named, either is enough.
type WhoFilter struct {
	Participant []string `query:"participant" names:"participants" doc:"Only these participants, separated by commas: ids, codes or names" example:"DEU"`
	Group       []string `query:"group" doc:"Only those who belong to one of these groups on the day, separated by commas" example:"OECD"`
}

// TreatyFilter chooses treaties.
type TreatyFilter struct {
	Treaty []string `query:"treaty" doc:"Only these treaties, separated by commas: ids or short names" example:"ICMW"`
}

// statuses that a row of a status table may have, by how a parameter names them:
// a comma would end the word.
var statusNames = func() map[string]domain.Status {
	names := make(map[string]domain.Status)
	for _, s := range []domain.Status{domain.Signatory, domain.Contracting, domain.Party, domain.WithdrawalNotified, domain.FormerParty, domain.Extinct} {
		names[strings.ReplaceAll(string(s), ",", "")] = s
	}
	return names
}()

func statusesOf(texts []string) (all []domain.Status, err error) {
	for _, text := range texts {
		s, ok := statusNames[strings.ToLower(strings.TrimSpace(text))]
		if !ok {
			return nil, problem.Invalid("status", problem.Clip(text)+" is no status of a row", "signatory, contracting, party, party withdrawal notified, former party, extinct")
		}
		all = append(all, s)
	}
	return all, nil
}

// selection finds what filters name; each is checked.
func (s *API) selection(treaties TreatyFilter, who WhoFilter) (q projections.Selection, err error) {
	q.Treaties, q.Participants, q.Groups, err = s.chosen(ChosenInput{Treaty: treaties.Treaty, Participant: who.Participant, Group: who.Group})
	return q, err
}

// selected puts a question on its axes, and finds what its filters name.
func (s *API) selected(axes AxesInput, treaties TreatyFilter, who WhoFilter) (on projections.Query, q projections.Selection, err error) {
	if on, err = s.on(axes); err == nil {
		q, err = s.selection(treaties, who)
	}
	return on, q, err
}

// headsOf lists the treaties that a question names.
func headsOf(on projections.Query, q projections.Selection) (heads []projections.MatrixHead) {
	for _, id := range q.Treaties {
		if h := on.History(id); h != nil {
			heads = append(heads, on.MatrixHead(h))
		}
	}
	return heads
}

// ActsInput chooses acts.
type ActsInput struct {
	AxesInput
	TreatyFilter
	WhoFilter
	Kind []string `query:"kind" doc:"Only acts of these kinds, separated by commas, such as ratification or reservation" example:"ratification"`
}

func (s *API) actsOf(in ActsInput) (b actsBody, err error) {
	on, q, err := s.selected(in.AxesInput, in.TreatyFilter, in.WhoFilter)
	if err != nil {
		return b, err
	}
	for _, text := range in.Kind {
		kind := domain.ActionKind(strings.ToLower(strings.TrimSpace(text)))
		if !slices.Contains(domain.ActionKinds(), kind) {
			return b, problem.Invalid("kind", problem.Clip(text)+" is no kind of act", wording.Join(domain.ActionKinds(), ", "))
		}
		q.Kinds = append(q.Kinds, kind)
	}
	return actsBody{Axes: on.Axes, Treaties: headsOf(on, q), Acts: projections.Acts(on, q)}, nil
}

type actsBody struct {
	Axes     projections.Axes         `json:"axes"`
	Treaties []projections.MatrixHead `json:"treaties,omitempty" doc:"The treaties of the question, with until when their acts are recorded"`
	Acts     []projections.ActRow     `json:"acts" doc:"By treaty, day and record"`
	Following
}

// actColumns begin with those of the import format acts, so that the file can be
// imported elsewhere.
var actColumns = []string{"treaty", "participant", "action", "date", "effective", "territory", "note", "source", "verification",
	"treaty_short", "name", "record", "document", "received", "notified", "notification", "excludes", "accepts", "depositary", "by_law",
	"articles", "target", "text", "language", "corrected", "contested"}

func (b actsBody) table() table {
	t := table{header: slices.Concat(actColumns, axesColumns)}
	for _, a := range b.Acts {
		var source, verification, articles, target, text, language string
		if p := a.Provenance; p != nil {
			source, verification = p.Source, p.Verification
		}
		if st := a.Statement; st != nil {
			articles, text, language = strings.Join(st.Articles, "; "), st.Text, st.Language
			if !st.Target.IsZero() {
				target = st.Target.String()
			}
		}
		t.rows = append(t.rows, append([]string{string(a.Treaty), string(a.Participant), string(a.Kind), a.Date.String(), a.Effect.String(), strings.Join(a.Territories, "; "), a.Note, source, verification,
			a.TreatyShort, a.Name, a.Record.String(), a.Document.String(), a.Received.String(), a.Notified.String(), a.Notification, strings.Join(a.Excludes, "; "), strings.Join(a.Accepts, "; "), a.Depositary, string(a.ByLaw),
			articles, target, text, language, yes(a.Corrected), yes(a.Contested)}, axesCells(b.Axes)...))
	}
	return t
}

func (s *API) listActs(_ context.Context, in *struct {
	ActsInput
	FormatInput
	PageInput
}) (body actsBody, err error) {
	if body, err = s.actsOf(in.ActsInput); err != nil {
		return body, err
	}
	body.Acts, body.Following, err = paged(body.Acts, in.Cursor, in.Limit, func(a projections.ActRow) string { return a.Record.String() })
	return body, err
}

// BOMInput is that of a file that is a table whatever is asked for.
type BOMInput struct {
	BOM bool `query:"bom" doc:"Begin with a byte order mark, by which Excel knows that the text is UTF-8"`
}

func (s *API) actsFile(_ context.Context, in *struct {
	ActsInput
	BOMInput
}) (func(huma.Context), error) {
	b, err := s.actsOf(in.ActsInput)
	return tableFile(b), err
}

// StatusesInput chooses statuses.
type StatusesInput struct {
	AxesInput
	TreatyFilter
	StatusFilter
}

func (s *API) statusesOn(in StatusesInput) (b statusesBody, err error) {
	on, q, err := s.selected(in.AxesInput, in.TreatyFilter, in.WhoFilter)
	if err != nil {
		return b, err
	}
	if q.Statuses, err = statusesOf(in.Status); err != nil {
		return b, err
	}
	return statusesBody{Axes: on.Axes, Treaties: headsOf(on, q), Rows: projections.Statuses(on, q)}, nil
}

type statusesBody struct {
	Axes     projections.Axes         `json:"axes"`
	Treaties []projections.MatrixHead `json:"treaties,omitempty" doc:"The treaties of the question, with until when their acts are recorded"`
	Rows     []projections.StatusRow  `json:"rows" doc:"By treaty and name"`
	Following
}

func (b statusesBody) table() table { return statusTable(b.Axes, b.Rows) }

func (s *API) listStatuses(_ context.Context, in *struct {
	StatusesInput
	FormatInput
	PageInput
}) (body statusesBody, err error) {
	if body, err = s.statusesOn(in.StatusesInput); err != nil {
		return body, err
	}
	body.Rows, body.Following, err = paged(body.Rows, in.Cursor, in.Limit, func(r projections.StatusRow) string { return string(r.Treaty) + "/" + string(r.Participant) })
	return body, err
}

func (s *API) statusesFile(_ context.Context, in *struct {
	StatusesInput
	BOMInput
}) (func(huma.Context), error) {
	b, err := s.statusesOn(in.StatusesInput)
	return tableFile(b), err
}

// tableFile writes a table as a file of its own.
func tableFile(b tabular) func(huma.Context) {
	return func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", csvType)
		_ = writeTable(ctx.BodyWriter(), b.table()) // into memory, or to a client that may be gone
	}
}

func asTableFile(huma.Registry) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{
		MediaCSV: {Schema: &huma.Schema{Type: huma.TypeString, Description: "A header line and a line for each entry (RFC 4180)"}}}}}
}
