package mail_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/mail"
	"depositary/api/pages/lang"
	"depositary/domain"
	"depositary/projections/notices"
)

// post is an SMTP server on loopback, which keeps what it takes.
type post struct {
	mu      sync.Mutex
	letters []letter
	refuse  map[string]*smtp.SMTPError // by recipient
	address string
}

type letter struct {
	to     string
	header netmail.Header
	body   string
	raw    string
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{refuse: map[string]*smtp.SMTPError{}}
	server := smtp.NewServer(p)
	server.Domain = "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.address = listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return p
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &postSession{post: p}, nil }

func (p *post) taken() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.letters)
}

func (p *post) last(t *testing.T) letter {
	t.Helper()
	all := p.taken()
	require.NotEmpty(t, all)
	return all[len(all)-1]
}

type postSession struct {
	*post
	to []string
}

func (s *postSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refuse[to]; err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, letter{strings.Join(s.to, ","), m.Header, decoded(m.Header, string(body)), string(raw)})
	return nil
}

func (s *postSession) Reset()        { s.to = nil }
func (s *postSession) Logout() error { return nil }

// decoded undoes the encoding of the body.
func decoded(h netmail.Header, body string) string {
	if h.Get("Content-Transfer-Encoding") == "quoted-printable" {
		text, err := io.ReadAll(quotedReader(body))
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	return body
}

const publicAddress = "https://treaties.example.org"

// office is a server that sends mail.
type office struct {
	*apitest.Server
	*post
	log *bytes.Buffer
}

func open(t *testing.T, day string) *office {
	t.Helper()
	p, log := newPost(t), new(bytes.Buffer)
	s := apitest.Open(t, func(o *apitest.Options) {
		o.Clock, o.Public = apitest.NewClock(day), publicAddress
		o.Logger = slog.New(slog.NewTextHandler(log, nil))
		o.Mail = &mail.Server{Address: p.address, From: "Depositary <treaties@example.org>", Security: mail.Plain}
	})
	return &office{s, p, log}
}

// set moves the clock forward.
func (o *office) set(now time.Time) { o.Clock.Advance(now.Sub(o.Clock.Now())) }

// submit sends a form of a page, as a browser or a program does.
func (o *office) submit(t *testing.T, path string, form url.Values) (status int, body string) {
	t.Helper()
	r, err := apitest.Plain.PostForm(o.URL+path, form)
	require.NoError(t, err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(text)
}

func (o *office) page(t *testing.T, path string) (status int, body string) {
	t.Helper()
	r, err := http.Get(o.URL + path)
	require.NoError(t, err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(text)
}

var mailLink = regexp.MustCompile(`https://treaties\.example\.org(/[a-z]{2}/mail/[A-Za-z0-9_-]+)`)

// linkOf returns the path of the link in a letter.
func linkOf(t *testing.T, l letter) string {
	t.Helper()
	found := mailLink.FindStringSubmatch(l.body)
	require.NotNil(t, found, l.body)
	return found[1]
}

// subscribe asks and confirms, and returns the link of the subscription.
func (o *office) subscribe(t *testing.T, form url.Values) string {
	t.Helper()
	status, body := o.submit(t, "/en/mail", form)
	require.Equal(t, http.StatusOK, status, body)
	require.NoError(t, o.Mail.Round(t.Context()))
	link := linkOf(t, o.last(t))
	status, body = o.submit(t, link+"/confirm", nil)
	require.Equal(t, http.StatusOK, status, body)
	return link
}

func subject(t *testing.T, l letter) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(l.header.Get("Subject"))
	require.NoError(t, err)
	return text
}

func TestDigest(t *testing.T) {
	o := open(t, "2026-06-30")
	status, page := o.page(t, "/en/mail?treaty=ICMW")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, `<option value="ICMW" selected>`)

	// Asked for: one letter with a link, which changes nothing when it is opened.
	form := url.Values{"address": {"reader@example.com"}, "every": {"day"}, "treaty": {"ICMW"}}
	status, page = o.submit(t, "/en/mail", form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Check your mail")
	require.NoError(t, o.Mail.Round(t.Context()))
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 1, "it is asked once")
	asked := o.last(t)
	require.Equal(t, "reader@example.com", asked.to)
	require.Equal(t, "Confirm your subscription to changes in treaties", subject(t, asked))
	require.Contains(t, asked.body, "ICMW (every day)")
	require.Empty(t, asked.header.Get("List-Unsubscribe"))
	link := linkOf(t, asked)
	_, page = o.page(t, link)
	require.Contains(t, page, "Confirm the subscription")

	// Nothing is sent before it is confirmed.
	o.Accede(t, "DEU", "2026-06-29", "")
	o.set(time.Date(2026, 7, 1, 7, 0, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 1)

	for _, step := range []string{"/confirm", "/leave"} { // opened, and not posted to: nothing happens
		opened, err := apitest.Plain.Get(o.URL + link + step)
		require.NoError(t, err)
		require.NoError(t, opened.Body.Close())
		require.Equal(t, http.StatusSeeOther, opened.StatusCode)
		require.Equal(t, link, opened.Header.Get("Location"))
	}
	status, page = o.submit(t, link+"/confirm", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "2 July 2026")
	o.Accede(t, "FRA", "2026-07-01", "")
	o.set(time.Date(2026, 7, 2, 5, 59, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 1, "it is not yet six")
	o.set(time.Date(2026, 7, 2, 6, 0, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 2)
	digest := o.last(t)
	require.Regexp(t, `^Treaties: \d changes, 2 July 2026$`, subject(t, digest))
	require.Contains(t, digest.body, "France: accession of 1 July 2026 (ICMW)")
	require.NotContains(t, digest.body, "Germany", "that was before the subscription began")
	require.Contains(t, digest.body, publicAddress+"/en/notices/")
	require.Equal(t, "auto-generated", digest.header.Get("Auto-Submitted"))
	require.Equal(t, "<"+publicAddress+link+"/leave>", digest.header.Get("List-Unsubscribe"))
	require.Equal(t, "List-Unsubscribe=One-Click", digest.header.Get("List-Unsubscribe-Post"))

	// Nothing changed: no letter.
	o.set(time.Date(2026, 7, 3, 6, 0, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 2)

	// One click of the provider's program ends it, and nothing of the address is left.
	status, _ = o.submit(t, link+"/leave", url.Values{"List-Unsubscribe": {"One-Click"}})
	require.Equal(t, http.StatusOK, status)
	list, err := o.Mail.List(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
	status, page = o.page(t, link)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, page, "no such subscription")
	status, _ = o.submit(t, link+"/leave", nil)
	require.Equal(t, http.StatusOK, status, "twice is no error")
	require.NotContains(t, o.log.String(), "reader@example.com")
}

func TestDigestByWeek(t *testing.T) {
	o := open(t, "2026-07-01") // a Wednesday
	o.subscribe(t, url.Values{"address": {"reader@example.com"}, "every": {"week"}, "participant": {"Alemania; FRA"}})
	o.Accede(t, "DEU", "2026-07-01", "")
	o.Accede(t, "SWE", "2026-07-01", "")
	for day := 2; day <= 5; day++ {
		o.set(time.Date(2026, 7, day, 23, 0, 0, 0, time.UTC))
		require.NoError(t, o.Mail.Round(t.Context()))
	}
	require.Len(t, o.taken(), 1)
	o.set(time.Date(2026, 7, 6, 6, 0, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 2)
	require.Contains(t, o.last(t).body, "Germany: accession")
	require.NotContains(t, o.last(t).body, "Sweden: accession")
}

// A digest in each language has its frame in that language, and no text is missing.
func TestDigestInAllLanguages(t *testing.T) {
	o := open(t, "2026-06-30")
	subjects := map[string]bool{}
	for _, l := range lang.All() {
		require.NoError(t, o.Mail.Ask(t.Context(), mail.Request{Address: l.Tag + "@example.com", Every: mail.EveryDay, Language: l}))
	}
	require.NoError(t, o.Mail.Round(t.Context()))
	for _, l := range o.taken() {
		require.NotContains(t, l.body, "mail.")
		require.NotContains(t, l.body, "{")
		subjects[subject(t, l)] = true
		o.submit(t, linkOf(t, l)+"/confirm", nil)
	}
	require.Len(t, subjects, len(lang.All()))
	o.Accede(t, "DEU", "2026-06-30", "")
	o.set(time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 2*len(lang.All()))
	require.Empty(t, lang.Missing())
}

func TestBounce(t *testing.T) {
	o := open(t, "2026-06-30")
	link := o.subscribe(t, url.Values{"address": {"reader@example.com"}, "every": {"day"}})
	o.Accede(t, "DEU", "2026-06-30", "")
	now := time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)
	round := func(after time.Duration) mail.Subscriber {
		now = now.Add(after)
		o.set(now)
		require.NoError(t, o.Mail.Round(t.Context()))
		list, err := o.Mail.List(t.Context())
		require.NoError(t, err)
		if len(list) == 0 {
			return mail.Subscriber{}
		}
		return list[0]
	}

	// The mailbox is full: the same digest is sent later, under the same id.
	o.refuse["reader@example.com"] = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "reader@example.com is full"}
	sub := round(0)
	require.Equal(t, mail.Active, sub.State)
	require.Equal(t, "452 4.2.2", sub.Reason, "without the address that the server repeats")
	round(10 * time.Minute)
	require.Len(t, o.taken(), 1)
	delete(o.refuse, "reader@example.com")
	require.Equal(t, 1, round(6*time.Minute).Sent)
	require.Len(t, o.taken(), 2)

	// Unknown there, three times: the subscription stops, and its address is forgotten.
	o.Accede(t, "FRA", "2026-06-30", "")
	o.refuse["reader@example.com"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	require.Equal(t, mail.Active, round(24*time.Hour).State)
	require.Equal(t, mail.Active, round(time.Hour).State)
	sub = round(time.Hour)
	require.Equal(t, mail.Undeliverable, sub.State)
	require.Equal(t, "550 5.1.1", sub.Reason)
	_, page := o.page(t, link)
	require.Contains(t, page, "refused our messages")
	require.Zero(t, round(32*24*time.Hour), "it is forgotten")
	require.NotContains(t, o.log.String(), "reader@example.com")
}

// A server that is away is nobody's fault: everything is sent when it is back.
func TestServerAway(t *testing.T) {
	o := open(t, "2026-06-30")
	away, err := mail.New(mail.Options{Notices: o.Notices(), Projection: o.Projection, Subscriptions: o.Mail.Subscriptions, Secret: bytes.Repeat([]byte{9}, 32), Public: publicAddress, Zone: time.UTC,
		Server: mail.Server{Address: closedPort(t), From: "treaties@example.org", Security: mail.Plain}, Now: o.Clock.Now})
	require.NoError(t, err)
	require.NoError(t, away.Ask(t.Context(), mail.Request{Address: "reader@example.com", Every: mail.EveryDay, Language: lang.English()}))
	require.ErrorContains(t, away.Round(t.Context()), "the SMTP server cannot be used")
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 1)
}

// Two nodes look at the same time: each message is sent once.
func TestTwoNodes(t *testing.T) {
	o := open(t, "2026-06-30")
	other, err := mail.New(o.Mail.Options)
	require.NoError(t, err)
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		require.NoError(t, o.Mail.Ask(t.Context(), mail.Request{Address: name + "@example.com", Every: mail.EveryDay, Language: lang.English()}))
	}
	var both sync.WaitGroup
	for _, s := range []*mail.Service{o.Mail, other} {
		both.Go(func() {
			if err := s.Round(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	require.Len(t, o.taken(), 6)
}

// Who asks for others cannot flood them, nor learn what they are subscribed to.
func TestRequestsAreBounded(t *testing.T) {
	o := open(t, "2026-06-30")
	request := mail.Request{Address: "victim@example.com", Every: mail.EveryDay, Language: lang.English()}
	for range 9 {
		require.NoError(t, o.Mail.Ask(t.Context(), request))
		request.Address = strings.ToUpper(request.Address)
	}
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Len(t, o.taken(), 3)

	// Not confirmed in two days: forgotten.
	link := linkOf(t, o.last(t))
	o.set(time.Date(2026, 7, 3, 12, 0, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	list, err := o.Mail.List(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
	status, _ := o.submit(t, link+"/confirm", nil)
	require.Equal(t, http.StatusNotFound, status)

	for i := range 12 {
		status, body := o.submit(t, "/en/mail", url.Values{"address": {"victim@example.com"}, "every": {"day"}})
		if i >= 10 {
			require.Equal(t, http.StatusTooManyRequests, status)
			require.Contains(t, body, "Too many requests from your network")
		}
	}
}

func TestHostileAddresses(t *testing.T) {
	o := open(t, "2026-06-30")
	for _, address := range []string{
		"", " ", "reader", "reader@", "@example.com", "reader@localhost", "reader@[127.0.0.1]", "reader@127.0.0.1", "a@example.com,b@example.com", "a@example.com b@example.com", "a@example.com;b@example.com",
		"Reader <reader@example.com>", `"a b"@example.com`, "reader@example.com\r\nBcc: all@example.com", "reader@example.com%0ABcc:all@example.com", "reader@exam\u0000ple.com", "re\u202eader@example.com",
		"a!b@example.com", "user%example.org@example.com", strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("a.", 130) + "com", "reader@@example.com", "reader@example..com", ".reader@example.com",
	} {
		err := o.Mail.Ask(t.Context(), mail.Request{Address: address, Every: mail.EveryDay, Language: lang.English()})
		var wrong *mail.FieldError
		require.True(t, errors.As(err, &wrong), "%q: %v", address, err)
		require.Equal(t, "address", wrong.Field)
		require.NotEmpty(t, wrong.Accepted)
	}
	status, body := o.submit(t, "/fr/mail", url.Values{"address": {"reader@localhost"}, "every": {"day"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, body, "ne peut pas s&#39;abonner")
	status, _ = o.submit(t, "/en/mail", url.Values{"address": {"reader@example.com"}, "every": {"hour"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	status, body = o.submit(t, "/en/mail", url.Values{"address": {"reader@example.com"}, "every": {"day"}, "treaty": {"ICMV"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, body, "ICMV")
	require.NoError(t, o.Mail.Round(t.Context()))
	require.Empty(t, o.taken())
}

// What comes from records is a line of text in the letter, and never a header.
func TestTextOfRecords(t *testing.T) {
	o := open(t, "2026-06-30")
	status, _ := o.submit(t, "/fr/mail", url.Values{"address": {"Reader@Example.com"}, "every": {"day"}, "participant": {"Allemagne"}})
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, o.Mail.Round(t.Context()))
	o.submit(t, linkOf(t, o.last(t))+"/confirm", nil)
	o.Accede(t, "DEU", "2026-06-30", "")
	o.set(time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC))
	require.NoError(t, o.Mail.Round(t.Context()))
	digest := o.last(t)
	require.Equal(t, "Reader@example.com", digest.to)
	require.Contains(t, digest.body, "Germany: accession of 30 June 2026 (ICMW)")
	require.Contains(t, digest.body, "Allemagne (chaque jour)")
	require.Contains(t, digest.body, "se désabonner")
	for _, line := range strings.Split(digest.raw, "\r\n") {
		require.LessOrEqual(t, len(line), 998, "RFC 5322, 2.1.1")
	}
}

// A link that was made up, or belongs to another depositary, opens nothing.
func TestForgedLinks(t *testing.T) {
	o := open(t, "2026-06-30")
	link := o.subscribe(t, url.Values{"address": {"reader@example.com"}, "every": {"day"}})
	path, token := link[:len("/en/mail/")], link[len("/en/mail/"):]
	for _, forged := range []string{"x", strings.Repeat("A", len(token)), "B" + token[1:], token[:len(token)-2] + "AA", token + "A", token + "="} {
		if forged == token {
			continue
		}
		status, _ := o.page(t, path+url.PathEscape(forged))
		require.Equal(t, http.StatusNotFound, status, forged)
		status, _ = o.submit(t, path+url.PathEscape(forged)+"/leave", nil)
		require.Equal(t, http.StatusNotFound, status, forged)
	}
	list, err := o.Mail.List(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
}

// Nothing that is kept shows an address.
func TestAddressesAreSealed(t *testing.T) {
	o := open(t, "2026-06-30")
	o.subscribe(t, url.Values{"address": {"reader@example.com"}, "every": {"day"}})
	values, err := o.Mail.Subscriptions.List(t.Context(), "mail")
	require.NoError(t, err)
	require.Len(t, values, 1)
	require.NotContains(t, string(values[0].Data), "reader")
	require.NotContains(t, string(values[0].Data), "cmVhZGVy") // the same in base64

	options := o.Mail.Options
	options.Secret = bytes.Repeat([]byte{1}, 32)
	other, err := mail.New(options)
	require.NoError(t, err)
	o.Accede(t, "DEU", "2026-06-30", "")
	o.set(time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC))
	require.ErrorContains(t, other.Round(t.Context()), "sealed with another key")
}

func TestServerOptions(t *testing.T) {
	good := mail.Server{Address: "smtp.example.org:587", From: "treaties@example.org", Security: mail.StartTLS}
	for field, change := range map[string]func(*mail.Server){
		"address":  func(s *mail.Server) { s.Address = "smtp.example.org" },
		"from":     func(s *mail.Server) { s.From = "treaties" },
		"security": func(s *mail.Server) { s.Security = "ssl" },
	} {
		server := good
		change(&server)
		_, err := mail.New(mail.Options{Secret: make([]byte, 32), Server: server})
		var wrong *mail.FieldError
		require.True(t, errors.As(err, &wrong), "%s: %v", field, err)
		require.Equal(t, field, wrong.Field)
	}
	server := good
	server.Security, server.User = mail.Plain, "treaties"
	_, err := mail.New(mail.Options{Secret: make([]byte, 32), Server: server})
	require.ErrorContains(t, err, "a password is not sent over an open network")
	_, err = mail.New(mail.Options{Secret: make([]byte, 32), Server: good})
	require.NoError(t, err)
}

func TestFilterOfGroups(t *testing.T) {
	o := open(t, "2026-06-30")
	link := o.subscribe(t, url.Values{"address": {"reader@example.com"}, "every": {"day"}, "group": {"EU"}})
	list, err := o.Mail.List(t.Context())
	require.NoError(t, err)
	require.Equal(t, notices.NoticeFilter{Groups: []domain.GroupID{"EU"}}, list[0].Filter)
	_, page := o.page(t, link)
	require.Contains(t, page, "EU (every day)")
}

func quotedReader(body string) io.Reader { return quotedprintable.NewReader(strings.NewReader(body)) }

// closedPort returns an address on loopback at which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}
