package v1

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"depositary/projections"
	"depositary/projections/gap"
	"depositary/projections/model"
)

// table is what every list can also be shown as.
type table struct {
	header []string
	rows   [][]string
}

// tabular is a body that has a table.
type tabular interface{ table() table }

var errNoTable = errors.New("this answer has no form as a table; ask for application/json")

// writeCSV writes a body as CSV (RFC 4180), in UTF-8.
func writeCSV(w io.Writer, body any) error {
	t, ok := body.(tabular)
	if !ok {
		return errNoTable
	}
	return writeTable(w, t.table())
}

func writeTable(w io.Writer, t table) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := t.rows
	if t.header != nil {
		rows = append([][]string{t.header}, rows...)
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from taking a cell for a formula: such a cell
// gets an apostrophe in front. Blanks before the sign do not help it.
func harmless(cell string) string {
	start := strings.TrimLeft(cell, " \u00a0\u3000\ufeff")
	if first, size := utf8.DecodeRuneInString(start); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// instant writes an instant for a table, nothing for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func number(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.4f", f), ".0000") }

// axesColumns end every table, so that a row says for itself what it answers.
var axesColumns = []string{"as_of", "received_by", "known_at"}

func axesCells(a projections.Axes) []string {
	return []string{a.AsOf.String(), a.ReceivedBy.String(), fmt.Sprint(a.KnownAt)}
}

func statusTable(axes projections.Axes, rows []projections.StatusRow) table {
	t := table{header: append([]string{"treaty", "treaty_short", "participant", "name", "status", "since", "signed", "consent", "consent_date", "bound", "until",
		"with_reservations", "intends_not", "provisional", "excludes", "territories", "territories_excluded", "why", "record", "source", "verification"}, axesColumns...)}
	for _, r := range rows {
		var signed, consent, date, record, source, verification string
		if r.Signature != nil {
			signed, record, source, verification = r.Signature.Date.String(), r.Signature.Record.String(), r.Signature.Source, r.Signature.Verification
		}
		if c := r.Consent; c != nil {
			consent, date, record, source, verification = string(c.Action), c.Date.String(), c.Record.String(), c.Source, c.Verification
		}
		t.rows = append(t.rows, append([]string{string(r.Treaty), r.TreatyShort, string(r.Participant), r.Name, string(r.Status), r.Since.String(), signed, consent, date,
			r.Bound.String(), r.Until.String(), yes(r.WithReservations), yes(r.IntendsNot), yes(r.Provisional), strings.Join(r.Excludes, "; "),
			strings.Join(r.Territories, "; "), strings.Join(r.TerritoriesNot, "; "), r.Why, record, source, verification}, axesCells(axes)...))
	}
	return t
}

type treatyStatusBody struct{ projections.TreatyStatus }

func (b treatyStatusBody) table() table { return statusTable(b.Axes, b.Rows) }

type participantStatusBody struct{ projections.ParticipantStatus }

func (b participantStatusBody) table() table { return statusTable(b.Axes, b.Rows) }

type gapBody struct{ gap.Gap }

func (b gapBody) table() table {
	t := table{header: append([]string{"rank", "participant", "name", "stock", "share_percent", "status", "bound", "since", "gain_points", "treaty", "definition",
		"stock_edition", "stock_year", "world", "source"}, axesColumns...)}
	for _, r := range b.Rows {
		t.rows = append(t.rows, append([]string{fmt.Sprint(r.Rank), string(r.Participant), r.Name, number(r.Stock), number(r.Share), string(r.Status), yes(r.Bound), r.Since.String(),
			number(r.Gain), string(b.Treaty.ID), b.Definition.Name, b.Stock.Edition, fmt.Sprint(b.Stock.Year), number(b.Stock.World), b.Stock.Source}, axesCells(b.Axes)...))
	}
	return t
}

type matrixBody struct{ projections.Matrix }

func (b matrixBody) table() table {
	t := table{header: []string{"participant", "name"}}
	for _, treaty := range b.Treaties {
		t.header = append(t.header, treaty.Short)
	}
	t.header = append(t.header, axesColumns...)
	for _, r := range b.Rows {
		row := []string{string(r.Participant), r.Name}
		for _, cell := range r.Cells {
			row = append(row, string(projections.MatrixStatuses[cell]))
		}
		t.rows = append(t.rows, append(row, axesCells(b.Axes)...))
	}
	return t
}

type timelineBody struct{ projections.Timeline }

func (b timelineBody) table() table {
	t := table{header: append([]string{"date", "treaty", "participant", "name", "kind", "what", "record", "signatories", "consents", "parties"}, axesColumns...)}
	for _, e := range b.Entries {
		t.rows = append(t.rows, append([]string{e.Date.String(), string(e.Treaty), string(e.Participant), e.Name, e.Kind, e.What, e.Record.String(),
			fmt.Sprint(e.Counts.Signatories), fmt.Sprint(e.Counts.Consents), fmt.Sprint(e.Counts.Parties)}, axesCells(b.Axes)...))
	}
	return t
}

type treatiesBody struct {
	Axes     projections.Axes            `json:"axes"`
	Treaties []projections.TreatySummary `json:"treaties"`
	Next     string                      `json:"next,omitempty" doc:"Cursor of the page that follows; absent on the last one"`
}

func (b treatiesBody) table() table {
	t := table{header: append([]string{"id", "short", "title", "adopted", "place", "depositary", "parent", "entry_status", "in_force", "signatories", "consents", "parties", "revision"}, axesColumns...)}
	for _, r := range b.Treaties {
		t.rows = append(t.rows, append([]string{string(r.ID), r.Short, r.Title, r.Adopted.String(), r.Place, r.Depositary, string(r.Parent), string(r.Entry), r.InForce.String(),
			fmt.Sprint(r.Signatories), fmt.Sprint(r.Consents), fmt.Sprint(r.Parties), fmt.Sprint(r.Revision)}, axesCells(b.Axes)...))
	}
	return t
}

type participantsBody struct {
	Axes         projections.Axes    `json:"axes"`
	Participants []participantOnADay `json:"participants"`
	Next         string              `json:"next,omitempty" doc:"Cursor of the page that follows; absent on the last one"`
}

type participantOnADay struct {
	Name string `json:"name" doc:"The name it bore on the day"`
	model.Participant
}

func (b participantsBody) table() table {
	t := table{header: append([]string{"id", "name", "kind", "iso3", "exists_from", "exists_until", "source", "verification"}, axesColumns...)}
	for _, p := range b.Participants {
		t.rows = append(t.rows, append([]string{string(p.ID), p.Name, string(p.Kind), p.ISO3, p.Exists.From.String(), p.Exists.Until.String(), p.Source, p.Verification}, axesCells(b.Axes)...))
	}
	return t
}

type entryBody struct{ projections.EntryIntoForce }

func (b entryBody) table() table {
	t := table{header: append([]string{"number", "participant", "action", "date", "counted", "reason", "record"}, axesColumns...)}
	for _, c := range b.Entry.Counted {
		t.rows = append(t.rows, append([]string{fmt.Sprint(c.Number), string(c.Participant), string(c.Action), c.Date.String(), "yes", "", c.Record.String()}, axesCells(b.Axes)...))
	}
	for _, c := range b.Entry.NotCounted {
		t.rows = append(t.rows, append([]string{"", string(c.Participant), string(c.Action), c.Date.String(), "no", c.Reason, c.Record.String()}, axesCells(b.Axes)...))
	}
	return t
}

type groupBody struct{ model.Group }

func (b groupBody) table() table {
	t := table{header: []string{"group", "participant", "from", "until", "source", "verification"}}
	for _, m := range b.Members {
		t.rows = append(t.rows, []string{string(b.ID), string(m.Participant), m.From.String(), m.Until.String(), b.Source, b.Verification})
	}
	return t
}

type weightsBody struct{ model.Weights }

func (b weightsBody) table() table {
	t := table{header: []string{"table", "edition", "area", "name", "year", "value", "unit", "source", "licence"}}
	for _, r := range b.Rows {
		t.rows = append(t.rows, []string{string(b.ID), b.Edition, r.Area, b.Areas[r.Area], fmt.Sprint(r.Year), number(r.Value), b.Unit, b.Source, b.Licence})
	}
	return t
}

type ledgerBody struct{ projections.LedgerPage }

func (b ledgerBody) table() table {
	t := table{header: []string{"position", "recorded", "hash", "previous", "command", "actor", "treaty", "participant", "record", "event"}}
	for _, c := range b.Commits {
		for _, e := range c.Events {
			t.rows = append(t.rows, []string{fmt.Sprint(c.Position), instant(c.Recorded), c.Hash.String(), c.Previous.String(), c.Command, c.Actor,
				c.Treaty, c.Participant, e.ID.String(), string(e.Event)})
		}
	}
	return t
}
