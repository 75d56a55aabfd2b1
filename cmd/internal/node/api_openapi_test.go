package node

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// describedBy reads the description that the door gives of itself, and requires
// that it is a valid one.
func describedBy(t *testing.T, d *door) *openapi3.T {
	t.Helper()
	response, err := http.Get(d.url + "/openapi.json")
	require.NoError(t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(data)
	require.NoError(t, err)
	return doc
}

// operation finds what describes a request: the path with the most literal
// segments that fits.
func operation(doc *openapi3.T, method, path string) *openapi3.Operation {
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(path, "/")
	var best *openapi3.PathItem
	most := -1
	for template, item := range doc.Paths.Map() {
		parts, literal := strings.Split(template, "/"), 0
		fits := len(parts) == len(segments)
		for i := 0; fits && i < len(parts); i++ {
			if strings.HasPrefix(parts[i], "{") {
				fits = segments[i] != ""
			} else {
				fits = parts[i] == segments[i]
				literal++
			}
		}
		if fits && literal > most {
			best, most = item, literal
		}
	}
	if best == nil {
		return nil
	}
	return best.GetOperation(method)
}

// requireDescribed requires that an answer has the form that is described for
// its status.
func requireDescribed(t *testing.T, doc *openapi3.T, a ask, r reply) {
	t.Helper()
	o := operation(doc, a.method, a.path)
	if o == nil {
		return // an address that is not served
	}
	response := o.Responses.Value(strconv.Itoa(r.status))
	if response == nil {
		response = o.Responses.Default()
	}
	require.NotNil(t, response, "%s %s: status %d is not described", a.method, a.path, r.status)
	media, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	require.NoError(t, err)
	content := response.Value.Content.Get(media)
	require.NotNil(t, content, "%s %s %d: %s is not described", a.method, a.path, r.status, media)
	if content.Schema == nil || media == "text/csv" {
		return
	}
	var value any
	require.NoError(t, json.Unmarshal(r.body, &value))
	err = doc.ValidateSchemaJSON(content.Schema.Value, value, openapi3.EnableFormatValidation())
	require.NoError(t, err, "%s %s", a.method, a.path)
}

func TestDescription(t *testing.T) {
	d := openDoor(t)
	require.True(t, strings.HasPrefix(d.doc.OpenAPI, "3.1"))
	require.NoError(t, d.doc.Validate(t.Context()))
	ids := map[string]bool{}
	for path, item := range d.doc.Paths.Map() {
		for method, o := range item.Operations() {
			at := method + " " + path
			require.NotEmpty(t, o.Summary, at)
			require.Len(t, o.Tags, 1, at)
			require.NotNil(t, d.doc.Tags.Get(o.Tags[0]), at)
			require.Regexp(t, `^[a-z][a-zA-Z]+$`, o.OperationID, at)
			require.False(t, ids[o.OperationID], at)
			ids[o.OperationID] = true
			requireFailuresDescribed(t, at, o)
			records := method != http.MethodGet && path != "/v1/what-if" // a question whose acts stand in its body
			private := strings.HasPrefix(path, "/v1/webhooks") && !strings.HasSuffix(path, "/keys") || strings.HasPrefix(path, "/v1/proposals")
			if records || private || path == "/v1/operate/backup" {
				require.NotNil(t, o.Security, at)
				require.NotEmpty(t, (*o.Security)[0]["token"], at)
				require.NotNil(t, o.Responses.Value("401"), at)
				require.NotNil(t, o.Responses.Value("403"), at)
			} else {
				require.Nil(t, o.Security, at)
			}
		}
	}
	require.Greater(t, len(ids), 30)
}

func requireFailuresDescribed(t *testing.T, at string, o *openapi3.Operation) {
	t.Helper()
	failures := 0
	for status, response := range o.Responses.Map() {
		if status == "default" || status >= "400" && status != "503" {
			failures++
			media := response.Value.Content.Get("application/problem+json")
			require.NotNil(t, media, "%s %s", at, status)
			require.Equal(t, "#/components/schemas/Problem", media.Schema.Ref, "%s %s", at, status)
		}
	}
	require.Positive(t, failures, at)
}

// The domain's types are described as what they are written as.
func TestDescribedTypes(t *testing.T) {
	d := openDoor(t)
	schemas := d.doc.Components.Schemas
	property := func(schema, name string) *openapi3.Schema {
		require.Contains(t, schemas, schema)
		p := schemas[schema].Value.Properties[name]
		require.NotNil(t, p, "%s.%s", schema, name)
		return p.Value
	}
	for _, at := range [][2]string{{"Action", "date"}, {"Action", "effect"}, {"StatusRow", "bound"}, {"Axes", "asOf"}, {"TimelineEntry", "date"},
		{"Interval", "from"}, {"Treaty", "adopted"}, {"AwaitingRow", "signed"}, {"Standing", "from"}, {"Counted", "date"}, {"DatedName", "until"}} {
		p := property(at[0], at[1])
		require.True(t, p.Type.Is("string"), at)
		require.Equal(t, "date", p.Format, at)
	}
	for _, at := range [][2]string{{"ActRef", "record"}, {"RecordDetail", "record"}, {"EventView", "id"}, {"Statement", "target"}} {
		p := property(at[0], at[1])
		require.True(t, p.Type.Is("string"), at)
		require.NotEmpty(t, p.Pattern, at)
	}
	for _, at := range [][2]string{{"CommitView", "recorded"}, {"Axes", "knownOn"}, {"Receipt", "recorded"}} {
		require.Equal(t, "date-time", property(at[0], at[1]).Format, at)
	}
	require.True(t, property("CommitView", "hash").Type.Is("string"))
	require.True(t, property("CommitView", "position").Type.Is("integer"))
	rows := property("Weights", "rows")
	require.True(t, rows.Type.Is("array"))
	require.True(t, rows.Items.Value.Type.Is("array"))
	require.EqualValues(t, 3, rows.Items.Value.MinItems)
	for _, name := range []string{"type", "title", "status"} {
		require.Contains(t, schemas["Problem"].Value.Required, name)
	}
	data, err := json.Marshal(d.doc)
	require.NoError(t, err)
	require.False(t, bytes.Contains(data, []byte(`$schema`)))
}

// What is read of a definition can be sent back as it is.
func TestDefinitionsRoundTrip(t *testing.T) {
	d := openDoor(t)
	before := d.Position()
	for _, path := range []string{"/v1/treaties/IV-13", "/v1/treaties/XVIII-12-b", "/v1/participants/TUR", "/v1/participants/EUU", "/v1/groups/EU", "/v1/weights/migrant-stock/2020"} {
		t.Run(path, func(t *testing.T) {
			held := d.ask(t, ask{path: path})
			require.Equal(t, http.StatusOK, held.status)
			require.NotContains(t, string(held.body), "$schema")
			r := d.ask(t, ask{method: "PUT", path: path, body: string(held.body), token: "define"})
			require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s", r.body)
			require.EqualValues(t, "NOTHING_CHANGED", r.problem(t).Findings[0].Code)
		})
	}
	require.Equal(t, before, d.Position())
}
