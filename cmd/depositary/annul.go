package main

import (
	"net/http"

	"github.com/spf13/cobra"
)

func (a *app) annulCommand() *cobra.Command {
	var f actFlags
	c := &cobra.Command{Use: "annul RECORD --reason TEXT", Short: "Take back a record that should never have been made",
		Long: "Takes back a record that should never have been made. It stays visible. An annulled correction leaves what it corrected; an annulled annulment restores.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			body := struct {
				Reason string `json:"reason"`
				Seen   uint64 `json:"seen,omitempty"`
			}{f.reason, f.seen}
			return a.through(c.Context(), func(d *door) error {
				raw, err := d.send(c.Context(), http.MethodPost, path("/v1/actions/%s/annulment", args[0]), f.order(), body)
				if err != nil {
					return err
				}
				return shown(a, raw, showReceipt)
			})
		}}
	f.carryOut(c)
	c.Flags().Uint64Var(&f.seen, "seen", 0, "revision of the treaty that you had seen; refused if it has changed since")
	a.forms(c, formTable, formJSON)
	return c
}
