package v1

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/commands"
	"depositary/api/imports"
)

type importInput struct {
	Format       string `path:"format" doc:"Form of the file" example:"mtdsg"`
	Idempotency  string `header:"Idempotency-Key" maxLength:"128" doc:"Begins the ids of the commands that are made"`
	DryRun       bool   `query:"dryRun" doc:"Answer as if it were recorded, and record nothing"`
	File         string `query:"file" maxLength:"500" doc:"Name under which report and provenance show the file; some formats name the treaty in it" example:"4-13.csv"`
	Source       string `query:"source" maxLength:"500" doc:"Name of the source; what it said before is corrected by what it says now"`
	Edition      string `query:"edition" maxLength:"100" doc:"Edition of the source, or the day it is as at" example:"2015-03-01"`
	Title        string `query:"title" maxLength:"2000" doc:"Title of the treaty with place and day of adoption, where the file does not state it"`
	Treaty       string `query:"treaty" maxLength:"40" doc:"Treaty that the file is about, where neither its content nor its name says so" example:"IV-13"`
	Rank         int    `query:"rank" minimum:"0" maximum:"3" doc:"Of the source: 1 the depositary itself, 2 a table that it publishes, 3 a compilation of others; 2 where absent"`
	Verification string `query:"verification" maxLength:"500" doc:"How far the file was checked; unverified where absent"`
	Accept       string `query:"accept" maxLength:"1000" doc:"Queries that pass: none, usual, all, or codes with commas; usual where absent"`
	RawBody      []byte
}

// reportBody is a report in its form as a table.
type reportBody struct{ *imports.Report }

func (b reportBody) table() table {
	header, rows := b.Table()
	return table{header: header, rows: rows}
}

// WriteReportCSV writes reports as one table, with its header before the first.
func WriteReportCSV(w io.Writer, first bool, report *imports.Report) error {
	t := reportBody{report}.table()
	if !first {
		t.header = nil
	}
	return writeTable(w, t)
}

func writeReport(ctx huma.Context, report *imports.Report) {
	status := http.StatusOK
	if len(report.Positions) > 0 {
		status = http.StatusCreated
	}
	w := ctx.BodyWriter()
	switch ctx.Header("Accept") {
	case MediaCSV:
		ctx.SetHeader("Content-Type", csvType)
		ctx.SetStatus(status)
		_ = writeCSV(w, reportBody{report}) // the client may be gone; no one is left to tell
	case MediaText:
		ctx.SetHeader("Content-Type", MediaText+"; charset=utf-8")
		ctx.SetStatus(status)
		report.Text(w)
	default:
		ctx.SetHeader("Content-Type", MediaJSON)
		ctx.SetStatus(status)
		_ = huma.DefaultJSONFormat.Marshal(w, report)
	}
}

const importDescription = "The body is the file, of whatever content type. What the law refuses, or queries beyond what is accepted, is reported and not recorded; the rest is. " +
	"Sent again, the same file records nothing. Adding a treaty that is not recorded needs the role define too."

func reportForms(schemas huma.Registry) map[string]*huma.Response {
	content := map[string]*huma.MediaType{
		MediaJSON: {Schema: schemas.Schema(typeOf[imports.Report](), true, "Report")},
		MediaCSV:  {Schema: &huma.Schema{Type: huma.TypeString, Description: "A header line, and a line for each act and each finding (RFC 4180)"}},
		MediaText: {},
	}
	return map[string]*huma.Response{
		"201": {Description: "What became of the file; something was recorded", Content: content},
		"200": {Description: "What became of the file; nothing was recorded, as in a dry run", Content: content},
	}
}

func (s *API) importFile(ctx context.Context, in *importInput) (func(huma.Context), error) {
	file := commands.File{Format: in.Format, Name: in.File, Source: in.Source, Edition: in.Edition, Title: in.Title, Treaty: in.Treaty,
		Rank: in.Rank, Verification: in.Verification, Accept: in.Accept}
	report, err := s.Secretariat.Import(ctx, commands.Actor{Identity: identityOf(ctx), ID: in.Idempotency}, file, in.RawBody, in.DryRun)
	return func(ctx huma.Context) { writeReport(ctx, report) }, err
}
