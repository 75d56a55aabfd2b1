package untc

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
)

// Bounds of a document. One of the United Nations has a depth of nine.
const (
	maxDepth    = 32
	maxElements = 200_000
	maxTag      = 8 << 10 // bytes of one tag
	maxLabel    = 1 << 10 // bytes of a heading that are looked at
)

// element is one element of the document. Inline markup is not an element of
// its own: it stands as tags in the text.
type element struct {
	name     string
	line     int
	text     strings.Builder
	attrs    []xml.Attr
	children []*element
}

// inline is markup within a text, where it was not escaped.
var inline = map[string]bool{
	"sup": true, "superscript": true, "sub": true, "subscript": true, "i": true, "b": true, "u": true, "em": true, "strong": true,
	"br": true, "p": true, "font": true, "span": true, "a": true, "italic": true, "bold": true, "right": true, "center": true,
}

// parse reads the document into a tree. It refuses what has more depth, more
// elements or longer tags than any table of participants, and every document
// type definition, so that no entity is ever declared.
func parse(source imports.Source, text string) (*element, error) {
	if err := checkTags(source, text); err != nil {
		return nil, err
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Entity = xml.HTMLEntity
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &element{}
	open := []*element{root}
	elements, marks := 0, 0 // marks counts the inline markup that is open
	for {
		line, _ := decoder.InputPos()
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, reading.Refuse(source, lineOf(err, line), imports.Unreadable,
				"the markup is broken from here on, as in a file that was cut off: "+explain(err), accepted)
		}
		within := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			elements++
			inMark := inline[strings.ToLower(t.Name.Local)]
			if inMark {
				marks++
			}
			if elements > maxElements || len(open)+marks > maxDepth {
				return nil, reading.Refuse(source, line, imports.TooLarge,
					fmt.Sprintf("the document has more than %d elements, or more than %d within each other", maxElements, maxDepth), accepted)
			}
			if inMark {
				within.text.WriteString("<" + strings.ToLower(t.Name.Local) + ">")
				continue
			}
			child := &element{name: t.Name.Local, line: line, attrs: t.Copy().Attr}
			within.children = append(within.children, child)
			open = append(open, child)
		case xml.EndElement:
			if inline[strings.ToLower(t.Name.Local)] {
				marks--
				within.text.WriteString("</" + strings.ToLower(t.Name.Local) + ">")
				continue
			}
			open = open[:len(open)-1]
		case xml.CharData:
			within.text.Write(t)
		}
	}
	if len(root.children) != 1 {
		return nil, reading.Refuse(source, 1, imports.NotThisFormat, "the file is no XML document with one element at its root", accepted)
	}
	return root.children[0], nil
}

func lineOf(err error, line int) int {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Line
	}
	return line
}

func explain(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return reading.Excerpt(syntax.Msg)
	}
	return reading.Excerpt(err.Error())
}

// checkTags goes over the document before it is parsed, because a parser holds
// the whole of a tag, with all its attributes, at once.
func checkTags(source imports.Source, text string) error {
	refuse := func(at int, code imports.Code, message string) error {
		return reading.Refuse(source, 1+strings.Count(text[:at], "\n"), code, message, accepted)
	}
	for at := 0; ; {
		next := strings.IndexByte(text[at:], '<')
		if next < 0 {
			return nil
		}
		at += next
		rest := text[at:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			at += endOf(rest, "-->")
		case strings.HasPrefix(rest, "<![CDATA["):
			at += endOf(rest, "]]>")
		case strings.HasPrefix(rest, "<!"):
			return refuse(at, imports.Unreadable, "the document declares a document type or entities, which a status table does not need and which can be made to harm")
		default:
			length := tagLength(rest)
			if length < 0 {
				return refuse(at, imports.TooLarge, fmt.Sprintf("a tag has more than %d bytes, or no end", maxTag))
			}
			at += length
		}
	}
}

func endOf(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}

// tagLength returns the bytes of the tag with which the text begins, or -1. A >
// within quotes does not end it.
func tagLength(text string) int {
	quote := byte(0)
	for i := 0; i < min(len(text), maxTag); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return -1
}

// find returns the first element of that name within e, in the order of the document.
func (e *element) find(name string) *element {
	for _, child := range e.children {
		if strings.EqualFold(child.name, name) {
			return child
		}
		if found := child.find(name); found != nil {
			return found
		}
	}
	return nil
}

// all returns the children of that name.
func (e *element) all(name string) (children []*element) {
	for _, child := range e.children {
		if strings.EqualFold(child.name, name) {
			children = append(children, child)
		}
	}
	return children
}

// within returns all elements of that name at any depth; it does not look for
// further ones within those.
func (e *element) within(name string) (found []*element) {
	for _, child := range e.children {
		if strings.EqualFold(child.name, name) {
			found = append(found, child)
		} else {
			found = append(found, child.within(name)...)
		}
	}
	return found
}

// words returns the text of the element without markup, as far as raw returns it.
func (e *element) words() string {
	plain, _ := reading.Footnotes(e.raw())
	return plain
}

// raw returns the text of the element and of all within it, up to the length of
// the longest line; tooLong reports whether there is more.
func (e *element) raw() string {
	var all strings.Builder
	e.write(&all)
	return all.String()[:min(all.Len(), reading.MaxLine)]
}

func (e *element) tooLong() bool {
	var all strings.Builder
	e.write(&all)
	return all.Len() > reading.MaxLine
}

// write stops once it has written more than raw returns.
func (e *element) write(to *strings.Builder) {
	text := e.text.String()
	to.WriteString(text[:min(len(text), reading.MaxLine+1)])
	for _, child := range e.children {
		if to.Len() > reading.MaxLine {
			return
		}
		to.WriteByte(' ')
		child.write(to)
	}
}

// own returns the beginning of the text that stands in the element itself.
func (e *element) own() string {
	text := e.text.String()
	plain, _ := reading.Footnotes(text[:min(len(text), reading.MaxLine)])
	return plain
}

// speaks reports whether there is any text in the element or within it.
func (e *element) speaks() bool {
	return strings.TrimSpace(e.text.String()) != "" || slices.ContainsFunc(e.children, (*element).speaks)
}

var reEncoding = regexp.MustCompile(`^\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']`)

// Encodings by what they say of the bytes.
var (
	unicodeNames    = []string{"", "utf-8", "utf8", "utf-16", "us-ascii", "ascii"}
	singleByteNames = []string{"iso-8859-1", "latin1", "windows-1252", "cp1252"}
)

// declaredEncoding returns the encoding that the document declares, in small
// letters, or an error for one that is not converted.
func declaredEncoding(source imports.Source, text string) (string, error) {
	m := reEncoding.FindStringSubmatch(text[:min(len(text), 1024)])
	if m == nil {
		return "", nil
	}
	name := strings.ToLower(m[1])
	if slices.Contains(unicodeNames, name) || slices.Contains(singleByteNames, name) {
		return name, nil
	}
	return "", reading.Refuse(source, 1, imports.Unreadable, "the document is in the encoding "+m[1]+", which is not converted",
		"UTF-8, UTF-16, ISO-8859-1 or Windows-1252")
}
