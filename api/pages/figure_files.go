package pages

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"depositary/api/pages/atlas"
	"depositary/api/pages/lang"
	"depositary/api/pages/raster"
	"depositary/projections"
	"depositary/projections/gap"
)

// Figures alone: as SVG, as PNG, and as a page that others may embed.

// figures draws by kind.
var figures = map[string]func(*ask) (figure, error){
	"growth": treatyFigure(func(a *ask, s projections.TreatyStatus) (figure, error) {
		t, _ := projections.TreatyTimeline(a.On, s.Treaty.ID)
		return a.growth(s, t), a.requireActs(s.Treaty.ID)
	}),
	"map":       treatyFigure(func(a *ask, s projections.TreatyStatus) (figure, error) { return a.statusMap(s), nil }),
	"tiles":     treatyFigure(func(a *ask, s projections.TreatyStatus) (figure, error) { return a.statusTiles(s), nil }),
	"bars":      gapFigure(func(a *ask, g gap.Gap) figure { return a.bars(g, a.supposed(), a.params()) }),
	"regions":   gapFigure((*ask).regions),
	"share":     gapFigure((*ask).share),
	"coverage":  coverageFigure,
	"timeline":  timelineFigure,
	"corridors": corridorsFigure,
}

func treatyFigure(draw func(*ask, projections.TreatyStatus) (figure, error)) func(*ask) (figure, error) {
	return func(a *ask) (figure, error) {
		id, err := a.treaty()
		if err != nil {
			return figure{}, err
		}
		status, ok := projections.Status(a.On, id)
		if !ok {
			return figure{}, missing("treaty", a.PathValue("treaty"))
		}
		return draw(a, status)
	}
}

func gapFigure(draw func(*ask, gap.Gap) figure) func(*ask) (figure, error) {
	return func(a *ask) (figure, error) {
		gap, err := a.gapAsked()
		if err != nil {
			return figure{}, err
		}
		return draw(a, gap), nil
	}
}

func coverageFigure(a *ask) (figure, error) {
	id, err := a.treaty()
	if err != nil {
		return figure{}, err
	}
	coverage, _, err := gap.ShareOf(a.On, id, a.URL.Query().Get("edition"))
	return a.grown(coverage), err
}

func timelineFigure(a *ask) (figure, error) {
	a.SetPathValue("participant", a.PathValue("treaty"))
	p, err := a.participant()
	if err != nil {
		return figure{}, err
	}
	status, ok := projections.OfParticipant(a.On, p.ID)
	if !ok {
		return figure{}, missing("participant", string(p.ID))
	}
	return a.lanes(status), nil
}

// pictureScale is how many pixels a picture has for each unit, so that it is
// sharp in print and on fine screens.
const pictureScale = 2

// forms of figures.
var forms = []string{".svg", ".png", ".html"}

// figureFile answers /{lang}/figures/{kind}/{subject}.{svg,png,html}.
func (s *Site) figureFile(l *lang.Language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := s.asked(l, r)
		file := r.PathValue("file")
		form := path.Ext(file)
		r.SetPathValue("treaty", strings.TrimSuffix(file, form))
		draw, ok := figures[r.PathValue("kind")]
		if !ok || !slices.Contains(forms, form) {
			s.failed(w, a, errNoPage)
			return
		}
		if form == ".png" && !raster.Has(l.Name) {
			a.Lang = lang.English() // in letters that the picture can have
		}
		err := a.on()
		var f figure
		if err == nil {
			f, err = draw(a)
		}
		var unrecorded *projections.NotRecordedError
		if errors.As(err, &unrecorded) && form != ".html" {
			err = errNoPage // nothing is drawn of what is not known
		}
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // other sites show figures
		if form == ".html" {                                           // other sites show it, and what it says in its place
			w.Header().Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors *", 1))
		}
		if err != nil {
			s.failed(w, a, err)
			return
		}
		s.writeFigure(w, a, f, form)
	}
}

func (s *Site) writeFigure(w http.ResponseWriter, a *ask, f figure, form string) {
	if form == ".html" {
		s.write(w, a, view{template: "embed", title: f.common.Title, description: f.common.Desc, body: f})
		return
	}
	drawing := f.Alone(a.provenance())
	if form == ".png" {
		s.writePicture(w, a, drawing)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	// A picture that is opened by itself brings its own style sheet.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = io.WriteString(w, drawing) // the reader may be gone; there is nobody to tell
}

// keepOutlines makes the outlines of the map known to the painter, once.
var keepOutlines = sync.OnceFunc(func() { raster.Keep(atlas.Outlines()) })

// writePicture answers with a drawing as a picture.
func (s *Site) writePicture(w http.ResponseWriter, a *ask, drawing string) {
	keepOutlines()
	var picture bytes.Buffer
	if err := raster.PNG(&picture, drawing, pictureScale); err != nil {
		s.failed(w, a, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(picture.Bytes()) // the reader may be gone; there is nobody to tell
}

// provenance is the line at the foot of a picture that travels alone.
func (a *ask) provenance() string {
	return a.Lang.Text("figure.source", "day", a.Lang.Day(a.On.AsOf), "position", a.On.KnownAt, "address", strings.TrimPrefix(strings.TrimPrefix(a.site.Base(a.Request), "https://"), "http://"))
}
