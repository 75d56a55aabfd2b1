package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"depositary/api/exchange"
	"depositary/api/exchange/formats"
	"depositary/api/tokens"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/recorder"
)

// Importing is one request for one file. It is idempotent by nature: what the
// ledger holds is not recorded again, whatever key a request bears. A treaty
// that somebody else changes between plan and recording is planned anew.

const (
	maxImport     = 32 << 20 // bytes of a file
	importTime    = 5 * time.Minute
	importTries   = 5  // how often a treaty is planned anew
	importsAtOnce = 16 // commands of one file that go out together
)

type importInput struct {
	Format       string `path:"format" doc:"Form of the file" example:"mtdsg"`
	Idempotency  string `header:"Idempotency-Key" maxLength:"128" doc:"Begins the ids of the commands that are made"`
	DryRun       bool   `query:"dryRun" doc:"Answer as if it were recorded, and record nothing"`
	File         string `query:"file" maxLength:"500" doc:"Name under which report and provenance show the file; some forms tell the treaty by it" example:"4-13.csv"`
	Source       string `query:"source" maxLength:"500" doc:"Name of the source; what it said before is corrected by what it says now"`
	Edition      string `query:"edition" maxLength:"100" doc:"Edition of the source, or the day it is as at" example:"2015-03-01"`
	Title        string `query:"title" maxLength:"2000" doc:"Title of the treaty with place and day of adoption, where the file does not tell it"`
	Treaty       string `query:"treaty" maxLength:"40" doc:"Treaty that the file is about, where neither its content nor its name tells it" example:"IV-13"`
	Rank         int    `query:"rank" minimum:"0" maximum:"3" doc:"Of the source: 1 the depositary itself, 2 a table that it publishes, 3 a compilation of others; 2 where absent"`
	Verification string `query:"verification" maxLength:"500" doc:"How far the file was checked; unverified where absent"`
	Accept       string `query:"accept" maxLength:"1000" doc:"Queries that pass: none, usual, all, or codes with commas; usual where absent"`
	RawBody      []byte
}

func (s *server) routesImports() {
	const path = "/v1/imports/{format}"
	operation := huma.Operation{Method: http.MethodPost, Path: path, OperationID: "importFile", Tags: []string{"Recording"},
		Summary: "Take a file of others in: what is new, corrected or contradicted is recorded, and every cell is reported",
		Description: "The body is the file, of whatever content type. What the law refuses, or queries beyond what is accepted, is reported and not recorded; the rest is. " +
			"Sent again, the same file records nothing. Adding a treaty that is not held needs the role define too.",
		Security: []map[string][]string{{"token": {string(tokens.Record)}}},
		Errors:   []int{400, 401, 403, 404, 406, 408, 409, 412, 413, 422, 429, 503}, MaxBodyBytes: maxImport, BodyReadTimeout: time.Minute,
		Middlewares: huma.Middlewares{s.require(tokens.Record), boundedWork},
	}
	content := map[string]*huma.MediaType{
		mediaJSON: {Schema: s.api.OpenAPI().Components.Schemas.Schema(typeOf[exchange.Report](), true, "Report")},
		mediaCSV:  {Schema: &huma.Schema{Type: huma.TypeString, Description: "A header line, and a line for each act and each finding (RFC 4180)"}},
		mediaText: {},
	}
	operation.Responses = map[string]*huma.Response{
		"201": {Description: "What became of the file; something was recorded", Content: content},
		"200": {Description: "What became of the file; nothing was recorded, as in a dry run", Content: content},
	}
	huma.Register(s.api, operation, func(ctx context.Context, in *importInput) (*huma.StreamResponse, error) {
		report, err := s.importFile(ctx, in)
		if err != nil {
			return nil, s.failed("importFile", err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) { writeReport(ctx, report) }}, nil
	})
}

// boundedWork gives a request more time than others, and an end.
func boundedWork(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(importTime)) // a caller in this process has none
	bounded, cancel := context.WithTimeout(ctx.Context(), importTime)
	defer cancel()
	next(huma.WithContext(ctx, bounded))
}

// reportBody is a report in its form as a table.
type reportBody struct{ *exchange.Report }

func (b reportBody) table() table {
	header, rows := b.Table()
	return table{header: header, rows: rows}
}

// WriteReportCSV writes reports as one table, with its header before the first.
func WriteReportCSV(w io.Writer, first bool, report *exchange.Report) error {
	t := reportBody{report}.table()
	if !first {
		t.header = nil
	}
	return writeTable(w, t)
}

func writeReport(ctx huma.Context, report *exchange.Report) {
	status := http.StatusOK
	if len(report.Positions) > 0 {
		status = http.StatusCreated
	}
	w := ctx.BodyWriter()
	switch ctx.Header("Accept") {
	case mediaCSV:
		ctx.SetHeader("Content-Type", csvType)
		ctx.SetStatus(status)
		_ = writeCSV(w, reportBody{report}) // the client may be gone; there is nobody to tell
	case mediaText:
		ctx.SetHeader("Content-Type", mediaText+"; charset=utf-8")
		ctx.SetStatus(status)
		report.Text(w)
	default:
		ctx.SetHeader("Content-Type", mediaJSON)
		ctx.SetStatus(status)
		_ = huma.DefaultJSONFormat.Marshal(w, report)
	}
}

func (s *server) importFile(ctx context.Context, in *importInput) (*exchange.Report, error) {
	accept, err := exchange.ParseAccept(in.Accept)
	if err != nil {
		return nil, invalid("accept", err.Error(), exchange.AcceptForms)
	}
	key := cmp.Or(in.Idempotency, uuid.Must(uuid.NewV7()).String())
	if err := checkKey(key); err != nil {
		return nil, err
	}
	table, err := readTable(in)
	if err != nil {
		return nil, err
	}
	t := &taking{server: s, ctx: ctx, key: key, accept: accept, table: table}
	if in.DryRun {
		report, _ := t.plan()
		report.DryRun = true
		return report, nil
	}
	return t.take()
}

// readTable takes a file apart in the form that the request names.
func readTable(in *importInput) (*exchange.Table, error) {
	format, ok := formats.Find(in.Format)
	if !ok {
		p := problem(http.StatusNotFound, "not-found", fmt.Sprintf("no form of tables is called %q", clip(in.Format)))
		p.Findings = finding(CodeNotFound, "format", p.Detail, formatNames())
		return nil, p
	}
	source := exchange.Source{File: cmp.Or(in.File, "file"), Name: cmp.Or(in.Source, format.Title), Edition: in.Edition, Rank: in.Rank, Title: in.Title, Verification: in.Verification}
	if in.Source == "" {
		source.Also = format.Also
	}
	if in.Treaty != "" {
		id, err := domain.ParseTreatyID(in.Treaty)
		if err != nil {
			return nil, invalid("treaty", err.Error(), "the id of a treaty")
		}
		source.Treaty = id
	}
	table, err := format.Read(source, in.RawBody)
	var file *exchange.FileError
	if errors.As(err, &file) {
		return nil, fileProblem(file)
	}
	return table, err
}

func formatNames() string {
	var names []string
	for _, f := range formats.All() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// fileProblem says why nothing of a file can be taken in.
func fileProblem(e *exchange.FileError) *Problem {
	where := e.File
	if e.Line > 0 {
		where += fmt.Sprintf(", line %d", e.Line)
	}
	if e.Column != "" {
		where += ", column " + clip(e.Column)
	}
	p := problem(http.StatusUnprocessableEntity, "file", "nothing of the file "+clip(e.File)+" can be taken in; nothing was recorded")
	p.Findings = finding(domain.Code(e.Code), where, e.Message, e.Accepted)
	return p
}

// taking is one file on its way into the ledger.
type taking struct {
	*server
	ctx    context.Context
	key    string // begins the ids of its commands
	accept exchange.Accept
	table  *exchange.Table // what is still to be recorded
	tries  int             // how often somebody else was first
}

func (t *taking) plan() (*exchange.Report, []domain.Command) {
	return exchange.Plan(t.Projection.Current().State, t.Today(), t.table, t.accept)
}

// take plans and records until nothing is left to record. Definitions go first,
// and what stands on them is planned anew; so is a treaty that somebody else
// has changed since it was planned.
func (t *taking) take() (report *exchange.Report, err error) {
	for t.tries < importTries {
		later, commands := t.plan()
		if report == nil {
			report = later
		} else {
			for _, treaty := range t.table.Treaties {
				report.Renew(later, treaty.Treaty.ID)
			}
		}
		if len(commands) == 0 {
			return report, nil
		}
		defines := slices.DeleteFunc(slices.Clone(commands), func(c domain.Command) bool { _, is := c.(*domain.Define); return !is })
		if len(defines) > 0 {
			if err := t.mayDefine(); err != nil {
				return nil, err
			}
			commands = defines
		}
		var positions []uint64
		var changed map[domain.TreatyID]bool
		positions, changed, err = t.record(commands)
		report.Positions = append(report.Positions, positions...)
		if err != nil && len(changed) == 0 {
			return nil, err
		}
		if len(defines) == 0 {
			t.leave(changed)
		}
		if err != nil {
			t.tries++
		}
	}
	return nil, err
}

// leave leaves the treaties that are still to be recorded.
func (t *taking) leave(changed map[domain.TreatyID]bool) {
	rest := *t.table
	rest.Treaties = slices.DeleteFunc(slices.Clone(rest.Treaties), func(of exchange.TreatyTable) bool { return !changed[of.Treaty.ID] })
	t.table = &rest
}

func (t *taking) mayDefine() error {
	if id := identityOf(t.ctx); !id.May(tokens.Define) {
		return authProblem(http.StatusForbidden, fmt.Sprintf("the file adds treaties or weight tables, which the token of %s does not allow", id.Actor),
			fmt.Sprintf("a token with the roles %s and %s, or a file about treaties that are held", tokens.Record, tokens.Define))
	}
	return nil
}

// record sends commands, those of different treaties together. It gives the
// positions of those that were recorded, and the treaties that somebody else
// has changed meanwhile; with none of these, an error is one that stands.
func (t *taking) record(commands []domain.Command) (positions []uint64, changed map[domain.TreatyID]bool, err error) {
	var mu sync.Mutex
	var running sync.WaitGroup
	var standing error
	changed = make(map[domain.TreatyID]bool)
	room := make(chan struct{}, importsAtOnce)
	for _, group := range byTreaty(commands) {
		room <- struct{}{}
		running.Go(func() {
			defer func() { <-room }()
			made, failure := t.recordInTurn(group)
			treaty, _ := domain.Subject(group[0])
			mu.Lock()
			defer mu.Unlock()
			positions = append(positions, made...)
			switch {
			case failure == nil:
			case overtaken(failure):
				changed[treaty], err = true, failure
			default:
				standing = failure
			}
		})
	}
	running.Wait()
	slices.Sort(positions)
	if standing != nil {
		return positions, nil, standing
	}
	return positions, changed, err
}

func (t *taking) recordInTurn(commands []domain.Command) (positions []uint64, err error) {
	for i, command := range commands {
		receipt, err := t.Recorder.Record(t.ctx, recorder.Request{ID: t.id(command, i), Actor: identityOf(t.ctx).Actor, Command: command})
		if err != nil {
			return positions, err
		}
		positions = append(positions, uint64(receipt.Commit.Position))
	}
	return positions, nil
}

// overtaken says whether a command was refused for what somebody else has
// recorded since it was planned: the plan knew of nothing against it.
func overtaken(err error) bool {
	var decision *recorder.DecisionError
	return errors.As(err, &decision) && !slices.ContainsFunc(decision.Refusals, func(f domain.Finding) bool { return f.Code == domain.CodeCommandReused })
}

// byTreaty groups commands by their treaty, in their order.
func byTreaty(commands []domain.Command) (groups [][]domain.Command) {
	index := make(map[domain.TreatyID]int)
	for _, c := range commands {
		treaty, _ := domain.Subject(c)
		i, ok := index[treaty]
		if !ok {
			i = len(groups)
			index[treaty] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// id gives the id of a command: the same for the same file under the same key.
func (t *taking) id(command domain.Command, n int) string {
	treaty, _ := domain.Subject(command)
	what := "table"
	if _, ok := command.(*domain.Define); ok {
		what = "define"
	}
	suffix := fmt.Sprintf("/%s/%s/%d.%d", what, cmp.Or(string(treaty), eventstore.Many), t.tries+1, n+1)
	if id := t.key + suffix; eventstore.Plain(id) {
		return id
	}
	digest := sha256.Sum256([]byte(t.key))
	return hex.EncodeToString(digest[:20]) + suffix
}
