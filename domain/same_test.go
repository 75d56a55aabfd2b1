package domain_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/domaintest"
)

// A definition that differs in any one value is another definition.
func TestSameDefinitionSeesEveryField(t *testing.T) {
	different[domain.Treaty](t)
	different[domain.Participant](t)
	different[domain.Group](t)
	different[domain.Weights](t)
}

func different[T domain.Treaty | domain.Participant | domain.Group | domain.Weights](t *testing.T) {
	var a, same T
	domaintest.Fill(t, &a)
	domaintest.Fill(t, &same)
	require.True(t, domain.SameDefinition(&a, &same))
	for i := range reflect.TypeFor[T]().NumField() {
		var b T
		domaintest.Fill(t, &b)
		reflect.ValueOf(&b).Elem().Field(i).SetZero()
		require.False(t, domain.SameDefinition(&a, &b), "%T without %s", b, reflect.TypeFor[T]().Field(i).Name)
		require.False(t, domain.SameDefinition(&b, &a))
	}
}

func TestSameDefinitionComparesTexts(t *testing.T) {
	clause := func(when, then string) *domain.Treaty {
		return &domain.Treaty{EntryIntoForce: &domain.EntryClause{When: domain.MustCondition(when), Then: domain.MustDelay(then)}}
	}
	require.True(t, domain.SameDefinition(clause("20 consents and parent in force", "30 days"), clause("20 consents and parent in force", "30 days")))
	require.False(t, domain.SameDefinition(clause("20 consents and parent in force", "30 days"), clause("21 consents and parent in force", "30 days")))
	require.False(t, domain.SameDefinition(clause("20 consents", "30 days"), clause("20 consents", "1 month")))
	require.False(t, domain.SameDefinition(&domain.Weights{Areas: map[string]string{"a": "1"}}, &domain.Weights{Areas: map[string]string{"b": "1"}}))
	require.True(t, domain.SameDefinition(&domain.Group{Members: nil}, &domain.Group{Members: []domain.Member{}}))
	require.False(t, domain.SameDefinition(&domain.Group{Members: make([]domain.Member, 1)}, &domain.Group{Members: make([]domain.Member, 2)}))
}

// The law knows no format: forms of bytes, files and answers are those of
// others, and nothing here says how a value is written but as text.
func TestTheLawKnowsNoFormat(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, i := range file.Imports {
			require.False(t, strings.HasPrefix(i.Path.Value, `"encoding`), "%s imports %s", name, i.Path.Value)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Tag != nil {
				t.Errorf("%s: a field has the tag %s", name, f.Tag.Value)
			}
			return true
		})
	}
}
