//go:build browser

package browsertest

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// slowFirst makes the first answer of a page come after those that are asked for
// later, and deaf to being given up.
const slowFirst = `(() => { const real = window.fetch; let n = 0; window.answered = 0;
window.fetch = (address) => { const late = n++ === 0 ? 700 : 0; return new Promise((done, fail) => setTimeout(() => real(address).then((r) => { window.answered++; done(r); }, fail), late)); }; return 1; })()`

// An answer that comes late does not take the place of a later question's.
func TestALateAnswerDoesNotOvertake(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	b.open("/en/gap/ICMW")
	eval[int](b, slowFirst)
	b.do(chromedp.Focus(chromedp.CSS(".slider input")))
	for range 4 {
		b.do(chromedp.KeyEvent(kb.ArrowLeft))
	}
	require.Eventually(t, func() bool { return eval[int](b, "window.answered") == 4 }, time.Minute, 50*time.Millisecond)
	day := eval[string](b, "document.querySelector('.when input[name=asOf]').value")
	require.Contains(t, b.address(), "asOf="+day)
	require.Contains(t, eval[string](b, "document.querySelector('.cite .address').textContent"), "asOf="+day)
}

// The bar of a page of the past reaches to today, and every field of it acts.
func TestTheBarOfDays(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	b.open("/en/treaties/ICMW?asOf=2006-05-16")
	require.True(t, eval[bool](b, "document.querySelector('.slider input').max == Date.parse('2026-06-30') / 86400000"))
	b.do(chromedp.Focus(chromedp.CSS(".slider input")), chromedp.KeyEvent(kb.ArrowRight))
	require.Eventually(t, func() bool {
		day := eval[string](b, "document.querySelector('.when input[name=asOf]').value")
		return day > "2006-05-16" && strings.Contains(b.address(), "asOf="+day)
	}, time.Minute, 50*time.Millisecond)
	require.NotEmpty(t, eval[string](b, "document.querySelector('.years').textContent"))

	eval[int](b, "(() => { const f = document.querySelector('.when input[name=asOf]'); f.value = '2010-01-01'; f.dispatchEvent(new Event('change', {bubbles: true})); return 1; })()")
	require.Eventually(t, func() bool { return strings.Contains(b.address(), "asOf=2010-01-01") }, time.Minute, 50*time.Millisecond)
	require.Contains(t, eval[string](b, "document.querySelector('header.top nav a').href"), "asOf=2010-01-01", "links keep the day")

	b.open("/en/gap/ICMW?asOf=2026-01-01")
	b.do(chromedp.Click(chromedp.CSS(".play")))
	require.Eventually(t, func() bool { return !strings.Contains(b.address(), "asOf=") }, time.Minute, 50*time.Millisecond, "it plays to today, and stops")
	eval[int](b, "(() => { const f = document.querySelector('select[name=receiving]'); f.value = 'top10'; f.dispatchEvent(new Event('change', {bubbles: true})); return 1; })()")
	b.says("of 10 receiving")
	require.Contains(t, b.address(), "receiving=top10")
}

// Numbers are sorted as numbers in every language; rows without one stand last.
func TestNumbersSort(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	for _, tag := range []string{"en", "es", "ru"} {
		b.open("/" + tag + "/gap/ICMW?receiving=share10")
		sorted := eval[[]int](b, `(() => { const table = document.querySelector(".whatif table"), press = () => table.tHead.rows[0].cells[2].querySelector("button").click(); press(); press();
			return [...table.tBodies[0].rows].map((r) => +r.cells[2].textContent.replace(/\D/g, "")); })()`)
		require.Greater(t, len(sorted), 20, tag)
		require.IsNonIncreasing(t, sorted, tag)
	}
}

// On paper the heads of tables stay, and what only acts on a screen goes.
func TestPrint(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(t, err)
	b.open("/en/gap/ICMW")
	seen := func(selector string) string {
		return eval[string](b, `[...document.querySelectorAll("`+selector+`")].filter((e) => e.checkVisibility() && e.offsetHeight > 0).map((e) => e.innerText.trim()).join("|")`)
	}
	require.Contains(t, seen(".whatif thead button"), "Rank|Country or area|Migrants")
	require.Empty(t, seen(".forms"))
	require.Empty(t, seen(".whatif p button"))
	require.Empty(t, seen(".whatif input"))
	require.Equal(t, "exact", eval[string](b, `getComputedStyle(document.querySelector(".whatif .glyph")).printColorAdjust`))
	b.accessible(axeOf(t), "print")
}

// The brief of a country is one sheet of paper.
func TestTheBriefIsOneSheet(t *testing.T) {
	d := apitest.Open(t, apitest.Bundled)
	b := openTab(t, d, look{})
	for _, id := range []string{"DEU", "MEX", "FRA"} {
		b.open("/en/brief/" + id)
		printed, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
		require.NoError(t, err)
		pages := regexp.MustCompile(`/Type\s*/Pages\b[^>]*?/Count (\d+)`).FindSubmatch([]byte(printed.Data))
		require.NotNil(t, pages)
		require.Equal(t, "1", string(pages[1]), id)
	}
}

// The sentence, the picture and the map of the front page stand on one screen; on it
// a treaty on migration is chosen, and the latest acts lead to their records.
func TestTheFrontPageOnOneScreen(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	b.do(chromedp.EmulateViewport(1280, 800))
	b.open("/en/")
	require.LessOrEqual(t, eval[int](b, `Math.round(Math.max(...[...document.querySelectorAll(".hero h1, .pair svg")].map((e) => e.getBoundingClientRect().bottom)))`), 800)
	require.Equal(t, 6, eval[int](b, `document.querySelectorAll('.coming a[href^="/en/acts/"]').length`))
	eval[int](b, "(() => { const f = document.querySelector('.hero select'); f.value = 'C97'; f.dispatchEvent(new Event('change', {bubbles: true})); return 1; })()")
	require.Eventually(t, func() bool {
		return strings.Contains(b.address(), "treaty=C97") && strings.Contains(eval[string](b, "document.querySelector('.hero .kicker').textContent"), "Migration for Employment")
	}, time.Minute, 50*time.Millisecond)
	require.NotContains(t, eval[string](b, "document.querySelector('h1').textContent"), "Convention on Migrant Workers")
}

// A map is one stop of the Tab key, and its arrow keys go from State to State.
func TestAMapIsOneStop(t *testing.T) {
	d := apitest.Open(t)
	b := openTab(t, d, look{})
	b.open("/en/map/ICMW")
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll('svg.chart a[tabindex="0"]').length`))
	require.Greater(t, eval[int](b, `document.querySelectorAll('svg.chart a[tabindex="-1"]').length`), 100)
	first := eval[string](b, `(() => { const a = document.querySelector('svg.chart a[tabindex="0"]'); a.focus(); return a.getAttribute("href"); })()`)
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	require.NotEqual(t, first, eval[string](b, `document.activeElement.getAttribute("href")`))
	b.accessible(axeOf(t), "a map")
}
