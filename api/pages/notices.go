package pages

import (
	"net/url"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections"
	"depositary/projections/find"
	"depositary/projections/notices"
)

// noticesShown is how many notices one page lists.
const noticesShown = 50

type noticesBody struct {
	Notices []notices.Notice
	Older   string // cursor of the page that follows; empty on the last one
}

// notices lists what was recorded and what took effect, the newest first. It takes
// the filters of the API, so that a feed can lead to the page of what it is about.
func (s *Site) notices(a *ask) (view, error) {
	f, about, how, err := a.noticeFilter()
	if err != nil {
		return view{}, err
	}
	before := notices.ID{Position: a.Views.Position + 1}
	if text := a.URL.Query().Get("cursor"); text != "" {
		if before, err = notices.ParseID(text); err != nil {
			return view{}, &projections.InputError{Field: "cursor", Reason: err.Error(), Accepted: "the id of a notice, such as 812.1"}
		}
	}
	latest, through, more, err := s.Notices.LatestBefore(a.Context(), f, before, noticesShown)
	if err != nil {
		return view{}, err
	}
	b := noticesBody{Notices: latest}
	if more {
		b.Older = through.String()
	}
	return view{template: "notices", title: a.Lang.Text("notices.title"), description: a.Lang.Text("notices.about"), body: b, data: sameAs("listNotices", slices.Concat(about, how)...), feed: about}, nil
}

// noticeFilter reads the filters of the address, and returns them as names and values
// too: what the notices are about, and which of these.
func (a *ask) noticeFilter() (f notices.NoticeFilter, about, how []string, err error) {
	q := a.URL.Query()
	if f.Kinds = listed(q, "kind"); notices.CheckKinds(f.Kinds) != nil {
		return f, nil, nil, &projections.InputError{Field: "kind", Reason: notices.CheckKinds(f.Kinds).Error(), Accepted: "a kind, or all of a subject as in participant.*"}
	}
	for _, text := range listed(q, "treaty") {
		id, err := find.Treaty(a.Views.State, text)
		if err != nil {
			return f, nil, nil, err
		}
		f.Treaties = append(f.Treaties, id)
	}
	for _, text := range listed(q, "participant") {
		p, err := find.Participant(a.Views.State, text, a.On.AsOf)
		if err != nil {
			return f, nil, nil, err
		}
		f.Participants = append(f.Participants, p.ID)
	}
	for _, text := range listed(q, "group") {
		f.Groups = append(f.Groups, domain.GroupID(strings.ToUpper(text)))
	}
	f.Backfill = q.Get("backfill") == "true"
	for _, name := range []string{"treaty", "participant", "group"} {
		if all := strings.Join(listed(q, name), ","); all != "" {
			about = append(about, name, all)
		}
	}
	if len(f.Kinds) > 0 {
		how = append(how, "kind", strings.Join(f.Kinds, ","))
	}
	if f.Backfill {
		how = append(how, "backfill", "true")
	}
	return f, about, how, nil
}

// listed returns the values of a parameter, also where commas join them.
func listed(q url.Values, name string) (all []string) {
	for _, value := range q[name] {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				all = append(all, part)
			}
		}
	}
	return all
}

// notice shows one notice.
func (s *Site) notice(a *ask) (view, error) {
	id, err := notices.ParseID(a.PathValue("notice"))
	if err != nil || id.N == 0 || id.Position > a.Views.Position {
		return view{}, missing("notice", a.PathValue("notice"))
	}
	all, err := s.Notices.At(id.Position)
	if err != nil {
		return view{}, err
	}
	if int64(id.N) > int64(len(all)) {
		return view{}, missing("notice", a.PathValue("notice"))
	}
	n := all[id.N-1]
	v := view{template: "notice", title: n.Title, description: n.Title, body: n, data: sameAs("getNotice", "notice", id.String())}
	if n.Title == "" {
		v.title = string(n.Kind)
	}
	if n.Treaty != "" {
		v.feed = []string{"treaty", string(n.Treaty)}
	}
	return v, nil
}

// PageOfNotice returns the address of the page of a notice.
func (p *Page) PageOfNotice(n notices.Notice) string { return p.To("/notices/" + n.ID.String()) }

// Further returns the address of another page of the same list.
func (p *Page) Further(cursor string) string {
	var pairs []any
	for _, o := range p.Own() {
		if o.Name != "cursor" {
			pairs = append(pairs, o.Name, o.Value)
		}
	}
	return p.link(p.Lang.Tag, p.Path, p.When, append(pairs, "cursor", cursor)...)
}
