package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"depositary/api/coding"
	"depositary/api/pages/chart"
)

//go:embed assets
var assetFiles embed.FS

const assetsPath = "/assets/"

// assets are files whose address changes with their content, so that they may
// be kept for ever.
type assets struct {
	address map[string]string // name → address
	files   map[string]asset  // file of the address → content
}

type asset struct {
	media string
	body  coding.Body
}

// embeddedAssets are the files, compressed once for all sites of a process.
var embeddedAssets = sync.OnceValue(newAssets)

func newAssets() *assets {
	a := &assets{make(map[string]string), make(map[string]asset)}
	entries, _ := assetFiles.ReadDir("assets") // embedded: it is there
	for _, e := range entries {
		body, _ := assetFiles.ReadFile("assets/" + e.Name())
		if e.Name() == "style.css" {
			body = append(body, pictureStyle()...)
		}
		a.add(e.Name(), body)
	}
	return a
}

// pictureStyle is what the pictures in pages take their colours from.
func pictureStyle() string {
	var s strings.Builder
	s.WriteString("\n:root {\n")
	for _, c := range chart.Palette {
		fmt.Fprintf(&s, "  --%s: light-dark(%s, %s);\n", c.Property, c.Light, c.Dark)
	}
	return s.String() + "}\n" + chart.CSS()
}

// add returns a file its address: its name with the digest of its content.
func (a *assets) add(name string, body []byte) {
	digest := sha256.Sum256(body)
	ext := path.Ext(name)
	file := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(digest[:6]) + ext
	a.address[name] = assetsPath + file
	a.files[file] = asset{mime.TypeByExtension(ext), coding.Best(body)}
}

// Address returns the address of an asset; its error names one that is not there.
func (a *assets) Address(name string) (string, error) {
	if address, ok := a.address[name]; ok {
		return address, nil
	}
	return "", fmt.Errorf("no asset %q", name)
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	file, ok := a.files[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h, form := w.Header(), file.body.For(r.Header.Get("Accept-Encoding"))
	h.Set("Content-Type", file.media)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if form.Name != "" {
		h.Set("Content-Encoding", form.Name)
	}
	h.Set("Content-Length", strconv.Itoa(len(form.Body)))
	_, _ = w.Write(form.Body) // the reader may be gone; no one is left to tell
}
