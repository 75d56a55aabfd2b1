package v1_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

var addMembers = flag.Bool("add-members", false, "add members that the API has by now to testdata/members.txt")

// The members of bodies and answers are frozen, each with its type: the file may
// be added to (-add-members does it) and is never edited, as programs of others read
// what it lists.
func TestMembersAreFrozen(t *testing.T) {
	const file = "testdata/members.txt"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	frozen := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	var members []string
	for name, schema := range apitest.Open(t).Described.Components.Schemas {
		for member, of := range schema.Value.Properties {
			require.Regexp(t, `^[$_a-z]`, member, "%s: a member without a name of its own", name)
			members = append(members, name+"."+member+" "+typeOfMember(of))
		}
	}
	if *addMembers {
		for _, m := range members {
			if !slices.Contains(frozen, m) {
				frozen = append(frozen, m)
			}
		}
		frozen = slices.DeleteFunc(frozen, func(line string) bool { return line == "" })
		slices.Sort(frozen)
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(frozen, "\n")+"\n"), 0o644))
	}
	for _, line := range frozen {
		require.Contains(t, members, line, "a member that programs read was renamed, removed or given another type")
	}
}

func typeOfMember(s *openapi3.SchemaRef) string {
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Value.Items != nil:
		return "[]" + typeOfMember(s.Value.Items)
	case s.Value.Type == nil:
		return "any"
	}
	return strings.Join(s.Value.Type.Slice(), "|")
}
