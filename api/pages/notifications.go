package pages

import (
	"slices"

	"depositary/domain"
)

// Depositary notifications for readers: those that were issued, each as it was
// circulated, in the languages that it has.

type notificationsBody struct {
	Issued []*domain.IssuedNotification
}

func (s *Site) notifications(a *ask) (view, error) {
	issued := slices.Clone(a.issued())
	slices.Reverse(issued)
	return view{template: "notifications", title: a.Lang.Text("notification.title"), description: a.Lang.Text("notification.lead"),
		body: notificationsBody{issued}, data: sameAs("listNotifications")}, nil
}

// issued lists the notifications that were known.
func (a *ask) issued() (all []*domain.IssuedNotification) {
	for _, n := range a.Views.State.Notifications() {
		if a.On.Known().Has(n.ID.Position) {
			all = append(all, n)
		}
	}
	return all
}

// Issued reports whether the notification of a reference was issued here, and has a page.
func (p *Page) Issued(reference string) bool {
	_, ok := p.Views.State.Notification(reference)
	return ok
}

type issuedBody struct {
	*domain.IssuedNotification
	Corrected   string // reference of the notification that it corrects
	CorrectedAs string // reference of the corrigendum to it
}

func (s *Site) notification(a *ask) (view, error) {
	text := a.PathValue("reference")
	all := a.issued()
	n, ok := a.Views.State.Notification(text)
	if !ok || !slices.Contains(all, n) {
		return view{}, missing("notification", text)
	}
	b := issuedBody{IssuedNotification: n}
	for _, other := range all {
		switch other.ID {
		case n.Notification.Corrects:
			b.Corrected = other.Reference
		case n.CorrectedBy:
			b.CorrectedAs = other.Reference
		}
	}
	return view{template: "notification", title: n.Reference, description: n.Notification.Texts[0].Title, body: b, data: sameAs("getNotification", "reference", n.Reference)}, nil
}
