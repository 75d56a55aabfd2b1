package v1

import (
	"cmp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"depositary/api/auth"
	"depositary/projections"
	"depositary/projections/wording"
)

// What the API's description says of the whole, and of every operation alike.

// ExtensionRoles is the member of an operation that lists the roles of which a
// token needs one. OpenAPI has no place for the roles of a bearer token.
const ExtensionRoles = "x-roles"

const accessToken = "token" // the name of the one security scheme

// Description returns the description of the API without a server that answers.
func Description(version string) *huma.OpenAPI {
	return New(Options{Version: version, Projection: projections.NewProjection(), Metrics: prometheus.NewRegistry()}).Described()
}

func (s *API) describe() {
	doc := s.api.OpenAPI()
	doc.Info.Description = "Who has signed, ratified and made reservations to which treaty, and what follows in law. " +
		"Every question can be asked as of a legal day (asOf), of what the depositary had received by a day (receivedBy) and of what the ledger held at a moment (knownAt)."
	doc.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	doc.Info.Contact = &huma.Contact{Name: "The operator of this server"}
	doc.Servers = []*huma.Server{{URL: cmp.Or(strings.TrimSuffix(s.Public, "/"), "/"), Description: "This server"}}
	doc.Security = []map[string][]string{{}} // reading is open; operations that need a token say so
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		accessToken: {Type: "http", Scheme: "bearer", Description: "A token made with `depositary token create`. Its roles are record, define, subscribe and operate; the member " + ExtensionRoles + " of an operation lists those of which it needs one."},
	}
	doc.Tags = tagsDescribed()
	describeTypes(doc.Components.Schemas)
}

func tagsDescribed() []*huma.Tag {
	return []*huma.Tag{
		{Name: tagTreaties, Description: "Treaties, their status tables, their statements, and when and why they enter into force"},
		{Name: tagParticipants, Description: "States, organizations and territories: what each has done, and what it is bound by"},
		{Name: tagGap, Description: "Which receiving countries are bound, and for how many migrants"},
		{Name: tagAssumptions, Description: "What differs between two days, and what would follow from acts that nobody has made"},
		{Name: tagNotices, Description: "What was recorded, what took effect, and what is to come: as lists, feeds, a stream and a calendar"},
		{Name: tagWebhooks, Description: "Subscriptions: notices sent to an address of the subscriber"},
		{Name: tagGroups, Description: "Groups of participants and weight tables, such as the migrant stock"},
		{Name: tagLedger, Description: "The recorded commits and acts, their documents and their proofs"},
		{Name: tagRecording, Description: "Recording, correcting and annulling acts; importing files; approval by a second person"},
		{Name: tagDefinitions, Description: "Treaties, participants, groups and weight tables, and the bundled tables of them"},
		{Name: tagPersons, Description: "Access tokens, withdrawn documents, and the audit log"},
		{Name: tagOperation, Description: "Health, nodes, verification and backup"},
	}
}

// about describes the operation: what its entry says of it, who may ask, and what
// its policy promises.
func (r *Route) about() string {
	sentences := []string{r.Description}
	say := func(when bool, sentence string) {
		if when {
			sentences = append(sentences, sentence)
		}
	}
	say(len(r.Roles) == 0, "Open to everybody.")
	say(len(r.Roles) == 1, "Needs a token with the role "+rolesOf(r)+".")
	say(len(r.Roles) > 1, "Needs a token with one of the roles "+rolesOf(r)+".")
	say(r.Trial, "A dry run needs no token.")
	say(r.Takes("asOf"), "Answers as of a day, of what was received by a day, and of what was known at a moment.")
	say(r.Tabular(), "Answers in JSON or, with format=csv, as a table.")
	say(r.Kept, "Has an ETag that changes only with the answer.")
	return strings.TrimSpace(strings.Join(sentences, " "))
}

func rolesOf(r *Route) string { return wording.Join(r.Roles, ", ") }

// secure says which token the operation needs.
func (r *Route) secure(o *huma.Operation) {
	if len(r.Roles) == 0 {
		return
	}
	o.Security = []map[string][]string{{accessToken: {}}}
	if r.Trial {
		o.Security = append(o.Security, map[string][]string{})
	}
	o.Extensions = map[string]any{ExtensionRoles: append([]auth.Role(nil), r.Roles...)}
}
