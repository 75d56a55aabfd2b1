package pages

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/imports"
	"depositary/api/imports/formats"
	"depositary/domain"
	"depositary/projections"
)

// Files of others at the desk: first a report of what would become of every
// cell, then the same file is taken in.

func (s *Site) routesDeskImport() {
	s.desk("GET", "/import", roles{auth.Record}, func(c *clerk) (view, error) { return s.deskImport(c, importBody{}) })
	s.desk("POST", "/import", roles{auth.Record}, s.takeFile)
}

type importBody struct {
	Form     url.Values
	Formats  []formats.Format
	Document *domain.Document // the file, once it has been brought
	Report   *reportBody
	Problems []domain.Finding
}

// reportBody is a report as pages show it.
type reportBody struct{ *imports.Report }

// shownActs is how many acts of a report a page lists for each treaty.
const shownActs = 200

// Acts returns the acts of a treaty that are not held already: those that a reader
// of the report looks for.
func (b *reportBody) Acts(t imports.TreatyReport) (acts []imports.ActReport) {
	for _, act := range t.Acts {
		if act.Outcome != imports.Held && len(acts) < shownActs {
			acts = append(acts, act)
		}
	}
	return acts
}

func (s *Site) deskImport(c *clerk, b importBody) (view, error) {
	if b.Form == nil {
		b.Form = url.Values{}
	}
	b.Formats = formats.All()
	v := view{template: "desk_import", title: c.Lang.Text("desk.import"), body: &b}
	if len(b.Problems) > 0 {
		v.status = http.StatusUnprocessableEntity
	}
	return v, nil
}

// takeFile reports on a file, or takes it in.
func (s *Site) takeFile(c *clerk) (view, error) {
	b := importBody{Form: c.PostForm}
	data, err := s.fileOf(c, &b)
	if err != nil || len(b.Problems) > 0 {
		return s.failedImport(c, b, err)
	}
	get := func(name string) string { return strings.TrimSpace(c.PostForm.Get(name)) }
	rank, _ := strconv.Atoi(get("rank")) // one of a list; none is 0
	file := commands.File{Format: get("format"), Name: b.Document.Name, Source: get("source"), Edition: get("edition"), Title: get("title"),
		Treaty: get("treaty"), Rank: rank, Verification: get("verification"), Accept: get("accept")}
	report, err := s.Secretariat.Import(c.Context(), commands.Actor{Identity: c.Identity}, file, data, get("do") != "record")
	if err != nil {
		return s.failedImport(c, b, err)
	}
	if report.Proposal != "" {
		return view{redirect: "/" + c.Lang.Tag + "/desk/proposals/" + url.PathEscape(report.Proposal)}, nil
	}
	b.Report = &reportBody{report}
	return s.deskImport(c, b)
}

// fileOf returns the file that came with the form, or that came with an earlier one.
func (s *Site) fileOf(c *clerk, b *importBody) ([]byte, error) {
	if c.MultipartForm != nil && len(c.MultipartForm.File["file"]) > 0 && c.MultipartForm.File["file"][0].Size > 0 {
		header := c.MultipartForm.File["file"][0]
		file, err := header.Open()
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it is only read
		doc, err := s.Secretariat.Bring(c.Context(), header.Filename, header.Header.Get("Content-Type"), file)
		if err != nil {
			return nil, err
		}
		b.Document = &doc
	} else if doc, ok := parseAttached(c.PostForm.Get("attached")); ok {
		b.Document = &doc
	} else {
		b.Problems = []domain.Finding{{Kind: domain.Rejected, Field: "file", Message: "no file came with the form", Accepted: "a file of up to 32 MiB"}}
		return nil, nil
	}
	_, data, err := s.Secretariat.Document(c.Context(), b.Document.Digest, true)
	return data, err
}

// failedImport shows what stands in the way of a file.
func (s *Site) failedImport(c *clerk, b importBody, err error) (view, error) {
	var file *imports.FileError
	var format *commands.FormatError
	var role *commands.RoleError
	var input *projections.InputError
	add := func(field, message, accepted string) {
		b.Problems = append(b.Problems, domain.Finding{Kind: domain.Rejected, Field: field, Message: message, Accepted: accepted})
	}
	switch {
	case err == nil:
	case errors.As(err, &file):
		add("file", wrongPlace(file), file.Accepted)
	case errors.As(err, &format):
		add("format", format.Error(), commands.FormatNames())
	case errors.As(err, &role):
		add("file", role.Error(), role.Wanted)
	case errors.As(err, &input):
		add(input.Field, input.Reason, input.Accepted)
	case errors.Is(err, commands.ErrNoDocument):
		b.Document = nil
		add("file", err.Error(), "the file once more")
	default:
		act := actForm{}
		if err := act.take(err); err != nil {
			return view{}, err
		}
		b.Problems = append(act.Problems, act.Queries...)
	}
	return s.deskImport(c, b)
}

// wrongPlace says what is wrong with a file, and where.
func wrongPlace(e *imports.FileError) string {
	where := e.File
	if e.Line > 0 {
		where += fmt.Sprintf(", line %d", e.Line)
	}
	if e.Column != "" {
		where += ", column " + e.Column
	}
	return where + ": " + e.Message
}

// Attached returns the file as the form carries it on.
func (b *importBody) Attached() string {
	if b.Document == nil {
		return ""
	}
	return attached(*b.Document)
}

// Said reports whether more is said of the file than its form.
func (b *importBody) Said() bool {
	for _, name := range []string{"source", "edition", "title", "treaty", "verification", "accept"} {
		if b.Form.Get(name) != "" {
			return true
		}
	}
	return false
}
