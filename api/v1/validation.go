package v1

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/model"
)

// The framework validates requests and says what is wrong in words of its own.
// Here they become findings that name the field and what would be accepted.

// kindOf names the problems that the framework finds.
var kindOf = map[int]string{
	http.StatusBadRequest:            "input",
	http.StatusUnprocessableEntity:   "input",
	http.StatusNotAcceptable:         "format",
	http.StatusRequestTimeout:        "timeout",
	http.StatusRequestEntityTooLarge: "size",
	http.StatusUnsupportedMediaType:  "media-type",
}

var reLimit = regexp.MustCompile(`limit=(\d+)`)

// humaError makes the framework's own errors problem documents with findings.
func humaError(_ huma.Context, status int, message string, errs ...error) huma.StatusError {
	if message == "cannot read request body" {
		return invalidBody("the body ended before it was complete", "the whole body")
	}
	kind, known := kindOf[status]
	if !known {
		return problem.Defect()
	}
	p := problem.New(status, kind, "the request cannot be understood")
	switch {
	case status == http.StatusRequestEntityTooLarge:
		limit := "a smaller body"
		if m := reLimit.FindStringSubmatch(message); m != nil {
			limit = "up to " + m[1] + " bytes, or several smaller commands"
		}
		p.Detail = "the body is too large"
		p.Findings = problem.Finding(domain.CodeFieldTooLong, "body", p.Detail, limit)
	case status == http.StatusRequestTimeout:
		p.Detail = "the body did not arrive in time"
	case message == "request body is required":
		return invalidBody("the body is empty", "a body as /openapi.json describes it for this address")
	}
	for _, err := range errs {
		if err != nil {
			p.Findings = append(p.Findings, explain(status, err))
		}
	}
	return p
}

func invalidBody(message, accepted string) *problem.Problem {
	p := problem.New(http.StatusBadRequest, "input", message)
	p.Findings = problem.Finding(problem.CodeInputInvalid, "body", message, accepted)
	return p
}

// explain turns one error of the framework into a finding.
func explain(status int, err error) model.Finding {
	f := model.Finding{Code: problem.CodeInputInvalid, Kind: domain.Rejected, Message: err.Error()}
	var detail *huma.ErrorDetail
	if !errors.As(err, &detail) {
		return f
	}
	if status == http.StatusUnsupportedMediaType {
		f.Field, f.Message, f.Accepted = "Content-Type", "the body has a form that is not read here", MediaJSON
		return f
	}
	f.Field, f.Message = fieldOf(detail.Location), detail.Message
	for _, e := range explanations {
		if rest, ok := strings.CutPrefix(detail.Message, e.prefix); ok {
			e.explain(&f, rest, detail.Value)
			break
		}
	}
	return f
}

// fieldOf names a field as the request does: actions[0].date, asOf.
func fieldOf(location string) string {
	for _, place := range []string{"body.", "query.", "path.", "header."} {
		if field, ok := strings.CutPrefix(location, place); ok {
			return problem.Clip(field)
		}
	}
	return location
}

// upToVerb returns what a message of the framework begins with, whatever it is about.
func upToVerb(message string) string {
	begins, _, _ := strings.Cut(message, "%")
	return begins
}

// explanations is what the framework says, and what that means. The order
// matters: the first prefix that fits is taken. The last ones are words that the
// framework does not export.
var explanations = []struct {
	prefix  string
	explain func(f *model.Finding, rest string, value any)
}{
	{upToVerb(validation.MsgExpectedRFC3339DateTime), sayInstead("this is no instant", "an instant such as 2026-11-23T18:00:00Z")},
	{upToVerb(validation.MsgExpectedRFC3339Date), func(f *model.Finding, _ string, value any) {
		f.Message, f.Accepted = fmt.Sprintf("%q is not a date", problem.Clip(fmt.Sprint(value))), "a day such as 2003-07-01; leave the field out where there is none"
		if _, err := domain.ParseDate(fmt.Sprint(value)); err != nil {
			f.Message = problem.Clip(err.Error())
		}
	}},
	{upToVerb(validation.MsgExpectedMatchPattern), func(f *model.Finding, pattern string, value any) {
		f.Message = fmt.Sprintf("%q has not the form that is expected here", problem.Clip(fmt.Sprint(value)))
		f.Accepted = "text of the form " + pattern
		if form, ok := formOf[pattern]; ok {
			f.Accepted = form
		}
	}},
	{upToVerb(validation.MsgExpectedOneOf), func(f *model.Finding, words string, value any) {
		f.Message, f.Accepted = fmt.Sprintf("%q is none of the words that are expected here", problem.Clip(fmt.Sprint(value))), strings.Trim(words, `"`)
	}},
	{upToVerb(validation.MsgExpectedRequiredProperty), func(f *model.Finding, rest string, _ any) {
		name, _, _ := strings.Cut(rest, " ")
		if f.Field == "body" {
			f.Field = name
		} else {
			f.Field += "." + name
		}
		f.Code, f.Message, f.Accepted = domain.CodeFieldRequired, "the field "+name+" is missing", "the field with a value"
	}},
	{upToVerb(validation.MsgUnexpectedProperty), sayInstead("there is no such field here", "the fields that /openapi.json describes")},
	{"unknown query parameter", sayInstead("there is no such parameter here", "the parameters that /openapi.json describes")},
	{upToVerb(validation.MsgExpectedMinItems), limit("too few entries", "at least %s")},
	{upToVerb(validation.MsgExpectedMaxItems), limit("too many entries", "up to %s")},
	{upToVerb(validation.MsgExpectedMinLength), limit("the text is too short", "at least %s characters")},
	{upToVerb(validation.MsgExpectedMaxLength), limit("the text is too long", "up to %s characters")},
	{upToVerb(validation.MsgExpectedMinimumNumber), limit("the number is too small", "a number from %s on")},
	{upToVerb(validation.MsgExpectedMaximumNumber), limit("the number is too large", "a number up to %s")},
	{upToVerb(validation.MsgExpectedString), kindExpected("a text in quotes")},
	{upToVerb(validation.MsgExpectedInteger), kindExpected("a whole number")},
	{upToVerb(validation.MsgExpectedNumber), kindExpected("a number")},
	{upToVerb(validation.MsgExpectedBoolean), kindExpected("true or false")},
	{upToVerb(validation.MsgExpectedArray), kindExpected("a list in brackets")},
	{upToVerb(validation.MsgExpectedObject), kindExpected("an object in braces")},
	{"invalid integer", sayInstead("this is no number", "a whole number")},
	{"invalid boolean", sayInstead("this is neither true nor false", "true or false")},
	{"invalid value: ", func(f *model.Finding, rest string, _ any) { f.Message = problem.Clip(rest) }},
}

func sayInstead(message, accepted string) func(*model.Finding, string, any) {
	return func(f *model.Finding, _ string, _ any) { f.Message, f.Accepted = message, accepted }
}

func limit(message, accepted string) func(*model.Finding, string, any) {
	return func(f *model.Finding, rest string, _ any) {
		f.Message, f.Accepted = message, fmt.Sprintf(accepted, rest)
	}
}

func kindExpected(accepted string) func(*model.Finding, string, any) {
	return func(f *model.Finding, _ string, value any) {
		found := "something else"
		switch value.(type) {
		case nil:
			found = "null"
		case string:
			found = "a text"
		case float64, int64, uint64:
			found = "a number"
		case bool:
			found = "true or false"
		case []any:
			found = "a list"
		case map[string]any:
			found = "an object"
		}
		f.Message, f.Accepted = "here stands "+found, accepted
	}
}
