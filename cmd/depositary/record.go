package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/projections/model"
)

func (a *app) recordCommand() *cobra.Command {
	var f actFlags
	var file string
	c := &cobra.Command{Use: "record TREATY (PARTICIPANT ACTION --date DAY | --file FILE)", Short: "Record an act in respect of a treaty, or several in one command",
		Long: "Records an act. Acts that belong together, such as a consent with its reservation, stand in a file (JSON, an array of acts in the form\n" +
			"that action show -o json prints); they are recorded all or none.",
		Example: "  depositary record ICMW Germany accession --date 2026-11-23 --dry-run\n" +
			"  depositary record ICMW Germany \"optional declaration\" --date 2026-11-23 --article 77 --text @declaration.txt\n" +
			"  depositary record GENOCIDE Netherlands objection --date 1966-06-20 --target 75.1 --precluding --text @objection.txt --reason \"made on acceding\"\n" +
			"  depositary record GENOCIDE Hungary \"withdrawal of a reservation\" --date 1989-12-08 --target 75.1\n" +
			"  depositary record ICCPR Argentina derogation --date 1989-06-07 --until 1989-07-06 --article 9 --text @notice.txt\n" +
			"  depositary record CEDAW --file accession-with-reservation.json",
		Args: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("file") {
				return cobra.ExactArgs(1)(c, args)
			}
			return cobra.ExactArgs(3)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.through(c.Context(), func(d *door) error {
				acts, err := f.acts(c, a, d, args, file)
				if err != nil {
					return err
				}
				raw, err := d.send(c.Context(), http.MethodPost, path("/v1/treaties/%s/actions", args[0]), f.order(), recordBody{acts, f.reason, f.seen})
				if err != nil {
					return err
				}
				return shown(a, raw, showReceipt)
			})
		}}
	f.flags(c)
	c.Flags().StringVar(&file, "file", "", "file of acts that are recorded together; - is standard input")
	c.MarkFlagsOneRequired("date", "file")
	c.MarkFlagsMutuallyExclusive("date", "file")
	a.forms(c, formTable, formJSON)
	return c
}

// recordBody is acts that are recorded all or none.
type recordBody struct {
	Actions []model.Action `json:"actions"`
	Reason  string         `json:"reason,omitempty"`
	Seen    uint64         `json:"seen,omitempty"`
}

// acts returns the acts of a file, or the one that the arguments and flags state.
func (f *actFlags) acts(c *cobra.Command, a *app, d *door, args []string, file string) (acts []model.Action, err error) {
	if file != "" {
		data, err := a.readFile(file)
		if err != nil {
			return nil, err
		}
		if acts, err = catalogue.Decode[model.Action](file, data); err != nil {
			return nil, refusedInput(file, err.Error(), "an act, or an array of acts, in the form that action show -o json prints")
		}
		return acts, nil
	}
	act := model.Action{Kind: actionKind(args[2])}
	if err := f.apply(a, c.Flags(), &act); err != nil {
		return nil, err
	}
	if err := f.attach(c.Context(), a, d, &act); err != nil {
		return nil, err
	}
	if act.Participant, err = participantID(c.Context(), d, args[1], act.Date); err != nil {
		return nil, err
	}
	return []model.Action{act}, nil
}

// actionKind takes a word in any case; what is no act is refused where all
// rules are.
func actionKind(text string) domain.ActionKind {
	if kind, err := domain.ParseActionKind(text); err == nil {
		return kind
	}
	return domain.ActionKind(text)
}

// participantID finds a participant by id, code or name, as it was called on
// the day of the act.
func participantID(ctx context.Context, d *door, text string, day domain.Date) (domain.ParticipantID, error) {
	q := url.Values{}
	set(q, "asOf", day.String())
	p, err := get[model.Participant](ctx, d, path("/v1/participants/%s", text), q)
	return p.ID, err
}
