package v1

import (
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/imports"
	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/notices"
)

// What the API's description says of the domain's types. The domain itself
// knows nothing of schemas.

type (
	treatyID      string
	participantID string
	groupID       string
	weightsID     string
	recordID      string
	noticeID      string
	upcomingKind  string
	changeKind    string
	day           string
	weightRow     []any
)

const (
	treatyPattern      = `^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`
	participantPattern = `^[A-Z0-9][A-Z0-9-]{0,14}[A-Z0-9]$`
	groupPattern       = `^[A-Z0-9][A-Z0-9-]{0,30}[A-Z0-9]$`
	weightsPattern     = `^[A-Za-z0-9][A-Za-z0-9-]{0,46}[A-Za-z0-9]$`
	noticePattern      = `^[0-9]{1,19}(\.[0-9]{1,10})?$`
	recordPattern      = `^[1-9][0-9]{0,18}\.[1-9][0-9]{0,9}$`
)

// formOf says in words what a pattern asks for.
var formOf = map[string]string{
	treatyPattern:      "the id of a treaty: 1 to 32 letters, digits and hyphens, such as IV-13 or C097",
	participantPattern: "the id of a participant: 2 to 16 capital letters, digits and hyphens, such as DEU or EUU",
	groupPattern:       "the id of a group: 2 to 32 capital letters, digits and hyphens, such as OECD",
	weightsPattern:     "the id of a weight table: 2 to 48 letters, digits and hyphens, such as migrant-stock",
	noticePattern:      "the id of a notice: a position and a number, such as 812.1; a position alone stands behind all of its notices",
	recordPattern:      "the id of a record: a position and a number, such as 812.1",
}

func patterned(pattern, example string) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: pattern, Examples: []any{example}}
}

func (treatyID) Schema(huma.Registry) *huma.Schema { return patterned(treatyPattern, "IV-13") }
func (participantID) Schema(huma.Registry) *huma.Schema {
	return patterned(participantPattern, "DEU")
}
func (groupID) Schema(huma.Registry) *huma.Schema { return patterned(groupPattern, "OECD") }
func (weightsID) Schema(huma.Registry) *huma.Schema {
	return patterned(weightsPattern, "migrant-stock")
}
func (recordID) Schema(huma.Registry) *huma.Schema     { return patterned(recordPattern, "812.1") }
func (noticeID) Schema(huma.Registry) *huma.Schema     { return patterned(noticePattern, "812.1") }
func (upcomingKind) Schema(huma.Registry) *huma.Schema { return oneOf(notices.UpcomingKinds()) }
func (changeKind) Schema(huma.Registry) *huma.Schema   { return oneOf(notices.ChangeKinds()) }

// oneOf describes a text that is one of a list.
func oneOf[T ~string](all []T) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, one := range all {
		s.Enum = append(s.Enum, string(one))
	}
	return s
}

func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date"}
}

func (weightRow) Schema(huma.Registry) *huma.Schema {
	three := 3
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{}, MinItems: &three, MaxItems: &three,
		Description: "Code of the area, year and value", Examples: []any{[]any{"DEU", 2020, 15762457}}}
}

func describeTypes(schemas huma.Registry) {
	schemas.RegisterTypeAlias(typeOf[domain.TreatyID](), typeOf[treatyID]())
	schemas.RegisterTypeAlias(typeOf[domain.ParticipantID](), typeOf[participantID]())
	schemas.RegisterTypeAlias(typeOf[domain.GroupID](), typeOf[groupID]())
	schemas.RegisterTypeAlias(typeOf[domain.WeightsID](), typeOf[weightsID]())
	schemas.RegisterTypeAlias(typeOf[domain.RecordID](), typeOf[recordID]())
	schemas.RegisterTypeAlias(typeOf[notices.ID](), typeOf[noticeID]())
	schemas.RegisterTypeAlias(typeOf[notices.UpcomingKind](), typeOf[upcomingKind]())
	schemas.RegisterTypeAlias(typeOf[notices.ChangeKind](), typeOf[changeKind]())
	schemas.RegisterTypeAlias(typeOf[domain.Date](), typeOf[day]())
	schemas.RegisterTypeAlias(typeOf[model.WeightRow](), typeOf[weightRow]())
}

// schemaName names the types of foreign tables apart from those of the domain.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == typeOf[imports.Report]().PkgPath() {
		return "Import" + name
	}
	return name
}

// framework sets what the framework keeps in variables of its own: the form of
// errors, and that a list is a list even when it is empty.
var framework = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewErrorWithContext = humaError
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return humaError(nil, status, message, errs...)
	}
})

// tabled adds to an operation the form of its answer as a table.
func tabled(o *huma.Operation) {
	o.Responses = map[string]*huma.Response{"200": {Content: map[string]*huma.MediaType{
		MediaJSON: {}, MediaCSV: {Schema: &huma.Schema{Type: huma.TypeString, Description: "A header line and a line for each entry (RFC 4180)"}}}}}
}

// alsoAnswers adds that an operation answers the same body with another status.
func alsoAnswers(o *huma.Operation, given, status, description string) {
	same := *o.Responses[given]
	same.Description = description
	o.Responses[status] = &same
}
