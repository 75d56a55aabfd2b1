package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections/model"
)

func (a *app) weightsCommand() *cobra.Command {
	return family("weights", "Weight tables, such as migrant stock", a.weightsListCommand(), a.weightsShowCommand(),
		addCommand(a, "weight tables", "/v1/weights"))
}

type weightsList struct {
	Weights []struct {
		ID      domain.WeightsID `json:"id"`
		Edition string           `json:"edition"`
		Name    string           `json:"name"`
		Unit    string           `json:"unit"`
		Years   []int            `json:"years"`
		Licence string           `json:"licence"`
		model.Attestation
	} `json:"weights"`
}

func (a *app) weightsListCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "list", Short: "All weight tables and their editions", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answer(c.Context(), a, "/v1/weights", x.query(), func(w io.Writer, all weightsList) {
				for _, t := range all.Weights {
					fmt.Fprintf(w, "%s, edition %s\n", t.ID, t.Edition)
					paragraph(w, "  ", t.Name+", "+t.Unit)
					paragraph(w, "  years ", strings.Trim(fmt.Sprint(t.Years), "[]"))
					paragraph(w, "  source ", attested(t.Attestation, t.Licence))
				}
			})
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) weightsShowCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "show TABLE EDITION", Short: "One edition of a weight table (-o json: in the form in which it can be added)", Args: cobra.ExactArgs(2),
		Example: "  depositary weights show migrant-stock 2020",
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/weights/%s/%s", args...), x.query(), showWeights)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showWeights(w io.Writer, t model.Weights) {
	fmt.Fprintf(w, "%s, edition %s: %s, %s\n", t.ID, t.Edition, t.Name, t.Unit)
	known := t.ToDomain()
	years := known.Years()
	heads := []string{"AREA", "NAME"}
	for _, y := range years {
		heads = append(heads, ">"+fmt.Sprint(y))
	}
	g := newGrid(heads...)
	values := make(map[string]map[int]float64)
	var areas []string
	for _, r := range t.Rows {
		if values[r.Area] == nil {
			values[r.Area] = make(map[int]float64)
			areas = append(areas, r.Area)
		}
		values[r.Area][r.Year] = r.Value
	}
	for _, area := range areas {
		cells := []string{area, short(t.Areas[area], 24)}
		for _, y := range years {
			text := "-"
			if v, ok := values[area][y]; ok {
				text = number(v)
			}
			cells = append(cells, text)
		}
		g.row(cells...)
	}
	g.write(w)
	paragraph(w, "Note: ", t.Note)
	paragraph(w, "Source: ", attested(t.Attestation, t.Licence))
}
