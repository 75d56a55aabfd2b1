package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"depositary/projections/model"
)

func (a *app) groupCommand() *cobra.Command {
	return family("group", "Groups of participants", a.groupListCommand(), a.groupShowCommand(),
		addCommand(a, "groups", "/v1/groups"))
}

type groupList struct {
	Groups []model.Group `json:"groups"`
}

func (a *app) groupListCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "list", Short: "All groups", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answer(c.Context(), a, "/v1/groups", x.query(), func(w io.Writer, all groupList) {
				t := newGrid("ID", "NAME", "KIND", "EDITION", ">MEMBERSHIPS", "VERIFICATION")
				for _, g := range all.Groups {
					t.row(string(g.ID), short(g.Name, 50), g.Kind, g.Edition, fmt.Sprint(len(g.Members)), g.Verification)
				}
				t.write(w)
			})
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) groupShowCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "show GROUP", Short: "A group with its memberships (-o json: in the form in which it can be added)", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/groups/%s", args[0]), x.query(), func(w io.Writer, g model.Group) {
				fmt.Fprintf(w, "%s  %s\n", g.ID, g.Name)
				t := newGrid("PARTICIPANT", "FROM", "UNTIL")
				for _, m := range g.Members {
					t.row(string(m.Participant), orDash(m.From.String()), orDash(m.Until.String()))
				}
				t.write(w)
				paragraph(w, "Edition: ", g.Edition)
				paragraph(w, "Note: ", g.Note)
				paragraph(w, "Source: ", attested(g.Attestation, ""))
			})
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}
