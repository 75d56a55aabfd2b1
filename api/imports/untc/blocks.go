package untc

import (
	"strings"

	"golang.org/x/net/html"

	"depositary/api/imports/reading"
)

// blockKind says what a paragraph of a statement is.
type blockKind int

const (
	words   blockKind = iota
	heading           // what the statement is: Reservation concerning article 4:
	dated             // the day on which what follows was received
)

// block is a paragraph of a statement. A heading may go over several lines.
type block struct {
	kind blockKind
	line int
	text string
}

// lines returns the lines of a block that are not empty.
func (b block) lines() (all []string) {
	for line := range strings.SplitSeq(b.text, "\n") {
		if line = reading.Squeeze(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// blockReader takes the text of a statement apart. The page marks a heading by
// a paragraph on the left and a day by one on the right; a heading may also be
// a line in italics that ends with a colon.
type blockReader struct {
	blocks  []block
	current block
	hidden  bool // the name, which the page repeats for its own search
	italic  bool
	mark    bool // of a footnote
}

func (b *blockReader) tag(tag string, token *html.Token, line int) {
	switch tag {
	case "<p>":
		b.flush()
		b.hidden = strings.Contains(attribute(token, "class"), "invisible")
		switch attribute(token, "align") {
		case "left":
			b.current.kind = heading
		case "right":
			b.current.kind = dated
		}
		b.current.line = line
	case "</p>":
		b.flush()
		b.hidden = false
	case "<br>":
		b.current.text += "\n"
	case "<i>", "<em>":
		if b.current.kind == words && b.atLineStart() {
			b.flush()
			b.italic, b.current.line = true, line
		}
	case "</i>", "</em>":
		b.endItalic()
	case "<sup>", "<superscript>":
		b.mark = true
	case "</sup>", "</superscript>":
		b.mark = false
	}
}

func (b *blockReader) atLineStart() bool {
	text := strings.TrimRight(b.current.text, " \u00a0\t")
	return text == "" || strings.HasSuffix(text, "\n")
}

// endItalic makes a heading of a line in italics that ends with a colon.
func (b *blockReader) endItalic() {
	if !b.italic {
		return
	}
	b.italic = false
	if text := reading.Squeeze(b.current.text); strings.HasSuffix(text, ":") {
		b.current.kind = heading
		b.flush()
	}
}

func (b *blockReader) text(text string, line int) {
	if b.hidden || b.mark {
		return
	}
	if b.current.text == "" {
		b.current.line = line
	}
	b.current.text += text
}

func (b *blockReader) flush() {
	if reading.Squeeze(b.current.text) != "" {
		b.blocks = append(b.blocks, b.current)
	}
	b.current = block{}
}

func (b *blockReader) finish() []block {
	b.flush()
	return b.blocks
}
