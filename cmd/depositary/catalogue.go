package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"depositary/api/commands"
	v1 "depositary/api/v1"
	"depositary/domain/catalogue"
)

func (a *app) catalogueCommand() *cobra.Command {
	return family("catalogue", "The bundled tables, compared with the ledger", a.catalogueDiffCommand(), a.catalogueRecordCommand())
}

const cataloguePath = "/v1/operate/catalogue"

func (a *app) catalogueDiffCommand() *cobra.Command {
	c := &cobra.Command{Use: "diff", Short: "In what the ledger differs from the bundled tables", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answer(c.Context(), a, cataloguePath, nil, func(w io.Writer, d v1.CatalogueChanges) { showChanges(w, d.Changes) })
		}}
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) catalogueRecordCommand() *cobra.Command {
	var reason string
	var dryRun bool
	c := &cobra.Command{Use: "record --reason TEXT", Short: "Record what the bundled tables state and the ledger does not", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.through(c.Context(), func(d *door) error {
				raw, err := d.send(c.Context(), http.MethodPost, cataloguePath, order{dryRun: dryRun}, map[string]string{"reason": reason})
				if err != nil {
					return err
				}
				return shown(a, raw, showCatalogueReceipt)
			})
		}}
	c.Flags().StringVar(&reason, "reason", "", "why the ledger takes over what the tables state")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be recorded, and record nothing")
	a.forms(c, formTable, formJSON)
	return c
}

func showChanges(w io.Writer, changes []catalogue.Change) {
	if len(changes) == 0 {
		fmt.Fprintln(w, "The ledger has everything that the bundled tables state.")
		return
	}
	g := newGrid("WHAT", "ID", "HOW", "DETAIL")
	for _, c := range changes {
		g.row(c.What, c.ID, c.How, c.Detail)
	}
	g.write(w)
}

func showCatalogueReceipt(w io.Writer, r commands.CatalogueReceipt) {
	showChanges(w, r.Changes)
	switch {
	case r.Proposal != "":
		showProposed(w, r.Proposal)
	case r.DryRun:
		fmt.Fprintf(w, "Dry run: nothing was recorded; %s would be.\n", plural(r.Events, "event", "events"))
	case len(r.Positions) > 0:
		fmt.Fprintf(w, "Recorded: %s in %s, up to position %d.\n", plural(r.Events, "event", "events"),
			plural(len(r.Positions), "commit", "commits"), r.Positions[len(r.Positions)-1])
	}
}
