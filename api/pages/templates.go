package pages

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"path"
	"strings"
	"sync"

	"depositary/domain"
)

//go:embed templates/*.html
var templateFiles embed.FS

// templates is one set for each page: the frame, the parts, and the page's own.
type templates struct{ pages map[string]*template.Template }

// partFiles are templates that several pages use.
const partFiles = "templates/_*.html"

// embeddedTemplates are the pages, read once for all sites of a process.
var embeddedTemplates = sync.OnceValue(newTemplates)

func newTemplates() *templates {
	a := embeddedAssets()
	common := template.Must(template.New("frame").Funcs(functions(a)).ParseFS(templateFiles, partFiles))
	t := &templates{make(map[string]*template.Template)}
	entries, _ := templateFiles.ReadDir("templates") // embedded: it is there
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "_") {
			continue
		}
		own := template.Must(template.Must(common.Clone()).ParseFS(templateFiles, "templates/"+e.Name()))
		t.pages[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))] = own
	}
	return t
}

func (t *templates) render(w io.Writer, name string, p *Page) error {
	set, ok := t.pages[name]
	if !ok {
		return fmt.Errorf("no page template %q", name)
	}
	return set.ExecuteTemplate(w, "frame", p)
}

// functions are what templates call that depends on no reader.
func functions(a *assets) template.FuncMap {
	return template.FuncMap{
		"asset":  a.Address,
		"pair":   func(p *Page, v any) pair { return pair{p, v} },
		"class":  statusClass,
		"int":    func(n uint64) int { return int(n) },
		"list":   func(v ...any) []any { return v },
		"svg":    func(drawing string) template.HTML { return template.HTML(drawing) }, // of our own charts only: they escape their labels
		"atMost": func(value, most float64) float64 { return min(value, most) },
		"joined": func(words []string) string { return strings.Join(words, ", ") },
	}
}

// pair passes a part of a page both the page and what it is about.
type pair struct {
	P *Page
	V any
}

// statusClass returns the class by which style sheet and charts know a status.
func statusClass(s domain.Status) string {
	switch s {
	case domain.Party, domain.WithdrawalNotified:
		return "party"
	case domain.Contracting:
		return "contracting"
	case domain.Signatory:
		return "signatory"
	case domain.FormerParty:
		return "withdrawn"
	case domain.NotKnown, domain.SignedAtLeast:
		return "unknown"
	}
	return "none"
}
