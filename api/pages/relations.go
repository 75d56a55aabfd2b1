package pages

import "depositary/projections"

type relationsBody struct{ projections.Relations }

func (s *Site) relations(a *ask) (view, error) {
	id, err := a.treaty()
	if err != nil {
		return view{}, err
	}
	p, err := a.participant()
	if err != nil {
		return view{}, err
	}
	relations, ok, err := projections.RelationsOf(a.On, id, p.ID)
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, missing("treaty", a.PathValue("treaty"))
	}
	name := a.Lang.Participant(p.ID, a.On.AsOf, p.Name(a.On.AsOf))
	return view{
		template: "relations", title: a.Lang.Text("relations.title", "short", relations.Treaty.Short, "name", name), description: a.Lang.Text("relations.about"),
		body: relationsBody{relations}, data: sameAs("listRelations", "treaty", string(id), "participant", string(p.ID)),
	}, nil
}
