//go:build browser

package browsertest

import (
	"depositary/api/apitest"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Each user's story from its beginning to its end, with scripts and without.

func withAndWithoutScripts(t *testing.T, story func(t *testing.T, l look)) {
	for name, l := range map[string]look{"with scripts": {}, "without scripts": {NoScripts: true}} {
		t.Run(name, func(t *testing.T) { story(t, l) })
	}
}

// fetched gets what a link of the page leads to, as a program would.
func (b *tab) fetched(selector string) string {
	b.Helper()
	href := eval[string](b, `document.querySelector(`+"`"+selector+"`"+`).href`)
	require.True(b, strings.HasPrefix(href, b.d.URL+"/"), href)
	response, err := http.Get(href)
	require.NoError(b, err)
	defer response.Body.Close()
	require.Equal(b, 200, response.StatusCode, href)
	body, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	return string(body)
}

// An advocate finds which receiving countries have not ratified, as of the day
// of the statement of 2006, supposes that Germany does, and takes it away.
func TestTheAdvocatesStory(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, l look) {
		d := apitest.Open(t)
		b := openTab(t, d, l)
		b.open("/")
		require.Equal(t, "/en/", b.address())
		b.follow(`nav a[href="/en/gap/ICMW"]`)
		b.fill(`input[name=asOf]`, "2006-05-16")
		if l.NoScripts {
			b.follow(`.when button[type=submit]`)
		} else { // every field acts at once
			eval[int](b, `(document.querySelector("input[name=asOf]").dispatchEvent(new Event("change", {bubbles: true})), 1)`)
			b.says("16 May 2006")
		}
		require.Contains(t, b.address(), "asOf=2006-05-16")
		for _, want := range []string{"0 of 20", "34", "4.51"} {
			b.says(want)
		}
		require.NotContains(t, b.text(), "Hypothetical")

		b.do(chromedp.Click(chromedp.CSS(`.whatif input[value="DEU"]`)))
		if l.NoScripts {
			b.follow(".whatif button")
		}
		b.says("If these ratified")
		b.says("Hypothetical")
		require.Contains(t, b.address(), "ratify=DEU")
		require.Contains(t, b.address(), "asOf=2006-05-16")
		b.says("1 of 20")

		var answer struct {
			Axes struct{ AsOf string }
			Acts []struct{ Participant string }
		}
		require.NoError(t, json.Unmarshal([]byte(b.fetched(`.take a[type="application/json"]`)), &answer))
		require.Equal(t, "2006-05-16", answer.Axes.AsOf)
		require.Equal(t, "DEU", answer.Acts[0].Participant)
		table := b.fetched(`.take a[type="text/csv"]`)
		require.Contains(t, table, "DEU")
		require.Contains(t, b.fetched(`.forms a[href*=".svg"]`), "<svg")
		b.follow("#past a")
		require.NotContains(t, b.address(), "asOf")
	})
}

// A subscriber registers an address, proves it, and sees what was delivered.
func TestTheSubscribersStory(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, l look) {
		d := apitest.Open(t, apitest.Webhooks)
		r := apitest.NewReceiver(t)
		b := openTab(t, d, l)
		b.open("/en/desk/login")
		b.login("all")
		b.follow(`.doors a[href="/en/desk/webhooks"]`)
		b.do(chromedp.SendKeys(chromedp.CSS("#url"), r.URL), chromedp.SendKeys(chromedp.CSS("#treaty"), "ICMW"))
		b.follow(".desk-form > button")
		b.says("Shown this once")
		r.SetSecret(eval[string](b, `[...document.querySelectorAll("main code")].find((c) => c.textContent.startsWith("whsec_")).textContent`), d.Clock)
		b.follow(`form[action$="/verify"] button`)
		b.says("answered the challenge")
		require.NotContains(t, b.text(), "whsec_")
		address := strings.TrimSuffix(b.address(), "/verify")
		d.Accede(t, "DEU", "2026-06-29", "german")
		require.Eventually(t, func() bool {
			b.open(address)
			return strings.Count(b.text(), "taken") >= 3 && !strings.Contains(b.text(), "commits behind")
		}, 2*time.Minute, 200*time.Millisecond)
		b.says("204")
		if !l.NoScripts {
			b.accessible(axeOf(t), "a subscription with its deliveries")
			b.fits("a subscription with its deliveries")
		}
	})
}

// A secretary records with a preview, corrects, and sees the page change.
func TestTheSecretarysStoryInABrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, l look) {
		d := apitest.Open(t)
		b := openTab(t, d, l)
		b.open("/en/desk/record?treaty=ICMW")
		b.login("all")
		b.open("/en/desk/record?treaty=ICMW")
		b.fill("#participant", "Germany")
		b.fill("#action", "accession")
		b.fill("#date", "2026-05-14")
		b.follow("form > .actions button[value=preview]")
		b.says("bound from 1 September 2026")
		b.says("Notices that would go out")
		b.follow("button[value=record]")
		b.says("Recorded at position")
		if !l.NoScripts {
			b.accessible(axeOf(t), "what was recorded")
		}
		b.follow(`main a[href^="/en/acts/"]`)
		b.says("14 May 2026")
		b.follow(`main a[href$="/correction"]`)
		b.fill("#date", "2026-05-21")
		b.fill("#reason", "the instrument was received a week later")
		b.follow("form > .actions button[value=preview]")
		b.says("Correct the record")
		b.follow("button[value=record]")
		b.follow(`main a[href^="/en/acts/"]`)
		b.says("21 May 2026")
		b.open("/en/treaties/ICMW?asOf=2026-12-01")
		b.says("Germany")
		b.open("/en/treaties/ICMW?asOf=2026-12-01&knownAt=74")
		require.NotContains(t, eval[string](b, "document.querySelector('#table').innerText"), "Germany")
	})
}

// A secretary takes a note verbale from the in-tray to the issued notification, and
// corrects it.
func TestTheInTraysStoryInABrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, l look) {
		d := apitest.Open(t)
		b := openTab(t, d, l)
		b.open("/en/desk/intray")
		b.login("all")
		b.follow(`main a[href="/en/desk/arrivals/new"]`)
		b.fill("#form-of", "note verbale")
		b.fill("#participant", "Germany")
		b.fill("#treaty", "ICMW")
		b.fill("#received", "2026-06-29")
		b.fill("#sender", "Permanent Mission of Germany")
		b.fill("#foreseen", "accession")
		b.fill("#signer", "the President")
		b.fill("#capacity", "head of State")
		b.follow("button[value=register]")
		b.says("who represents the State without full powers")
		b.says("no document of it is kept")
		if !l.NoScripts {
			b.accessible(axeOf(t), "an arrival")
		}
		b.open("/en/desk/intray")
		b.says("Arrived, to be decided on")
		b.follow(`main tbody a[href^="/en/desk/arrivals/"]`)
		b.follow(`main a[href*="/desk/record?arrival="]`)
		b.expect("422")
		b.follow("form > .actions button[value=preview]")
		b.says("DOCUMENT_MISSING")
		b.fill("#reason", "the original lies in the safe")
		b.follow(`form > .actions button[value=preview]`)
		b.follow("button[value=record]")
		b.follow(`main a[href*="/desk/notification?"]`)
		b.follow("button[value=preview]")
		b.says("As it will stand")
		if !l.NoScripts {
			b.accessible(axeOf(t), "a notification before it is issued")
		}
		b.follow("button[value=record]")
		require.Contains(t, b.address(), "/en/notifications/C.N.")
		b.says("The above action was effected on 29 June 2026.")
		if !l.NoScripts {
			b.accessible(axeOf(t), "a notification")
		}
		b.follow(`main dl a[href^="/en/acts/"]`)
		b.follow(`main a[href$="/correction"]`)
		b.fill("#date", "2026-06-28")
		b.fill("#reason", "the stamp says the 28th")
		b.follow("form > .actions button[value=preview]")
		b.follow("button[value=record]")
		b.follow(`main a[href*="corrects="]`)
		b.follow("button[value=preview]")
		b.follow("button[value=record]")
		b.says("28 June 2026")
		b.says("Corrects")
	})
}

// Two at the desk see each other's change as it happens, where scripts run.
func TestDeskFollows(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	b.open("/en/desk/login")
	b.login("all")
	require.NotContains(t, b.text(), "anna@record")
	eval[int](b, "window.same = 1")
	d.Accede(t, "DEU", "2026-05-14", "")
	b.says("anna@record")
	require.Equal(t, 1, eval[int](b, "window.same"), "without another page")

	b.open("/en/desk/record?treaty=ICMW")
	d.Accede(t, "FRA", "2026-05-14", "")
	b.says("France: accession")
}

// The keyboard is enough: the first stop leads past the navigation, every stop
// is seen, and the slider of days moves by its arrows.
func TestKeyboard(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	b.open("/en/gap/ICMW")
	b.do(chromedp.KeyEvent(kb.Tab))
	require.Equal(t, "skip", eval[string](b, "document.activeElement.className"))
	for range 25 {
		require.NotEqual(t, "none 0px", eval[string](b, `(() => { const s = getComputedStyle(document.activeElement); return (s.outlineStyle === "none" ? "none" : s.outlineStyle) + " " + (s.outlineStyle === "none" ? "0px" : s.outlineWidth); })()`),
			eval[string](b, "document.activeElement.outerHTML.slice(0, 200)"))
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	b.open("/en/gap/ICMW")
	b.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	require.Equal(t, "main", eval[string](b, "document.activeElement.id"))

	b.do(chromedp.Focus(chromedp.CSS(".slider input")))
	before := eval[string](b, "document.querySelector('input[name=asOf]').value")
	b.do(chromedp.KeyEvent(kb.ArrowLeft))
	after := eval[string](b, "document.querySelector('input[name=asOf]').value")
	require.Less(t, after, before)
	require.Eventually(t, func() bool { return strings.Contains(b.address(), "asOf="+after) }, 2*time.Minute, 50*time.Millisecond)
}

// While a reader types, the search field offers what is called so.
func TestSuggestionsInABrowser(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	b.open("/fr/")
	field := "header input[name=q]"
	b.do(chromedp.Focus(chromedp.CSS(field)), chromedp.SendKeys(chromedp.CSS(field), "Allem"))
	offered := `[...document.querySelector("header input[name=q]").list.options].map((o) => o.value + " " + o.label).join("; ")`
	require.Eventually(t, func() bool { return strings.Contains(eval[string](b, offered), "Allemagne Allemagne") }, 2*time.Minute, 50*time.Millisecond)
}
