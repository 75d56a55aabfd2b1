package untc

import (
	"strings"

	"golang.org/x/net/html"

	"depositary/api/imports/reading"
)

// page is a status page of the Collection as a browser saves it: its fields by
// the last part of their ids, its tables and its texts by State.
type page struct {
	fields     map[string]*element
	tables     map[string][]*element // rows by the id of the table
	statements []*statementText
	notes      []*element
	asAt       string
}

// statementText is what one State states in one section of the page.
type statementText struct {
	section     string
	line        int
	participant string
	blocks      []block
}

// The sections of a page, by the ids of their tables.
const (
	declarationsSection  = "dgDec"
	underArticleSection  = "dgDecUnderArticle"
	objectionsSection    = "dgObj"
	notificationsSection = "dgNotifications"
	notesSection         = "dgNotesAll"
)

// sectionTitles are the headings of the sections, as findings name them.
var sectionTitles = map[string]string{
	declarationsSection:  "Declarations and Reservations",
	underArticleSection:  "Declarations under an article",
	objectionsSection:    "Objections",
	notificationsSection: "Notifications",
	notesSection:         "End Note",
}

// The tables of a page.
const (
	participantsTable = "tblgrid"
	territoriesTable  = "tblDec"
)

const asAtMark = "STATUS AS AT"

// isPage reports whether an HTML document is a status page, and not a notice of
// maintenance or another page of the site.
func isPage(text string) bool {
	return strings.Contains(text, participantsTable) && strings.Contains(text, "_rptStatus_")
}

// pageReader goes over the tags of a page once. What it looks for never stands
// within itself, so that one open field and one open table are enough.
type pageReader struct {
	page
	line int

	field  *element // that is being read
	tag    string   // of the field
	depth  int      // of tags of that name within it
	blocks *blockReader
	entry  *statementText
	table  string // id of the table that is being read
	row    *element
	skip   string // raw text of scripts and styles
}

// readPage takes a page apart. HTML has no syntax error: what is cut off lacks
// parts that the caller asks for.
func readPage(text string) *page {
	r := &pageReader{line: 1, page: page{fields: make(map[string]*element), tables: make(map[string][]*element)}}
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return &r.page
		}
		newlines := strings.Count(string(z.Raw()), "\n")
		switch kind {
		case html.TextToken:
			r.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			r.start(&token)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.end(string(name))
		}
		r.line += newlines
	}
}

func attribute(token *html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// ownID returns the part of an id that a field has on the page: of
// ctl00_ctl00_…_ContentPlaceHolderInnerPage_rptStatus_ctl00_tcText the part
// after the place holder, split at the number of the row.
func ownID(token *html.Token) (name, part string) {
	_, id, found := strings.Cut(attribute(token, "id"), "ContentPlaceHolderInnerPage_")
	if !found {
		return "", ""
	}
	name, rest, _ := strings.Cut(id, "_")
	return name, rest[strings.LastIndexByte(rest, '_')+1:]
}

func (r *pageReader) start(token *html.Token) {
	name := token.Data
	switch {
	case name == "script" || name == "style":
		r.skip = name
		return
	case r.field != nil:
		if name == r.tag {
			r.depth++
		}
		r.markup("<"+name+">", token)
		return
	}
	id, part := ownID(token)
	switch {
	case r.table != "" && name == "tr":
		r.row = &element{name: "Row", line: r.line}
		r.tables[r.table] = append(r.tables[r.table], r.row)
	case r.table != "" && name == "td" && r.row != nil:
		r.open(&element{name: "Entry", line: r.line}, name)
		r.row.children = append(r.row.children, r.field)
	case name == "table" && (id == participantsTable || id == territoriesTable) && part == "":
		r.table = id
	case id == notesSection && part == "divNotesAll":
		r.open(&element{name: "Note", line: r.line}, name)
		r.notes = append(r.notes, r.field)
	case sectionTitles[id] != "" && part == "divParticipant":
		r.entry = &statementText{section: id, line: r.line}
		r.statements = append(r.statements, r.entry)
		r.open(&element{name: "Participant", line: r.line}, name)
	case sectionTitles[id] != "" && (part == "divText" || part == "divNotificationText"):
		if r.entry == nil || r.entry.section != id {
			r.entry = &statementText{section: id, line: r.line}
			r.statements = append(r.statements, r.entry)
		}
		r.open(&element{name: "Text", line: r.line}, name)
		r.blocks = &blockReader{}
	case strings.HasPrefix(id, "rpt") || id == "divMainDecArt" || id == "divDecArt":
		r.open(&element{name: id, line: r.line}, name)
		if key := id + "/" + part; r.fields[key] == nil {
			r.fields[key] = r.field
		}
	}
}

func (r *pageReader) open(e *element, tag string) {
	r.field, r.tag, r.depth = e, tag, 1
}

func (r *pageReader) end(name string) {
	switch {
	case name == r.skip:
		r.skip = ""
	case r.field != nil && name == r.tag:
		if r.depth--; r.depth == 0 {
			r.close()
		}
	case r.field != nil:
		r.markup("</"+name+">", nil)
	case name == "table":
		r.table, r.row = "", nil
	}
}

// close ends the field that is being read.
func (r *pageReader) close() {
	switch {
	case r.field.name == "Participant" && r.entry != nil:
		r.entry.participant = r.field.raw()
	case r.field.name == "Text" && r.entry != nil:
		r.entry.blocks = r.blocks.finish()
		r.blocks, r.entry = nil, nil
	}
	r.field = nil
}

// markup keeps the tags by which a text is understood: marks of footnotes, and
// in statements paragraphs and line ends.
func (r *pageReader) markup(tag string, token *html.Token) {
	if r.blocks != nil {
		r.blocks.tag(tag, token, r.line)
		return
	}
	switch tag {
	case "<sup>", "</sup>", "<superscript>", "</superscript>":
		r.field.text.WriteString(tag)
	case "<br>", "<p>", "</p>", "</index>": // behind the number of an end note stands an empty index
		r.field.text.WriteByte(' ')
	}
}

func (r *pageReader) text(words string) {
	if r.skip != "" {
		return
	}
	switch {
	case r.blocks != nil:
		r.blocks.text(words, r.line)
	case r.field != nil:
		r.field.text.WriteString(words)
	case r.asAt == "" && strings.Contains(words, asAtMark):
		_, after, _ := strings.Cut(words, asAtMark)
		r.asAt = reading.Squeeze(strings.TrimLeft(after, " :"))
	}
}
