package pages

import "depositary/projections/brief"

// The brief of a participant: one sheet to print.

// briefLines is how many treaties that a participant has not joined one sheet
// has room for.
const briefLines = 12

type briefBody struct {
	brief.Brief
	NotJoined []brief.NotJoined // the first of them
	More      int               // that are not shown
}

func (s *Site) brief(a *ask) (view, error) {
	p, err := a.participant()
	if err != nil {
		return view{}, err
	}
	known, ok := brief.Of(a.On, p.ID)
	if !ok {
		return view{}, missing("participant", a.PathValue("participant"))
	}
	b := briefBody{Brief: known, NotJoined: known.NotJoined[:min(briefLines, len(known.NotJoined))]}
	b.More = len(known.NotJoined) - len(b.NotJoined)
	name := a.Lang.Participant(p.ID, a.On.AsOf, known.Name)
	return view{
		template: "brief", title: a.Lang.Text("brief.title", "name", name), body: b, marks: a.participantDays(p.ID),
		description: a.Lang.Text("participant.about", "name", name, "n", len(b.Joined), "waits", a.Lang.Whole(int64(len(b.Signed))), "day", a.Lang.Day(a.On.AsOf)),
		data:        sameAs("getParticipantBrief", "participant", string(p.ID)), feed: []string{"participant", string(p.ID)},
	}, nil
}
