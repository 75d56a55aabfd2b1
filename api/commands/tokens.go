package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/eventstore"
	"depositary/projections"
)

// Tokens are made and revoked here, for the API, the desk and the command alike.
// Where it takes two persons to record, it takes two to make a token: who could
// make one alone would be two persons.

const (
	// MostTokenDays is how long a token may last; one may also last until it is revoked.
	MostTokenDays = 3650
	day           = 24 * time.Hour
)

// TokenWish is what is asked for of a token.
type TokenWish struct {
	Actor  string      `json:"actor" doc:"Whose it is; stands in the ledger beside what is recorded with it, unless there is a public name" example:"anna@secretariat.example"`
	Public string      `json:"public,omitempty" doc:"Name of a role that stands in the ledger, for everybody and for good, in place of the actor" example:"treaty-section"`
	Roles  []auth.Role `json:"roles" doc:"What it allows: record, define, subscribe, operate; only roles of your own"`
	Days   int         `json:"days,omitempty" doc:"How many days it is valid; until it is revoked where absent"`
}

// TokenView is what is shown of a token.
type TokenView struct {
	ID      string       `json:"id"`
	Actor   string       `json:"actor"`
	Public  string       `json:"public,omitempty" doc:"Stands in the ledger in place of the actor"`
	Roles   []auth.Role  `json:"roles"`
	Created time.Time    `json:"created"`
	Expires time.Time    `json:"expires,omitzero" doc:"Absent: it does not expire"`
	Makers  []auth.Maker `json:"makers,omitempty" doc:"Who made it, then who made that one's token, and so on; absent of a token of an earlier release"`
	SetsUp  bool         `json:"setsUp,omitempty" doc:"The first token, which is for setting up"`
}

// ViewOfToken returns what is shown of a token.
func ViewOfToken(t auth.Token) TokenView {
	return TokenView{ID: t.ID, Actor: t.Actor, Public: t.Public, Roles: t.Roles, Created: t.Created, Expires: t.Expires, Makers: t.Makers, SetsUp: t.SetsUp}
}

// Maker returns who made the token; empty where that is not known.
func (t TokenView) Maker() string {
	if len(t.Makers) == 0 {
		return ""
	}
	return t.Makers[0].Actor
}

// TokenMade is a token with its text, which is shown this once.
type TokenMade struct {
	Token    TokenView `json:"token"`
	Text     string    `json:"text,omitempty" doc:"The token itself, shown this once"`
	Proposal string    `json:"proposal,omitempty" doc:"Id of the proposal that this is: the token is valid when another approves it"`
}

// ErrNoToken says that no token has the id.
var ErrNoToken = errors.New("no token has this id")

// ListTokens returns all tokens, oldest first.
func (s *Secretariat) ListTokens() ([]TokenView, error) {
	all, err := s.Tokens.List()
	views := make([]TokenView, len(all))
	for i, t := range all {
		views[i] = ViewOfToken(t)
	}
	return views, err
}

// CheckTokenWish returns what is wrong with a wish, all of it.
func CheckTokenWish(by auth.Identity, wish TokenWish) (wrong []*projections.InputError) {
	if !eventstore.Plain(wish.Actor) {
		wrong = append(wrong, &projections.InputError{Field: "actor", Reason: "it cannot stand in the ledger", Accepted: "1 to 128 printable ASCII characters without blank, quote and backslash, such as anna@secretariat.example"})
	}
	if wish.Public != "" && !eventstore.Plain(wish.Public) {
		wrong = append(wrong, &projections.InputError{Field: "public", Reason: "it cannot stand in the ledger", Accepted: "1 to 128 printable ASCII characters without blank, quote and backslash, such as treaty-section; nothing where the actor is to stand there"})
	}
	for _, role := range wish.Roles {
		if !slices.Contains(auth.Roles(), role) || !by.May(role) {
			wrong = append(wrong, &projections.InputError{Field: "roles", Reason: fmt.Sprintf("your own token does not have the role %.40q", role), Accepted: "roles that you have"})
		}
	}
	if len(wish.Roles) == 0 {
		wrong = append(wrong, &projections.InputError{Field: "roles", Reason: "a token allows something", Accepted: "one role at least"})
	}
	if wish.Days < 0 || wish.Days > MostTokenDays {
		wrong = append(wrong, &projections.InputError{Field: "days", Reason: fmt.Sprintf("%d is no number of days", wish.Days), Accepted: fmt.Sprintf("1 to %d, or nothing for a token that does not expire", MostTokenDays)})
	}
	return wrong
}

// MakeToken makes a token, or proposes it where it takes two persons. Its text
// is shown to who asks for it, this once.
func (s *Secretariat) MakeToken(ctx context.Context, by auth.Identity, wish TokenWish) (TokenMade, error) {
	wish.Actor, wish.Public = strings.TrimSpace(wish.Actor), strings.TrimSpace(wish.Public)
	if wrong := CheckTokenWish(by, wish); len(wrong) > 0 {
		return TokenMade{}, wrong[0]
	}
	text, t, err := s.Tokens.NewToken(auth.Grant{Actor: wish.Actor, Public: wish.Public, Roles: wish.Roles, Lifetime: time.Duration(wish.Days) * day, Makers: auth.MakersBy(by)})
	if err != nil {
		return TokenMade{}, err
	}
	alone, err := s.mayMakeAlone(by)
	if err != nil {
		return TokenMade{}, err
	}
	made := TokenMade{Token: ViewOfToken(t), Text: text}
	if alone {
		return made, s.addToken(ctx, by, t)
	}
	p := Proposal{Kind: TokenProposal, Role: auth.Operate, Token: &made.Token, tokenHash: t.Hash}
	made.Proposal, err = s.keepProposal(ctx, Actor{Identity: by}, p)
	return made, err
}

// mayMakeAlone reports whether one person is enough to make a token: everybody
// where one is enough to record; otherwise who sets up, until two persons can
// decide on tokens.
func (s *Secretariat) mayMakeAlone(by auth.Identity) (bool, error) {
	if !s.FourEyes {
		return true, nil
	}
	if !by.SetsUp {
		return false, nil
	}
	all, err := s.Tokens.List()
	if err != nil {
		return false, err
	}
	var first string
	for _, t := range all {
		if t.SetsUp || !t.Valid(s.Now()) || !slices.Contains(t.Roles, auth.Operate) {
			continue
		}
		if first != "" && !auth.SamePerson(first, t.Actor) {
			return false, nil
		}
		first = t.Actor
	}
	return true, nil
}

// authToken returns the token that a proposal would make valid.
func (p *Proposal) authToken() auth.Token {
	t := p.Token
	return auth.Token{ID: t.ID, Actor: t.Actor, Public: t.Public, Roles: t.Roles, Hash: p.tokenHash, Created: t.Created, Expires: t.Expires, Makers: t.Makers}
}

func (t *TokenView) describe() string {
	return DescribeToken(auth.Token{Actor: t.Actor, Public: t.Public, Roles: t.Roles, Expires: t.Expires})
}

// addToken makes a token valid, after it stands in the audit log.
func (s *Secretariat) addToken(ctx context.Context, by auth.Identity, t auth.Token) error {
	entry := audit.Entry{Actor: by.Actor, Kind: audit.TokenMade, Subject: t.ID, Token: by.Token, Detail: DescribeToken(t)}
	if err := s.Audit.Write(ctx, entry); err != nil {
		return err
	}
	return s.Tokens.Add(t)
}

// DescribeToken says for whom a token is and what it allows.
func DescribeToken(t auth.Token) string {
	roles := make([]string, len(t.Roles))
	for i, r := range t.Roles {
		roles[i] = string(r)
	}
	text := "for " + t.Actor
	if t.Public != "" {
		text += ", in the ledger as " + t.Public
	}
	text += ", roles " + strings.Join(roles, ", ")
	if !t.Expires.IsZero() {
		text += ", until " + t.Expires.UTC().Format("2006-01-02 15:04 UTC")
	}
	return text
}

// RevokeToken makes a token invalid; one person is enough for that. It returns
// ErrNoToken where there is none.
func (s *Secretariat) RevokeToken(ctx context.Context, by auth.Identity, id string) error {
	all, err := s.Tokens.List()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(t auth.Token) bool { return t.ID == id })
	if at < 0 {
		return ErrNoToken
	}
	if err := s.Tokens.Revoke(id); err != nil {
		return err
	}
	return s.Audit.Write(ctx, audit.Entry{Actor: by.Actor, Kind: audit.TokenRevoked, Subject: id, Token: by.Token, Detail: "of " + all[at].Actor})
}
