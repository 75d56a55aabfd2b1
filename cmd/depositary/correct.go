package main

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"depositary/projections"
	"depositary/projections/model"
)

func (a *app) correctCommand() *cobra.Command {
	var f actFlags
	var kind string
	c := &cobra.Command{Use: "correct RECORD --reason TEXT", Short: "Correct the record of an act",
		Long:    "Corrects the record of an act: what is given replaces, the rest stays; what is given empty is emptied. Both versions stay visible.",
		Example: "  depositary correct 69.1 --date 2026-11-20 --reason \"the instrument was deposited on 20 November\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.through(c.Context(), func(d *door) error {
				body, err := f.correction(c, a, d, args[0], kind)
				if err != nil {
					return err
				}
				raw, err := d.send(c.Context(), http.MethodPost, path("/v1/actions/%s/correction", args[0]), f.order(), body)
				if err != nil {
					return err
				}
				return shown(a, raw, showReceipt)
			})
		}}
	f.flags(c)
	c.Flags().StringVar(&kind, "action", "", "another act, such as ratification")
	a.forms(c, formTable, formJSON)
	return c
}

// correctionBody is an act as it is right, whole.
type correctionBody struct {
	Action model.Action `json:"action"`
	Reason string       `json:"reason"`
	Seen   uint64       `json:"seen,omitempty"`
}

func (f *actFlags) correction(c *cobra.Command, a *app, d *door, record, kind string) (body correctionBody, err error) {
	act, revision, err := standingAct(c.Context(), d, record)
	if err != nil {
		return body, err
	}
	if kind != "" {
		act.Kind = actionKind(kind)
	}
	if err := f.apply(a, c.Flags(), &act); err != nil {
		return body, err
	}
	if err := f.attach(c.Context(), a, d, &act); err != nil {
		return body, err
	}
	if f.seen == 0 {
		f.seen = revision
	}
	return correctionBody{act, f.reason, f.seen}, nil
}

// standingAct returns an act as it stands, and a revision of its treaty at which
// it stood so: the correction is refused where the act has changed since.
func standingAct(ctx context.Context, d *door, record string) (act model.Action, revision uint64, err error) {
	address := path("/v1/actions/%s", record)
	detail, err := get[projections.RecordDetail](ctx, d, address, nil)
	if err != nil {
		return act, 0, err
	}
	entry, err := get[projections.EntryIntoForce](ctx, d, path("/v1/treaties/%s/entry-into-force", string(detail.Treaty)), nil)
	if err != nil {
		return act, 0, err
	}
	// Read again: only now is it certain to be no older than the revision.
	if detail, err = get[projections.RecordDetail](ctx, d, address, nil); err != nil {
		return act, 0, err
	}
	if detail.Current == nil {
		return act, 0, refusedInput("record", "record "+record+" was annulled", "a record that stands; an annulment is annulled to restore one")
	}
	return *detail.Current, entry.Treaty.Revision, nil
}
