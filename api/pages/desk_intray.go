package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections/find"
	"depositary/projections/intray"
)

// The in-tray at the desk: what waits, what arrived, and what is decided on it.
// A form has the id of its command from the beginning, so that sent twice it is
// carried out once.

func (s *Site) routesDeskIntray() {
	s.desk("GET", "/intray", roles{auth.Record}, s.deskIntray)
	s.desk("GET", "/arrivals/new", roles{auth.Record}, s.deskNewArrival)
	s.desk("POST", "/arrivals/new", roles{auth.Record}, s.deskNewArrival)
	s.desk("GET", "/arrivals/{arrival}", roles{auth.Record}, s.deskArrival)
	s.desk("POST", "/arrivals/{arrival}", roles{auth.Record}, s.deskArrival)
	s.desk("GET", "/documents/{digest}", roles{auth.Record, auth.Define, auth.Operate}, s.deskDocument)
}

// intrayBody is the in-tray, by kind.
type intrayBody struct {
	Day    domain.Date
	Groups []intrayGroup
}

type intrayGroup struct {
	Kind  intray.Kind
	Items []intray.Item
}

func (s *Site) deskIntray(c *clerk) (view, error) {
	tray := intray.Of(c.Views, c.Today)
	b := intrayBody{Day: tray.Day}
	for _, kind := range intray.Kinds() {
		var items []intray.Item
		for _, item := range tray.Items {
			if item.Kind == kind {
				items = append(items, item)
			}
		}
		if len(items) > 0 {
			b.Groups = append(b.Groups, intrayGroup{kind, items})
		}
	}
	return view{template: "desk_intray", title: c.Lang.Text("desk.intray"), body: b}, nil
}

// Draft is the address at which the notification of an item is drafted.
func (g intrayGroup) Draft(item intray.Item) string {
	q := url.Values{"record": {item.Record.String()}}
	for _, with := range item.With {
		q.Add("with", with.String())
	}
	if item.Reference != "" {
		q.Set("corrects", item.Reference)
	}
	return "?" + q.Encode()
}

// arrivalForm is the form by which an arrival is registered.
type arrivalForm struct {
	actForm
	Forms      []domain.ArrivalForm
	Capacities []domain.Capacity
}

// ArrivalField returns a field of the form by its name.
func (b *arrivalForm) ArrivalField(p *Page, name, kind string) field {
	f := b.labelled(name, kind, p.T("desk.arrival.field."+name))
	f.Required = name == "participant" || name == "received" || name == "sender"
	return f
}

// deskNewArrival shows the form of an arrival, or registers it.
func (s *Site) deskNewArrival(c *clerk) (view, error) {
	b := &arrivalForm{actForm: actForm{Form: c.Form, FourEyes: s.Secretariat.FourEyes, Kinds: domain.ActionKinds()}, Forms: domain.ArrivalForms(), Capacities: domain.Capacities()}
	if c.Method == http.MethodPost {
		b.attach(s, c)
		command := b.register(c)
		if len(b.Problems) == 0 {
			receipt, err := s.Secretariat.Carry(c.Context(), commands.Actor{Identity: c.Identity, ID: c.Form.Get("id")}, command)
			if err == nil {
				return view{redirect: c.arrivalOutcome(receipt)}, nil
			}
			if err := b.take(err); err != nil {
				return view{}, err
			}
			b.inArrival()
		}
	}
	b.offer(c)
	if c.Method == http.MethodGet && b.Form.Get("received") == "" {
		b.Form.Set("received", c.Today.String())
	}
	b.Form.Set("id", uuid.Must(uuid.NewV7()).String())
	v := view{template: "desk_arrival_new", title: c.Lang.Text("desk.arrival.register"), body: b}
	if len(b.Problems) > 0 {
		v.status = http.StatusUnprocessableEntity
	}
	return v, nil
}

// arrivalOutcome is where what was registered or decided is shown.
func (c *clerk) arrivalOutcome(r commands.Receipt) string {
	if r.Proposal != "" {
		return c.outcome(r)
	}
	return "/" + c.Lang.Tag + "/desk/arrivals/" + r.Records[0].String()
}

// register makes of the form what it asks for; what it cannot read is a problem.
func (b *arrivalForm) register(c *clerk) *domain.RegisterArrival {
	get := func(name string) string { return strings.TrimSpace(b.Form.Get(name)) }
	command := &domain.RegisterArrival{}
	a := &command.Arrival
	if text := get("treaty"); text != "" {
		id, err := find.Treaty(c.Views.State, text)
		if err != nil {
			b.problem("treaty", clipped(err.Error()), "the id, short name or alias of a treaty that is recorded")
		}
		command.Treaty = id
	}
	b.day("received", &a.Received)
	b.day("document", &a.Document)
	if p, err := find.Participant(c.Views.State, get("participant"), a.Received.Or(c.Today)); err != nil {
		b.problem("participant", err.Error(), "the id, code or name of a participant that is recorded")
	} else {
		a.Participant = p.ID
	}
	a.Form, a.Sender, a.Reference, a.Foreseen = domain.ArrivalForm(get("form")), get("sender"), get("reference"), domain.ActionKind(get("foreseen"))
	a.Signer, a.Capacity, a.Documents, a.Note = get("signer"), domain.Capacity(get("capacity")), b.Documents, lines(get("note"))
	if a.Form == domain.ArrivedFullPowers {
		a.Powers = &domain.FullPowers{Person: get("person")}
		b.day("until", &a.Powers.Until)
		for _, kind := range b.Form["allows"] {
			a.Powers.Actions = append(a.Powers.Actions, domain.ActionKind(kind))
		}
	}
	return command
}

// inArrival names the fields of findings as the form does.
func (b *arrivalForm) inArrival() {
	for i, f := range b.Problems {
		switch {
		case strings.HasPrefix(f.Field, "documents"):
			b.Problems[i].Field = "file"
		case f.Field == "powers":
			b.Problems[i].Field = "person"
		default:
			b.Problems[i].Field = strings.TrimPrefix(f.Field, "powers.")
		}
	}
}

// Allows reports whether an act is chosen among those that full powers allow.
func (b *arrivalForm) Allows(kind domain.ActionKind) bool {
	return slices.Contains(b.Form["allows"], string(kind))
}

// arrivalBody is what arrived, with the form by which it is decided on.
type arrivalBody struct {
	Decision actForm // with what stands in its way
	intray.ArrivalView
	Outcomes []domain.Outcome
}

// deskArrival shows an arrival, or decides on it.
func (s *Site) deskArrival(c *clerk) (view, error) {
	id, err := domain.ParseRecordID(c.PathValue("arrival"))
	course, ok := c.Views.State.Arrival(id)
	if err != nil || !ok {
		return view{}, missing("act", c.PathValue("arrival"))
	}
	b := &arrivalBody{Decision: actForm{Form: c.Form, FourEyes: s.Secretariat.FourEyes}, Outcomes: domain.Outcomes()}
	if c.Method == http.MethodPost {
		command := &domain.DecideArrival{Treaty: course.Treaty, Arrival: id, Outcome: domain.Outcome(c.Form.Get("outcome")), Reason: c.Form.Get("reason")}
		receipt, err := s.Secretariat.Carry(c.Context(), commands.Actor{Identity: c.Identity, ID: c.Form.Get("id")}, command)
		switch {
		case err == nil && receipt.Proposal != "":
			return view{redirect: c.outcome(receipt)}, nil
		case err == nil:
			return view{redirect: "/" + c.Lang.Tag + "/desk/arrivals/" + id.String()}, nil
		}
		if err := b.Decision.take(err); err != nil {
			return view{}, err
		}
	}
	b.Decision.Form.Set("id", uuid.Must(uuid.NewV7()).String())
	b.ArrivalView, err = intray.ViewArrival(s.Ledger, c.Views.Now(c.Today), course, nil)
	v := view{template: "desk_arrival", title: c.Lang.Text("desk.arrival.title", "form", c.Lang.Text("desk.arrival.form."+string(course.Arrival.Form)), "name", c.Lang.Participant(course.Arrival.Participant, c.Today, b.Name)), body: b}
	if len(b.Decision.Problems) > 0 {
		v.status = http.StatusUnprocessableEntity
	}
	return v, err
}

// deskDocument sends a document to who is at the desk: of an arrival or a proposal
// it is not everybody's yet.
func (s *Site) deskDocument(c *clerk) (view, error) {
	doc, data, err := s.Secretariat.Document(c.Context(), c.PathValue("digest"), true)
	var withdrawn *commands.WithdrawnError
	if errors.Is(err, commands.ErrNoDocument) || errors.As(err, &withdrawn) {
		return view{}, missing("act", c.PathValue("digest"))
	}
	return view{file: &file{doc.Name, doc.Type, data}}, err
}
