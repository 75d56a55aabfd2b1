package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/model"
)

func (a *app) participantCommand() *cobra.Command {
	return family("participant", "States and organizations", a.participantListCommand(), a.participantShowCommand(), a.participantStatusCommand(),
		addCommand(a, "participants", "/v1/participants"))
}

// participantPage is a page of the list of participants.
type participantPage struct {
	Axes         projections.Axes `json:"axes"`
	Participants []struct {
		Name string `json:"name"`
		model.Participant
	} `json:"participants"`
	Next string `json:"next"`
}

// add appends another page, and returns where the next begins.
func (all *participantPage) add(p participantPage) (next string) {
	all.Axes, all.Participants = p.Axes, append(all.Participants, p.Participants...)
	return p.Next
}

func (a *app) participantListCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "list", Short: "All participants", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answerList(c.Context(), a, "/v1/participants", x.query(), (*participantPage).add, showParticipants)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func showParticipants(w io.Writer, p participantPage) {
	writeAxes(w, p.Axes)
	g := newGrid("ID", "NAME", "KIND", "FROM", "UNTIL", "")
	var used legend
	for _, v := range p.Participants {
		mark := ""
		if !verified(v.Verification) {
			mark = used.use(unverifiedMark)
		}
		g.row(string(v.ID), v.Name, string(v.Kind), orDash(v.Exists.From.String()), orDash(v.Exists.Until.String()), mark)
	}
	g.write(w)
	used.write(w)
}

func (a *app) participantShowCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "show PARTICIPANT", Short: "A participant by id, code or name (-o json: in the form in which it can be added)", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/participants/%s", args[0]), x.query(), showParticipant)
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON)
	return c
}

func showParticipant(w io.Writer, p model.Participant) {
	known := p.ToDomain()
	fmt.Fprintf(w, "%s  %s, %s\n", p.ID, known.CurrentName(), p.Kind)
	g := newGrid()
	if exists := span(p.Exists); exists != "" {
		g.row("Exists", exists)
	}
	for _, n := range p.Names {
		g.row("Name", n.Name, span(n.Interval))
	}
	for _, n := range p.Codes {
		g.row("Code", n.Code, span(n.Interval))
	}
	if len(p.Aliases) > 0 {
		g.row("Also", strings.Join(p.Aliases, ", "))
	}
	for _, s := range p.Succeeds {
		g.row("Succeeds", string(s.Participant), strings.TrimSpace(s.On.String()+" "+s.How))
	}
	for _, r := range p.Responsible {
		g.row("Responsible", string(r.Participant), span(r.Interval))
	}
	g.write(w)
	paragraph(w, "Note: ", p.Note)
	paragraph(w, "Source: ", attested(p.Attestation, ""))
}

// span writes an interval; until is the first day outside.
func span(i model.Interval) string {
	var parts []string
	if !i.From.IsZero() {
		parts = append(parts, "from "+i.From.String())
	}
	if !i.Until.IsZero() {
		parts = append(parts, "until "+i.Until.String())
	}
	return strings.Join(parts, " ")
}

func (a *app) participantStatusCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "status PARTICIPANT", Short: "Where a participant stands in respect of every treaty", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path("/v1/participants/%s/status", args[0]), x.query(), func(w io.Writer, s projections.ParticipantStatus) {
				fmt.Fprintf(w, "%s (%s)\n", s.Name, s.Participant.ID)
				writeAxes(w, s.Axes)
				fmt.Fprintln(w)
				if n := len(s.NotKnown); n > 0 {
					fmt.Fprintf(w, "Of %s it is not known whether it has signed or consented (-o json names them)\n", plural(n, "treaty", "treaties"))
				}
				if len(s.Rows) == 0 && len(s.NotKnown) > 0 {
					return
				}
				showStatusRows(w, s.Rows, "TREATY", func(r projections.StatusRow) string { return r.TreatyShort + " (" + string(r.Treaty) + ")" })
			})
		}}
	x.flags(c)
	a.forms(c, formTable, formJSON, formCSV)
	return c
}
