package node

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An event that is added to the law has to be handled where each kind of event
// is: each switch names every kind, but for those to which it has nothing to do.
var eventSwitches = []struct {
	file, function string
	nothingToDo    []string
	because        string
}{
	{file: "domain/draft.go", function: "Apply", because: "the fold"},
	{file: "eventstore/codec/v1/events.go", function: "FromDomain", because: "the line that is recorded"},
	{file: "projections/notices/derive.go", function: "fact", nothingToDo: []string{"DayBegun", "NodeAdded", "NodeRevoked", "ArrivalRegistered", "ArrivalDecided", "TemplateDefined"}, because: "the notice of what is recorded; those of a day follow from the law; nodes, the in-tray and templates change none"},
	{file: "domain/command.go", function: "actionOf", nothingToDo: []string{"RecordAnnulled", "CoverageStated", "TreatyDefined", "ParticipantDefined", "GroupDefined", "WeightsDefined", "DayBegun", "NodeAdded", "NodeRevoked", "ArrivalRegistered", "ArrivalDecided", "NotificationIssued", "TemplateDefined"},
		because: "whether a command sent again is the same: these record no action"},
	{file: "domain/command.go", function: "defines", nothingToDo: []string{"ActionRecorded", "ActionCorrected", "ActionContested", "RecordAnnulled", "CoverageStated", "DayBegun", "NodeAdded", "NodeRevoked", "ArrivalRegistered", "ArrivalDecided", "NotificationIssued", "TemplateDefined"},
		because: "whether a command sent again is the same: these define nothing"},
}

func TestEveryEventIsHandled(t *testing.T) {
	root := "../../.."
	events := implementers(t, filepath.Join(root, "domain"), "event")
	require.Greater(t, len(events), 8)
	for _, s := range eventSwitches {
		t.Run(s.file+" "+s.function, func(t *testing.T) {
			cases := casesOf(t, filepath.Join(root, s.file), s.function)
			for _, event := range events {
				handled, exempt := slices.Contains(cases, event), slices.Contains(s.nothingToDo, event)
				require.True(t, handled || exempt, "%s does not handle the event %s (%s)", s.function, event, s.because)
				require.False(t, handled && exempt, "%s handles %s, which the table calls nothing to do", s.function, event)
			}
			for _, name := range slices.Concat(cases, s.nothingToDo) {
				require.Contains(t, events, name, "no such event")
			}
		})
	}
}

// implementers lists the types of a package that have a method.
func implementers(t *testing.T, folder, method string) (names []string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		for _, d := range parsed(t, filepath.Join(folder, file.Name())).Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == method && f.Recv != nil {
				names = append(names, typeName(f.Recv.List[0].Type))
			}
		}
	}
	return names
}

// casesOf lists the types in the type switch of a function.
func casesOf(t *testing.T, file, function string) (names []string) {
	t.Helper()
	found := 0
	for _, d := range parsed(t, file).Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != function {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.TypeSwitchStmt)
			if !ok {
				return true
			}
			found++
			for _, c := range s.Body.List {
				for _, kind := range c.(*ast.CaseClause).List {
					names = append(names, typeName(kind))
				}
			}
			return true
		})
	}
	require.Equal(t, 1, found, "type switches of %s in %s", function, file)
	return names
}

func parsed(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	return f
}

// typeName returns the name of a type without pointer and package.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}
