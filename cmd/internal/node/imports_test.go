package node

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The folder list is the architecture. Each rule says what a package and those
// below it may not import, and why.
var importRules = []struct {
	of      string // package, with those below it
	except  []string
	never   []string
	because string
}{
	{of: "internal", never: []string{"depositary/domain", "depositary/eventstore", "depositary/projections", "depositary/api", "depositary/cmd"},
		because: "files and locks know nothing of what they are for"},
	{of: "domain", never: []string{"depositary/internal", "depositary/eventstore", "depositary/projections", "depositary/api", "depositary/cmd", "."},
		because: "the law imports the standard library only"},
	{of: "eventstore", except: []string{"eventstore/codec", "eventstore/recorder"}, never: []string{"depositary/domain", "depositary/projections", "depositary/api"},
		because: "the event store knows bytes, not law"},
	{of: "eventstore/codec/v1", never: []string{"depositary/eventstore", "depositary/domain/catalogue"}, because: "the shapes of the bytes depend on nothing but the law's values"},
	{of: "eventstore", except: []string{"eventstore/ledger"}, never: []string{"github.com/nats-io"}, because: "only the ledger knows NATS"},
	{of: "eventstore", except: []string{"eventstore/boltstore"}, never: []string{"go.etcd.io/bbolt"}, because: "only the store knows bbolt"},
	{of: "eventstore/recorder", never: []string{"depositary/api", "depositary/projections", "net/http"}, because: "the way in knows no door"},
	{of: "projections", never: []string{"github.com/nats-io", "go.etcd.io/bbolt", "net/http", "depositary/eventstore/ledger", "depositary/eventstore/boltstore", "depositary/api"},
		because: "views know neither NATS nor bbolt nor HTTP"},
	{of: "projections", except: []string{"projections/gap", "projections/effects", "projections/notices", "projections/whatif", "projections/corridors", "projections/brief", "projections/intray"},
		never:   []string{"depositary/projections/gap", "depositary/projections/effects", "depositary/projections/notices", "depositary/projections/whatif"},
		because: "views of the law do not know the questions that are built on them"},
	{of: "projections/gap", never: []string{"depositary/projections/effects", "depositary/projections/notices", "depositary/projections/whatif", "depositary/projections/cover"},
		because: "a gap is measured on one view of the law"},
	{of: "projections/notices", never: []string{"depositary/projections/effects", "depositary/projections/whatif", "depositary/projections/cover"},
		because: "notices tell what is, and ask no what-ifs"},
	{of: "projections/model", never: []string{"depositary/eventstore", "depositary/projections", "depositary/domain/catalogue"}, because: "the forms of answers depend on nothing but the law's values"},
	{of: "projections/cover", never: []string{"depositary/eventstore"}, because: "choosing sets of candidates needs no ledger"},
	{of: "projections/wording", never: []string{"depositary/domain", "depositary/eventstore"}, because: "texts and numbers go in, texts come out"},
	{of: "api", never: []string{"github.com/nats-io", "go.etcd.io/bbolt", "depositary/eventstore/ledger", "depositary/eventstore/boltstore"},
		because: "the door knows no store"},
	{of: "api/v1", never: []string{"depositary/api/pages"}, because: "the JSON API knows no pages"},
	{of: "api/feeds", never: []string{"depositary/api/v1", "depositary/api/pages", "depositary/api/commands", "depositary/api/auth"}, because: "feeds write what they are given, and know no route"},
	{of: "api/problem", never: []string{"depositary/api/v1", "depositary/api/pages"}, because: "what is wrong is said the same way behind every door"},
	{of: "api/accept", never: []string{"depositary/domain", "depositary/eventstore", "depositary/projections", "depositary/api"}, because: "it reads headers and knows nothing of what is answered"},
	{of: "api/commands", never: []string{"net/http", "github.com/danielgtaylor/huma", "depositary/api/pages"}, because: "what is carried out does not depend on the door it came by"},
	{of: "api/pages/raster", never: []string{"depositary/domain", "depositary/projections", "net/http"}, because: "it paints drawings and knows nothing of what they show"},
	{of: "api/pages/lang", never: []string{"depositary/api", "depositary/projections", "depositary/eventstore", "depositary/domain/catalogue", "net/http"},
		because: "the languages know the law's words and nothing of what is shown in them"},
}

func TestWhoMayImportWhom(t *testing.T) {
	imports := projectImports(t)
	for _, rule := range importRules {
		checked := 0
		for pkg, imported := range imports {
			if !below(pkg, rule.of) || anyBelow(pkg, rule.except) {
				continue
			}
			checked++
			for _, i := range imported {
				for _, never := range rule.never {
					require.False(t, forbidden(i, never), "%s imports %s: %s", pkg, i, rule.because)
				}
			}
		}
		require.Positive(t, checked, "no package is below %s", rule.of)
	}
}

// The root of api mounts what lies below it; what lies below does not know it.
func TestNothingBelowImportsTheServer(t *testing.T) {
	for pkg, imported := range projectImports(t) {
		if !below(pkg, "cmd") {
			require.NotContains(t, imported, "depositary/api", pkg)
		}
	}
}

// forbidden reports whether an import is the one forbidden or below it; "." stands
// for every package with a host in its name, that is, outside the standard library.
func forbidden(imported, never string) bool {
	if never == "." {
		first, _, _ := strings.Cut(imported, "/")
		return strings.Contains(first, ".")
	}
	return imported == never || strings.HasPrefix(imported, never+"/")
}

func below(pkg, of string) bool {
	return pkg == "depositary/"+of || strings.HasPrefix(pkg, "depositary/"+of+"/")
}

func anyBelow(pkg string, folders []string) bool {
	for _, f := range folders {
		if below(pkg, f) {
			return true
		}
	}
	return false
}

// projectImports returns the imports of each package, without its tests' and
// without the packages that are for tests only.
func projectImports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "depositary/...").Output()
	require.NoError(t, err)
	imports := make(map[string][]string)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		if !strings.HasSuffix(p.ImportPath, "test") {
			imports[p.ImportPath] = p.Imports
		}
	}
	return imports
}
