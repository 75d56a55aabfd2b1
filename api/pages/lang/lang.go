// Package lang is the languages of the pages: the six official languages of
// the United Nations. Every message of the pages for readers is in all six; those
// of the desk are in English, French and Spanish, and fall back to English elsewhere.
//
// # Messages
//
// The messages stand in messages/<tag>.toml, which go-i18n reads; English is
// the source. A key is page.thing (gap.headline, treaty-page.no-clauses); what
// many pages share has a section of its own (nav, head, status, action …). To
// add a message:
//
//  1. write it in en.toml, with {{.name}} where a value goes;
//  2. write it under the same key, with the same names, in the five other
//     languages; one of the desk (desk.…) in French and Spanish at least;
//  3. where a number decides the form, call it n and write the forms of each
//     language (one and other; in Arabic and Russian more).
//
// A section may not have a key named id, description, hash, zero, one, two,
// few, many or other, as these are go-i18n's own. Messages are plain text: the
// templates escape them, and the tests refuse markup.
//
// The words of the domain have their values as keys: status.party, action.accession,
// notice.treaty.in-force, group.WEOG. Titles of treaties (treaty.IV-13.title,
// and .name where there is a usual short one) are held for treaties of the
// catalogue whose titles in French and Spanish were certain: ask Has, and show
// the treaty's own title where it says no.
//
// Where a page needs to mark a text that is shown in English for want of its
// own language, it asks Has.
//
// # Digits
//
// Digits are 0 to 9 in every language. For Arabic the CLDR default is ٠ to ٩;
// the status tables of treaties, their article numbers and the document symbols
// are written with 0 to 9 in Arabic too, and a page that mixed the two could not
// be searched.
//
// # Names
//
// Participants' names come from CLDR (see NOTICE at the top), corrected to the
// forms of the United Nations by domain/names/corrections.csv, where each correction
// says what it rests on; package domain/names holds them.
//
// Everything here is immutable and safe for concurrent use.
package lang

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"depositary/domain"
	"depositary/domain/names"
)

// Language is one language of the pages.
type Language struct {
	Tag, Name   string // BCP 47; in itself: "français"
	RightToLeft bool
	Complete    bool // it has every message

	tag       language.Tag
	messages  map[string]*message
	source    *Language // English, where a message is not held; nil for English itself
	symbols   symbols
	dates     dates
	names     map[domain.ParticipantID][]names.Name
	collators *sync.Pool
}

// made lists the languages in the order of All.
var made = sync.OnceValue(func() []*Language {
	all := []*Language{
		{Tag: "en", Name: "English", Complete: true},
		{Tag: "fr", Name: "français", Complete: true},
		{Tag: "es", Name: "español", Complete: true},
		{Tag: "ar", Name: "العربية", RightToLeft: true},
		{Tag: "zh", Name: "中文"},
		{Tag: "ru", Name: "русский"},
	}
	for _, l := range all {
		l.tag = language.MustParse(l.Tag)
		l.symbols = symbolsOf[l.Tag]
		l.messages = readMessages(l.Tag)
		l.dates = datesOf(l)
		l.names = names.In(l.Tag)
		l.collators = &sync.Pool{New: func() any { return collate.New(l.tag) }}
		if l != all[0] {
			l.source = all[0]
		}
	}
	return all
})

// All lists the languages: English, French, Spanish, Arabic, Chinese, Russian.
func All() []*Language { return slices.Clone(made()) }

// English is the source of all messages and the language of the catalogue.
func English() *Language { return made()[0] }

// Find finds a language by its tag; case does not matter.
func Find(tag string) (*Language, bool) {
	for _, l := range made() {
		if strings.EqualFold(l.Tag, tag) {
			return l, true
		}
	}
	return nil, false
}

// mostAccepted bounds the header that Match reads; browsers send under 100 bytes.
const mostAccepted = 1000

var matcher = sync.OnceValue(func() language.Matcher {
	var tags []language.Tag
	for _, l := range made() {
		tags = append(tags, l.tag)
	}
	return language.NewMatcher(tags)
})

// Match returns the language that an Accept-Language header prefers, English
// where none matches. A language stands for its regional forms (fr-CA is
// French, zh-TW Chinese), but not for its neighbours: a reader of Ukrainian
// gets English and not Russian.
func Match(acceptLanguage string) *Language {
	if len(acceptLanguage) > mostAccepted {
		return English()
	}
	wanted, weights, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return English()
	}
	for i, tag := range wanted {
		if weights[i] <= 0 {
			continue
		}
		_, at, confidence := matcher().Match(tag)
		if confidence >= language.High || sameBase(tag, made()[at].tag) {
			return made()[at]
		}
	}
	return English()
}

func sameBase(a, b language.Tag) bool {
	base, sure := a.Base()
	other, _ := b.Base()
	return sure == language.Exact && base == other
}

// Compare orders two texts as the language sorts them: below 0 where a comes
// before b. Spelling decides first, then accents, then case.
func (l *Language) Compare(a, b string) int {
	c := l.collators.Get().(*collate.Collator) // a Collator is not safe for concurrent use
	defer l.collators.Put(c)
	return c.CompareString(a, b)
}
