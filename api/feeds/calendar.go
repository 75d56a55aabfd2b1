package feeds

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"depositary/domain"
	"depositary/projections/notices"
)

// Bounds of a calendar.
const (
	CalendarPast = 90     // days for which what has come stays in the calendar
	CalendarMax  = 10_000 // entries; what is farthest away is left out

	calendarRefresh = "PT6H"
)

// Calendar is upcoming dates as a calendar (RFC 5545, RFC 7986), for programs that
// subscribe to it: they fetch it again and again and show what it has. So a day
// that moves keeps its UID, a day that has come stays for CalendarPast days, and
// as long as nothing changes every byte stays the same.
type Calendar struct {
	Name   string
	Says   string                          // which acts are recorded of the treaties that the question names; empty where it names none
	Ledger string                          // name of the ledger, unique in the world
	Dates  []notices.UpcomingDate          // no more than CalendarMax
	Stamp  func(revision uint64) time.Time // instant at which a position was recorded
}

// Write writes the calendar with the base of its links and its own address.
func (p Calendar) Write(base, self string) ([]byte, error) {
	c := ics.NewCalendar()
	c.SetProductId("-//Depositary//Coming dates//EN")
	c.SetCalscale("GREGORIAN")
	c.SetMethod(ics.MethodPublish)
	c.SetName(line(p.Name)) // also X-WR-CALNAME
	c.SetXWRCalDesc(strings.TrimSpace("Legal days that follow from what the depositary has received. What has come stays for 90 days. " + line(p.Says)))
	c.SetRefreshInterval(calendarRefresh)
	c.SetXPublishedTTL(calendarRefresh)
	c.CalendarProperties = append(c.CalendarProperties, ics.CalendarProperty{BaseProperty: ics.BaseProperty{
		IANAToken: "SOURCE", ICalParameters: map[string][]string{"VALUE": {"URI"}}, Value: self}})
	for _, d := range p.Dates {
		p.add(c, d, base)
	}
	var out bytes.Buffer
	err := c.SerializeTo(&out, ics.WithNewLineWindows)
	return out.Bytes(), err
}

// add adds one day. On a telephone it shows why, by which article,
// from which source, and where there is more.
func (p Calendar) add(c *ics.Calendar, d notices.UpcomingDate, base string) {
	e := c.AddEvent(d.Key + "@" + p.Ledger + ".depositary")
	stamp := p.Stamp(d.Revision)
	e.SetDtStampTime(stamp)
	e.SetModifiedAt(stamp)
	e.SetSequence(int(d.Revision))
	e.SetAllDayStartAt(midnight(d.Date))
	e.SetAllDayEndAt(midnight(d.Date.AddDays(1)))
	e.SetSummary(cmp.Or(line(d.Title), string(d.What)))
	if details := p.details(d, base); details != "" {
		e.SetDescription(details)
	}
	e.SetURL(base + PageOfDate(d))
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

func (p Calendar) details(d notices.UpcomingDate, base string) string {
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
		add("Record: ", base+PageOfAct(d.Record))
	}
	return strings.Join(lines, "\n")
}

// CalendarDescription tells subscribers what the calendar promises.
var CalendarDescription = fmt.Sprintf("Legal days that are known before they come, as all-day entries. A day that a correction moves keeps its UID and gets a higher SEQUENCE. "+
	"What has come stays for %d days. An entry is TENTATIVE where an objection may still prevent it. At most %d entries, the nearest.", CalendarPast, CalendarMax)
