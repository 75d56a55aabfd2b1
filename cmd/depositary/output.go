package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"depositary/api/problem"
	"depositary/projections/model"
)

// The forms of an answer.
const (
	formTable = "table"
	formJSON  = "json"
	formCSV   = "csv"
)

// forms adds the flag that chooses the form.
func (a *app) forms(c *cobra.Command, allowed ...string) {
	c.Flags().VarP(&formFlag{&a.form, allowed}, "output", "o", "form of the answer: "+strings.Join(allowed, ", "))
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}

type formFlag struct {
	form    *string
	allowed []string
}

func (f *formFlag) String() string {
	if len(f.allowed) == 0 { // asked of no flag in particular
		return formTable
	}
	return f.allowed[0]
}
func (f *formFlag) Type() string { return "form" }
func (f *formFlag) Set(text string) error {
	for _, form := range f.allowed {
		if form == text {
			*f.form = form
			return nil
		}
	}
	return fmt.Errorf("one of %s expected", strings.Join(f.allowed, ", "))
}

// answer puts a question and shows the answer in the form asked for: JSON and
// CSV as the server sends them, a table through show.
func answer[T any](ctx context.Context, a *app, path string, query url.Values, show func(io.Writer, T)) error {
	return a.through(ctx, func(d *door) error {
		if a.form == formCSV {
			raw, err := d.ask(ctx, path, query, "text/csv")
			if err != nil {
				return err
			}
			return a.write(raw)
		}
		raw, err := d.ask(ctx, path, query, "application/json")
		if err != nil {
			return err
		}
		return shown(a, raw, show)
	})
}

// answerList answers with a list: as a table with all its pages, in another form
// with the page that the server sends.
func answerList[T any](ctx context.Context, a *app, path string, query url.Values, add func(all *T, page T) (next string), show func(io.Writer, T)) error {
	if a.form != formTable && a.form != "" {
		return answer(ctx, a, path, query, show)
	}
	return a.through(ctx, func(d *door) error {
		all, err := pages(ctx, d, path, query, add)
		if err == nil {
			show(a.out, all)
		}
		return err
	})
}

// pages asks for one page of a list after the other.
func pages[T any](ctx context.Context, d *door, path string, q url.Values, add func(all *T, page T) (next string)) (all T, err error) {
	for {
		page, err := get[T](ctx, d, path, q)
		if err != nil {
			return all, err
		}
		next := add(&all, page)
		if next == "" {
			return all, nil
		}
		q.Set("cursor", next)
	}
}

// shown shows a JSON answer as such or through show.
func shown[T any](a *app, raw []byte, show func(io.Writer, T)) error {
	if a.form == formJSON {
		return a.writeJSON(raw)
	}
	value, err := decoded[T](raw)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	show(a.out.onto(&page), value)
	return a.write(seen(page.Bytes()))
}

func (a *app) write(text []byte) error {
	_, err := a.out.Write(text)
	return err
}

func (a *app) writeJSON(raw []byte) error {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(raw), "", "  "); err != nil {
		return err
	}
	pretty.WriteByte('\n')
	return a.write(pretty.Bytes())
}

// grid is a table on a terminal. A column whose head begins with > is aligned
// to the right; one without heads has rows only.
type grid struct {
	heads []string
	rows  [][]string
}

func newGrid(heads ...string) *grid { return &grid{heads: heads} }

func (g *grid) row(cells ...string) { g.rows = append(g.rows, cells) }

func (g *grid) write(w io.Writer) {
	if len(g.rows) == 0 {
		return
	}
	lines := append([][]string{}, g.rows...)
	if len(g.heads) > 0 {
		heads := make([]string, len(g.heads))
		for i, head := range g.heads {
			heads[i] = strings.TrimPrefix(head, ">")
		}
		lines = append([][]string{heads}, lines...)
	}
	lines = fit(w, lines, columnGap)
	for i, head := range g.heads {
		if strings.HasPrefix(head, ">") {
			alignRight(lines, i)
		}
	}
	// A line keeps its empty cells, or the column before them would end at it;
	// the blanks that they leave at its end are cut off.
	var aligned strings.Builder
	out := tabwriter.NewWriter(&aligned, 0, 0, columnGap, ' ', 0)
	for _, cells := range lines {
		fmt.Fprintln(out, strings.Join(cells, "\t"))
	}
	_ = out.Flush() // into memory
	first := len(g.heads) > 0
	for line := range strings.Lines(aligned.String()) {
		line = strings.TrimRight(line, " \n")
		if first {
			line, first = painted(w, bold, line), false
		}
		fmt.Fprintln(w, line)
	}
}

// columnGap is how many blanks stand between two columns.
const columnGap = 2

func alignRight(lines [][]string, column int) {
	width := 0
	for _, cells := range lines {
		width = max(width, utf8.RuneCountInString(cells[column]))
	}
	for i, cells := range lines {
		copied := append([]string{}, cells...)
		copied[column] = strings.Repeat(" ", width-utf8.RuneCountInString(cells[column])) + cells[column]
		lines[i] = copied
	}
}

// paragraph writes a text, wrapped, with a label in front of its first line.
func paragraph(w io.Writer, label, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	indent := strings.Repeat(" ", utf8.RuneCountInString(label))
	line := label
	length, most := len(indent), textWidth(w)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if i > 0 && length+1+n > most {
			fmt.Fprintln(w, line)
			line, length = indent, len(indent)
		} else if i > 0 {
			line += " "
			length++
		}
		line += word
		length += n
	}
	fmt.Fprintln(w, line)
}

// short cuts a text that would make its table too wide.
func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}

// nameWidth is what a name gets in a table with many columns.
const nameWidth = 40

// number writes a figure with commas between thousands, and no decimals it
// does not have.
func number(f float64) string {
	text := strconv.FormatFloat(math.Abs(f), 'f', -1, 64)
	whole, decimals, hasDecimals := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasDecimals {
		whole += "." + decimals
	}
	if f < 0 {
		return "-" + whole
	}
	return whole
}

func percent(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// orDash shows that there is nothing.
func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// amount writes a figure with its unit, such as 1 consent and 2 consents.
func amount(f float64, unit string) string {
	if f == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return number(f) + " " + unit
}

// The marks behind a line.
const (
	unverifiedMark  = "?"
	correctedMark   = "c"
	reservationMark = "r"
)

var markMeanings = map[string]string{
	unverifiedMark:  "not verified, or not to the day",
	correctedMark:   "the record was corrected",
	reservationMark: "with reservations",
}

// legend explains the marks that were used, in the order of their use.
type legend []string

func (l *legend) use(mark string) string {
	if !slices.Contains(*l, mark) {
		*l = append(*l, mark)
	}
	return mark
}

func (l legend) write(w io.Writer) {
	var parts []string
	for _, mark := range l {
		parts = append(parts, mark+"  "+markMeanings[mark])
	}
	if len(parts) > 0 {
		fmt.Fprintln(w, strings.Join(parts, "; "))
	}
}

// verified reports whether a fact was checked; one about which nothing is said
// was recorded here and stands on its own record.
func verified(verification string) bool { return verification == "" || verification == "verified" }

func writeFindings(w io.Writer, findings []model.Finding) {
	for _, f := range findings {
		where := ""
		if f.Field != "" && f.Field != "path" {
			where = " (" + f.Field + ")"
		}
		if f.Code == problem.CodeTokenRequired { // a command has no headers
			where, f.Accepted = "", "a token in DEPOSITARY_TOKEN, made with depositary token create"
		}
		paragraph(w, "  "+string(f.Code)+where+": ", string(seen([]byte(f.Message))))
		paragraph(w, "    rule:     ", string(seen([]byte(f.Article))))
		paragraph(w, "    accepted: ", string(seen([]byte(f.Accepted))))
	}
}
