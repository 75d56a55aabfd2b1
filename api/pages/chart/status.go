package chart

import (
	"math"

	"depositary/api/pages/svg"
	"depositary/domain"
)

// Status is how a picture shows where a participant stands. It is also the
// last part of the names of its classes.
type Status string

const (
	Party       Status = "party"       // the treaty is in force for it
	Contracting Status = "contracting" // consent deposited, not yet in force for it
	Signatory   Status = "signatory"
	None        Status = "none"
	Withdrawn   Status = "withdrawn"
	Unknown     Status = "unknown" // what it did is not recorded
)

// Statuses in the order in which pictures show them.
var Statuses = []Status{Party, Contracting, Signatory, Withdrawn, None, Unknown}

// StatusOf returns the picture's status for one in law: a party that has notified
// its withdrawal is a party until the day of effect.
func StatusOf(s domain.Status) Status {
	switch s {
	case domain.Party, domain.WithdrawalNotified:
		return Party
	case domain.Contracting:
		return Contracting
	case domain.Signatory:
		return Signatory
	case domain.FormerParty:
		return Withdrawn
	case domain.NotKnown, domain.SignedAtLeast:
		return Unknown
	}
	return None
}

// Fill is the class of an area of the status.
func (s Status) Fill() string { return "chart-" + string(s.known()) }

// Stroke is the class of a line of the status.
func (s Status) Stroke() string { return "chart-" + string(s.known()) + "-line" }

// On is the class of what stands on an area of the status.
func (s Status) On() string { return "chart-on-" + string(s.known()) }

// known keeps classes to those that exist.
func (s Status) known() Status {
	switch s {
	case Party, Contracting, Signatory, Withdrawn, Unknown:
		return s
	}
	return None
}

// Glyph draws the sign of a status, which tells it without colour: a full disc, a
// half disc, a ring, a dot, a cross, a bar.
func Glyph(d *svg.Doc, s Status, x, y, r float64) {
	sign(d, s, x, y, r, s.Fill(), s.Stroke())
}

// GlyphOn draws the sign on an area of the same status.
func GlyphOn(d *svg.Doc, s Status, x, y, r float64) {
	sign(d, s, x, y, r, s.On(), s.On()+"-line")
}

func sign(d *svg.Doc, s Status, x, y, r float64, fill, stroke string) {
	switch s.known() {
	case Party:
		d.Circle(x, y, r, fill)
	case Contracting:
		d.Circle(x, y, r-0.75, stroke)
		halfDisc(d.Path(), x, y, r-0.75).Draw(fill)
	case Signatory:
		d.Circle(x, y, r-1, stroke)
	case Withdrawn:
		cross(d, x, y, r*0.8, stroke)
	case Unknown: // a bar: there is nothing to show
		d.Rect(x-r*0.7, y-1, r*1.4, 2, stroke, "")
	default:
		d.Circle(x, y, r*0.4, fill)
	}
}

func cross(d *svg.Doc, x, y, r float64, class string) {
	d.Path().M(x-r, y-r).L(x+r, y+r).M(x-r, y+r).L(x+r, y-r).Draw(class)
}

func halfDisc(p *svg.Path, x, y, r float64) *svg.Path {
	k := r * 0.5523
	return p.M(x, y-r).C(x-k, y-r, x-r, y-k, x-r, y).C(x-r, y+k, x-k, y+r, x, y+r).Z()
}

// discPart outlines the part of a disc that lies within a share of its width, from
// the left.
func discPart(p *svg.Path, x, y, r, share float64) *svg.Path {
	const steps = 24
	edge := math.Acos(1 - 2*min(max(share, 0), 1)) // half the angle that is filled
	for i := range steps + 1 {
		a := math.Pi - edge + 2*edge*float64(i)/steps
		if i == 0 {
			p.M(x+r*math.Cos(a), y+r*math.Sin(a))
			continue
		}
		p.L(x+r*math.Cos(a), y+r*math.Sin(a))
	}
	return p.Z()
}
