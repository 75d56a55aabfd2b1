package pages_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"depositary/api/apitest"
	"depositary/domain"
)

// fields returns what the form of a page would send, as a browser reads it.
func fields(t *testing.T, page string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	form := element(root, func(n *html.Node) bool {
		return n.Data == "form" && strings.Contains(attribute(n, "class"), "desk-form")
	})
	require.NotNil(t, form, "a form of the desk")
	values := url.Values{}
	each(form, func(n *html.Node) {
		name := attribute(n, "name")
		switch {
		case name == "":
		case n.Data == "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			values.Add(name, text)
		case n.Data == "select":
			chosen := element(n, func(o *html.Node) bool { return o.Data == "option" && has(o, "selected") })
			if chosen == nil {
				chosen = element(n, func(o *html.Node) bool { return o.Data == "option" })
			}
			values.Add(name, attribute(chosen, "value"))
		case n.Data == "input" && attribute(n, "type") == "checkbox":
			if has(n, "checked") {
				values.Add(name, attribute(n, "value"))
			}
		case n.Data == "input" && attribute(n, "type") != "file":
			values.Add(name, attribute(n, "value"))
		}
	})
	return values
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func each(n *html.Node, fn func(*html.Node)) {
	if n.Type == html.ElementNode {
		fn(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, fn)
	}
}

func element(n *html.Node, is func(*html.Node) bool) (found *html.Node) {
	each(n, func(n *html.Node) {
		if found == nil && is(n) {
			found = n
		}
	})
	return found
}

// fill sets fields: names and values in turn.
func fill(values url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

// send sends a form as browsers do that may carry files.
func (b *browser) send(t *testing.T, path string, values url.Values, files map[string]string) (int, string, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range values {
		for _, value := range all {
			require.NoError(t, w.WriteField(name, value))
		}
	}
	for name, content := range files {
		part, err := w.CreateFormFile("file", name)
		require.NoError(t, err)
		_, err = io.WriteString(part, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	response, err := b.Post(b.d.URL+path, w.FormDataContentType(), &body)
	status, text := b.read(t, response, err)
	return status, text, response.Request.URL.Path
}

// A secretary records an accession with a reservation and its instrument, sees
// first what would follow, corrects the day, and annuls it: every page without
// scripts.
func TestTheSecretarysStory(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	b.login(t, "all")
	_, page := b.get(t, "/en/desk/record?treaty=ICMW")
	form := fields(t, page)
	require.Equal(t, "ICMW", form.Get("treaty"))
	require.Equal(t, "2026-06-30", form.Get("date"), "today at the depositary")
	before := d.Position()

	fill(form, "participant", "Germany", "action", "accession", "date", "2026-05-14", "do", "more")
	status, page, _ := b.send(t, "/en/desk/record", form, nil)
	require.Equal(t, 200, status)
	form = fields(t, page)
	require.Len(t, form["with-text"], 1, "a row for a statement")
	fill(form, "with-action", "reservation", "with-text", "Germany does not consider itself bound by article 92(1).\r\nIt says so twice.", "with-articles", "92(1)", "with-language", "en", "do", "preview")
	status, page, _ = b.send(t, "/en/desk/record", form, map[string]string{"instrument.pdf": "%PDF-1.7 instrument"})
	require.Equal(t, 200, status)
	for _, want := range []string{"What would follow in law", "contracting", "bound from 1 September 2026", "Notices that would go out", "Germany: accession", "0 subscriptions would be notified", "instrument.pdf", "Record it"} {
		require.Contains(t, page, want)
	}
	require.Equal(t, before, d.Position(), "nothing is recorded yet")

	// What is changed behind the effects that were shown is shown again, not recorded.
	changed := fill(fields(t, page), "date", "2026-05-15", "do", "record")
	status, again, _ := b.send(t, "/en/desk/record", changed, nil)
	require.Equal(t, 200, status)
	require.Contains(t, again, "changed since its effects were shown")
	require.Equal(t, before, d.Position())

	form = fill(fields(t, page), "do", "record")
	status, done, at := b.send(t, "/en/desk/record", form, nil)
	require.Equal(t, 200, status)
	require.Equal(t, fmt.Sprintf("/en/desk/done/%d", before+1), at)
	require.Contains(t, done, "anna@all")
	require.Equal(t, before+1, d.Position())
	_, _, at = b.send(t, "/en/desk/record", form, nil)
	require.Equal(t, fmt.Sprintf("/en/desk/done/%d", before+1), at, "sent twice, recorded once")
	require.Equal(t, before+1, d.Position())

	record := fmt.Sprintf("%d.1", before+1)
	var act struct{ Current domain.Action }
	d.Must(t, 200, apitest.Request{Path: "/v1/actions/" + record}).Into(t, &act)
	require.Equal(t, domain.ParticipantID("DEU"), act.Current.Participant)
	require.Equal(t, "instrument.pdf", act.Current.Documents[0].Name)
	var reservation struct{ Current domain.Action }
	d.Must(t, 200, apitest.Request{Path: fmt.Sprintf("/v1/actions/%d.2", before+1)}).Into(t, &reservation)
	require.Equal(t, "Germany does not consider itself bound by article 92(1).\nIt says so twice.", reservation.Current.Statement.Text)
	require.Equal(t, []string{"92(1)"}, reservation.Current.Statement.Articles)
	_, shown := b.page(t, "/en/acts/"+record)
	require.Contains(t, shown, "/v1/documents/"+act.Current.Documents[0].Digest)
	_, shown = b.page(t, "/en/treaties/ICMW?asOf=2026-12-01")
	require.Contains(t, shown, `href="/en/participants/DEU?asOf=2026-12-01"`)

	// Corrected with a reason; the page says both.
	_, page = b.get(t, "/en/desk/acts/"+record+"/correction")
	form = fields(t, page)
	require.Equal(t, "2026-05-14", form.Get("date"))
	require.Len(t, form["attached"], 1, "the documents stay")
	status, page, _ = b.send(t, "/en/desk/acts/"+record+"/correction", fill(form, "date", "2026-05-21", "do", "preview"), nil)
	require.Equal(t, 422, status)
	require.Contains(t, page, "REASON_REQUIRED")
	form = fill(fields(t, page), "reason", "the instrument was received a week later", "do", "preview")
	_, page, _ = b.send(t, "/en/desk/acts/"+record+"/correction", form, nil)
	require.Contains(t, page, "Correct the record")
	status, _, at = b.send(t, "/en/desk/acts/"+record+"/correction", fill(fields(t, page), "do", "record"), nil)
	require.Equal(t, 200, status)
	require.Equal(t, fmt.Sprintf("/en/desk/done/%d", before+2), at)
	_, shown = b.page(t, "/en/acts/"+record)
	require.Contains(t, shown, "the instrument was received a week later")
	require.Contains(t, shown, "21 May 2026")

	// Annulled with a reason.
	_, page = b.get(t, "/en/desk/acts/"+record+"/annulment")
	form = fill(fields(t, page), "reason", "it was another Germany", "do", "preview")
	_, page, _ = b.send(t, "/en/desk/acts/"+record+"/annulment", form, nil)
	require.Contains(t, page, "no action")
	_, _, at = b.send(t, "/en/desk/acts/"+record+"/annulment", fill(fields(t, page), "do", "record"), nil)
	require.Equal(t, fmt.Sprintf("/en/desk/done/%d", before+3), at)
	_, shown = b.page(t, "/en/acts/"+record)
	require.Contains(t, shown, "This act does not stand")
}

// page gets a page that is no part of the desk.
func (b *browser) page(t *testing.T, path string) (int, string) {
	t.Helper()
	response, err := b.Get(b.d.URL + path)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

// What stands in the way is said at its field; what was typed stays.
func TestDeskRefuses(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	b.login(t, "all")
	before := d.Position()
	_, page := b.get(t, "/fr/desk/record")
	blank := fields(t, page)
	for name, change := range map[string][]string{
		"participant": {"participant", `"><script>window.__hit=1</script>`},
		"treaty":      {"treaty", "NOPE"},
		"date":        {"date", "2026-02-31"},
		"action":      {"action", "blessing"},
		"target":      {"action", "objection", "target", "x"},
		"statement":   {"action", "withdrawal of a reservation"},
	} {
		form := url.Values{}
		for k, v := range blank {
			form[k] = v
		}
		fill(form, "treaty", "ICMW", "participant", "DEU", "action", "accession", "date", "2026-05-14")
		status, page, _ := b.send(t, "/fr/desk/record", fill(form, append(change, "do", "preview")...), nil)
		require.Equal(t, 422, status, name)
		require.Contains(t, page, `href="#`+name+`"`, name)
		require.NotContains(t, page, "<script>window")
		require.Contains(t, fields(t, page), "participant")
		require.Equal(t, form.Get("participant"), fields(t, page).Get("participant"), "what was typed stays")
	}
	status, _, _ := b.send(t, "/en/desk/record", fill(blank, "do", "record", "treaty", "ICMW", "participant", "DEU", "action", "accession", "date", "2026-05-14"), nil)
	require.Equal(t, 200, status, "recorded is only what was shown")
	require.Equal(t, before, d.Position())
	status, _ = b.get(t, "/en/desk/acts/1.99/correction")
	require.Equal(t, 404, status)
	status, _ = b.get(t, "/en/desk/acts/x/annulment")
	require.Equal(t, 404, status)
	status, _ = b.get(t, "/en/desk/done/99999")
	require.Equal(t, 404, status)

	other := atDesk(t, d)
	other.login(t, "operate")
	status, _ = other.get(t, "/en/desk/record")
	require.Equal(t, http.StatusForbidden, status)
	status, _ = other.get(t, "/en/desk/proposals")
	require.Equal(t, http.StatusOK, status, "tokens are proposals too, on which who operates decides")
}

// Who has to log in first comes to where he was going, with what the address said.
func TestLoginLeadsOn(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	_, page := b.get(t, "/en/desk/record?treaty=ICMW&target=68.3")
	require.Contains(t, page, `type="password"`)
	action := regexp.MustCompile(`class="desk-form" action="([^"]*)"`).FindStringSubmatch(page)
	require.NotNil(t, action)
	status, page := b.post(t, html.UnescapeString(action[1]), url.Values{"token": {d.Token["all"]}})
	require.Equal(t, 200, status)
	require.Equal(t, "ICMW", fields(t, page).Get("treaty"))
	require.Equal(t, "68.3", fields(t, page).Get("target"))
}

// What is unusual passes with a reason, which stands in the ledger.
func TestDeskAnswersQueries(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	b.login(t, "all")
	_, page := b.get(t, "/en/desk/record?treaty=ICMW")
	form := fill(fields(t, page), "participant", "FRA", "action", "ratification", "date", "2026-06-01", "do", "preview")
	_, page, _ = b.send(t, "/en/desk/record", form, nil)
	require.Contains(t, page, "RATIFY_WITHOUT_SIGNATURE")
	require.NotContains(t, page, "Record it")
	form = fill(fields(t, page), "reason", "so the instrument is called", "do", "preview")
	_, page, _ = b.send(t, "/en/desk/record", form, nil)
	require.Contains(t, page, "Unusual, and passed with the reason")
	_, _, at := b.send(t, "/en/desk/record", fill(fields(t, page), "do", "record"), nil)
	require.Equal(t, fmt.Sprintf("/en/desk/done/%d", d.Position()), at)
	require.Contains(t, string(d.Must(t, 200, apitest.Request{Path: fmt.Sprintf("/v1/ledger/%d", d.Position())}).Body), "so the instrument is called")
}

// Two record about one treaty at once: the second sees what the first did, with
// the effects on what is now the law, and nothing that was typed is lost.
func TestTwoAtTheDesk(t *testing.T) {
	d := apitest.Open(t)
	anna, bert := atDesk(t, d), atDesk(t, d)
	anna.login(t, "all")
	bert.login(t, "record")
	begin := func(b *browser, participant string) url.Values {
		_, page := b.get(t, "/en/desk/record?treaty=ICMW")
		_, page, _ = b.send(t, "/en/desk/record", fill(fields(t, page), "participant", participant, "action", "accession", "date", "2026-06-01", "note", "typed by hand", "do", "preview"), nil)
		return fill(fields(t, page), "do", "record")
	}
	annas, berts := begin(anna, "DEU"), begin(bert, "FRA")
	_, _, at := anna.send(t, "/en/desk/record", annas, nil)
	require.Contains(t, at, "/desk/done/")
	before := d.Position()
	_, page, _ := bert.send(t, "/en/desk/record", berts, nil)
	require.Equal(t, before, d.Position())
	require.Contains(t, page, "Recorded meanwhile by others")
	require.Contains(t, page, "anna@all")
	form := fields(t, page)
	require.Equal(t, "typed by hand", form.Get("note"))
	_, _, at = bert.send(t, "/en/desk/record", fill(form, "do", "record"), nil)
	require.Contains(t, at, "/desk/done/")
	require.Equal(t, before+1, d.Position())
}

// Two persons at the desk: one proposes, the other approves, with what was
// proposed before the eyes.
func TestFourEyesAtTheDesk(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) { o.FourEyes = true })
	anna, bert := atDesk(t, d), atDesk(t, d)
	anna.login(t, "all")
	bert.login(t, "record")
	before := d.Position()
	_, page := bert.get(t, "/en/desk/record?treaty=ICMW")
	require.Contains(t, page, "takes two persons")
	_, page, _ = bert.send(t, "/en/desk/record", fill(fields(t, page), "participant", "DEU", "action", "accession", "date", "2026-06-01", "do", "preview"), nil)
	_, page, at := bert.send(t, "/en/desk/record", fill(fields(t, page), "do", "record"), nil)
	require.Contains(t, at, "/en/desk/proposals/")
	require.Contains(t, page, "You have proposed this")
	require.NotContains(t, page, "Approve and record")
	_, home := anna.get(t, "/en/desk")
	require.Contains(t, home, "One waits for a second person.")
	_, page = anna.get(t, at)
	require.Contains(t, page, "contracting")
	status, page := anna.post(t, at, url.Values{"do": {"reject"}, "why": {" "}})
	require.Equal(t, 409, status)
	require.Contains(t, page, "a reason in words")
	require.Equal(t, before, d.Position())
	status, page = anna.post(t, at, fill(fields(t, page), "do", "approve"))
	require.Equal(t, 200, status)
	require.Contains(t, page, "anna@all")
	require.Equal(t, before+1, d.Position())
	_, page = anna.get(t, fmt.Sprintf("/en/desk/done/%d", before+1))
	require.Contains(t, page, "approved by anna@all")
	status, _ = anna.post(t, at, url.Values{"do": {"approve"}})
	require.Equal(t, 409, status)
	status, _ = anna.get(t, "/en/desk/proposals/none")
	require.Equal(t, 404, status)
}

// A file at the desk: a report first, and then the same file without choosing it again.
func TestDeskImport(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	b.login(t, "all")
	_, page := b.get(t, "/en/desk/import")
	form := fill(fields(t, page), "format", "acts", "do", "report")
	status, page, _ := b.send(t, "/en/desk/import", form, nil)
	require.Equal(t, 422, status)
	require.Contains(t, page, "no file came")
	status, page, _ = b.send(t, "/en/desk/import", form, map[string]string{"acts.csv": "a,b\n1,2\n"})
	require.Equal(t, 422, status)
	require.Contains(t, page, "acts.csv")
	before := d.Position()
	table := "treaty,participant,action,date\nIV-13,DEU,accession,2026-05-14\nIV-13,Ruritania,accession,2026-05-14\n"
	status, page, _ = b.send(t, "/en/desk/import", form, map[string]string{"acts.csv": table})
	require.Equal(t, 200, status)
	for _, want := range []string{"What would become of it", "Ruritania", ">Import<"} {
		require.Contains(t, page, want)
	}
	require.Equal(t, before, d.Position())
	status, page, _ = b.send(t, "/en/desk/import", fill(fields(t, page), "do", "record"), nil)
	require.Equal(t, 200, status)
	require.Contains(t, page, "What became of it")
	require.Equal(t, before+1, d.Position())
}

// Tokens at the desk: shown once, never more than one's own roles, revoked.
func TestDeskTokens(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	b.login(t, "operate")
	for _, wrong := range []url.Values{{"actor": {"a b"}, "role": {"operate"}}, {"actor": {"carl"}}, {"actor": {"carl"}, "role": {"record"}}, {"actor": {"carl"}, "role": {"operate"}, "days": {"-1"}}} {
		status, _ := b.post(t, "/en/desk/tokens", wrong)
		require.Equal(t, 422, status, "%v", wrong)
	}
	status, page := b.post(t, "/en/desk/tokens", url.Values{"actor": {"carl"}, "role": {"operate"}, "days": {"7"}})
	require.Equal(t, 200, status)
	_, rest, found := strings.Cut(page, "<code>dep_")
	require.True(t, found)
	text, _, _ := strings.Cut(rest, "<")
	who, err := d.Tokens().Check("dep_" + text)
	require.NoError(t, err)
	require.Equal(t, "carl", who.Actor)
	_, page = b.get(t, "/en/desk/tokens")
	require.NotContains(t, page, text, "shown once")
	all, err := d.Tokens().List()
	require.NoError(t, err)
	id := all[len(all)-1].ID
	status, _ = b.post(t, "/en/desk/tokens/"+id+"/revoke", nil)
	require.Equal(t, 200, status)
	_, err = d.Tokens().Check("dep_" + text)
	require.Error(t, err)
	status, _ = b.post(t, "/en/desk/tokens/"+id+"/revoke", nil)
	require.Equal(t, 404, status)
}

// Who guesses tokens is held up; who has one is let in, from the same address too.
func TestGuessedTokens(t *testing.T) {
	d := apitest.Open(t)
	b := atDesk(t, d)
	status := 0
	for range 12 {
		status, _ = b.post(t, "/en/desk/login", url.Values{"token": {"dep_guess"}})
	}
	require.Equal(t, 429, status)
	_, page := b.post(t, "/en/desk/login", url.Values{"token": {"dep_another"}})
	require.Contains(t, page, "Try again in a minute", "the address has had its share")
	status, page = b.post(t, "/en/desk/login", url.Values{"token": {d.Token["all"]}})
	require.Equal(t, 200, status, "a right one lets in all the same")
	require.Contains(t, page, "anna@all")
}
