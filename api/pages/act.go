package pages

import (
	"depositary/domain"
	"depositary/projections"
)

func (s *Site) act(a *ask) (view, error) {
	id, err := domain.ParseRecordID(a.PathValue("record"))
	if err != nil {
		return view{}, missing("act", a.PathValue("record"))
	}
	detail, ok, err := s.Ledger.Record(a.On, id)
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("act", a.PathValue("record"))
	}
	treaty, _ := a.Views.State.Treaty(detail.Treaty, domain.Everything())
	b := actBody{detail, treaty}
	title := a.Lang.Text("act.title", "record", id)
	if act := detail.Current; act != nil {
		title = a.actSays(string(detail.Treaty), detail.Participant, act.Kind, act.Date)
	}
	return view{template: "act", title: title, description: title, body: b, data: sameAs("getAction", "record", a.PathValue("record"))}, nil
}

type actBody struct {
	projections.RecordDetail
	Of *domain.Treaty
}
