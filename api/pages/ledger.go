package pages

import (
	"strconv"

	"depositary/eventstore"
	"depositary/projections"
)

type ledgerBody struct {
	Page  projections.LedgerPage
	Older string
}

// ledgerLines is how many commits a page of the ledger lists.
const ledgerLines = 50

func (s *Site) ledger(a *ask) (view, error) {
	question := projections.LedgerQuestion{Limit: ledgerLines, Descending: true}
	if text := a.URL.Query().Get("before"); text != "" {
		p, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return view{}, &projections.InputError{Field: "before", Reason: "not a position", Accepted: "a position such as 812"}
		}
		question.After = eventstore.Position(p)
	}
	page, err := s.Ledger.Page(question)
	if err != nil {
		return view{}, err
	}
	return view{template: "ledger", title: a.Lang.Text("nav.ledger"), description: a.Lang.Text("ledger.about"), body: ledgerBody{page, page.Next}, data: sameAs("listLedger", "order", "desc", "cursor", a.URL.Query().Get("before"))}, nil
}

func (s *Site) commit(a *ask) (view, error) {
	p, err := strconv.ParseUint(a.PathValue("position"), 10, 63)
	if err != nil {
		return view{}, missing("commit", a.PathValue("position"))
	}
	commit, ok, err := s.Ledger.Commit(eventstore.Position(p))
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("commit", a.PathValue("position"))
	}
	return view{
		template: "commit", title: a.Lang.Text("commit.title", "position", commit.Position), description: a.Lang.Text("ledger.about"),
		body: commit, data: sameAs("getCommit", "position", a.PathValue("position")),
	}, nil
}
