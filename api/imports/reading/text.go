package reading

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	textunicode "golang.org/x/text/encoding/unicode"

	"depositary/api/imports"
)

// Bounds of what is taken in. A table of participants stays far below them.
const (
	MaxFile     = 32 << 20 // bytes of a file
	MaxLine     = 64 << 10 // bytes of a line, or of one record that goes over several
	MaxRows     = 200_000  // records of a file
	MaxColumns  = 100      // cells of a record
	MaxFindings = 20_000   // findings about one file; beyond them it is refused as a whole
	excerpt     = 400      // characters of a cell that a finding shows
)

// Text returns the content as UTF-8, and whether it had to be converted from
// another encoding than it should have. A byte order mark decides; bytes that
// are valid UTF-8 are UTF-8; all others are Windows-1252, of which ISO-8859-1
// is the printable part. A file in which both occur is refused: whichever is
// chosen, half of its names would be wrong.
func Text(source imports.Source, content []byte) (text string, converted bool, err error) {
	if len(content) > MaxFile {
		return "", false, Refuse(source, 0, imports.TooLarge,
			fmt.Sprintf("the file has %d bytes, a table of participants has at most %d", len(content), MaxFile), "a file of at most 32 MiB")
	}
	if isSpreadsheet(content) {
		text, err = spreadsheet(source, content)
		return text, false, err
	}
	switch {
	case bytes.HasPrefix(content, []byte{0xEF, 0xBB, 0xBF}):
		content = content[3:]
		if !utf8.Valid(content) {
			return "", false, notUTF8(source, content)
		}
	case bytes.HasPrefix(content, []byte{0xFF, 0xFE}), bytes.HasPrefix(content, []byte{0xFE, 0xFF}):
		decoder := textunicode.UTF16(textunicode.LittleEndian, textunicode.ExpectBOM).NewDecoder()
		if content, err = decoder.Bytes(content); err != nil {
			return "", false, Refuse(source, 1, imports.Unreadable, "its byte order mark says UTF-16, which the file is not", "a table in UTF-8")
		}
	case !utf8.Valid(content):
		if hasUTF8Letters(content) {
			return "", false, notUTF8(source, content)
		}
		if content, err = charmap.Windows1252.NewDecoder().Bytes(content); err != nil {
			return "", false, notUTF8(source, content)
		}
		converted = true
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return "", false, Refuse(source, 0, imports.NotThisFormat, "the file is empty", "a table with at least one line")
	}
	return string(content), converted, nil
}

func notUTF8(source imports.Source, content []byte) error {
	valid := bytes.ToValidUTF8(content, []byte{0})
	line := 1 + bytes.Count(valid[:max(0, bytes.IndexByte(valid, 0))], []byte("\n"))
	return Refuse(source, line, imports.Unreadable,
		"the file mixes UTF-8 with another encoding, so that its names cannot be known", "the same table in UTF-8 throughout")
}

// hasUTF8Letters reports whether letters beyond ASCII are encoded as UTF-8
// somewhere. In text of a single-byte encoding that happens by chance only.
func hasUTF8Letters(content []byte) bool {
	for len(content) > 0 {
		r, size := utf8.DecodeRune(content)
		if size > 1 && r != utf8.RuneError {
			return true
		}
		content = content[size:]
	}
	return false
}

// reHTML looks at how a document begins: other markup has elements of the same
// names further in.
var reHTML = regexp.MustCompile(`(?is)^\s*(?:<\?xml.*?\?>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|(?:html|head|body|script|meta|title|div|h1|p)[\s/>])`)

// IsHTML recognises a page for people, such as the notice of maintenance that
// arrives in place of a table.
func IsHTML(text string) bool {
	return reHTML.MatchString(text[:min(len(text), MaxLine)])
}

// Plain returns the text of a file that may not be a page for people to read.
func Plain(source imports.Source, content []byte, accepted string) (text string, converted bool, err error) {
	if text, converted, err = Text(source, content); err == nil {
		err = RefuseHTML(source, text, accepted)
	}
	return text, converted, err
}

// RefuseHTML returns the error for a page in place of a table, or nil.
func RefuseHTML(source imports.Source, text, accepted string) error {
	if !IsHTML(text) {
		return nil
	}
	return Refuse(source, 1, imports.NotThisFormat,
		"this is a page for people to read (HTML), such as a notice of maintenance, and not the table", accepted)
}

// Refuse returns the error for a file of which nothing is taken in.
func Refuse(source imports.Source, line int, code imports.Code, message, accepted string) error {
	return &imports.FileError{
		Finding: imports.Finding{
			Place:   imports.Place{File: source.File, Line: line},
			Code:    code,
			Message: message,
			Done:    "nothing of the file was imported",
		},
		Accepted: accepted,
	}
}

// Squeeze returns the text with every run of blanks, tabs, line ends and
// non-breaking blanks as one blank, and without characters of no width.
func Squeeze(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch r {
		case '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u00AD':
			return -1
		}
		return r
	}, text)), " ")
}

// Excerpt shortens a text to what a finding shows of it.
func Excerpt(text string) string {
	n := 0
	for i := range text {
		if n++; n > excerpt {
			return strings.Clone(text[:i]) + "…"
		}
	}
	return text
}

// HasControls reports whether the text holds NUL or another character that no
// table has: a sign of a damaged file.
func HasControls(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
	})
}

// maxName is longer than the name of any State or organization.
const maxName = 150

// NameProblem says why the text cannot be the name or the code of a
// participant, or nothing where it can.
func NameProblem(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case text == "":
		return "the row names no participant"
	case HasControls(text):
		return "the name holds characters that no text has, as in a damaged file"
	case strings.ContainsRune("=+-@", first):
		return "this is a formula of a spreadsheet and not the name of a participant"
	case !unicode.IsLetter(first):
		return "the name of a participant begins with a letter"
	case utf8.RuneCountInString(text) > maxName:
		return fmt.Sprintf("no participant has a name of more than %d characters", maxName)
	case strings.ContainsAny(text, "<>{}|\\"):
		return "the name holds characters of markup or of a program"
	}
	return ""
}
