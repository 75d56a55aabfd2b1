package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"depositary/api/commands"
)

// Proposals wait for a second person, where a server is run with --four-eyes.

const proposalsPath = "/v1/proposals"

func (a *app) proposalCommand() *cobra.Command {
	return family("proposal", "Proposals, where it takes two persons to record (serve --four-eyes)",
		a.proposalListCommand(), a.proposalShowCommand(), a.proposalApproveCommand(), a.proposalRejectCommand())
}

func showProposed(w io.Writer, id string) {
	fmt.Fprintf(w, "Proposed, not recorded yet: it takes two persons. Another looks at it with: depositary proposal show %s\n", id)
}

// proposalList is what the server answers.
type proposalList struct {
	FourEyes  bool                `json:"fourEyes"`
	Proposals []commands.Proposal `json:"proposals"`
}

func (a *app) proposalListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "Proposals: those that wait first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answer(c.Context(), a, proposalsPath, nil, func(w io.Writer, all proposalList) {
				g := newGrid("id", "state", "what", "treaty", "participant", "proposed", "by", "decided by")
				for _, p := range all.Proposals {
					g.row(p.ID, string(p.State), string(p.Kind), string(p.Treaty), string(p.Participant), minute(p.Proposed), p.Proposer, p.Decider)
				}
				g.write(w)
			})
		}}
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) proposalShowCommand() *cobra.Command {
	c := &cobra.Command{Use: "show ID", Short: "A proposal, with what approving it would do now", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path(proposalsPath+"/%s/preview", args[0]), nil, showApproval)
		}}
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) proposalApproveCommand() *cobra.Command {
	var seen uint64
	var digest string
	c := &cobra.Command{Use: "approve ID --digest D", Short: "Record what another has proposed, in the name of both", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			query := url.Values{"digest": {digest}}
			if seen > 0 {
				query.Set("seen", fmt.Sprint(seen))
			}
			return a.decide(c.Context(), path(proposalsPath+"/%s/approval", args[0]), query, nil, func(raw []byte) error { return shown(a, raw, showApproval) })
		}}
	c.Flags().StringVar(&digest, "digest", "", "digest that proposal show has shown: what is approved is what was shown")
	_ = c.MarkFlagRequired("digest") // the flag is there
	c.Flags().Uint64Var(&seen, "seen", 0, "revision of the treaty that you had seen; refused if it has changed since (default: the proposer's)")
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) proposalRejectCommand() *cobra.Command {
	var why string
	c := &cobra.Command{Use: "reject ID --why TEXT", Short: "Decide that a proposal is not recorded, or take back your own", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			body := struct {
				Why string `json:"why"`
			}{why}
			return a.decide(c.Context(), path(proposalsPath+"/%s/rejection", args[0]), nil, body, func(raw []byte) error { return shown(a, raw, showProposal) })
		}}
	c.Flags().StringVar(&why, "why", "", "why it is not recorded")
	_ = c.MarkFlagRequired("why") // the flag is there
	a.forms(c, formTable, formJSON)
	return c
}

// decide sends a decision, which is made once however often it is sent.
func (a *app) decide(ctx context.Context, address string, query url.Values, body any, show func([]byte) error) error {
	return a.through(ctx, func(d *door) error {
		raw, err := d.send(ctx, http.MethodPost, address, order{query: query}, body)
		if err != nil {
			return err
		}
		return show(raw)
	})
}

func showProposal(w io.Writer, p commands.Proposal) {
	g := newGrid()
	g.row("id", p.ID)
	g.row("what", string(p.Kind))
	g.row("proposed", minute(p.Proposed)+" by "+p.Proposer)
	state := string(p.State)
	if p.Decider != "" {
		state += ", " + minute(p.Decided) + " by " + p.Decider
	}
	g.row("state", state)
	if p.Treaty != "" {
		g.row("treaty", string(p.Treaty))
	}
	if !p.Record.IsZero() {
		g.row("record", p.Record.String())
	}
	if p.Token != nil {
		g.row("token", p.Token.ID+" for "+p.Token.Actor)
	}
	g.row("digest", p.Digest)
	if p.File != nil {
		g.row("file", fmt.Sprintf("%s, form %s, SHA-256 %s", p.File.Name, p.File.Format, p.Document))
	}
	g.write(w)
	paragraph(w, "reason: ", p.Reason)
	paragraph(w, "why: ", p.Why)
	for i := range p.Actions {
		fmt.Fprintln(w, "\nAct of", string(p.Actions[i].Participant)+":")
		showAct(w, &p.Actions[i])
	}
}

func showApproval(w io.Writer, a commands.Approval) {
	showProposal(w, a.Proposal)
	showFields(w, a.Fields)
	fmt.Fprintln(w)
	switch {
	case a.Receipt != nil:
		showReceipt(w, *a.Receipt)
	case a.Report != nil:
		a.Report.Text(w)
	case a.Catalogue != nil:
		showCatalogueReceipt(w, *a.Catalogue)
	}
}

// showFields shows every field that would be recorded, beside what stands now.
func showFields(w io.Writer, fields []commands.Field) {
	if len(fields) == 0 {
		return
	}
	compared := slices.ContainsFunc(fields, func(f commands.Field) bool { return f.Before != "" })
	fmt.Fprintln(w)
	g := newGrid("field", "would stand")
	if compared {
		g = newGrid("", "field", "stands now", "would stand")
	}
	for _, f := range fields {
		switch {
		case !compared:
			g.row(f.Name, f.After)
		case f.Changed():
			g.row("*", f.Name, f.Before, f.After)
		default:
			g.row("", f.Name, f.Before, f.After)
		}
	}
	g.write(w)
}
