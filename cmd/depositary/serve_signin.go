package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"depositary/api/auth"
	"depositary/api/signin"
)

// signInFlags are the flags of signing in by OpenID Connect.
type signInFlags struct {
	signin.Options
	secretFile string
	roles      []string
}

func (f *signInFlags) flags(s *pflag.FlagSet) {
	s.StringVar(&f.Issuer, "oidc-issuer", "", "provider with which people sign in at the desk (OpenID Connect), such as https://login.ministry.example")
	s.StringVar(&f.ClientID, "oidc-client", "", "client id of the depositary at the provider")
	s.StringVar(&f.secretFile, "oidc-secret-file", "", "file of the client's secret")
	s.StringVar(&f.NameClaim, "oidc-name-claim", "", "claim that names the person in the ledger (default email)")
	s.StringVar(&f.RolesClaim, "oidc-roles-claim", "", "claim that lists groups (default groups)")
	s.StringArrayVar(&f.roles, "oidc-role", nil, "role and a group that has it, such as record=treaty-section (may be repeated)")
}

// options returns what the flags say; nil where people sign in with tokens only.
func (f *signInFlags) options() (*signin.Options, error) {
	if f.Issuer == "" {
		return nil, nil
	}
	secret, err := os.ReadFile(f.secretFile)
	if err != nil {
		return nil, fmt.Errorf("--oidc-secret-file: %w", err)
	}
	o := f.Options
	o.Secret, o.Roles = strings.TrimSpace(string(secret)), make(map[auth.Role][]string)
	for _, text := range f.roles {
		role, group, ok := strings.Cut(text, "=")
		if !ok || group == "" {
			return nil, wrongf("--oidc-role %q: a role and a group such as record=treaty-section expected", text)
		}
		o.Roles[auth.Role(role)] = append(o.Roles[auth.Role(role)], group)
	}
	return &o, nil
}
