package lang

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"

	"depositary/domain"
)

//go:embed messages/*.toml
var messageFiles embed.FS

// message is the forms of a message, by plural.Form; a form that the language
// does not have is nil. Most messages have only other.
type message struct {
	forms  [plural.Many + 1]template
	plural bool
}

// template is a message cut at its values once, as it is filled thousands of
// times for a page and text/template would reflect on each.
type template []part

// part is a text, and then a value where it has a name.
type part struct{ text, value string }

// readMessages reads the messages of a language, of every file messages/*.<tag>.toml
// and messages/<tag>.toml. The files are embedded and tested: what is wrong with
// them is a mistake of the build.
func readMessages(tag string) map[string]*message {
	messages := make(map[string]*message)
	files, _ := messageFiles.ReadDir("messages") // embedded: it is there
	for _, f := range files {
		if f.Name() == tag+".toml" || strings.HasSuffix(f.Name(), "."+tag+".toml") {
			readFile("messages/"+f.Name(), tag, messages)
		}
	}
	return messages
}

func readFile(path, tag string, messages map[string]*message) {
	data, err := messageFiles.ReadFile(path)
	if err != nil {
		panic(err)
	}
	file, err := i18n.ParseMessageFileBytes(data, "messages/"+tag+".toml", map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		panic(fmt.Errorf("%s: %w", path, err))
	}
	for _, m := range file.Messages {
		if _, twice := messages[m.ID]; twice {
			panic(fmt.Sprintf("%s: the message %s stands in another file too", path, m.ID))
		}
		messages[m.ID] = compile(m)
	}
}

func compile(m *i18n.Message) *message {
	var c message
	for form, text := range map[plural.Form]string{plural.Zero: m.Zero, plural.One: m.One, plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many, plural.Other: m.Other} {
		if text != "" {
			c.forms[form] = cut(text)
			c.plural = c.plural || form != plural.Other
		}
	}
	return &c
}

// cut cuts a text at its {{.values}}.
func cut(text string) (t template) {
	for {
		before, rest, found := strings.Cut(text, "{{.")
		value, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			return append(t, part{text: text})
		}
		t = append(t, part{before, strings.TrimSpace(value)})
		if text = after; text == "" {
			return t
		}
	}
}

// Has reports whether the language itself has the message, and does not fall back.
func (l *Language) Has(key string) bool {
	_, held := l.messages[key]
	return held
}

// Text returns a message. The args are pairs of a name and a value; a whole
// number named n chooses the plural form. Texts stand as they are, numbers,
// days and instants are written as the language writes them (so pass a year as
// a text). What is shown in English is English with its numbers, too.
//
// It never panics. For a key that no language has it returns the key
// itself, for a value that is missing its name in braces; Missing lists both.
func (l *Language) Text(key string, args ...any) string {
	m, held := l.messages[key]
	if !held && l.source != nil {
		text := l.source.Text(key, args...)
		if l.RightToLeft {
			// So that figures and stops stand where English has them (Unicode TR 9, 2.4).
			return isolate + text + endOfIsolate
		}
		return text
	}
	if !held {
		miss(key)
		return key
	}
	t := m.forms[plural.Other]
	if m.plural {
		if n, counted := count(args); counted {
			if form := m.forms[l.form(n)]; form != nil {
				t = form
			}
		}
	}
	if len(t) == 1 && t[0].value == "" {
		return t[0].text
	}
	return l.fill(key, t, args)
}

// Marks around a text that runs from left to right within one that does not.
const (
	isolate      = "\u2066"
	isolateFirst = "\u2068" // in the direction of its first letter
	endOfIsolate = "\u2069"
)

func (l *Language) fill(key string, t template, args []any) string {
	b := make([]byte, 0, 128)
	for _, p := range t {
		b = append(b, p.text...)
		if p.value == "" {
			continue
		}
		value, given := find(args, p.value)
		if !given {
			miss(key + " {" + p.value + "}")
			b = append(append(append(b, '{'), p.value...), '}')
			continue
		}
		b = l.appendIsolated(b, value)
	}
	return string(b)
}

// appendIsolated writes a value, in a language from right to left so that words of
// other scripts in it do not move what stands around them (Unicode TR 9, 2.4).
func (l *Language) appendIsolated(b []byte, value any) []byte {
	text, isText := value.(string)
	if !l.RightToLeft || !isText || !strings.ContainsFunc(text, unicode.IsLetter) {
		return l.appendValue(b, value)
	}
	return append(append(append(b, isolateFirst...), text...), endOfIsolate...)
}

func find(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if n, ok := args[i].(string); ok && n == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// count returns the number that chooses the form.
func count(args []any) (int64, bool) {
	n, given := find(args, "n")
	if !given {
		return 0, false
	}
	return whole(n)
}

func whole(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case uint32:
		return int64(v), true
	case uint64:
		return int64(v), true
	}
	return 0, false
}

// form returns the CLDR plural form of a whole number.
func (l *Language) form(n int64) plural.Form {
	const most = 10_000_000
	if n <= -most || n >= most { // the last digits decide, and that there are others
		n = most + max(n%most, -(n%most))
	}
	return plural.Cardinal.MatchPlural(l.tag, int(max(n, -n)), 0, 0, 0, 0)
}

func (l *Language) appendValue(b []byte, value any) []byte {
	if n, ok := whole(value); ok {
		return l.appendWhole(b, n)
	}
	switch v := value.(type) {
	case string:
		return append(b, v...)
	case float64:
		return l.appendNumber(b, v, -1)
	case domain.Date:
		return l.appendDay(b, v)
	case time.Time:
		return append(b, l.Instant(v)...)
	case fmt.Stringer:
		return append(b, v.String()...)
	}
	return fmt.Append(b, value)
}

// mostMissing bounds what Missing remembers, as keys may be made of data.
const mostMissing = 500

var (
	missing      sync.Map // of what was asked for and is not there
	missingCount atomic.Int32
)

func miss(what string) {
	if _, known := missing.Load(what); known || missingCount.Load() >= mostMissing {
		return
	}
	if _, known := missing.LoadOrStore(what, nil); !known {
		missingCount.Add(1)
	}
}

// Missing lists, sorted, what Text was asked for in this process and no
// language has: keys, and keys with the {value} that was not given. It
// remembers the first 500.
func Missing() []string {
	var all []string
	missing.Range(func(what, _ any) bool {
		all = append(all, what.(string))
		return true
	})
	slices.Sort(all)
	return all
}

// numeral returns the key of a numbered message, such as month.7.
func numeral(section string, n int) string { return section + "." + strconv.Itoa(n) }
