package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain"
)

// Tokens at the desk: whose they are, what they allow, and how long.

func (s *Site) routesDeskTokens() {
	s.desk("GET", "/tokens", roles{auth.Operate}, func(c *clerk) (view, error) { return s.deskTokens(c, tokensBody{}) })
	s.desk("POST", "/tokens", roles{auth.Operate}, s.makeToken)
	s.desk("POST", "/tokens/{token}/revoke", roles{auth.Operate}, s.revokeToken)
}

type tokensBody struct {
	All      []commands.TokenView
	Roles    []auth.Role
	Form     url.Values
	Made     string // the text of a new token, shown this once
	Owner    string // whose it is
	Proposal string // that it is valid only when another approves
	Problems []domain.Finding
	Now      time.Time
}

// tokenField returns the fields of the form by those of a wish.
var tokenField = map[string]string{"actor": "actor", "roles": "role", "days": "days"}

func (s *Site) deskTokens(c *clerk, b tokensBody) (view, error) {
	if b.Form == nil {
		b.Form = url.Values{"days": {"365"}}
	}
	var err error
	b.All, err = s.Secretariat.ListTokens()
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
	wish := commands.TokenWish{Actor: strings.TrimSpace(c.PostForm.Get("actor"))}
	for _, text := range c.PostForm["role"] {
		wish.Roles = append(wish.Roles, auth.Role(clipped(text)))
	}
	if text := strings.TrimSpace(c.PostForm.Get("days")); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 {
			days = -1 // refused by its name
		}
		wish.Days = days
	}
	for _, wrong := range commands.CheckTokenWish(c.Identity, wish) {
		b.Problems = append(b.Problems, domain.Finding{Kind: domain.Rejected, Field: tokenField[wrong.Field], Message: wrong.Reason, Accepted: wrong.Accepted})
	}
	if len(b.Problems) > 0 {
		return s.deskTokens(c, b)
	}
	made, err := s.Secretariat.MakeToken(c.Context(), c.Identity, wish)
	if err != nil {
		return view{}, err
	}
	return s.deskTokens(c, tokensBody{Made: made.Text, Owner: wish.Actor, Proposal: made.Proposal})
}

func (s *Site) revokeToken(c *clerk) (view, error) {
	id := c.PathValue("token")
	err := s.Secretariat.RevokeToken(c.Context(), c.Identity, id)
	if errors.Is(err, commands.ErrNoToken) {
		return view{}, missing("token", id)
	}
	return view{redirect: "/" + c.Lang.Tag + "/desk/tokens"}, err
}
