package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"depositary/api/problem"
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
				acts, in, err := f.acts(c, a, d, args, file)
				if err != nil {
					return err
				}
				if in.mistaken() {
					return in.try(c.Context(), d, args[0], f.reason)
				}
				raw, err := d.send(c.Context(), http.MethodPost, path("/v1/treaties/%s/actions", args[0]), f.order(), recordBody{acts, f.reason, f.seen})
				if err != nil {
					return in.all(err)
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

// actsFile is a file of acts, nil where they come from arguments and flags. What
// cannot be read in it is shown together with what the law says of the rest.
type actsFile struct {
	name string
	*catalogue.Reading[model.Action]
	sent []int // which of its acts were sent, where not all were
}

// mistaken reports whether something in the file cannot be read.
func (f *actsFile) mistaken() bool { return f != nil && len(f.Mistakes) > 0 }

var reOfAct = regexp.MustCompile(`^actions\[(\d+)\]\.?(.*)$`)

// try asks the law about the acts of those participants of whom everything can be
// read: what one has done depends on what it did before.
func (f *actsFile) try(ctx context.Context, d *door, treaty, reason string) error {
	unread := make(map[domain.ParticipantID]bool)
	for i, a := range f.Values {
		if f.Mistaken(f.Path(i, "")) {
			unread[a.Participant] = true
		}
	}
	var acts []model.Action
	for i, a := range f.Values {
		if !unread[a.Participant] && !unread[""] {
			acts, f.sent = append(acts, a), append(f.sent, i)
		}
	}
	if len(acts) == 0 {
		return f.all(nil)
	}
	_, err := d.send(ctx, http.MethodPost, path("/v1/treaties/%s/actions", treaty), order{dryRun: true}, recordBody{acts, reason, 0})
	return f.all(err)
}

// all adds to the answer of the law what cannot be read, and names the line of each.
func (f *actsFile) all(err error) error {
	var p *problemError
	switch {
	case f == nil:
		return err
	case err == nil:
		errors.As(refusedInput("", "", ""), &p)
		p.Findings = nil
	case !errors.As(err, &p):
		return err
	}
	all := slices.DeleteFunc(p.Findings, func(found model.Finding) bool { return f.Mistaken(f.pathOf(found.Field)) })
	for i, found := range all {
		if reOfAct.MatchString(found.Field) {
			m := f.Mistake(f.pathOf(found.Field), "")
			all[i].Field, all[i].Line, all[i].Column = m.Field, m.Line, m.Column
		}
	}
	for _, m := range f.Mistakes {
		all = append(all, model.Finding{Code: problem.CodeInputInvalid, Kind: domain.Rejected, Field: m.Field, Line: m.Line, Column: m.Column, Message: m.Reason, Accepted: m.Accepted})
	}
	slices.SortStableFunc(all, func(a, b model.Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	p.Findings = all
	return inFile(f.name, p)
}

// pathOf returns the path in the file of a field of the command.
func (f *actsFile) pathOf(field string) string {
	m := reOfAct.FindStringSubmatch(field)
	if m == nil {
		return field
	}
	n, _ := strconv.Atoi(m[1]) // digits
	if f.sent != nil {
		n = f.sent[n]
	}
	return f.Path(n, m[2])
}

// acts returns the acts of a file, or the one that the arguments and flags state.
func (f *actFlags) acts(c *cobra.Command, a *app, d *door, args []string, file string) (acts []model.Action, in *actsFile, err error) {
	if file != "" {
		data, err := a.readFile(file)
		if err != nil {
			return nil, nil, err
		}
		reading, err := catalogue.Read[model.Action](file, data)
		if err != nil {
			return nil, nil, refusedInput(file, err.Error(), "an act, or an array of acts, in the form that action show -o json prints")
		}
		return reading.Values, &actsFile{name: file, Reading: reading}, nil
	}
	act := model.Action{Kind: actionKind(args[2])}
	if err := f.apply(a, c.Flags(), &act); err != nil {
		return nil, nil, err
	}
	if err := f.attach(c.Context(), a, d, &act); err != nil {
		return nil, nil, err
	}
	if act.Participant, err = participantID(c.Context(), d, args[1], act.Date); err != nil {
		return nil, nil, err
	}
	return []model.Action{act}, nil, nil
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
