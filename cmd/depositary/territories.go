package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/model"
)

// territoriesPage is a page of the register of territories.
type territoriesPage struct {
	Axes        projections.Axes `json:"axes"`
	Territories []struct {
		Name   string `json:"name"`
		OnName string `json:"responsibleName"`
		model.Participant
	} `json:"territories"`
	Next string `json:"next"`
}

// add appends another page, and returns where the next begins.
func (all *territoriesPage) add(p territoriesPage) (next string) {
	all.Axes, all.Territories = p.Axes, append(all.Territories, p.Territories...)
	return p.Next
}

func (a *app) territoriesCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "territories [STATE]", Short: "The register of territories, with the State responsible for each on the day", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			query := x.query()
			if len(args) == 1 {
				query.Set("of", args[0])
			}
			return answerList(c.Context(), a, "/v1/territories", query, (*territoriesPage).add, showTerritories)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showTerritories(w io.Writer, p territoriesPage) {
	writeAxes(w, p.Axes)
	g := newGrid("ID", "NAME", "RESPONSIBLE STATE", "HISTORY", "")
	var used legend
	for _, t := range p.Territories {
		mark := ""
		if !verified(t.Verification) {
			mark = used.use(unverifiedMark)
		}
		history := span(t.Exists)
		for _, r := range t.Responsible {
			if s := span(r.Interval); s != "" {
				history = joinNonEmpty(history, fmt.Sprintf("%s %s", r.Participant, s))
			}
		}
		g.row(string(t.ID), t.Name, orDash(t.OnName), orDash(history), mark)
	}
	g.write(w)
	used.write(w)
}

// joinNonEmpty joins two texts by a semicolon, unless one is empty.
func joinNonEmpty(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
