package pages_test

import (
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

// A secretary takes a note verbale from the in-tray to the issued notification, and
// corrects it: every page without scripts, every step once.
func TestTheInTraysStory(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	b.login(t, "all")
	_, page := b.get(t, "/en/desk/intray")
	require.NotContains(t, page, "Note verbale")
	_, page = b.get(t, "/en/desk/arrivals/new")
	form := fields(t, page)
	require.Equal(t, "2026-06-30", form.Get("received"), "today at the depositary")
	status, wrong, _ := b.send(t, "/en/desk/arrivals/new", fill(form, "form", "note verbale", "participant", "Nowhere", "received", "2026-06-29"), nil)
	require.Equal(t, 422, status)
	require.Contains(t, wrong, `href="#participant"`)
	form = fill(fields(t, wrong), "participant", "Germany", "treaty", "ICMW", "sender", "Permanent Mission of Germany", "reference", "214/2026", "foreseen", "accession", "signer", "The Ambassador", "capacity", "head of mission")
	before := d.Position()
	status, page, at := b.send(t, "/en/desk/arrivals/new", form, map[string]string{"note.pdf": "%PDF-1.7 note"})
	require.Equal(t, 200, status)
	require.Equal(t, before+1, d.Position())
	_, _, again := b.send(t, "/en/desk/arrivals/new", form, map[string]string{"note.pdf": "%PDF-1.7 note"})
	require.Equal(t, at, again, "sent twice, registered once")
	for _, want := range []string{"Note verbale: Germany", "needs full powers for an accession", "VCLT 7", "214/2026", "note.pdf", "Record the act"} {
		require.Contains(t, page, want)
	}
	arrival := strings.TrimPrefix(at, "/en/desk/arrivals/")
	_, page = b.get(t, "/en/desk/intray")
	require.Contains(t, page, at)
	require.Contains(t, page, "one day")

	// Held, as full powers are missing; then recorded with a reason.
	_, page = b.get(t, at)
	status, page, _ = b.send(t, at, fill(fields(t, page), "outcome", "held", "reason", ""), nil)
	require.Equal(t, 422, status)
	require.Contains(t, page, "REASON_REQUIRED")
	_, page, _ = b.send(t, at, fill(fields(t, page), "outcome", "held", "reason", "the mission was asked for full powers"), nil)
	require.Contains(t, page, "the mission was asked for full powers")
	_, page = b.get(t, "/en/desk/record?arrival="+arrival)
	form = fields(t, page)
	require.Equal(t, []string{"DEU", "ICMW", "accession", "2026-06-29"}, []string{form.Get("participant"), form.Get("treaty"), form.Get("action"), form.Get("date")})
	require.Len(t, form["attached"], 1, "what arrived goes with the act")
	_, page, _ = b.send(t, "/en/desk/record", fill(form, "do", "preview"), nil)
	require.Contains(t, page, "SIGNER_WITHOUT_POWERS")
	_, page, _ = b.send(t, "/en/desk/record", fill(fields(t, page), "reason", "the minister confirmed it by telephone", "do", "preview"), nil)
	require.Contains(t, page, "Record it")
	status, page, _ = b.send(t, "/en/desk/record", fill(fields(t, page), "do", "record"), nil)
	require.Equal(t, 200, status)
	require.Contains(t, page, "Draft the notification")

	// The notification: drafted, changed, shown, issued.
	record := strings.SplitN(strings.SplitN(page, "/en/desk/notification?record=", 2)[1], `"`, 2)[0]
	_, page = b.get(t, "/en/desk/notification?record="+record)
	form = fields(t, page)
	require.Contains(t, form.Get("text-en"), "The above action was effected on 29 June 2026.")
	require.Contains(t, form.Get("text-fr"), "1er octobre 2026")
	_, page, _ = b.send(t, "/en/desk/notification", fill(form, "text-en", form.Get("text-en")+"\n\nFor information.", "do", "preview"), nil)
	require.Contains(t, page, "As it will stand")
	require.Contains(t, page, "Depositary notification C.N.")
	page, at = b.issue(t, fields(t, page))
	require.Regexp(t, `^/en/notifications/C\.N\.\d+\.2026\.TREATIES-IV\.13$`, at)
	require.Contains(t, page, "For information.")
	require.Contains(t, page, `lang="fr"`)
	for _, tag := range []string{"fr", "ar"} {
		status, _ := b.page(t, strings.Replace(at, "/en/", "/"+tag+"/", 1))
		require.Equal(t, 200, status)
		status, _ = b.page(t, "/"+tag+"/notifications")
		require.Equal(t, 200, status)
	}
	status, _ = b.page(t, "/en/notifications/C.N.9999.2026.TREATIES")
	require.Equal(t, 404, status)

	// Corrected: the corrigendum names it.
	_, page = b.get(t, "/en/desk/acts/"+record+"/correction")
	_, page, _ = b.send(t, "/en/desk/acts/"+record+"/correction", fill(fields(t, page), "date", "2026-06-28", "reason", "the stamp says the 28th", "do", "preview"), nil)
	_, page, _ = b.send(t, "/en/desk/acts/"+record+"/correction", fill(fields(t, page), "do", "record"), nil)
	require.Contains(t, page, "Draft the corrigendum")
	address := strings.SplitN(strings.SplitN(page, `href="/en/desk/notification?`, 2)[1], `"`, 2)[0]
	_, page = b.get(t, "/en/desk/notification?"+strings.ReplaceAll(address, "&amp;", "&"))
	_, page, _ = b.send(t, "/en/desk/notification", fill(fields(t, page), "do", "preview"), nil)
	page, _ = b.issue(t, fields(t, page))
	require.Contains(t, page, "28 June 2026")
	_, page = b.page(t, at)
	require.Contains(t, page, "Corrected by")
}

// issue sends a draft that was shown, and returns the page of what was issued with
// its address.
func (b *browser) issue(t *testing.T, form url.Values) (page, at string) {
	t.Helper()
	response, err := b.PostForm(b.d.URL+"/en/desk/notification", fill(form, "do", "record"))
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, 200, response.StatusCode)
	return string(body), response.Request.URL.Path
}

// A secretariat changes a template, and the next draft follows it.
func TestATemplateIsChanged(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	b.login(t, "all")
	_, page := b.get(t, "/en/desk/templates")
	form := fields(t, page)
	require.Equal(t, "en", form.Get("language"))
	status, page, _ := b.send(t, "/en/desk/templates", fill(form, "text", "by {king}"), nil)
	require.Equal(t, 422, status)
	require.Contains(t, page, "{king}")
	_, page, _ = b.send(t, "/en/desk/templates", fill(fields(t, page), "title", "Act of {participant}", "text", "effected on {date}"), nil)
	require.Contains(t, page, "The template was saved.")
	d.Accede(t, "DEU", "2026-06-29", "germany")
	_, page = b.get(t, "/en/desk/intray")
	require.Contains(t, page, "Recorded, to be notified")
	record := strings.SplitN(strings.SplitN(page, "/en/desk/notification?record=", 2)[1], `"`, 2)[0]
	_, page = b.get(t, "/en/desk/notification?record="+record)
	require.Equal(t, "Act of Germany", fields(t, page).Get("title-en"))
	require.Equal(t, "effected on 29 June 2026", fields(t, page).Get("text-en"))
}
