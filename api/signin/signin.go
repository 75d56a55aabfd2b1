// Package signin lets people sign in at the desk with an account of their own
// house, by OpenID Connect: the provider says who somebody is and to which groups
// they belong, and the configuration says which roles that is. Machines go on
// using tokens.
//
// The code flow is used with PKCE, a state that is bound to the browser by a
// cookie, and a nonce. Nothing that the provider sends is kept but the name and
// the roles that follow from it.
package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"depositary/api/auth"
	"depositary/eventstore"
)

// Options of a provider. All are required but NameClaim, RolesClaim and Client.
type Options struct {
	Issuer     string                 // address of the provider, as its tokens name it
	ClientID   string                 // under which the depositary is known there
	Secret     string                 // of the client
	NameClaim  string                 // what is the actor's name; "email" where empty
	RolesClaim string                 // what lists groups; "groups" where empty
	Roles      map[auth.Role][]string // the groups of which one is enough for a role
	Client     *http.Client           // to ask the provider with; one with a limit of time where nil
	Now        func() time.Time
}

// Provider is who people sign in with. It is asked for its addresses and keys when
// somebody signs in first. It is safe for concurrent use.
type Provider struct {
	o       Options
	client  *http.Client
	mu      sync.Mutex
	oidc    *oidc.Provider
	started map[string]begun // by state
}

// begun is somebody who was sent to the provider and has not come back.
type begun struct {
	verifier, nonce, redirect, to string
	until                         time.Time
}

const (
	comeBack   = 10 * time.Minute // within which who was sent has to come back
	mostBegun  = 10_000           // who may be there at once
	askTime    = 10 * time.Second // of a question to the provider
	lengthMost = 128              // of a name
)

// New returns a provider, or what is wrong with the options.
func New(o Options) (*Provider, error) {
	if !strings.HasPrefix(o.Issuer, "https://") && !strings.HasPrefix(o.Issuer, "http://127.0.0.1:") {
		return nil, fmt.Errorf("the issuer %q is no address with https://", o.Issuer)
	}
	if o.ClientID == "" || o.Secret == "" || len(o.Roles) == 0 {
		return nil, errors.New("a client id, its secret and a group for at least one role are needed")
	}
	for role := range o.Roles {
		if !slices.Contains(auth.Roles(), role) {
			return nil, fmt.Errorf("%q is no role: one of %v expected", role, auth.Roles())
		}
	}
	if o.NameClaim == "" {
		o.NameClaim = "email"
	}
	if o.RolesClaim == "" {
		o.RolesClaim = "groups"
	}
	client := o.Client
	if client == nil {
		client = &http.Client{Timeout: askTime}
	}
	return &Provider{o: o, client: client, started: make(map[string]begun)}, nil
}

// Begin returns where the browser is sent, and the state by which it is known when
// it comes back to the redirect address. To is where it wants to go then.
func (p *Provider) Begin(ctx context.Context, redirect, to string) (address, state string, err error) {
	config, err := p.config(ctx, redirect)
	if err != nil {
		return "", "", err
	}
	b := begun{verifier: oauth2.GenerateVerifier(), nonce: oauth2.GenerateVerifier(), redirect: redirect, to: to, until: p.o.Now().Add(comeBack)}
	state = oauth2.GenerateVerifier()
	p.mu.Lock()
	defer p.mu.Unlock()
	for other, was := range p.started {
		if !p.o.Now().Before(was.until) {
			delete(p.started, other)
		}
	}
	if len(p.started) >= mostBegun {
		return "", "", errors.New("too many are signing in at once")
	}
	p.started[state] = b
	return config.AuthCodeURL(state, oauth2.S256ChallengeOption(b.verifier), oidc.Nonce(b.nonce)), state, nil
}

// config returns what the provider is asked with.
func (p *Provider) config(ctx context.Context, redirect string) (*oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.oidc == nil {
		// The provider keeps the context for its later questions for keys.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.o.Issuer)
		if err != nil {
			return nil, fmt.Errorf("the provider %s does not answer as one of OpenID Connect: %w", p.o.Issuer, err)
		}
		p.oidc = found
	}
	scopes := []string{oidc.ScopeOpenID, "profile", "email"}
	return &oauth2.Config{ClientID: p.o.ClientID, ClientSecret: p.o.Secret, Endpoint: p.oidc.Endpoint(), RedirectURL: redirect, Scopes: scopes}, nil
}

// RefusedError says why somebody is not let in; the text is for them.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// Complete returns who has come back with a code, and where they wanted to go. The
// state is used up. It returns a *RefusedError for who is not let in.
func (p *Provider) Complete(ctx context.Context, state, code string) (who auth.Identity, to string, err error) {
	p.mu.Lock()
	b, ok := p.started[state]
	delete(p.started, state)
	p.mu.Unlock()
	if !ok || !p.o.Now().Before(b.until) || code == "" {
		return who, "", &RefusedError{"this sign-in was not begun here, or took too long"}
	}
	config, err := p.config(ctx, b.redirect)
	if err != nil {
		return who, b.to, err
	}
	token, err := config.Exchange(oidc.ClientContext(ctx, p.client), code, oauth2.VerifierOption(b.verifier))
	if err != nil {
		return who, b.to, fmt.Errorf("the provider does not take the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := p.oidc.Verifier(&oidc.Config{ClientID: p.o.ClientID, Now: p.o.Now}).Verify(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return who, b.to, fmt.Errorf("the provider's token does not hold: %w", err)
	}
	if verified.Nonce != b.nonce {
		return who, b.to, &RefusedError{"this sign-in was not begun here"}
	}
	var claims map[string]any
	if err := verified.Claims(&claims); err != nil {
		return who, b.to, err
	}
	who, err = p.identity(claims)
	return who, b.to, err
}

// identity makes of claims a name and roles.
func (p *Provider) identity(claims map[string]any) (auth.Identity, error) {
	name, _ := claims[p.o.NameClaim].(string)
	if !eventstore.Plain(name) || len(name) > lengthMost {
		return auth.Identity{}, &RefusedError{fmt.Sprintf("the provider states no %s that can stand in the ledger", p.o.NameClaim)}
	}
	if verified, stated := claims["email_verified"].(bool); p.o.NameClaim == "email" && stated && !verified {
		return auth.Identity{}, &RefusedError{"the provider has not verified your address"}
	}
	groups := texts(claims[p.o.RolesClaim])
	who := auth.Identity{Actor: name}
	for _, role := range auth.Roles() {
		if slices.ContainsFunc(p.o.Roles[role], func(g string) bool { return slices.Contains(groups, g) }) {
			who.Roles = append(who.Roles, role)
		}
	}
	if len(who.Roles) == 0 {
		return who, &RefusedError{"none of your groups has a role here"}
	}
	return who, nil
}

// texts reads a claim that is a text or a list of texts.
func texts(claim any) (all []string) {
	switch claim := claim.(type) {
	case string:
		return strings.Fields(claim)
	case []any:
		for _, c := range claim {
			if text, ok := c.(string); ok {
				all = append(all, text)
			}
		}
	}
	return all
}
