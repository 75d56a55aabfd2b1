package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"depositary/api/auth"
	"depositary/domain"
	"depositary/eventstore"
)

// Tokens at the desk: whose they are, what they allow, and how long.

func (s *Site) routesDeskTokens() {
	s.desk("GET", "/tokens", roles{auth.Operate}, func(c *clerk) (view, error) { return s.deskTokens(c, tokensBody{}) })
	s.desk("POST", "/tokens", roles{auth.Operate}, s.makeToken)
	s.desk("POST", "/tokens/{token}/revoke", roles{auth.Operate}, s.revokeToken)
}

type tokensBody struct {
	All      []auth.Token
	Roles    []auth.Role
	Form     url.Values
	Made     string // the text of a new token, shown this once
	Owner    string // whose it is
	Problems []domain.Finding
	Now      time.Time
}

// mostDays is how long a token may last; one may also last until it is revoked.
const mostDays = 3650

func (s *Site) deskTokens(c *clerk, b tokensBody) (view, error) {
	if b.Form == nil {
		b.Form = url.Values{"days": {"365"}}
	}
	var err error
	b.All, err = s.Tokens.List()
	b.Roles, b.Now = auth.Roles(), s.Now()
	v := view{template: "desk_tokens", title: c.Lang.Text("desk.tokens"), body: &b}
	if len(b.Problems) > 0 {
		v.status = http.StatusUnprocessableEntity
	}
	return v, err
}

// makeToken makes a token and shows it this once. Only roles of one's own can be granted.
func (s *Site) makeToken(c *clerk) (view, error) {
	b := tokensBody{Form: c.PostForm}
	add := func(field, message, accepted string) {
		b.Problems = append(b.Problems, domain.Finding{Kind: domain.Rejected, Field: field, Message: message, Accepted: accepted})
	}
	actor := strings.TrimSpace(c.PostForm.Get("actor"))
	if !eventstore.Plain(actor) {
		add("actor", "it cannot stand in the ledger", "1 to 128 printable ASCII characters without blank, quote and backslash, such as anna@secretariat.example")
	}
	var roles []auth.Role
	for _, text := range c.PostForm["role"] {
		role := auth.Role(text)
		if !slices.Contains(auth.Roles(), role) || !c.Identity.May(role) {
			add("role", "your own token does not have the role "+clipped(text), "roles that you have")
			continue
		}
		roles = append(roles, role)
	}
	if len(roles) == 0 && len(b.Problems) == 0 {
		add("role", "a token allows something", "one role at least")
	}
	var lifetime time.Duration
	if text := strings.TrimSpace(c.PostForm.Get("days")); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > mostDays {
			add("days", clipped(text)+" is no number of days", "1 to 3650, or nothing for a token that does not expire")
		}
		lifetime = time.Duration(days) * 24 * time.Hour
	}
	if len(b.Problems) > 0 {
		return s.deskTokens(c, b)
	}
	made, _, err := s.Tokens.Create(actor, roles, lifetime)
	if err != nil {
		return view{}, err
	}
	return s.deskTokens(c, tokensBody{Made: made, Owner: actor})
}

func (s *Site) revokeToken(c *clerk) (view, error) {
	id := c.PathValue("token")
	all, err := s.Tokens.List()
	if err != nil {
		return view{}, err
	}
	if !slices.ContainsFunc(all, func(t auth.Token) bool { return t.ID == id }) {
		return view{}, missing("token", id)
	}
	return view{redirect: "/" + c.Lang.Tag + "/desk/tokens"}, s.Tokens.Revoke(id)
}
