package apitest

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// describedBy reads the description that the server has of itself, and requires
// that it is a valid one.
func describedBy(t testing.TB, c *Client) *openapi3.T {
	t.Helper()
	response, err := http.Get(c.URL + "/openapi.json")
	require.NoError(t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	descriptions.Lock()
	defer descriptions.Unlock()
	doc := descriptions.read[string(data)]
	if doc == nil {
		doc, err = openapi3.NewLoader().LoadFromData(data)
		require.NoError(t, err)
		descriptions.read[string(data)] = doc
	}
	return doc
}

// descriptions are those that were read already: most servers of tests describe
// themselves in the same bytes, and reading them takes longer than many a test.
var descriptions = struct {
	sync.Mutex
	read map[string]*openapi3.T
}{read: map[string]*openapi3.T{}}

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
func requireDescribed(t testing.TB, doc *openapi3.T, a Request, r Reply) {
	t.Helper()
	o := operation(doc, a.Method, a.Path)
	if o == nil {
		return // an address that is not served
	}
	response := o.Responses.Value(strconv.Itoa(r.Status))
	if response == nil {
		response = o.Responses.Default()
	}
	require.NotNil(t, response, "%s %s: status %d is not described", a.Method, a.Path, r.Status)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	require.NoError(t, err)
	content := response.Value.Content.Get(media)
	require.NotNil(t, content, "%s %s %d: %s is not described", a.Method, a.Path, r.Status, media)
	if content.Schema == nil || media == "text/csv" {
		return
	}
	var value any
	require.NoError(t, json.Unmarshal(r.Body, &value))
	err = doc.ValidateSchemaJSON(content.Schema.Value, value, openapi3.EnableFormatValidation())
	require.NoError(t, err, "%s %s", a.Method, a.Path)
}
