package imports

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"depositary/domain"
)

// Report says what became of a file: of every cell, of every act, and what was
// found.
type Report struct {
	File    string `json:"file"`
	Format  string `json:"format"`
	Source  string `json:"source,omitempty"`
	Edition string `json:"edition,omitempty"`
	Rank    int    `json:"rank,omitempty" doc:"Of the source: 1 the depositary itself, 2 a table that it publishes, 3 a compilation of others"`
	Accept  string `json:"accept" doc:"Which queries were let pass"`

	DryRun    bool     `json:"dryRun,omitempty" doc:"Nothing was recorded; recorded means: would be"`
	Proposal  string   `json:"proposal,omitempty" doc:"Id of the proposal that this is, for another to approve; nothing was recorded yet"`
	Positions []uint64 `json:"positions,omitempty" doc:"The commits made"`

	Rows     int             `json:"rows" doc:"Lines or elements of participants"`
	Cells    int             `json:"cells" doc:"Cells that are not empty, beside the participant's own"`
	Outcomes map[Outcome]int `json:"outcomes" doc:"What became of the cells; every cell has exactly one outcome"`
	Treaties []TreatyReport  `json:"treaties"`
	Findings []Finding       `json:"findings,omitempty" doc:"What the file as such ran into"`
	Limits   []string        `json:"limits,omitempty" doc:"What the format cannot express"`
}

// TreatyReport says what became of what a file says about one treaty.
type TreatyReport struct {
	Treaty   domain.TreatyID `json:"treaty"`
	Title    string          `json:"title,omitempty"`
	Defined  bool            `json:"defined,omitempty" doc:"The treaty was not known and was added, its clauses unknown"`
	Outcomes map[Outcome]int `json:"outcomes" doc:"What became of the acts"`
	Acts     []ActReport     `json:"acts"`
	Findings []Finding       `json:"findings,omitempty"`
	Coverage *CoverageReport `json:"coverage,omitempty" doc:"Up to which day every act is recorded with this table; absent where that is recorded already, or the source does not tell it"`
	Checks   []Check         `json:"checks,omitempty" doc:"The source's own totals"`
	RestsOn  string          `json:"restsOn,omitempty" doc:"After the file: entry into force is the published day, which the deposits held do not give"`
}

// CoverageReport is what a table says of its own completeness.
type CoverageReport struct {
	Extent string      `json:"extent" doc:"table: every act up to the day"`
	AsAt   domain.Date `json:"asAt" format:"date"`
}

// ActReport says what became of one act.
type ActReport struct {
	Place
	Written     string               `json:"written" doc:"The participant as the file writes it"`
	Participant domain.ParticipantID `json:"participant,omitempty"`
	Action      domain.ActionKind    `json:"action"`
	Date        domain.Date          `json:"date" format:"date"`
	Effect      domain.Date          `json:"effect,omitzero" format:"date"`
	Outcome     Outcome              `json:"outcome"`
	Record      domain.RecordID      `json:"record,omitzero" doc:"The record that says the same, is corrected or is contradicted"`
}

// Outcomes lists what may become of a cell, as reports list it.
func Outcomes() []Outcome { return []Outcome{Recorded, Held, Corrected, Contested, NotRecorded} }

// cell is where a cell stands. Two columns may have one label.
type cell struct {
	line         int
	column, text string
}

// beside are the findings of a reader that stand beside an act or concern the
// file; every other may stand in place of an act.
var beside = map[Code]bool{FootnoteKept: true, WithdrawnBrackets: true, TextKeptOut: true, OverwrittenByTable: true, LessExact: true, TotalDiffers: true, NamedSince: true}

// count counts the outcomes of acts and of cells. Where a cell tells several
// acts, what was done counts before what was not; a cell that tells none was
// left out by the reader, which has said why.
func (r *Report) count() {
	of := make(map[cell]Outcome)
	for i := range r.Treaties {
		t := &r.Treaties[i]
		t.Outcomes = make(map[Outcome]int)
		for _, a := range t.Acts {
			t.Outcomes[a.Outcome]++
			key := cell{a.Line, a.Column, a.Text}
			if before, ok := of[key]; !ok || weight(a.Outcome) < weight(before) {
				of[key] = a.Outcome
			}
		}
	}
	explained := make(map[cell]bool)
	for _, f := range r.Findings {
		key := cell{f.Line, f.Column, f.Text}
		if _, tells := of[key]; !tells && !beside[f.Code] && f.Line > 0 {
			explained[key] = true
		}
	}
	r.Outcomes = make(map[Outcome]int)
	for _, outcome := range of {
		r.Outcomes[outcome]++
	}
	if silent := r.Cells - len(of); silent > 0 {
		r.Outcomes[NotRecorded] += min(silent, len(explained))
	}
}

func weight(o Outcome) int {
	return slices.Index([]Outcome{Recorded, Corrected, Contested, Held, NotRecorded}, o)
}

// Balance returns an error where the numbers do not add up: a cell without an
// outcome, or an outcome that is none.
func (r *Report) Balance() error {
	sum := 0
	for outcome, n := range r.Outcomes {
		if !slices.Contains(Outcomes(), outcome) {
			return fmt.Errorf("%s: %d cells have the outcome %q, which is none", r.File, n, outcome)
		}
		sum += n
	}
	if sum != r.Cells {
		return fmt.Errorf("%s: the file has %d cells, and %d have an outcome", r.File, r.Cells, sum)
	}
	for _, t := range r.Treaties {
		sum := 0
		for _, n := range t.Outcomes {
			sum += n
		}
		if sum != len(t.Acts) {
			return fmt.Errorf("%s: treaty %s has %d acts, and %d have an outcome", r.File, t.Treaty, len(t.Acts), sum)
		}
	}
	return nil
}

// Renew takes what became of a treaty from a later report on the same file.
func (r *Report) Renew(later *Report, treaty domain.TreatyID) {
	same := func(t TreatyReport) bool { return t.Treaty == treaty }
	i, j := slices.IndexFunc(r.Treaties, same), slices.IndexFunc(later.Treaties, same)
	if i < 0 || j < 0 {
		return
	}
	defined := r.Treaties[i].Defined
	r.Treaties[i] = later.Treaties[j]
	r.Treaties[i].Defined = r.Treaties[i].Defined || defined
	r.count()
}

// AllFindings returns the findings of the file and those of its treaties.
func (r *Report) AllFindings() []Finding {
	all := slices.Clone(r.Findings)
	for _, t := range r.Treaties {
		all = append(all, t.Findings...)
	}
	return all
}

// Table returns the report as a table: one row for each act, then one for each
// finding.
func (r *Report) Table() (header []string, rows [][]string) {
	header = []string{"what", "file", "line", "column", "text", "treaty", "written", "participant", "action", "date", "effect", "outcome", "record", "code", "message", "article", "done"}
	for _, t := range r.Treaties {
		for _, a := range t.Acts {
			rows = append(rows, []string{"act", a.File, number(a.Line), a.Column, a.Text, string(t.Treaty), a.Written, string(a.Participant), string(a.Action),
				a.Date.String(), a.Effect.String(), string(a.Outcome), a.Record.String(), "", "", "", ""})
		}
	}
	for _, f := range r.AllFindings() {
		rows = append(rows, []string{"finding", f.File, number(f.Line), f.Column, f.Text, string(f.Treaty), "", "", "", "", "", "", "", string(f.Code), f.Message, f.Article, f.Done})
	}
	return header, rows
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// Text writes the report for people.
func (r *Report) Text(w io.Writer) {
	fmt.Fprintf(w, "%s (%s)\n", r.File, r.Format)
	if r.Source != "" {
		fmt.Fprintf(w, "Source: %s%s\n", r.Source, prefixed(", edition ", r.Edition))
	}
	fmt.Fprintf(w, "Rows: %d. Cells: %d. %s\n", r.Rows, r.Cells, Tally(r.Outcomes))
	switch {
	case r.DryRun:
		fmt.Fprintln(w, "Dry run: nothing was recorded; recorded means that it would be.")
	case len(r.Positions) > 0:
		fmt.Fprintf(w, "Recorded up to position %d.\n", r.Positions[len(r.Positions)-1])
	default:
		fmt.Fprintln(w, "Nothing was recorded.")
	}
	for _, t := range r.Treaties {
		t.text(w)
	}
	groups := NewGroups(0)
	for _, f := range r.AllFindings() {
		groups.Add(f)
	}
	groups.Text(w)
	for _, limit := range r.Limits {
		fmt.Fprintf(w, "Limit of the format: %s\n", limit)
	}
}

func (t *TreatyReport) text(w io.Writer) {
	defined := ""
	if t.Defined {
		defined = " (added, its clauses are unknown)"
	}
	fmt.Fprintf(w, "\n%s  %s%s\n  %s\n", t.Treaty, t.Title, defined, Tally(t.Outcomes))
	for _, a := range t.Acts {
		if a.Outcome == Recorded || a.Outcome == Corrected || a.Outcome == Contested {
			fmt.Fprintf(w, "  %s: %s of %s, %s%s (line %d)\n", a.Outcome, a.Action, a.Written, a.Date, prefixed(", record ", a.Record.String()), a.Line)
		}
	}
	for _, c := range t.Checks {
		differs := ""
		if c.Says != c.Found {
			differs = "  differs"
		}
		fmt.Fprintf(w, "  %s: the source says %d, found %d%s\n", c.What, c.Says, c.Found, differs)
	}
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// Tally writes numbers of outcomes as a sentence.
func Tally(outcomes map[Outcome]int) string {
	var parts []string
	for _, o := range Outcomes() {
		if n := outcomes[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if len(parts) == 0 {
		return "No acts."
	}
	return strings.ToUpper(parts[0][:1]) + parts[0][1:] + prefixed(", ", strings.Join(parts[1:], ", ")) + "."
}

// Groups are findings by their code: how many, and the first of them.
type Groups struct {
	most  int
	of    map[Code][]Finding
	count map[Code]int
}

// NewGroups begins without findings. It keeps so many of each code; all where
// it is 0.
func NewGroups(most int) *Groups {
	return &Groups{most: most, of: make(map[Code][]Finding), count: make(map[Code]int)}
}

// Add adds a finding.
func (g *Groups) Add(f Finding) {
	g.count[f.Code]++
	if g.most == 0 || len(g.of[f.Code]) < g.most {
		g.of[f.Code] = append(g.of[f.Code], f)
	}
}

// Counts returns how many findings there are of each code.
func (g *Groups) Counts() map[Code]int { return g.count }

// Text writes the findings that were kept, the most frequent code first.
func (g *Groups) Text(w io.Writer) {
	codes := slices.Sorted(maps.Keys(g.of))
	slices.SortStableFunc(codes, func(a, b Code) int { return g.count[b] - g.count[a] })
	for _, code := range codes {
		fmt.Fprintf(w, "\n%s  %d\n", code, g.count[code])
		for _, f := range g.of[code] {
			fmt.Fprintf(w, "  %s\n    %s%s\n    → %s\n", placed(f.Place), f.Message, cited(f.Article), f.Done)
		}
		if rest := g.count[code] - len(g.of[code]); rest > 0 {
			fmt.Fprintf(w, "  and %d more\n", rest)
		}
	}
}

// placed writes a place for people.
func placed(p Place) string {
	text := p.File
	if p.Line > 0 {
		text += fmt.Sprintf(", line %d", p.Line)
	}
	return text + prefixed(", column ", p.Column) + prefixed(": ", p.Text)
}

func cited(article string) string {
	if article == "" {
		return ""
	}
	return " [" + article + "]"
}
