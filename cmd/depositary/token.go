package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/cmd/internal/node"
)

// Tokens are made and revoked in the file of the data folder, which a running
// server reads; through the server where it is named, and where the folder takes
// two persons.

const tokensPath = "/v1/tokens"

func (a *app) tokenCommand() *cobra.Command {
	var file string
	c := family("token", "Tokens of those who write: make, list, revoke", a.tokenCreateCommand(&file), a.tokenListCommand(&file), a.tokenRevokeCommand(&file))
	c.PersistentFlags().StringVar(&file, "tokens", "", "file of tokens (default tokens.json in the data folder)")
	return c
}

// tokens returns the file of tokens; nil where the server has to be asked.
func (a *app) tokens(file string) *auth.File {
	if file == "" && (a.server != "" || node.TakesTwo(a.dataFolder())) {
		return nil
	}
	if file == "" {
		file = node.TokensFile(a.dataFolder())
	}
	return auth.Open(file, now)
}

func (a *app) tokenCreateCommand(file *string) *cobra.Command {
	var roles []string
	var public string
	var expires time.Duration
	c := &cobra.Command{Use: "create --actor A --role R…", Short: "Make a token, which is shown once", Args: cobra.NoArgs,
		Long: "Makes a token, and shows it this once: only its hash is kept. A running server knows it at once. Where the data folder takes two persons, it is\n" +
			"proposed, and valid when another approves it.\n" +
			"Roles: record (record, correct and annul acts), define (add and correct treaties, participants, groups, weight tables), subscribe (webhooks), operate (tokens, audit log, verify, back up).",
		Example: "  depositary token create --actor anna@depositary --role record --expires 720h",
		RunE: func(c *cobra.Command, _ []string) error {
			if a.actor == "" || len(roles) == 0 {
				return &usageError{wrongf("--actor and --role expected"), c.CommandPath()}
			}
			wanted := make([]auth.Role, len(roles))
			for i, r := range roles {
				wanted[i] = auth.Role(r)
			}
			if f := a.tokens(*file); f != nil {
				return a.makeToken(f, public, wanted, expires)
			}
			return a.askForToken(c.Context(), public, wanted, expires)
		}}
	c.Flags().StringSliceVar(&roles, "role", nil, "what it allows: record, define, subscribe, operate (may be repeated)")
	c.Flags().StringVar(&public, "public", "", "name of a role, such as treaty-section, that stands in the ledger for everybody in place of the actor")
	c.Flags().DurationVar(&expires, "expires", 0, "how long it is valid, such as 720h (default: for good)")
	return c
}

// makeToken makes a token in the file itself.
func (a *app) makeToken(f *auth.File, public string, roles []auth.Role, lifetime time.Duration) error {
	text, t, err := f.Create(auth.Grant{Actor: a.actor, Public: public, Roles: roles, Lifetime: lifetime, Makers: []auth.Maker{{Actor: localUser(), SetUp: true}}})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Token %s of %s, roles %v, expires %s. It is shown this once: only its hash is kept.\n", t.ID, t.Actor, t.Roles, expiry(t.Expires))
	fmt.Fprintln(a.out, text)
	return nil
}

// askForToken asks the server for a token, or proposes it.
func (a *app) askForToken(ctx context.Context, public string, roles []auth.Role, lifetime time.Duration) error {
	owner := a.actor
	a.actor = "" // whose token it is to be, not who asks
	days := int((lifetime + 24*time.Hour - 1) / (24 * time.Hour))
	return a.through(ctx, func(d *door) error {
		raw, err := d.send(ctx, http.MethodPost, tokensPath, order{}, commands.TokenWish{Actor: owner, Public: public, Roles: roles, Days: days})
		if err != nil {
			return err
		}
		made, err := decoded[commands.TokenMade](raw)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.err, "Token %s of %s, roles %v, expires %s. It is shown this once: only its hash is kept.\n", made.Token.ID, made.Token.Actor, made.Token.Roles, expiry(made.Token.Expires))
		if made.Proposal != "" {
			fmt.Fprintf(a.err, "It is not valid yet: it takes two persons. Another looks at it with: depositary proposal show %s\n", made.Proposal)
		}
		fmt.Fprintln(a.out, made.Text)
		return nil
	})
}

func expiry(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func (a *app) tokenListCommand(file *string) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "All tokens, without their text", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if f := a.tokens(*file); f != nil {
				all, err := f.List()
				views := make([]commands.TokenView, len(all))
				for i, t := range all {
					views[i] = commands.ViewOfToken(t)
				}
				showTokens(a.out, views)
				return err
			}
			return a.through(c.Context(), func(d *door) error {
				all, err := get[struct{ Tokens []commands.TokenView }](c.Context(), d, tokensPath, url.Values{})
				if err == nil {
					showTokens(a.out, all.Tokens)
				}
				return err
			})
		}}
}

func showTokens(w io.Writer, all []commands.TokenView) {
	if len(all) == 0 {
		fmt.Fprintln(w, "There are no tokens.")
		return
	}
	g := newGrid("ID", "ACTOR", "ROLES", "CREATED", "EXPIRES", "MADE BY")
	for _, t := range all {
		g.row(t.ID, t.Actor, strings.Trim(fmt.Sprint(t.Roles), "[]"), t.Created.UTC().Format("2006-01-02 15:04 UTC"), expiry(t.Expires), t.Maker())
	}
	g.write(w)
}

func (a *app) tokenRevokeCommand(file *string) *cobra.Command {
	return &cobra.Command{Use: "revoke ID", Short: "Make a token invalid", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.revokeToken(c.Context(), *file, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "Token %s is revoked.\n", args[0])
			return nil
		}}
}

func (a *app) revokeToken(ctx context.Context, file, id string) error {
	if f := a.tokens(file); f != nil {
		return f.Revoke(id)
	}
	return a.through(ctx, func(d *door) error {
		response, err := d.do(ctx, http.MethodDelete, path(tokensPath+"/%s", id), nil, nil, nil)
		if err != nil {
			return err
		}
		return response.Body.Close()
	})
}

// The audit log.

func (a *app) auditCommand() *cobra.Command {
	var since, until, actor, kind string
	var limit int
	c := &cobra.Command{Use: "audit", Short: "The audit log: who signed in, and who made, revoked and approved what", Args: cobra.NoArgs,
		Long: "Shows the audit log, the newest first, to who has the role operate. With --format csv or json it is exported whole.",
		RunE: func(c *cobra.Command, _ []string) error {
			a.still = true
			query := url.Values{}
			for name, value := range map[string]string{"since": since, "until": until, "actor": actor, "kind": kind} {
				if value != "" {
					query.Set(name, value)
				}
			}
			if limit > 0 {
				query.Set("limit", strconv.Itoa(limit))
			}
			return answer(c.Context(), a, "/v1/audit", query, showAudit)
		}}
	c.Flags().StringVar(&since, "since", "", "from this day on, such as 2026-11-01")
	c.Flags().StringVar(&until, "until", "", "up to and with this day")
	c.Flags().StringVar(&actor, "by", "", "who did it")
	c.Flags().StringVar(&kind, "kind", "", "what was done, such as token-made, approved or signed-in")
	c.Flags().IntVar(&limit, "limit", 0, "the newest so many (default: all)")
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showAudit(w io.Writer, log struct{ Entries []audit.Entry }) {
	g := newGrid("at", "who", "what", "of", "detail", "from")
	for _, e := range log.Entries {
		g.row(e.At.UTC().Format("2006-01-02 15:04:05 UTC"), e.Actor, string(e.Kind), e.Subject, e.Detail, e.From)
	}
	g.write(w)
}
