package node

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the folder of the repository, as seen from this package.
const root = "../../.."

// The picture of packages in docs/architecture.md names every package, and no
// package imports one that stands above it or beside it.
func TestPictureOfPackages(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/architecture.md"))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(text), "```packages\n")
	picture, _, found := strings.Cut(rest, "```")
	require.True(t, found, "no picture in docs/architecture.md")
	line := make(map[string]int)
	for i, l := range strings.Split(strings.TrimSpace(picture), "\n") {
		line["depositary/"+strings.Fields(l)[0]] = i + 1
	}
	imports := projectImports(t)
	for pkg, imported := range imports {
		if strings.HasPrefix(pkg, "depositary/docs/") {
			continue
		}
		require.Contains(t, line, pkg, "docs/architecture.md does not name the package")
		for _, i := range imported {
			if _, ours := imports[i]; ours {
				require.Less(t, line[pkg], line[i], "docs/architecture.md: %s imports %s, which does not stand below it", pkg, i)
			}
		}
	}
	for pkg := range line {
		require.DirExists(t, filepath.Join(root, strings.TrimPrefix(pkg, "depositary")))
	}
}

var (
	documentLink    = regexp.MustCompile(`\]\(([^)\s#]*)(?:#([^)\s]*))?\)`)
	documentHeading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInAnchor     = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns those that the headings of a document have where it is shown.
func anchors(text string) []string {
	var all []string
	for _, heading := range documentHeading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-"))
	}
	return all
}

// Links between documents lead to files that exist, and to headings in them.
func TestDocumentLinks(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".git") || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, link := range documentLink.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			checked++
			target, there := path, text
			if link[1] != "" {
				target = filepath.Join(filepath.Dir(path), link[1])
				_, err := os.Stat(target)
				require.NoError(t, err, "%s links to %s", path, link[1])
			}
			if link[2] == "" || filepath.Ext(target) != ".md" {
				continue
			}
			if target != path {
				there, err = os.ReadFile(target)
				require.NoError(t, err)
			}
			require.Contains(t, anchors(string(there)), link[2], "%s links to a heading of %s", path, target)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, checked, 20)
}

var documentPath = regexp.MustCompile("`((?:domain|eventstore|projections|api|cmd)/[a-z0-9_/]+(?:\\.go)?)`")

// Files and folders that the documents for successors name exist.
func TestDocumentPaths(t *testing.T) {
	documents := []string{"README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/law.md", "docs/catalogue.md", "docs/ledger-format.md"}
	decisions, err := filepath.Glob(filepath.Join(root, "docs/decisions/*.md"))
	require.NoError(t, err)
	for _, d := range decisions {
		documents = append(documents, strings.TrimPrefix(d, root+"/"))
	}
	for _, name := range documents {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		for _, path := range documentPath.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(root, path[1]))
			require.NoError(t, err, "%s names %s", name, path[1])
		}
	}
}
