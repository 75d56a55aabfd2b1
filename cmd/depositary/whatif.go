package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/projections/effects"
	"depositary/projections/model"
	"depositary/projections/notices"
	"depositary/projections/whatif"
)

func (a *app) whatIfCommand() *cobra.Command {
	var x axes
	var kind, date, receiving, edition string
	c := &cobra.Command{Use: "what-if TREATY PARTICIPANT…", Short: "What would follow from assumed acts; nothing is recorded",
		Long: "Supposes that participants consent to a treaty on the as-of day (--as-of, or --date): by ratification, where they have signed, otherwise by\n" +
			"accession; or that they do what --action names. The law decides as it would decide the acts themselves.",
		Example: "  depositary what-if ICMW Germany USA\n  depositary what-if ICMW Germany --action withdrawal --date 2027-01-01\n  depositary what-if CTBT USA China --as-of 2026-01-01",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if date != "" && x.asOf == "" {
				x.asOf = date
			}
			if kind == "" && date != x.asOf && date != "" {
				return &usageError{wrongf("--date with another day than --as-of needs --action"), c.CommandPath()}
			}
			if kind == "" {
				q := x.query()
				q.Set("ratify", strings.Join(args[1:], ","))
				set(q, "receiving", receiving)
				set(q, "edition", edition)
				return answer(c.Context(), a, path("/v1/treaties/%s/what-if", args[0]), q, showWhatIf)
			}
			if a.form == formCSV {
				return &usageError{wrongf("a hypothesis with --action has no form as CSV: table or json expected"), c.CommandPath()}
			}
			return a.through(c.Context(), func(d *door) error {
				body, err := supposedBody(c.Context(), d, args, kind, date, x)
				if err != nil {
					return err
				}
				body.Receiving, body.Edition = receiving, edition
				return a.suppose(c.Context(), d, body)
			})
		}}
	x.flags(c)
	c.Flags().StringVar(&kind, "action", "", "the act that is supposed (default ratification or accession)")
	c.Flags().StringVar(&date, "date", "", "the day of the act (default the as-of day)")
	c.Flags().StringVar(&receiving, "receiving", "", "what a receiving country is (default top20)")
	c.Flags().StringVar(&edition, "edition", "", "edition of the migrant stock (default the newest known)")
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

// supposition is acts that are supposed, as they are sent.
type supposition struct {
	Actions    []supposedAct `json:"actions"`
	Receiving  string        `json:"receiving,omitempty"`
	Edition    string        `json:"edition,omitempty"`
	AsOf       string        `json:"asOf,omitempty"`
	ReceivedBy string        `json:"receivedBy,omitempty"`
	KnownAt    string        `json:"knownAt,omitempty"`
}

type supposedAct struct {
	Treaty string       `json:"treaty"`
	Action model.Action `json:"action"`
}

func supposedBody(ctx context.Context, d *door, args []string, kind, date string, x axes) (supposition, error) {
	body := supposition{AsOf: x.asOf, ReceivedBy: x.receivedBy, KnownAt: x.knownAt}
	day, err := parseDay("--date", date)
	if err == nil && day.IsZero() {
		day, err = parseDay("--as-of", x.asOf)
	}
	if err == nil && day.IsZero() {
		var today participantPage
		today, err = get[participantPage](ctx, d, "/v1/participants", x.query())
		day = today.Axes.AsOf
	}
	for _, text := range args[1:] {
		if err != nil {
			return body, err
		}
		act := model.Action{Kind: actionKind(kind), Date: day}
		act.Participant, err = participantID(ctx, d, text, day)
		body.Actions = append(body.Actions, supposedAct{args[0], act})
	}
	return body, err
}

// suppose asks a question whose acts stand in its body.
func (a *app) suppose(ctx context.Context, d *door, body supposition) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	response, err := d.do(ctx, http.MethodPost, "/v1/what-if", nil, http.Header{"Accept": {"application/json"}}, content)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return shown(a, raw, showWhatIf)
}

func showWhatIf(w io.Writer, f whatif.WhatIf) {
	fmt.Fprintln(w, "Hypothesis: nothing was recorded.")
	writeAxes(w, f.Axes)
	for _, act := range f.Acts {
		fmt.Fprintf(w, "  %s: %s of %s, %s\n", act.TreatyShort, act.Action, act.Name, act.Date)
	}
	if len(f.Queries) > 0 {
		fmt.Fprintln(w, "\nUnusual in it:")
		writeFindings(w, f.Queries)
	}
	fmt.Fprintf(w, "\nAll of it has taken effect by %s.\n", f.Settled)
	for _, t := range f.Treaties {
		fmt.Fprintln(w)
		paragraph(w, "", fmt.Sprintf("%s (%s)  %s", t.Treaty.Short, t.Treaty.ID, t.Treaty.Title))
		writeCoverage(w, t.Treaty.Coverage)
		labelled(w, "entry into force", beforeAndAfter(entryWords(t.Entry.Before), entryWords(t.Entry.After)))
		labelled(w, "on "+t.AsOf.Day.String(), countsChange(t.AsOf.Before, t.AsOf.After))
		if t.Settled.Day != t.AsOf.Day {
			labelled(w, "on "+t.Settled.Day.String(), countsChange(t.Settled.Before, t.Settled.After))
		}
		if g := t.Settled.Gap; g != nil {
			showGapChange(w, t.Settled)
		}
		if partial(t.Treaty.Coverage.Extent) && t.Relations.Begun+t.Relations.Ended == 0 {
			continue // who else is bound is not known
		}
		labelled(w, "relations", fmt.Sprintf("in force between %s more, no longer between %s", plural(t.Relations.Begun, "pair", "pairs"), plural(t.Relations.Ended, "pair", "pairs")))
	}
	writeChanges(w, withoutCauses(f.Changes))
}

// withoutCauses leaves out what the acts of the hypothesis say already.
func withoutCauses(changes []notices.LegalChange) []notices.LegalChange {
	for i := range changes {
		changes[i].Because = nil
	}
	return changes
}

func entryWords(e model.EntryExplanation) string {
	text := strings.TrimSpace(string(e.Status) + " " + e.InForce.String())
	if e.Required != "" && e.Status != domain.EntryInForce {
		text += ", required: " + e.Required
	}
	return text
}

func beforeAndAfter(before, after string) string {
	if before == after {
		return after + ", as before"
	}
	return before + " → " + after
}

func showGapChange(w io.Writer, d whatif.WhatIfDay) {
	g := d.Gap
	showGapEffect(w, &effects.GapEffect{On: d.Day, Before: g.Before.CoveredShare, After: g.After.CoveredShare, Points: g.Points, Stock: g.Stock})
	labelled(w, "receiving", fmt.Sprintf("%d → %d of %d are bound: %s", g.Before.ReceivingBound, g.After.ReceivingBound, g.After.Receiving, g.Definition.Meaning))
}
