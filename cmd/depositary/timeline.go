package main

import (
	"io"

	"github.com/spf13/cobra"

	"depositary/projections"
)

func (a *app) timelineCommand() *cobra.Command {
	var x axes
	var participant string
	c := &cobra.Command{Use: "timeline TREATY | --participant P", Short: "What happened in law, day by day",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && participant == "":
				return answer(c.Context(), a, path("/v1/treaties/%s/timeline", args[0]), x.query(), showTimeline)
			case len(args) == 0 && participant != "":
				return answer(c.Context(), a, path("/v1/participants/%s/timeline", participant), x.query(), showTimeline)
			}
			return &usageError{wrongf("a treaty or --participant expected, and not both"), c.CommandPath()}
		}}
	c.Flags().StringVar(&participant, "participant", "", "id, code or name: its timeline over all treaties")
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showTimeline(w io.Writer, t projections.Timeline) {
	if t.Treaty != nil {
		writeHead(w, *t.Treaty, t.Axes)
	} else {
		writeAxes(w, t.Axes)
	}
	g := newGrid("DATE", "TREATY", "PARTICIPANT", "", "WHAT", "RECORD", ">SIGNED", ">CONSENTS", ">PARTIES")
	for _, e := range t.Entries {
		g.row(e.Date.String(), string(e.Treaty), short(e.Name, 32), e.Kind, short(e.What, 48), e.Record.String(),
			counted(e.Extent, e.Counts.Signatories), counted(e.Extent, e.Counts.Consents), counted(e.Extent, e.Counts.Parties))
	}
	g.write(w)
}
