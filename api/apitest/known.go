package apitest

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"depositary/domain"
)

// Partial is a treaty of which not everything is known. Nothing that is shown of
// it may say that nobody has done what nobody has recorded.
type Partial struct {
	ID, Short string
	Extent    domain.Extent
	AsAt      string // of a table: the last day up to which every act is recorded
}

// PartlyRecorded records what makes three treaties partly known: of the first no
// act is recorded; of the second all acts up to 31 March 2015; of the third one
// signature, which leaves open what all others did, and what the signatory did
// next.
func (c *Client) PartlyRecorded(t testing.TB) []Partial {
	t.Helper()
	post := func(path, body string) {
		c.Must(t, http.StatusCreated, Request{Path: path, Token: "record", Body: body})
	}
	post("/v1/treaties/CEDAW/actions", `{"actions":[{"participant":"FRA","action":"ratification","date":"1983-12-14"},{"participant":"MEX","action":"ratification","date":"1981-03-23"}],"reason":"a table"}`)
	post("/v1/treaties/CEDAW/coverage", `{"coverage":{"extent":"table","asAt":"2015-03-31"}}`)
	post("/v1/treaties/CAT/actions", `{"actions":[{"participant":"DEU","action":"signature","date":"1986-10-13"}],"reason":"one act"}`)
	return []Partial{{"IV-11", "CRC", domain.ExtentNone, ""}, {"IV-8", "CEDAW", domain.ExtentTable, "2015-03-31"}, {"IV-9", "CAT", domain.ExtentSome, ""}}
}

var (
	tags      = regexp.MustCompile(`(?s)<(script|style|select|datalist)[ >].*?</(script|style|select|datalist)>|<!--.*?-->|<[^>]*>`)
	legends   = regexp.MustCompile(`(?s)<(ul|p|dl|g) class="[^"]*legend[^"]*".*?</(ul|p|dl|g)>`)
	asides    = regexp.MustCompile(`(?s)<p class="small cite">.*?</p>|<text class="chart-muted".*?</text>`) // the address of the page; labels of axes
	aloneZero = regexp.MustCompile(`(^|[^\d.,/:#\w-])0([.,]0+)?($|[^\d.,:\w-]|[.,]($|\s))`)
	leftOut   = regexp.MustCompile(`\([\d.]+\s%\)\s+are\s+left\s+out`) // of the table of corridors
	percent   = regexp.MustCompile(`%`)
	denials   = regexp.MustCompile(`(?i)no action|nothing (had been|was|has been|is) done|nothing done|neither signed|no such statement had|nobody|no signator|condition not met|nothing is recorded of it|waits for nothing|not a party`)
)

// RequireKnown requires that a text which answers a question on a treaty states
// nothing that is not known: no zero, no denial, and where no act is recorded no
// share. Where the acts are recorded as at a day, it names the day.
func (p Partial) RequireKnown(t testing.TB, where, text string) {
	t.Helper()
	if p.Extent == domain.ExtentTable {
		day, err := domain.ParseDate(p.AsAt)
		require.NoError(t, err)
		assert.True(t, strings.Contains(text, p.AsAt) || strings.Contains(text, day.Long()), "%s does not say until when acts are recorded:\n%s", where, text)
		return
	}
	for _, wrong := range []*regexp.Regexp{aloneZero, denials} {
		requireNowhere(t, wrong, text, where)
	}
	if p.Extent == domain.ExtentNone {
		requireNowhere(t, percent, leftOut.ReplaceAllString(text, ""), where)
	}
}

// requireNowhere requires that nothing in a text is as the expression, and shows
// what stands around it.
func requireNowhere(t testing.TB, wrong *regexp.Regexp, text, where string) {
	t.Helper()
	for _, at := range wrong.FindAllStringIndex(text, 3) {
		assert.Fail(t, "states what is not known", "%s: %q in …%s…", where, text[at[0]:at[1]], text[max(0, at[0]-80):min(len(text), at[1]+80)])
	}
}

// RequirePage requires the same of a page. Of one that is about several treaties
// only the lines count that name this one.
func (p Partial) RequirePage(t testing.TB, where, page string, about bool) {
	t.Helper()
	if at := strings.Index(page, "<main"); at >= 0 {
		head := regexp.MustCompile(`<meta [^>]*(description|og:)[^>]*>`).FindAllString(page[:at], -1)
		page = strings.Join(head, " ") + page[at:strings.LastIndex(page, "</main>")]
	}
	page = legends.ReplaceAllString(page, "")
	page = asides.ReplaceAllString(page, "")
	if about {
		p.RequireKnown(t, where, plain(page))
		return
	}
	for _, line := range regexp.MustCompile(`(?s)<(tr|li|p)[ >].*?</(tr|li|p)>`).FindAllString(page, -1) {
		if text := plain(line); p.names(text) {
			p.RequireKnown(t, where, text)
		}
	}
}

func (p Partial) names(text string) bool {
	return regexp.MustCompile(`(^|[^\w-])(` + p.Short + `|` + p.ID + `)($|[^\w-])`).MatchString(text)
}

func plain(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

// KnownZeros are members of answers whose zeros are known: how much is recorded, how
// long a list is, the table of corridors (a small share rounds to zero), areas that
// are no participants, and that no consent ends a relation. The words of a matrix's
// numbers stand in its answer whether or not they are used.
var KnownZeros = []string{".acts", ".statements", ".total", ".relations.ended", ".statuses[]", ".table.leftOutShare", ".rows[].share", ".notParticipants"}

// KnownColumns are columns of tables with such zeros.
var KnownColumns = []string{"acts", "statements", "share_percent"}

// denying are words of an answer that deny what may only not be recorded.
var denying = []string{"no action", "condition not met"}

// RequireJSON requires the same of a JSON answer: of all of it where it is about
// the treaty, otherwise of the values in it that are.
func (p Partial) RequireJSON(t testing.TB, where string, body []byte, about bool, may ...string) {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(body, &value), where)
	p.requireValue(t, where, "", value, about, may)
	if p.Extent == domain.ExtentTable && (about || p.names(string(body))) {
		assert.Contains(t, string(body), p.AsAt, "%s does not say until when acts are recorded", where)
	}
}

func (p Partial) requireValue(t testing.TB, where, name string, value any, about bool, may []string) {
	t.Helper()
	switch v := value.(type) {
	case map[string]any:
		if of, named := treatyOf(v); named {
			about = of == p.ID || of == p.Short
		}
		for key, member := range v {
			p.requireValue(t, where, name+"."+key, member, about, may)
		}
	case []any:
		for _, element := range v {
			p.requireValue(t, where, name+"[]", element, about, may)
		}
	case float64:
		if !about || p.Extent == domain.ExtentTable || slices.ContainsFunc(may, func(s string) bool { return strings.HasSuffix(name, s) }) {
			return
		}
		assert.NotZero(t, v, "%s: %s of %s", where, name, p.Short)
		if p.Extent == domain.ExtentNone {
			assert.NotRegexp(t, `(?i)(share|points|gain|covered)$`, name, "%s: of %s", where, p.Short)
		}
	case string:
		if about && p.Extent != domain.ExtentTable && !slices.ContainsFunc(may, func(s string) bool { return strings.HasSuffix(name, s) }) {
			assert.NotContains(t, denying, v, "%s: %s of %s", where, name, p.Short)
			assert.NotRegexp(t, denials, v, "%s: %s of %s", where, name, p.Short)
		}
	}
}

// treatyOf returns the treaty that a value says it is about.
func treatyOf(v map[string]any) (string, bool) {
	switch of := v["treaty"].(type) {
	case string:
		return of, true
	case map[string]any:
		id, ok := of["id"].(string)
		return id, ok
	}
	if _, head := v["coverage"]; head {
		id, ok := v["id"].(string)
		return id, ok
	}
	return "", false
}

// rowNames reports whether a row is about the treaty: by its column for one, or
// else by any cell.
func (p Partial) rowNames(header, row []string) bool {
	for _, name := range []string{"treaty", "id"} {
		if i := slices.Index(header, name); i >= 0 {
			return row[i] == p.ID || row[i] == p.Short
		}
	}
	return p.names(strings.Join(row, " "))
}

// RequireCSV requires the same of a table: of its rows that name the treaty, or of
// all where it is about the treaty. Columns may say that zeros in them are known.
func (p Partial) RequireCSV(t testing.TB, where, body string, about bool, may ...string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	require.NoError(t, err, where)
	for _, row := range rows[min(1, len(rows)):] {
		if !about && !p.rowNames(rows[0], row) {
			continue
		}
		if p.Extent == domain.ExtentTable {
			assert.Contains(t, row, p.AsAt, "%s does not say until when acts are recorded", where)
			continue
		}
		for i, cell := range row {
			if !slices.Contains(may, rows[0][i]) {
				p.RequireKnown(t, fmt.Sprintf("%s, column %s", where, rows[0][i]), cell)
			}
		}
	}
}
