//go:build browser

package browsertest

import (
	"context"
	"depositary/api/apitest"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The pages in a real Chromium. Whatever a test does in a tab, the tab may ask
// no other host for anything, and its console stays silent.

// chromium returns the program of the browser.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	require.Fail(t, "there is no Chromium here: run make browser, or set $CHROMIUM to its program")
	return ""
}

// TestMain ends the browser after all tests.
func TestMain(m *testing.M) {
	code := m.Run()
	closeChrome()
	os.Exit(code)
}

// chrome is one browser for all tests of this package; each test has its tabs.
var chrome struct {
	sync.Once
	ctx context.Context
	end func()
	err error
}

// openChrome starts the browser once. It finds no host but this one.
func openChrome(t *testing.T) context.Context {
	t.Helper()
	path := chromium(t)
	chrome.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
			chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-domain-reliability", true),
			chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.Flag("no-proxy-server", true))
		allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		browser, endBrowser := chromedp.NewContext(allocator)
		chrome.ctx, chrome.end = browser, func() { endBrowser(); endAllocator() }
		_, chrome.err = chromedp.Run(browser, chromedp.Title()) // starts it
	})
	require.NoError(t, chrome.err)
	return chrome.ctx
}

// closeChrome ends the browser, if a test has started it, and removes its files.
func closeChrome() {
	if chrome.end != nil {
		chrome.end()
	}
}

// tab is a tab of the browser on one node.
type tab struct {
	*testing.T
	d   *apitest.Server
	ctx context.Context

	mu       sync.Mutex
	requests []string // that were sent, by address
	console  []string // what should not be there
	expected []string // in messages of the console that a test expects
}

// look is how a reader looks at pages.
type look struct {
	Width     int64
	Dark      bool
	NoScripts bool
}

const tabTime = 20 * time.Minute

// tab opens a tab.
func openTab(t *testing.T, d *apitest.Server, l look) *tab {
	t.Helper()
	browser := openChrome(t)
	b := &tab{T: t, d: d}
	// Each tab has cookies of its own, as each test has a node of its own.
	ctx, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	t.Cleanup(end)
	_, err := chromedp.Run(ctx, chromedp.Title())
	require.NoError(t, err)
	ctx, endTime := context.WithTimeout(ctx, tabTime)
	t.Cleanup(endTime)
	b.ctx = ctx
	if l.Width == 0 {
		l.Width = 1280
	}
	b.do(chromedp.EmulateViewport(l.Width, 900))
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	require.NoError(t, err)
	if l.Dark {
		b.dark(true)
	}
	if l.NoScripts {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		require.NoError(t, err)
	}
	b.watchConsole()
	t.Cleanup(b.requireQuiet)
	return b
}

func (b *tab) dark(on bool) {
	scheme := "light"
	if on {
		scheme = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	require.NoError(b, err)
}

// listen keeps what the tab asks for. It runs where the messages of the browser
// are read, and must be quick.
func (b *tab) listen(event any) {
	if e, ok := event.(*network.EventRequestWillBeSent); ok {
		b.mu.Lock()
		b.requests = append(b.requests, e.Request.URL)
		b.mu.Unlock()
	}
}

func (b *tab) watchConsole() {
	messages := chromedp.Console(b.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.console = append(b.console, fmt.Sprintf("%s %s (%s)", m.Type, m.Text, m.URL))
			b.mu.Unlock()
		}
	}()
}

// expect says that the console may tell of what a test does on purpose, such as
// an answer that is no success.
func (b *tab) expect(text string) { b.expected = append(b.expected, text) }

// requireQuiet requires that nobody else was asked and nothing went wrong.
func (b *tab) requireQuiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	own, err := url.Parse(b.d.URL)
	require.NoError(b, err)
	for _, address := range b.requests {
		u, err := url.Parse(address)
		require.NoError(b, err)
		if u.Scheme != "data" && u.Scheme != "about" {
			require.Equal(b, own.Host, u.Host, "a request to another host: %s", address)
		}
	}
	for _, message := range b.console {
		expected := false
		for _, text := range b.expected {
			expected = expected || strings.Contains(message, text)
		}
		require.True(b, expected, "the console says: %s", message)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	require.NoError(b, chromedp.Do(b.ctx, steps...))
}

// open goes to an address of the node and waits until the page is there.
func (b *tab) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.d.URL + path))
}

// eval returns the value of an expression in the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	require.NoError(b, err, expression)
	return value
}

// click presses what a selector finds, and waits for the page that follows.
func (b *tab) follow(selector string) {
	b.Helper()
	_, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(selector)))
	require.NoError(b, err, selector)
}

// fill types into a field as a reader does.
func (b *tab) fill(selector, text string) {
	b.Helper()
	b.do(chromedp.SetValue(chromedp.CSS(selector), text))
}

// text returns what stands in the page, as it is shown.
func (b *tab) text() string {
	b.Helper()
	return eval[string](b, "document.querySelector('main').innerText")
}

// says waits until the page says something.
func (b *tab) says(text string) {
	b.Helper()
	require.Eventually(b, func() bool { return strings.Contains(b.text(), text) }, 2*time.Minute, 50*time.Millisecond, "%q expected in: %s", text, b.text())
}

// address returns the address that the tab shows, without the host.
func (b *tab) address() string {
	b.Helper()
	return strings.TrimPrefix(eval[string](b, "location.href"), b.d.URL)
}

// violation is what axe finds.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML           string
		FailureSummary string
	}
}

func axeOf(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(apitest.Packages(t, "testdata/axe"), "node_modules", "axe-core", "axe.min.js"))
	require.NoError(t, err)
	return string(text)
}

// accessible requires that axe finds nothing on the page: WCAG 2.2 AA and what
// is good practice beside it.
func (b *tab) accessible(axe, what string) {
	b.Helper()
	if !eval[bool](b, "'axe' in window") {
		b.do(chromedp.Evaluate[chromedp.Void](axe))
	}
	const run = `axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"], rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]})
		.then((r) => JSON.stringify(r.violations.map((v) => ({ID: v.id, Help: v.help, Nodes: v.nodes.slice(0, 3).map((n) => ({HTML: n.html.slice(0, 300), FailureSummary: n.failureSummary}))}))))`
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	require.NoError(b, err, what)
	var found []violation
	require.NoError(b, json.Unmarshal([]byte(text), &found))
	for _, v := range found {
		for _, n := range v.Nodes {
			b.Errorf("%s: %s (%s): %s\n%s", what, v.ID, v.Help, n.HTML, n.FailureSummary)
		}
	}
}

// fits requires that the page is no wider than the window.
func (b *tab) fits(what string) {
	b.Helper()
	if over := eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
		widest := eval[string](b, `(() => { const w = document.documentElement.clientWidth; const all = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > w + 1 && !e.closest(".scroll, pre, .tall, .hidden")); return all.slice(0, 5).map((e) => e.outerHTML.slice(0, 160)).join("\n"); })()`)
		b.Errorf("%s: %d pixels too wide: %s", what, over, widest)
	}
}
