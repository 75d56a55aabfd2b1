package v1

import (
	ics "github.com/arran4/golang-ical"

	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections/model"
	"depositary/projections/notices"
)

// The calendar of what is to come (RFC 5545, RFC 7986), for programs that
// subscribe to it: they fetch it again and again and show what it holds. So a
// day that moves keeps its UID, a day that has come stays for a while, and as
// long as nothing changes every byte stays the same.

const CalendarPath = "/v1/coming.ics"

const (
	calendarPast    = 90     // days for which what has come stays in the calendar
	calendarMost    = 10_000 // entries; what is farthest away is left out
	calendarRefresh = "PT6H"
)

func (s *API) calendar(_ context.Context, in *ComingInput) (document, error) {
	on, q, err := s.comingQuestion(*in)
	if err != nil {
		return nil, err
	}
	views := s.Projection.Current()
	q.Since = on.AddDays(-calendarPast)
	coming := notices.UpcomingOf(views, on, q)
	ledger, err := s.Ledger.ID()
	if err != nil {
		return nil, err
	}
	c := calendarPage{name: "Treaties: what is to come", ledger: ledger, coming: coming[:min(len(coming), calendarMost)]}
	if about := s.about(q.Treaties, q.Participants, q.Groups); about != "" {
		c.name = "Treaties: " + about
	}
	c.stamp = func(revision uint64) time.Time {
		recorded, _ := views.RecordedAt(eventstore.Position(revision))
		return recorded
	}
	return c.write, nil
}

// calendarPage is what a calendar shows.
type calendarPage struct {
	name   string
	ledger string // name of the ledger, unique in the world
	coming []notices.UpcomingDate
	stamp  func(revision uint64) time.Time // instant at which a position was recorded
}

func (p calendarPage) write(base, self string) ([]byte, error) {
	c := ics.NewCalendar()
	c.SetProductId("-//Depositary//Coming dates//EN")
	c.SetCalscale("GREGORIAN")
	c.SetMethod(ics.MethodPublish)
	c.SetName(line(p.name)) // also X-WR-CALNAME
	c.SetXWRCalDesc("Legal days that follow from what the depositary has received. What has come stays for 90 days.")
	c.SetRefreshInterval(calendarRefresh)
	c.SetXPublishedTTL(calendarRefresh)
	c.CalendarProperties = append(c.CalendarProperties, ics.CalendarProperty{BaseProperty: ics.BaseProperty{
		IANAToken: "SOURCE", ICalParameters: map[string][]string{"VALUE": {"URI"}}, Value: self}})
	for _, d := range p.coming {
		p.add(c, d, base)
	}
	var out bytes.Buffer
	err := c.SerializeTo(&out, ics.WithNewLineWindows)
	return out.Bytes(), err
}

// add adds one day. On a telephone it shows why, by which article,
// from which source, and where there is more.
func (p calendarPage) add(c *ics.Calendar, d notices.UpcomingDate, base string) {
	e := c.AddEvent(d.Key + "@" + p.ledger + ".depositary")
	stamp := p.stamp(d.Revision)
	e.SetDtStampTime(stamp)
	e.SetModifiedAt(stamp)
	e.SetSequence(int(d.Revision))
	e.SetAllDayStartAt(midnight(d.Date))
	e.SetAllDayEndAt(midnight(d.Date.AddDays(1)))
	e.SetSummary(cmp.Or(line(d.Title), string(d.What)))
	if details := detailsOf(d, base); details != "" {
		e.SetDescription(details)
	}
	e.SetURL(base + pathOfComing(d))
	e.SetStatus(statusOfComing(d))
	e.SetTimeTransparency(ics.TransparencyTransparent) // it makes no one busy
	e.AddCategory(line(string(d.What)))
}

func midnight(d domain.Date) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

func statusOfComing(d notices.UpcomingDate) ics.ObjectStatus {
	if d.What == notices.UpcomingAccepted || d.What == notices.UpcomingModified {
		return ics.ObjectStatusTentative
	}
	return ics.ObjectStatusConfirmed
}

// pathOfComing returns the address where there is more on what comes.
func pathOfComing(d notices.UpcomingDate) string {
	treaty := "/v1/treaties/" + url.PathEscape(string(d.Treaty))
	if d.Participant != "" {
		return treaty + "/participants/" + url.PathEscape(string(d.Participant))
	}
	return treaty + "/entry-into-force"
}

func detailsOf(d notices.UpcomingDate, base string) string {
	var lines []string
	add := func(label, text string) {
		if text = line(text); text != "" {
			lines = append(lines, label+text)
		}
	}
	add("", d.Why)
	add("Basis: ", basis(d.Article))
	add("Source: ", sourceWords(d.Source))
	if !d.Record.IsZero() {
		add("Record: ", base+"/v1/actions/"+d.Record.String())
	}
	return strings.Join(lines, "\n")
}

// basis names an article as people read it.
func basis(article string) string {
	if article != "" && article[0] >= '0' && article[0] <= '9' {
		return "article " + article
	}
	return article
}

func sourceWords(p *model.Provenance) string {
	if p == nil || p.Source == "" {
		return ""
	}
	if p.Verification == "" {
		return p.Source
	}
	return p.Source + " (" + p.Verification + ")"
}

// about names what a filter chooses, for titles.
func (s *API) about(treaties []domain.TreatyID, participants []domain.ParticipantID, groups []domain.GroupID) string {
	state := s.Projection.Current().State
	var names []string
	for _, id := range treaties {
		if t, ok := state.Treaty(id, 0); ok {
			names = append(names, t.Short)
		}
	}
	for _, id := range participants {
		if p, ok := state.Participant(id, 0); ok {
			names = append(names, p.Name(s.Today()))
		}
	}
	for _, id := range groups {
		names = append(names, string(id))
	}
	return strings.Join(names, ", ")
}

var calendarDescription = fmt.Sprintf("Legal days that are known before they come, as all-day entries. A day that a correction moves keeps its UID and gets a higher SEQUENCE. "+
	"What has come stays for %d days. An entry is TENTATIVE where an objection may still prevent it. At most %d entries, the nearest.", calendarPast, calendarMost)
