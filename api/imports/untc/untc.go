// Package untc reads the XML in which the United Nations Treaty Collection
// writes the status of one treaty:
//
//	Treaty/…/ExternalData/{Titlesect, Conclusion, EIF/Labeltext, Status/{Signatories, Parties}}
//	Participants/Table/TGroup/{Thead/Row/Entry, Tbody/Rows/Row/Entry}
//	Declarations/Declaration/{Participant, Text}, Objections, Notifications,
//	TerritorialApplications, EndNotes
//
// Which treaty it is, the caller says, or an element or attribute MTDSGNo or
// MTDSG, or the number at the head of Titlesect, or the name of the file
// (IV-13.xml, 4-13.xml), in this order.
//
// It also reads the page of the status as a browser saves it (HTML), which says
// as at which day it is, and has statements and end notes with their days.
//
// Invariants: every entry of a participant's row that is not empty becomes one
// claim, or at least one finding; of the texts of declarations, objections,
// notifications and end notes each is a finding where it is not clearly an act;
// a name or a day in brackets keeps its acts and gets a finding; the numbers of
// signatories and parties that the document states are Checks. A document that
// is cut off is refused as a whole: a part of a table would look as if the
// other acts had disappeared.
package untc

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"depositary/api/imports"
	"depositary/api/imports/mtdsg"
	"depositary/api/imports/reading"
	"depositary/domain"
)

// Format is the name of the format.
const Format = "untc"

// Limits says what the format cannot express.
var Limits = []string{
	"Names and days in brackets have lost their effect; the day of a withdrawal stands in end notes, and is read where a sentence tells it for sure.",
	"Consent given again after a withdrawal overwrites the first one in its cell.",
	"Of a page, statements are read where kind, day and articles are clear; objections and all other texts are findings. The XML marks no paragraphs: its texts are left out.",
	"Days of effect and references of depositary notifications are told in end notes at most.",
	"Predecessors that no longer exist are named in end notes only.",
}

const accepted = "the XML of one treaty from the United Nations Treaty Collection, with the elements ExternalData and Participants"

// Read takes a document apart. See imports.Reader.
func Read(source imports.Source, content []byte) (*imports.Table, error) {
	text, converted, err := reading.Text(source, content)
	if err != nil {
		return nil, err
	}
	if reading.IsHTML(text) {
		return readHTML(source, text)
	}
	if !strings.HasPrefix(strings.TrimSpace(text[:min(len(text), 4096)]), "<") {
		return nil, reading.Refuse(source, 1, imports.NotThisFormat, "the file is no XML", accepted)
	}
	declared, err := declaredEncoding(source, text)
	if err != nil {
		return nil, err
	}
	root, err := parse(source, text)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(root.name, "Treaty") && root.find("ExternalData") == nil && root.find("Participants") == nil {
		return nil, reading.Refuse(source, root.line, imports.NotThisFormat,
			fmt.Sprintf("the document is about a %s and not about a treaty", reading.Excerpt(root.name)), accepted)
	}
	id, err := reading.Identify(source, numberOf(root))
	if err != nil {
		return nil, err
	}
	r := newReader(source, id)
	r.compareEncoding(declared, text, converted)
	r.readTreaty(root)
	for _, participants := range root.within("Participants") {
		for _, group := range participants.within("TGroup") {
			r.readGroup(group)
		}
	}
	r.readTexts(root)
	r.readStatus(root)
	return r.Table()
}

// numberOf finds the number of the treaty in the document.
func numberOf(root *element) domain.TreatyID {
	for _, name := range []string{"MTDSGNo", "MTDSG"} {
		for _, e := range root.within(name) {
			if id, ok := reading.TreatyID(e.words()); ok {
				return id
			}
		}
	}
	for _, e := range []*element{root, root.find("ExternalData"), root.find("Titlesect")} {
		if e == nil {
			continue
		}
		for _, a := range e.attrs {
			id, ok := reading.TreatyID(a.Value)
			if ok && (strings.EqualFold(a.Name.Local, "MTDSGNo") || strings.EqualFold(a.Name.Local, "MTDSG")) {
				return id
			}
		}
	}
	if title := root.find("Titlesect"); title != nil {
		if id, _, ok := reading.LeadingTreatyID(title.words()); ok {
			return id
		}
	}
	return ""
}

type reader struct {
	*reading.Sheet
	source imports.Source
	treaty domain.TreatyID

	signatories, parties map[string]bool            // names with such a claim
	acts                 map[string][]domain.Action // of the table, by name
	told                 map[imports.Place]bool     // texts that tell an act
}

func newReader(source imports.Source, treaty domain.TreatyID) *reader {
	return &reader{Sheet: reading.NewSheet(Format, source, Limits...), source: source, treaty: treaty,
		signatories: make(map[string]bool), parties: make(map[string]bool), acts: make(map[string][]domain.Action), told: make(map[imports.Place]bool)}
}

// compareEncoding reports where the bytes are in another encoding than the
// document declares. The bytes hold: they tell UTF-8 from others reliably.
func (r *reader) compareEncoding(declared, text string, converted bool) {
	singleByte := slices.Contains(singleByteNames, declared)
	if converted && !singleByte {
		r.Converted(true)
	}
	beyondASCII := strings.ContainsFunc(text, func(c rune) bool { return c > unicode.MaxASCII })
	if singleByte && !converted && beyondASCII {
		r.Find("", r.At(1, "", ""), imports.Unreadable,
			"the document declares "+declared+", and is in Unicode", "it was read as Unicode; letters with accents are worth a look")
	}
}

var reNumberInChapter = regexp.MustCompile(`^\d{1,3}\s*\.\s*(?:\(?[a-z]\)\s*\.?\s*|[a-z]\.?\s+)?`)

// readTreaty reads what the document tells of the treaty itself.
func (r *reader) readTreaty(root *element) {
	t := &r.Treaty(r.treaty).Treaty
	t.Depositary = "Secretary-General of the United Nations"
	t.Title = reading.Squeeze(r.source.Title)
	if e := root.find("Titlesect"); e != nil {
		_, title, numbered := reading.LeadingTreatyID(e.words())
		if !numbered {
			title = reNumberInChapter.ReplaceAllString(title, "")
		}
		t.Title = title
	}
	if e := root.find("Conclusion"); e != nil && e.words() != "" {
		var err error
		if t.Place, t.Adopted, err = reading.Conclusion(e.words()); err != nil {
			t.Place = ""
			r.Find(r.treaty, r.At(e.line, "ExternalData/Conclusion", e.words()), imports.DateUnreadable,
				"place and day of adoption expected, such as New York, 18 December 1990", "both were left out")
		}
	}
	if e := root.find("EIF"); e != nil && e.words() != "" {
		r.readEntry(t, e)
	}
}

// readEntry reads the day of entry into force, where the text has only one. A
// provisional one is another matter.
func (r *reader) readEntry(t *domain.Treaty, e *element) {
	text := e.words()
	days := reading.DatesIn(text)
	lower := strings.ToLower(text)
	switch {
	case len(days) == 1 && !strings.Contains(lower, "provisional") && !strings.Contains(lower, "not yet"):
		t.Stated = &domain.StatedEntry{InForce: days[0], Attestation: r.Attestation()}
	case len(days) > 0:
		r.Find(r.treaty, r.At(e.line, "ExternalData/EIF", text), imports.TextKeptOut,
			"there are several days, or a provisional one: which of them is the entry into force is not for the reader of a file to say", reading.TextLeftOut)
	}
}

// readGroup reads one table of participants.
func (r *reader) readGroup(group *element) {
	var columns []mtdsg.Column
	names := 0 // column of the participants
	if head := group.find("Thead"); head != nil {
		for i, entry := range firstRow(head).within("Entry") {
			label := entry.words()
			if strings.HasPrefix(strings.ToLower(label), "participant") {
				names = i
			}
			columns = append(columns, mtdsg.ParseColumn(label[:min(len(label), maxLabel)]))
		}
	}
	if body := group.find("Tbody"); body != nil {
		for i := range columns {
			columns[i] = columns[i].Settled(codesIn(body, i))
		}
		for _, row := range body.within("Row") {
			r.readRow(row, columns, names)
		}
	}
}

// codesIn returns the codes that stand behind the days of a column.
func codesIn(body *element, column int) map[string]bool {
	codes := make(map[string]bool)
	for _, row := range body.within("Row") {
		entries := row.all("Entry")
		if column >= len(entries) {
			continue
		}
		text, _ := reading.Footnotes(entries[column].raw())
		text, _ = reading.WithdrawnName(text)
		if _, code, err := dayAndCode(text); err == nil && code != "" {
			codes[code] = true
		}
	}
	return codes
}

// firstRow returns the row of headings, or the whole head where it has no rows.
func firstRow(head *element) *element {
	if row := head.find("Row"); row != nil {
		return row
	}
	return head
}

func (r *reader) readRow(row *element, columns []mtdsg.Column, names int) {
	entries := row.all("Entry")
	if !row.speaks() {
		return
	}
	r.Row()
	if len(entries) > reading.MaxColumns {
		r.Cell()
		r.Find(r.treaty, r.At(row.line, "Participants", row.words()), imports.TooLarge,
			fmt.Sprintf("the row has more than %d entries", reading.MaxColumns), reading.RowLeftOut)
		return
	}
	name, ok := r.readName(row, entries, names)
	for i, entry := range entries {
		if i == names || !entry.speaks() {
			continue
		}
		r.Cell()
		at := r.At(entry.line, columnName(columns, i), entry.words())
		switch {
		case entry.tooLong():
			r.Find(r.treaty, at, imports.TooLarge, fmt.Sprintf("the entry has more than %d bytes", reading.MaxLine), reading.CellLeftOut)
		case !ok:
			r.Find(r.treaty, at, imports.NameUnknown, "the entry belongs to a row without a readable name", reading.CellLeftOut)
		case i >= len(columns):
			r.Find(r.treaty, at, imports.ColumnUnknown, "the entry stands beyond the last heading", reading.CellLeftOut)
		default:
			r.readCell(entry, at, columns[i], name)
		}
	}
}

func columnName(columns []mtdsg.Column, i int) string {
	if i < len(columns) && columns[i].Label != "" {
		return columns[i].Label
	}
	return fmt.Sprintf("Entry[%d]", i+1)
}

// rowName is the participant of a row, as it stands there.
type rowName struct {
	name      string
	marks     []string // of footnotes
	withdrawn bool     // in brackets
}

func (r *reader) readName(row *element, entries []*element, names int) (who rowName, ok bool) {
	at := r.At(row.line, "Participant", "")
	var raw string
	if names < len(entries) {
		raw = entries[names].raw()
		at = r.At(entries[names].line, "Participant", entries[names].words())
	}
	name, marks := reading.Footnotes(raw)
	name, who.withdrawn = reading.WithdrawnName(name)
	who.name, who.marks = name, marks
	if problem := reading.NameProblem(name); problem != "" {
		r.Find(r.treaty, at, imports.NameUnknown, problem, reading.RowLeftOut)
		return who, false
	}
	if len(marks) > 0 {
		r.Find(r.treaty, at, imports.FootnoteKept,
			"the name has "+reading.FootnoteNote(marks)+"; its text is among the end notes", reading.KeptAsNote)
	}
	if who.withdrawn {
		r.Find(r.treaty, at, imports.WithdrawnBrackets,
			"the name stands in brackets: the participant has withdrawn, on a day that the table does not state",
			"the acts of the row are read; the withdrawal has to be recorded by itself")
	}
	return who, true
}

// readCell makes a claim of one entry, or says why it cannot.
func (r *reader) readCell(entry *element, at imports.Place, column mtdsg.Column, who rowName) {
	text, marks := reading.Footnotes(entry.raw())
	text, bracketed := reading.WithdrawnName(text)
	day, code, err := dayAndCode(text)
	if err != nil {
		r.Find(r.treaty, at, imports.DateUnreadable, err.Error(), reading.CellLeftOut)
		return
	}
	means := meaningOf(column, code)
	if means.problem != "" {
		r.Find(r.treaty, at, means.problem, means.message, reading.CellLeftOut)
		return
	}
	if means.doubt != "" {
		r.Find(r.treaty, at, imports.ColumnAmbiguous, means.doubt, "read as "+string(means.kind))
	}
	if len(marks) > 0 {
		r.Find(r.treaty, at, imports.FootnoteKept,
			"the day has "+reading.FootnoteNote(marks)+"; its text is among the end notes", "kept as a note of the act")
	}
	if bracketed {
		r.Find(r.treaty, at, imports.WithdrawnBrackets, "the day stands in brackets: the act has lost its effect, on a day that the table does not tell",
			"the act is recorded; the withdrawal has to be recorded by itself")
	}
	r.count(who, means.kind, bracketed)
	act := domain.Action{Kind: means.kind, Date: day,
		Note: reading.JoinNotes(means.words, reading.FootnoteNote(slices.Concat(who.marks, marks)))}
	r.acts[who.name] = append(r.acts[who.name], act)
	r.Claim(r.treaty, at, who.name, act)
}

// count takes part in the checks: as the Collection counts, a definitive
// signature makes a party, and what stands in brackets counts no more.
func (r *reader) count(who rowName, kind domain.ActionKind, bracketed bool) {
	switch {
	case bracketed || who.withdrawn && kind.IsConsent():
	case kind.IsConsent():
		r.parties[who.name] = true
	case kind.IsSignature():
		r.signatories[who.name] = true
	}
}

var reNumber = regexp.MustCompile(`\d{1,6}`)

// readStatus holds the document's own numbers beside what was found.
func (r *reader) readStatus(root *element) {
	status := root.find("Status")
	if status == nil {
		return
	}
	for _, total := range []struct {
		element, what string
		found         int
	}{
		{"Signatories", "signatories", len(r.signatories)},
		{"Parties", "parties", len(r.parties)},
	} {
		e := status.find(total.element)
		if e == nil || e.words() == "" {
			continue
		}
		numbers := reNumber.FindAllString(e.words(), 2)
		if len(numbers) != 1 {
			r.Find(r.treaty, r.At(e.line, "ExternalData/Status/"+total.element, e.words()), imports.Unreadable,
				"one number expected", "the total was not compared")
			continue
		}
		says, err := strconv.Atoi(numbers[0])
		if err != nil {
			continue // six digits are always a number
		}
		t := r.Treaty(r.treaty)
		t.Checks = append(t.Checks, imports.Check{What: total.what, Says: says, Found: total.found})
	}
}

// sections hold texts without days.
var sections = []string{"Declarations", "Objections", "Notifications", "TerritorialApplications", "EndNotes"}

// readTexts reports every text that is kept out.
func (r *reader) readTexts(root *element) {
	for _, name := range sections {
		for _, section := range root.within(name) {
			r.readSection(section, name, "")
		}
	}
}

// readSection reports the texts of a section; participant is whose they are, as
// far as an element above says it.
func (r *reader) readSection(e *element, path, participant string) {
	if said := e.all("Participant"); len(said) == 1 {
		participant = said[0].words()
	}
	own := e.own()
	if own != "" {
		message := "an undated text"
		if participant != "" {
			message += " of " + reading.Excerpt(participant)
		}
		r.Find(r.treaty, r.At(e.line, path, own), imports.TextKeptOut, message+" is no act", reading.TextLeftOut)
	}
	for i, child := range e.children {
		if !strings.EqualFold(child.name, "Participant") {
			r.readSection(child, fmt.Sprintf("%s/%s[%d]", path, child.name, i+1), participant)
		}
	}
}
