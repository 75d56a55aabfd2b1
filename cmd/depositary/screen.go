package main

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen is a writer that knows how wide its lines may be and whether it may
// use colour. Tables and paragraphs that are written to another writer have
// pageWidth and no colour, so that what a program reads does not depend on a
// terminal.
type screen struct {
	io.Writer
	width  int
	colour bool
}

// pageWidth is how wide texts are where there is no terminal.
const pageWidth = 120

// narrowest is the least width that tables are made for; a terminal that is
// narrower wraps them.
const narrowest = 40

// screenFor returns w as a screen: with the width of its terminal, and with
// colour unless NO_COLOR is set or TERM is dumb.
func screenFor(w io.Writer) *screen {
	if !isTerminal(w) {
		return &screen{Writer: w}
	}
	width, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil || width <= 0 {
		width = pageWidth
	}
	return &screen{w, max(width, narrowest), os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// onto returns a screen like s that writes into w.
func (s *screen) onto(w io.Writer) *screen { return &screen{w, s.width, s.colour} }

// textWidth returns how wide a paragraph on w may be.
func textWidth(w io.Writer) int {
	if s, ok := w.(*screen); ok && s.width > 0 {
		return min(s.width, pageWidth)
	}
	return pageWidth
}

// The colours of a terminal.
const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
)

// painted returns text in a colour where w may use it.
func painted(w io.Writer, colour, text string) string {
	if s, ok := w.(*screen); ok && s.colour && text != "" {
		return colour + text + "\x1b[0m"
	}
	return text
}

// shortest is how much of a cell stays readable when its column is narrowed.
const shortest = 12

// fit shortens the widest columns of a table until its lines fit the screen;
// where that is not possible the lines stay as they are. Lines that go to no
// terminal are never shortened.
func fit(w io.Writer, lines [][]string, gap int) [][]string {
	s, ok := w.(*screen)
	if !ok || s.width == 0 || len(lines) == 0 {
		return lines
	}
	widths := make([]int, len(lines[0]))
	for _, cells := range lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	total := gap * (len(widths) - 1)
	for _, width := range widths {
		total += width
	}
	narrowed := append([]int{}, widths...)
	for ; total > s.width; total-- {
		widest := 0
		for i, width := range narrowed {
			if width > narrowed[widest] {
				widest = i
			}
		}
		if narrowed[widest] <= shortest {
			return lines
		}
		narrowed[widest]--
	}
	fitted := make([][]string, len(lines))
	for i, cells := range lines {
		fitted[i] = make([]string, len(cells))
		for j, cell := range cells {
			fitted[i][j] = cell
			if narrowed[j] < widths[j] {
				fitted[i][j] = short(strings.TrimSpace(cell), narrowed[j])
			}
		}
	}
	return fitted
}
