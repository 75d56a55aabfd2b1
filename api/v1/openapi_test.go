package v1_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"depositary/api/apitest"
	v1 "depositary/api/v1"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

func TestDescription(t *testing.T) {
	d := apitest.Open(t)
	require.True(t, strings.HasPrefix(d.Described.OpenAPI, "3.1"))
	require.NoError(t, d.Described.Validate(t.Context()))
	ids := map[string]bool{}
	for path, item := range d.Described.Paths.Map() {
		for method, o := range item.Operations() {
			at := method + " " + path
			require.NotEmpty(t, o.Summary, at)
			require.Len(t, o.Tags, 1, at)
			require.NotNil(t, d.Described.Tags.Get(o.Tags[0]), at)
			require.Regexp(t, `^[a-z][a-zA-Z]+$`, o.OperationID, at)
			require.False(t, ids[o.OperationID], at)
			ids[o.OperationID] = true
			requireFailuresDescribed(t, at, o)
			records := method != http.MethodGet && path != "/v1/what-if" // a question whose acts stand in its body
			private := strings.HasPrefix(path, "/v1/webhooks") && !strings.HasSuffix(path, "/keys") || strings.HasPrefix(path, "/v1/proposals") || strings.HasPrefix(path, "/v1/tokens") || strings.HasPrefix(path, "/v1/audit") ||
				path == "/v1/intray" || strings.HasPrefix(path, "/v1/arrivals") || path == "/v1/actions/{record}/notification"
			if records || private || path == "/v1/operate/backup" {
				require.NotNil(t, o.Security, at)
				require.Contains(t, (*o.Security)[0], "token", at)
				require.NotEmpty(t, o.Extensions[v1.ExtensionRoles], at)
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
	d := apitest.Open(t)
	schemas := d.Described.Components.Schemas
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
	data, err := json.Marshal(d.Described)
	require.NoError(t, err)
	require.False(t, bytes.Contains(data, []byte(`$schema`)))
}

// What is read of a definition can be sent back as it is.
func TestDefinitionsRoundTrip(t *testing.T) {
	d := apitest.Open(t)
	before := d.Position()
	for _, path := range []string{"/v1/treaties/IV-13", "/v1/treaties/XVIII-12-b", "/v1/participants/TUR", "/v1/participants/EUU", "/v1/groups/EU", "/v1/weights/migrant-stock/2020"} {
		t.Run(path, func(t *testing.T) {
			held := d.Ask(t, apitest.Request{Path: path})
			require.Equal(t, http.StatusOK, held.Status)
			require.NotContains(t, string(held.Body), "$schema")
			r := d.Ask(t, apitest.Request{Method: "PUT", Path: path, Body: string(held.Body), Token: "define"})
			require.Equal(t, http.StatusUnprocessableEntity, r.Status, "%s", r.Body)
			require.EqualValues(t, "NOTHING_CHANGED", r.Problem(t).Findings[0].Code)
		})
	}
	require.Equal(t, before, d.Position())
}
