package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"depositary/domain"
)

func (a *app) recordCommand() *cobra.Command {
	var f actFlags
	c := &cobra.Command{Use: "record TREATY PARTICIPANT ACTION --date DAY", Short: "Record an act in respect of a treaty",
		Example: "  depositary record ICMW Germany accession --date 2026-11-23 --dry-run\n" +
			"  depositary record ICMW Germany \"optional declaration\" --date 2026-11-23 --article 77 --text @declaration.txt",
		Args: cobra.ExactArgs(3),
		RunE: func(c *cobra.Command, args []string) error {
			act := domain.Action{Kind: domain.ActionKind(args[2])}
			if kind, err := domain.ParseActionKind(args[2]); err == nil {
				act.Kind = kind
			}
			if err := f.apply(a, c.Flags(), &act); err != nil {
				return err
			}
			return a.through(c.Context(), func(d *door) (err error) {
				if act.Participant, err = participantID(c.Context(), d, args[1], act.Date); err != nil {
					return err
				}
				body := struct {
					Actions []domain.Action `json:"actions"`
					Reason  string          `json:"reason,omitempty"`
					Seen    uint64          `json:"seen,omitempty"`
				}{[]domain.Action{act}, f.reason, f.seen}
				raw, err := d.send(c.Context(), http.MethodPost, path("/v1/treaties/%s/actions", args[0]), f.order(), body)
				if err != nil {
					return err
				}
				return shown(a, raw, showReceipt)
			})
		}}
	f.flags(c)
	_ = c.MarkFlagRequired("date")
	a.forms(c, formTable, formJSON)
	return c
}

// participantID finds a participant by id, code or name, as it was called on
// the day of the act.
func participantID(ctx context.Context, d *door, text string, day domain.Date) (domain.ParticipantID, error) {
	q := url.Values{}
	set(q, "asOf", day.String())
	p, err := get[domain.Participant](ctx, d, path("/v1/participants/%s", text), q)
	return p.ID, err
}
