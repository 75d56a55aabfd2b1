package pages

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
	v1 "depositary/api/v1"
	"depositary/projections/wording"
)

type apiBody struct{ Tags []apiTag }

type apiTag struct {
	Name, Anchor string
	Operations   []apiOperation
}

type apiOperation struct {
	ID, Method, Path, Summary, Description, Role, Body, Example string
	Parameters                                                  []*huma.Param
	Answers                                                     []apiAnswer
}

type apiAnswer struct{ Status, Description string }

// api shows the routes as the OpenAPI document describes them.
func (s *Site) api(a *ask) (view, error) {
	doc := s.Described()
	var b apiBody
	for _, tag := range doc.Tags {
		t := apiTag{Name: tag.Name, Anchor: strings.ToLower(strings.ReplaceAll(tag.Name, " ", "-"))}
		for path, item := range doc.Paths {
			for method, o := range methods(item) {
				if slices.Contains(o.Tags, tag.Name) {
					t.Operations = append(t.Operations, describe(method, path, o))
				}
			}
		}
		slices.SortFunc(t.Operations, func(x, y apiOperation) int {
			return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
		})
		b.Tags = append(b.Tags, t)
	}
	return view{template: "api", title: a.Lang.Text("apidocs.title"), description: a.Lang.Text("apidocs.about"), body: b}, nil
}

func methods(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete}
	for method, o := range all {
		if o == nil {
			delete(all, method)
		}
	}
	return all
}

func describe(method, path string, o *huma.Operation) apiOperation {
	d := apiOperation{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, Description: o.Description, Parameters: o.Parameters}
	if roles, ok := o.Extensions[v1.ExtensionRoles].([]auth.Role); ok {
		d.Role = wording.Join(roles, ",")
	}
	if o.RequestBody != nil {
		for media := range o.RequestBody.Content {
			d.Body = cmp.Or(d.Body, media)
		}
	}
	for status, answer := range o.Responses {
		d.Answers = append(d.Answers, apiAnswer{status, answer.Description})
	}
	slices.SortFunc(d.Answers, func(x, y apiAnswer) int { return cmp.Compare(x.Status, y.Status) })
	if method == "GET" && d.Role == "" {
		d.Example = example(path, o)
	}
	return d
}

// example fills a route with the examples of the parameters that it cannot do
// without, empty where one has none.
func example(path string, o *huma.Operation) string {
	query := url.Values{}
	for _, p := range o.Parameters {
		if !p.Required && p.In != "path" {
			continue
		}
		value := exampleOf(p)
		if value == "" {
			return ""
		}
		if p.In == "query" {
			query.Set(p.Name, value)
		}
		path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(value))
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

func exampleOf(p *huma.Param) string {
	value, given := p.Example, p.Example != nil
	if !given && p.Schema != nil && len(p.Schema.Examples) > 0 {
		value, given = p.Schema.Examples[0], true
	}
	if all, ok := value.([]string); ok {
		return strings.Join(all, ",")
	}
	if !given {
		return ""
	}
	return fmt.Sprint(value)
}
