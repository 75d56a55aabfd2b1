package lang

import (
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/projections/model"
	"depositary/projections/notices"
)

func lang(t testing.TB, tag string) *Language {
	t.Helper()
	l, ok := Find(tag)
	require.True(t, ok, tag)
	return l
}

func keys(l *Language) []string { return slices.Sorted(maps.Keys(l.messages)) }

func TestCompleteLanguagesHaveEveryKey(t *testing.T) {
	for _, l := range All() {
		for _, key := range keys(l) {
			require.True(t, English().Has(key), "%s has %s, which English has not", l.Tag, key)
		}
		if l.Complete {
			require.Equal(t, keys(English()), keys(l), l.Tag)
		}
	}
}

// titleOrName is the key of a treaty's title, which a language has where the title
// in it was certain, or of its usual short name.
var titleOrName = regexp.MustCompile(`^treaty\.[^.]+\.(title|name)$`)

// Every message of the pages for readers is in all six languages; the desk may be
// in fewer.
func TestEveryMessageIsInSixLanguages(t *testing.T) {
	for _, l := range All() {
		var lacking []string
		for _, key := range keys(English()) {
			if !l.Has(key) && !strings.HasPrefix(key, "desk.") && !titleOrName.MatchString(key) {
				lacking = append(lacking, key)
			}
		}
		require.Empty(t, lacking, l.Tag)
		for _, id := range []string{"IV-2", "IV-3", "IV-4", "IV-8", "IV-9", "IV-11", "IV-13", "IV-15", "IV-16", "V-2", "XVIII-12-a", "XVIII-12-b", "C097", "C143", "C189"} {
			require.True(t, l.Has("treaty."+id+".title"), "%s has no title of %s", l.Tag, id)
		}
	}
}

func values(m *message) map[string]bool {
	all := map[string]bool{}
	for _, form := range m.forms {
		for _, p := range form {
			if p.value != "" {
				all[p.value] = true
			}
		}
	}
	return all
}

func TestMessagesHaveTheValuesOfEnglish(t *testing.T) {
	for _, l := range All() {
		for key, m := range l.messages {
			require.Equal(t, values(English().messages[key]), values(m), "%s %s", l.Tag, key)
		}
	}
}

func TestMessagesAreWrittenCleanly(t *testing.T) {
	for _, l := range All() {
		for key, m := range l.messages {
			require.NotEmpty(t, m.forms[plural.Other], "%s %s has no form other", l.Tag, key)
			for _, form := range m.forms {
				for _, p := range form {
					require.NotRegexp(t, `[<>&]|\{|\}`, p.text, "%s %s: a message is plain text", l.Tag, key)
					require.Regexp(t, `^([a-z][a-zA-Z]*)?$`, p.value, "%s %s", l.Tag, key)
					require.NotContains(t, p.text, "  ", "%s %s", l.Tag, key)
					require.NotContains(t, p.text, "’", "%s %s: the straight apostrophe is used throughout", l.Tag, key)
				}
			}
		}
	}
}

// formsOf lists the plural forms that a language needs for whole numbers that a
// page can show.
var formsOf = map[string][]plural.Form{
	"en": {plural.One, plural.Other}, "fr": {plural.One, plural.Other}, "es": {plural.One, plural.Other},
	"ar": {plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other},
	"zh": {plural.Other}, "ru": {plural.One, plural.Few, plural.Many, plural.Other},
}

func TestPluralMessagesHaveTheFormsOfTheirLanguage(t *testing.T) {
	for _, l := range All() {
		for key, m := range l.messages {
			if !English().messages[key].plural {
				require.False(t, m.plural, "%s %s", l.Tag, key)
				continue
			}
			for _, form := range formsOf[l.Tag] {
				require.NotNil(t, m.forms[form], "%s %s lacks form %d", l.Tag, key, form)
			}
		}
	}
}

func words[T ~string](kinds []T) (all []string) {
	for _, k := range kinds {
		all = append(all, string(k))
	}
	return all
}

func enum[T any](t *testing.T, field string) []string {
	t.Helper()
	f, ok := reflect.TypeFor[T]().FieldByName(field)
	require.True(t, ok)
	require.NotEmpty(t, f.Tag.Get("enum"))
	return strings.Split(f.Tag.Get("enum"), ",")
}

func TestEveryKindHasItsWord(t *testing.T) {
	c, err := catalogue.Load()
	require.NoError(t, err)
	var groups, verifications []string
	verified := func(a domain.Attestation) {
		word, _, _ := strings.Cut(a.Verification, ": also ") // the name of the second source follows
		verifications = append(verifications, word)
	}
	for _, g := range c.Groups {
		groups = append(groups, string(g.ID))
		verified(g.Attestation)
	}
	for _, p := range c.Participants {
		verified(p.Attestation)
	}
	for _, tr := range c.Treaties {
		verified(tr.Attestation)
	}
	for _, acts := range c.Actions {
		for _, a := range acts.Actions {
			verified(a.Provenance.Attestation)
		}
	}
	statuses := []domain.Status{domain.NoAction, domain.Signatory, domain.Contracting, domain.Party, domain.WithdrawalNotified, domain.FormerParty, domain.Extinct, domain.NotKnown, domain.SignedAtLeast}
	entries := []domain.EntryStatus{domain.EntryUnknown, domain.EntryNotMet, domain.EntryMet, domain.EntryInForce}
	participants := []domain.ParticipantKind{domain.KindState, domain.KindREIO, domain.KindOrganization, domain.KindTerritory}
	for section, all := range map[string][]string{
		"status":       words(statuses),
		"action":       words(domain.ActionKinds()),
		"statement":    enum[model.StatementStanding](t, "State"),
		"provision":    enum[model.RelationEffect](t, "Effect"),
		"notice":       words(notices.Kinds()),
		"change":       words(notices.ChangeKinds()),
		"entry":        words(entries),
		"record":       enum[notices.ChangeCause](t, "Op"),
		"kind":         words(participants),
		"group":        groups,
		"verification": slices.DeleteFunc(verifications, func(v string) bool { return v == "" }),
	} {
		require.NotEmpty(t, all, section)
		for _, word := range all {
			for _, l := range All() {
				require.True(t, l.Has(section+"."+word), "%s has no %s.%s", l.Tag, section, word)
			}
		}
	}
}

func TestFrameIsInAllLanguages(t *testing.T) {
	for _, key := range keys(English()) {
		section, _, _ := strings.Cut(key, ".")
		if slices.Contains([]string{"nav", "axes", "head", "count", "month", "date"}, section) {
			for _, l := range All() {
				require.True(t, l.Has(key), "%s %s", l.Tag, key)
			}
		}
	}
}

func TestTitlesAreTheCatalogues(t *testing.T) {
	c, err := catalogue.Load()
	require.NoError(t, err)
	titles := map[string]string{}
	var without []domain.TreatyID
	for _, tr := range c.Treaties {
		key := "treaty." + string(tr.ID) + ".title"
		titles[key] = tr.Title
		if !English().Has(key) {
			without = append(without, tr.ID)
		}
	}
	for _, key := range keys(English()) {
		if strings.HasPrefix(key, "treaty.") && strings.HasSuffix(key, ".title") {
			require.Equal(t, titles[key], English().Text(key), key)
		}
	}
	require.Empty(t, without, "treaties whose titles are in English only")
	for _, l := range All()[:3] { // English, French and Spanish
		for key := range titles {
			require.True(t, l.Has(key), "%s has no title of %s", l.Tag, key)
		}
	}
}

// counting returns the language with one more message, count.parties, which
// is not shown anywhere: it has the forms of the language.
func counting(t *testing.T, tag string) *Language {
	l := *lang(t, tag)
	l.messages = maps.Clone(l.messages)
	l.messages["count.parties"] = compile(map[string]*i18n.Message{
		"en": {One: "{{.n}} party", Other: "{{.n}} parties"},
		"fr": {One: "{{.n}} partie", Other: "{{.n}} parties"},
		"ru": {One: "{{.n}} участник", Few: "{{.n}} участника", Many: "{{.n}} участников", Other: "{{.n}} участника"},
		"zh": {Other: "{{.n}}个当事方"},
		"es": {One: "{{.n}} parte", Other: "{{.n}} partes"},
		"ar": {Zero: "لا أطراف", One: "طرف واحد", Two: "طرفان", Few: "{{.n}} أطراف", Many: "{{.n}} طرفاً", Other: "{{.n}} طرف"},
	}[tag])
	return &l
}

func TestText(t *testing.T) {
	en, fr, ar, zh := counting(t, "en"), counting(t, "fr"), lang(t, "ar"), counting(t, "zh")
	require.Equal(t, "adhésion", fr.Text("action.accession"))
	require.Equal(t, "1 party", en.Text("count.parties", "n", 1))
	require.Equal(t, "0 partie", fr.Text("count.parties", "n", 0))
	require.Equal(t, "12\u202f345 parties", fr.Text("count.parties", "n", 12345))
	require.Equal(t, "2 parties", en.Text("count.parties", "n", int64(2), "unused", "x"))
	require.Equal(t, "59个当事方", zh.Text("count.parties", "n", 59))
	require.Equal(t, "\u2066Migrant Workers Convention\u2069", ar.Text("treaty.IV-13.name"), "falls back, from left to right")
	require.Equal(t, "Migrant Workers Convention", zh.Text("treaty.IV-13.name"))
	require.False(t, ar.Has("treaty.IV-13.name"))
	require.True(t, fr.Has("treaty.IV-13.name"))
}

func TestTextNeverPanics(t *testing.T) {
	fr := counting(t, "fr")
	require.Equal(t, "no.such.key", fr.Text("no.such.key", "n", 3))
	require.Equal(t, "{n} parties", fr.Text("count.parties"))
	require.Equal(t, "{n} parties", fr.Text("count.parties", "n"))
	require.Equal(t, "{n} parties", fr.Text("count.parties", 7, "n"))
	require.Equal(t, "x parties", fr.Text("count.parties", "n", "x"))
	require.Equal(t, "<nil> parties", fr.Text("count.parties", "n", nil))
	require.NotEmpty(t, fr.Text("count.parties", "n", int64(math.MinInt64)))
	require.Contains(t, Missing(), "no.such.key")
	require.Contains(t, Missing(), "count.parties {n}")
}

func TestValuesAreWrittenAsTheLanguageDoes(t *testing.T) {
	fr := lang(t, "fr")
	day := domain.MustDate("2003-07-01")
	filled := func(v any) string { return fr.fill("key", template{{value: "v"}}, []any{"v", v}) }
	require.Equal(t, "1er juillet 2003", filled(day))
	require.Equal(t, "4,51", filled(4.51))
	require.Equal(t, "1\u202f000", filled(uint64(1000)))
	require.Equal(t, "24 novembre 2026 à 03:41 UTC", filled(time.Date(2026, 11, 24, 3, 41, 0, 0, time.UTC)))
	require.Equal(t, "812.1", filled(domain.RecordID{Position: 812, N: 1}))
	require.Equal(t, "party", filled(domain.Party))
}

func TestPlurals(t *testing.T) {
	for tag, texts := range map[string]map[int]string{
		"ar": {0: "لا أطراف", 1: "طرف واحد", 2: "طرفان", 3: "3 أطراف", 10: "10 أطراف", 11: "11 طرفاً", 99: "99 طرفاً", 100: "100 طرف", 102: "102 طرف", 103: "103 أطراف"},
		"ru": {0: "0 участников", 1: "1 участник", 2: "2 участника", 5: "5 участников", 11: "11 участников", 21: "21 участник", 22: "22 участника", 59: "59 участников", 111: "111 участников"},
		"fr": {0: "0 partie", 1: "1 partie", 2: "2 parties"},
		"es": {0: "0 partes", 1: "1 parte", 2: "2 partes"},
	} {
		for n, text := range texts {
			require.Equal(t, text, counting(t, tag).Text("count.parties", "n", n))
		}
	}
}

// go-i18n itself, with its text/template, says the same; it is only slower.
func TestTextAgreesWithGoI18n(t *testing.T) {
	for _, l := range All() {
		bundle := i18n.NewBundle(language.English)
		bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
		files, err := messageFiles.ReadDir("messages")
		require.NoError(t, err)
		for _, f := range files {
			if strings.HasSuffix("."+f.Name(), "."+l.Tag+".toml") {
				data, err := messageFiles.ReadFile("messages/" + f.Name())
				require.NoError(t, err)
				_, err = bundle.ParseMessageFileBytes(data, "messages/"+l.Tag+".toml")
				require.NoError(t, err)
			}
		}
		localizer := i18n.NewLocalizer(bundle, l.Tag)
		for key, m := range l.messages {
			for _, n := range []int{0, 1, 2, 3, 10, 11, 21, 100, 101, 102, 111, 112, 1_001, 10_011} {
				values, args := map[string]any{"n": l.Whole(int64(n))}, []any{"n", n}
				for _, form := range m.forms {
					for _, p := range form {
						if p.value != "" && values[p.value] == nil {
							values[p.value], args = "the "+p.value, append(args, p.value, "the "+p.value)
						}
					}
				}
				config := i18n.LocalizeConfig{MessageID: key, TemplateData: values}
				if m.plural {
					config.PluralCount = n
				}
				want, err := localizer.Localize(&config)
				require.NoError(t, err, "%s %s", l.Tag, key)
				text := strings.NewReplacer(isolateFirst, "", endOfIsolate, "").Replace(l.Text(key, args...))
				require.Equal(t, want, text, "%s %s %d", l.Tag, key, n)
				if !m.plural {
					break
				}
			}
		}
	}
}

func TestLanguagesAreSafeForConcurrentUse(t *testing.T) {
	day := domain.MustDate("2003-07-01")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 200 {
				for _, l := range All() {
					_ = l.Text("count.parties", "n", i)
					_ = l.Text("no.such.key." + string(rune('a'+i%26)))
					_ = l.Day(day) + l.Whole(int64(i)) + l.Participant("TUR", day, "Turkey")
					_ = l.Compare("é", "f")
					_ = Match("fr-CH, ru;q=0.5")
				}
			}
		})
	}
	group.Wait()
	require.LessOrEqual(t, len(Missing()), mostMissing)
}

// written keeps what benchmarks write, so that it is allocated as on a page.
var written string

func BenchmarkText(b *testing.B) {
	fr := lang(b, "fr")
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			written = fr.Text("action.accession")
		}
	})
	b.Run("plural", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			written = fr.Text("count.parties", "n", 59)
		}
	})
}
