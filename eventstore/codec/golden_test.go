package codec

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
	"depositary/eventstore/codec/v1"
)

// allEvents has one of each event of the domain.
var allEvents = []domain.Event{
	new(domain.ActionRecorded), new(domain.ActionCorrected), new(domain.ActionContested), new(domain.RecordAnnulled),
	new(domain.CoverageStated), new(domain.TreatyDefined), new(domain.ParticipantDefined), new(domain.GroupDefined), new(domain.WeightsDefined), new(domain.DayBegun),
	new(domain.NodeAdded), new(domain.NodeRevoked),
	new(domain.ArrivalRegistered), new(domain.ArrivalDecided), new(domain.NotificationIssued), new(domain.TemplateDefined),
}

// Every member of every event reaches the ledger and comes back: a field that is
// added to the domain and not to the bytes fails here.
func TestEveryFieldIsRecorded(t *testing.T) {
	for _, empty := range allEvents {
		event := reflect.New(reflect.TypeOf(empty).Elem())
		domaintest.Fill(t, event.Interface())
		line, err := Encode(event.Interface().(domain.Event))
		require.NoError(t, err)
		read, err := NewDecoder().Event(line)
		require.NoError(t, err, "%s", line)
		require.Equal(t, event.Interface(), read, "%s", line)
	}
}

// The bytes of every member of every event are frozen, and each member is the
// field of the domain that has its name in Go. The values follow the order of
// the bytes and not that of the domain.
func TestEveryMemberIsFrozen(t *testing.T) {
	const file = "testdata/members.ndjson"
	frozen, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, empty := range allEvents {
		shape, ok := v1.FromDomain(empty)
		require.True(t, ok, "%T", empty)
		filled := reflect.New(reflect.TypeOf(shape))
		domaintest.Fill(t, filled.Interface())
		filled.Elem().FieldByName("Type").SetString("")
		event := filled.Interface().(v1.Event).ToDomain()
		require.Equal(t, domaintest.Leaves(event), domaintest.Leaves(filled.Interface()), "%T", event)
		line, err := Encode(event)
		require.NoError(t, err)
		if *update && !bytes.Contains(frozen, append(line, '\n')) {
			frozen = append(append(frozen, line...), '\n')
			require.NoError(t, os.WriteFile(file, frozen, 0o644))
		}
		require.True(t, bytes.Contains(frozen, append(line, '\n')), "the bytes of %T are not those in %s:\n%s", empty, file, line)
	}
}

// What was frozen is read for good, and is written again to the byte.
func TestFrozenLines(t *testing.T) {
	files, err := filepath.Glob("testdata/*.ndjson")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	missing := maps.Clone(readers)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
			event, err := NewDecoder().Event([]byte(line))
			require.NoError(t, err, "%s, line %d: %s", file, i+1, line)
			again, err := Encode(event)
			require.NoError(t, err)
			require.Equal(t, line, string(again), "%s, line %d", file, i+1)
			if recorded, ok := event.(*domain.ActionRecorded); ok && file == "testdata/texts.ndjson" {
				require.True(t, recorded.Action.Kind.Known(), "kind of act %q", recorded.Action.Kind)
			}
			for name := range missing {
				if strings.HasPrefix(line, `{"type":"`+name+`"`) {
					delete(missing, name)
				}
			}
		}
	}
	require.Empty(t, slices.Collect(maps.Keys(missing)), "these have no frozen line")
}

// Every type of the domain that is an event is tested here.
func TestAllEventsAreListed(t *testing.T) {
	var declared, listed []string
	files, err := filepath.Glob("../../domain/*.go")
	require.NoError(t, err)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name != "event" || f.Recv == nil || f.Type.Params.NumFields()+f.Type.Results.NumFields() > 0 {
				continue
			}
			if receiver, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
				declared = append(declared, receiver.X.(*ast.Ident).Name)
			}
		}
	}
	for _, e := range allEvents {
		listed = append(listed, reflect.TypeOf(e).Elem().Name())
	}
	require.ElementsMatch(t, declared, listed)
}
