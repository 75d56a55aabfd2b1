package v1

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
)

// Route is one line of the table of routes (routes.go). The description of the
// API, the cache, the negotiation of forms, the links of the pages and the tests
// are made from it.
type Route struct {
	Method, Path, ID string // ID: verbNoun, unique
	Tag, Summary     string
	Policy
	handling

	params map[string]param // of path and query
}

// Policy is what routes of one kind have in common.
type Policy struct {
	Roles  []auth.Role // one of them is needed; none: open to all
	Trial  bool        // its dry run is open to all: it records nothing, and asks no more than a what-if
	Kept   bool        // the answer follows from the address, the views and the day, and is kept as long as these stay
	Lasts  Lasts       // when the answer can never change
	ByHost bool        // the answer carries the address at which it was asked for
	Own    bool        // the address names the form: it is this one, whatever Accept says
	Cost   Cost
	Errors []int // with which it may fail, beside 500

	Description string
	Status      int // of success; 200 where 0
	maxBody     int64
	also        []sameBody
	before      func(*API) huma.Middlewares
}

// Cost is what a request may take, the least first.
type Cost int

// The classes of cost.
const (
	CostView   Cost = iota // computed from the views in memory
	CostScan               // reads a run of the ledger
	CostWrite              // waits for the ledger, or for what the nodes share
	CostAssume             // decides acts anew on a copy of the law's state
	CostBulk               // work of minutes, which is cut off after five
	CostOpen               // as long as the ledger is: its limit of time moves with its reader
	CostFollow             // as long as a reader stays, or a receiver takes: no limit of time

	CostProbe Cost = -1 // answered at once: for those who watch the node
)

// sameBody is another status under which the same body is answered.
type sameBody struct{ of, status, description string }

type param struct {
	in   string // path or query
	name string
	who  bool // names participants, which may come to be named otherwise
}

// handling is how a route is answered.
type handling struct {
	input    reflect.Type
	media    []string // in which it answers, the usual one first
	register func(*API, huma.Operation)
}

// Media lists the media types in which the route answers, the usual one first.
func (r *Route) Media() []string { return r.media }

// Tabular reports whether the answer has a form as a table, in CSV.
func (r *Route) Tabular() bool { return slices.Contains(r.media, MediaCSV) }

// Takes reports whether the route has a parameter of this name in its path or query.
func (r *Route) Takes(name string) bool { _, ok := r.params[name]; return ok }

// Routes lists all routes, in the order of the table.
func Routes() []*Route { return all }

var (
	all       []*Route
	byID      = make(map[string]*Route)
	byPattern = make(map[string]*Route)
)

func init() { // not by initialisation of variables: handlers ask for addresses
	for _, r := range routes() {
		r.params = make(map[string]param)
		paramsOf(r.input, r.params)
		if byID[r.ID] != nil {
			panic("two routes are called " + r.ID)
		}
		all = append(all, r)
		byID[r.ID], byPattern[r.Method+" "+r.Path] = r, r
	}
}

// paramsOf collects the parameters that an input declares, also in what it embeds.
func paramsOf(t reflect.Type, into map[string]param) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			paramsOf(f.Type, into)
			continue
		}
		for _, in := range []string{"path", "query"} {
			if name, _, _ := strings.Cut(f.Tag.Get(in), ","); name != "" {
				into[name] = param{in, name, f.Tag.Get("names") == "participants"}
			}
		}
	}
}

// Find returns the route of an operation, nil where there is none.
func Find(id string) *Route { return byID[id] }

// Match returns the route that answers a request, nil where none does.
func (s *API) Match(r *http.Request) *Route {
	if clean := path.Clean(r.URL.Path); r.URL.Path != clean {
		return nil
	}
	_, pattern := s.mux.Handler(r)
	if rest, ok := strings.CutPrefix(pattern, http.MethodHead+" "); ok {
		pattern = http.MethodGet + " " + rest
	}
	return byPattern[pattern]
}

// Address returns the address of an operation below the server's. Pairs are
// names and values of parameters of path and query; empty values are left out.
// It panics where the operation does not exist or does not take a parameter:
// a link cannot name what is not there.
func Address(id string, pairs ...string) string {
	r := byID[id]
	if r == nil {
		panic(fmt.Sprintf("no operation is called %q", id))
	}
	address, query := r.Path, url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		p, ok := r.params[name]
		switch {
		case !ok:
			panic(fmt.Sprintf("the operation %s takes no parameter %q", id, name))
		case p.in == "path":
			address = strings.ReplaceAll(address, "{"+name+"}", url.PathEscape(value))
		case value != "":
			query.Add(name, value)
		}
	}
	if strings.Contains(address, "{") {
		panic(fmt.Sprintf("the operation %s has no address without all of %s", id, r.Path))
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}
