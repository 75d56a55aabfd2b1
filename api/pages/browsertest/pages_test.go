//go:build browser

package browsertest

import (
	"bytes"
	"depositary/api/apitest"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every page for every eye: by day, in the dark, from right to left, on a phone.
func TestPagesInABrowser(t *testing.T) {
	d := apitest.Open(t)
	axe := axeOf(t)
	for _, mode := range []struct {
		name, tag string
		look      look
	}{
		{"light", "en", look{}}, {"dark", "en", look{Dark: true}}, {"Arabic", "ar", look{}}, {"narrow", "fr", look{Width: 360}},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, d, mode.look)
			for _, path := range apitest.Pages {
				address := "/" + mode.tag + path
				b.open(address)
				b.accessible(axe, mode.name+" "+address)
				b.fits(mode.name + " " + address)
			}
		})
	}
}

// The desk too, with a form that is refused, a preview and a proposal.
func TestDeskInABrowser(t *testing.T) {
	d := apitest.Open(t, apitest.Webhooks, func(o *apitest.Options) { o.FourEyes = true })
	axe := axeOf(t)
	d.Propose(t, apitest.Accession("DEU", "2026-05-14", "proposal"))
	for _, mode := range []struct {
		name, tag string
		look      look
	}{{"light", "en", look{}}, {"dark", "en", look{Dark: true}}, {"Arabic, narrow", "ar", look{Width: 360}}} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, d, mode.look)
			b.expect("422")
			check := func(what string) {
				b.Helper()
				b.accessible(axe, mode.name+" "+what)
				b.fits(mode.name + " " + what)
			}
			b.open("/" + mode.tag + "/desk/login")
			check("login")
			b.login("all")
			for _, path := range []string{"", "/record", "/record?treaty=ICMW", "/acts/68.3/correction", "/acts/68.3/annulment", "/import", "/tokens", "/webhooks", "/proposals", "/proposals/proposal", "/intray", "/arrivals/new", "/templates", "/notification?record=68.3"} {
				b.open("/" + mode.tag + "/desk" + path)
				check(path)
			}
			b.open("/" + mode.tag + "/desk/record?treaty=ICMW")
			b.fill("#participant", "Ruritania")
			b.follow("button[value=more]")
			check("a form that was refused")
			b.fill("#participant", "FRA")
			b.follow("form > .actions button[value=preview]")
			check("a preview")
		})
	}
}

// login logs in at the desk.
func (b *tab) login(token string) {
	b.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS("#token"), b.d.Token[token]))
	b.follow(".desk-form button")
}

// Pages of a ledger with nothing in it, and of one in which all is as bad as it
// may be.
func TestPagesWithOddData(t *testing.T) {
	t.Run("empty", func(t *testing.T) {
		d := apitest.Open(t, func(o *apitest.Options) { o.Empty = true })
		axe := axeOf(t)
		b := openTab(t, d, look{Width: 360})
		for _, path := range []string{"/", "/treaties", "/participants", "/matrix", "/changes", "/coming", "/search", "/search?q=x", "/ledger", "/about", "/api"} {
			b.open("/en" + path)
			b.accessible(axe, "empty "+path)
			b.fits("empty " + path)
		}
	})
	t.Run("hostile", func(t *testing.T) {
		d := apitest.Open(t)
		axe := axeOf(t)
		hostile(t, d)
		b := openTab(t, d, look{Width: 360})
		for _, path := range []string{"/treaties/ICMW", "/treaties/CEDAW", "/participants/DEU", "/ledger", fmt.Sprintf("/ledger/%d", d.Position()), fmt.Sprintf("/acts/%d.1", d.Position()),
			"/changes?from=2026-01-01", "/search?q=" + `%22%3E%3Cimg%20src%3Dx%20onerror%3D%22window.__hit%3D1%22%3E`, "/search?q=hit"} {
			b.open("/en" + path)
			require.False(t, eval[bool](b, "'__hit' in window"), path)
			b.accessible(axe, "hostile "+path)
			b.fits("hostile " + path)
		}
	})
}

// Pages of a ledger with all that the depositary of the United Nations publishes.
func TestPagesWithEverything(t *testing.T) {
	tables, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "data", "mtdsg", "tables", "*.csv"))
	require.NoError(t, err)
	if len(tables) == 0 {
		t.Skip("the status tables are not beside this checkout: pages are not tried with all of them")
	}
	d := apitest.Open(t)
	importAll(t, d, tables)
	b := openTab(t, d, look{})
	for _, path := range []string{"/", "/treaties", "/participants", "/participants/FRA", "/treaties/CRC", "/treaties/CEDAW", "/matrix", "/matrix?group=EU", "/map/CRC", "/map/CRC?form=tiles", "/gap/CRC",
		"/changes?from=1991-01-01&to=1993-01-01", "/search?q=convention", "/coming", "/ledger"} {
		begun := time.Now()
		b.open("/en" + path)
		b.fits("everything " + path)
		t.Logf("%s: %s", path, time.Since(begun).Round(time.Millisecond))
	}
	require.Greater(t, len(d.Get(t, "/v1/treaties?limit=1000")["treaties"].([]any)), 200)
}

// importAll takes status tables in, several at a time.
func importAll(t *testing.T, d *apitest.Server, tables []string) {
	t.Helper()
	var running sync.WaitGroup
	room := make(chan struct{}, 8)
	for _, file := range tables {
		room <- struct{}{}
		running.Go(func() {
			defer func() { <-room }()
			text, err := os.ReadFile(file)
			if !assert.NoError(t, err) {
				return
			}
			request, err := http.NewRequest(http.MethodPost, d.URL+"/v1/imports/mtdsg?accept=all&file="+url.QueryEscape(filepath.Base(file)), bytes.NewReader(text))
			if !assert.NoError(t, err) {
				return
			}
			request.Header.Set("Authorization", "Bearer "+d.Token["all"])
			response, err := apitest.Plain.Do(request)
			if assert.NoError(t, err) {
				_ = response.Body.Close()
				assert.Contains(t, []int{200, 201}, response.StatusCode, file)
			}
		})
	}
	running.Wait()
	require.False(t, t.Failed())
}

// hostile records what somebody might who wants to break a page.
func hostile(t *testing.T, d *apitest.Server) {
	t.Helper()
	words := `</script><script>window.__hit=1</script>"><img src=x onerror='window.__hit=1'>` + "\\u202e\\u0007 " + strings.Repeat("Donaudampfschifffahrt", 30)
	words = strings.ReplaceAll(words, `"`, `\"`)
	d.Must(t, 201, apitest.Request{Path: "/v1/treaties/CEDAW/actions", Token: "record", Body: fmt.Sprintf(
		`{"reason":"%[1]s","actions":[{"participant":"DEU","action":"communication","date":"2026-06-01","note":"%[1]s","statement":{"text":"%[1]s","articles":["%[2]s"]}}]}`, words, `<b>1</b>`)})
	d.Must(t, 201, apitest.Request{Path: "/v1/treaties/ICMW/actions", Token: "record", Body: fmt.Sprintf(
		`{"actions":[{"participant":"DEU","action":"accession","date":"2026-06-01","note":"%[1]s","notification":"%[2]s","provenance":{"source":"%[1]s","verification":"%[1]s"}}]}`, words, "<i>C.N.1</i>")})
}

var screenshots = flag.String("screenshots", "", "folder into which pictures of the pages are written")

// TestScreenshots writes pictures of every page, for people to look at.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no folder is given (-screenshots): no pictures are made")
	}
	d := apitest.Open(t)
	require.NoError(t, os.MkdirAll(*screenshots, 0o755))
	for _, mode := range []struct {
		name, tag string
		look      look
	}{{"wide", "en", look{}}, {"narrow", "en", look{Width: 390}}, {"dark", "en", look{Dark: true}}, {"arabic", "ar", look{}}} {
		t.Run(mode.name, func(t *testing.T) {
			b := openTab(t, d, mode.look)
			for i, path := range apitest.Pages {
				b.open("/" + mode.tag + path)
				picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
				require.NoError(t, err)
				name := fmt.Sprintf("%02d-%s-%s.png", i, strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-").Replace(path), "-"), mode.name)
				require.NoError(t, os.WriteFile(filepath.Join(*screenshots, name), picture, 0o644))
			}
		})
	}
}
