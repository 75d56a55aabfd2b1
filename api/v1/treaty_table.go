package v1

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections"
)

// HeaderOmitted tells how many things the form of a table has no room for; the
// page shows each as a footnote.
const HeaderOmitted = "Depositary-Omitted"

// HeaderAsAt tells the day of a table, whose form has no room for it: the last day up
// to which its acts are recorded, where that is before the day that was asked for.
const HeaderAsAt = "Depositary-Acts-As-At"

// TableInput asks for the table of a treaty in the form of others.
type TableInput struct {
	Treaty string `path:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	AxesInput
	Format string `query:"format" enum:"csv,html" doc:"csv, or html for a page to be read or printed; otherwise as the Accept header says"`
	BOM    bool   `query:"bom" doc:"For csv: begin with a byte order mark, by which Excel knows that the text is UTF-8"`
}

// tablePage gathers the acts that the treaty's table shows on its axes.
func (s *API) tablePage(in *TableInput) (page mtdsg.Page, err error) {
	on, id, err := s.onTreaty(&TreatyInput{Treaty: in.Treaty, AxesInput: in.AxesInput})
	if err != nil {
		return page, err
	}
	state := s.Projection.Current().State
	history := state.History(id, domain.Axes{ReceivedBy: on.ReceivedBy, KnownAt: on.Known()})
	if history == nil {
		return page, notKnownThen("treaty", in.Treaty, on)
	}
	if err := projections.RequireActs(on, history, "who stands in its table"); err != nil {
		return page, err
	}
	page.Treaty, page.AsAt = *history.Treaty, on.AsOf
	switch c := on.CoverageOn(history); {
	case c.Extent == domain.ExtentTable && c.AsAt.Before(on.AsOf): // what came later is not in it
		page.AsAt = c.AsAt
		page.Remarks = append(page.Remarks, c.Says)
	case c.Extent == domain.ExtentSome:
		page.Remarks = append(page.Remarks, c.Says)
	}
	for _, course := range history.Courses {
		row := mtdsg.Row{Name: nameOn(state, course.Participant, on)}
		for _, act := range course.Acts {
			if a := act.Action(); !a.Date.After(on.AsOf) {
				row.Acts = append(row.Acts, *a)
				page.Sources = withSource(page.Sources, a)
			}
		}
		if len(row.Acts) > 0 {
			page.Rows = append(page.Rows, row)
		}
	}
	page.Columns = mtdsg.ColumnsFor(&page.Treaty, page.Rows)
	return page, nil
}

func nameOn(state *domain.State, id domain.ParticipantID, on projections.Query) string {
	if p, ok := state.Participant(id, on.Known()); ok {
		return p.Name(on.AsOf)
	}
	return string(id)
}

func withSource(sources []string, a *domain.Action) []string {
	if a.Provenance == nil || a.Provenance.Source == "" || slices.Contains(sources, a.Provenance.Source) {
		return sources
	}
	return append(sources, a.Provenance.Source)
}

func (s *API) writeTablePage(ctx huma.Context, page mtdsg.Page) {
	var body bytes.Buffer
	var omitted []imports.Finding
	var err error
	media := csvType
	if ctx.Header("Accept") == MediaHTML {
		media = MediaHTML + "; charset=utf-8"
		ctx.SetHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		omitted, err = mtdsg.HTML(&body, page)
	} else {
		ctx.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename=%q`, mtdsg.FileName(page.Treaty.ID)))
		omitted, err = mtdsg.Write(&body, page.Columns, page.Rows)
	}
	if err != nil {
		s.Logger.Error("the table cannot be written", "treaty", page.Treaty.ID, "cause", err)
		s.writeProblem(ctx, problem.Defect())
		return
	}
	ctx.SetHeader("Content-Type", media)
	ctx.SetHeader(HeaderOmitted, strconv.Itoa(len(omitted)))
	ctx.SetHeader(HeaderAsAt, page.AsAt.String())
	_, _ = ctx.BodyWriter().Write(body.Bytes()) // into memory, or to a client that may be gone
}

func tableForms(huma.Registry) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "The table", Content: map[string]*huma.MediaType{
		MediaCSV: {Schema: &huma.Schema{Type: huma.TypeString, Description: "A row for each participant, a column for each sort of act"}}, MediaHTML: {}}}}
}

func (s *API) treatyTable(_ context.Context, in *TableInput) (func(huma.Context), error) {
	page, err := s.tablePage(in)
	return func(ctx huma.Context) { s.writeTablePage(ctx, page) }, err
}
