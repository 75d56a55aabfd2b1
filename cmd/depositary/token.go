package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"depositary/api/auth"
	"depositary/cmd/internal/node"
)

func (a *app) tokenCommand() *cobra.Command {
	var file string
	c := family("token", "Tokens of those who write, kept in a file beside the store", a.tokenCreateCommand(&file), a.tokenListCommand(&file), a.tokenRevokeCommand(&file))
	c.PersistentFlags().StringVar(&file, "tokens", "", "file of tokens (default tokens.json in the data folder)")
	return c
}

func (a *app) tokens(file string) *auth.File {
	if file == "" {
		file = node.TokensFile(a.dataFolder())
	}
	return auth.Open(file, now)
}

func (a *app) tokenCreateCommand(file *string) *cobra.Command {
	var roles []string
	var expires time.Duration
	c := &cobra.Command{Use: "create --actor A --role R…", Short: "Make a token, which is shown once", Args: cobra.NoArgs,
		Long: "Makes a token, and shows it this once: only its hash is kept. A running server knows it at once.\n" +
			"Roles: record (record, correct and annul acts), define (add and correct treaties, participants, groups, weight tables), subscribe (webhooks), operate (verify, back up).",
		Example: "  depositary token create --actor anna@depositary --role record --expires 720h",
		RunE: func(c *cobra.Command, _ []string) error {
			if a.actor == "" || len(roles) == 0 {
				return &usageError{wrongf("--actor and --role expected"), c.CommandPath()}
			}
			wanted := make([]auth.Role, len(roles))
			for i, r := range roles {
				wanted[i] = auth.Role(r)
			}
			text, t, err := a.tokens(*file).Create(a.actor, wanted, expires)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.err, "Token %s of %s, roles %v, expires %s. It is shown this once: only its hash is kept.\n", t.ID, t.Actor, t.Roles, expiry(t))
			fmt.Fprintln(a.out, text)
			return nil
		}}
	c.Flags().StringSliceVar(&roles, "role", nil, "what it allows: record, define, subscribe, operate (may be repeated)")
	c.Flags().DurationVar(&expires, "expires", 0, "how long it is valid, such as 720h (default: for good)")
	return c
}

func expiry(t auth.Token) string {
	if t.Expires.IsZero() {
		return "never"
	}
	return t.Expires.UTC().Format("2006-01-02 15:04 UTC")
}

func (a *app) tokenListCommand(file *string) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "All tokens, without their text", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all, err := a.tokens(*file).List()
			if err != nil {
				return err
			}
			if len(all) == 0 {
				fmt.Fprintln(a.out, "There are no tokens.")
				return nil
			}
			g := newGrid("ID", "ACTOR", "ROLES", "CREATED", "EXPIRES")
			for _, t := range all {
				g.row(t.ID, t.Actor, strings.Trim(fmt.Sprint(t.Roles), "[]"), t.Created.UTC().Format("2006-01-02 15:04 UTC"), expiry(t))
			}
			g.write(a.out)
			return nil
		}}
}

func (a *app) tokenRevokeCommand(file *string) *cobra.Command {
	return &cobra.Command{Use: "revoke ID", Short: "Make a token invalid", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := a.tokens(*file).Revoke(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "Token %s is revoked.\n", args[0])
			return nil
		}}
}
