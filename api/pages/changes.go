package pages

import (
	"errors"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/notices"
)

type changesBody struct {
	From, To domain.Date
	Changes  []notices.LegalChange
	Total    int
	Treaty   string
}

// changesShown bounds what one page lists; the rest is in the table.
const changesShown = 500

func (s *Site) changes(a *ask) (view, error) {
	q := a.URL.Query()
	from, err := a.Views.Ask(orDefault(q.Get("from"), a.On.AsOf.AddYears(-1).String()), a.When.ReceivedBy, a.When.KnownAt, a.Today)
	if err != nil {
		return view{}, inField("from", err)
	}
	to, err := a.Views.Ask(orDefault(q.Get("to"), a.On.AsOf.String()), a.When.ReceivedBy, a.When.KnownAt, a.Today)
	if err != nil {
		return view{}, inField("to", err)
	}
	var id domain.TreatyID
	if text := q.Get("treaty"); text != "" {
		if id, err = find.Treaty(a.Views.State, text); err != nil {
			return view{}, err
		}
	}
	changes := notices.ChangesOf(from, to, id, "").Changes
	b := changesBody{From: from.AsOf, To: to.AsOf, Total: len(changes), Changes: changes[:min(changesShown, len(changes))], Treaty: q.Get("treaty")}
	return view{
		template: "changes", title: a.Lang.Text("changes.title", "from", a.Lang.Day(b.From), "to", a.Lang.Day(b.To)), description: a.Lang.Text("changes.about"),
		body: b, data: sameAs("listChanges", "from", b.From.String(), "to", b.To.String(), "treaty", string(id)),
	}, nil
}

func inField(field string, err error) error {
	var input *projections.InputError
	if errors.As(err, &input) && input.Field == "asOf" {
		return &projections.InputError{Field: field, Reason: input.Reason, Accepted: input.Accepted}
	}
	return err
}
