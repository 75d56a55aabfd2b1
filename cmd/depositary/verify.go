package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"depositary/eventstore"
)

func (a *app) verifyCommand() *cobra.Command {
	c := &cobra.Command{Use: "verify", Short: "Check chain, indexes, views and stream", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a.still = true
			return a.through(c.Context(), func(d *door) error {
				response, err := d.do(c.Context(), http.MethodPost, "/v1/operate/verification", nil, nil, nil)
				if err != nil {
					return err
				}
				defer response.Body.Close()
				raw, err := io.ReadAll(response.Body)
				if err != nil {
					return err
				}
				return shown(a, raw, showVerification)
			})
		}}
	a.forms(c, formTable, formJSON)
	return c
}

func showVerification(w io.Writer, v eventstore.Verification) {
	fmt.Fprintf(w, "Everything agrees: %s with %s, up to position %d\n", plural(v.Commits, "commit", "commits"), plural(v.Events, "event", "events"), v.Position)
	fmt.Fprintf(w, "checked: %s\n", strings.Join(v.Checked, ", "))
	fmt.Fprintf(w, "hash:    %s, which stands for every byte before it\n", v.Hash)
}
