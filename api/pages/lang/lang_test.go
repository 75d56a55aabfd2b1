package lang

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
	xmessage "golang.org/x/text/message"
	"golang.org/x/text/number"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/domain/names"
)

func TestAll(t *testing.T) {
	var tags []string
	for _, l := range All() {
		tags = append(tags, l.Tag)
		require.NotEmpty(t, l.Name)
		require.Equal(t, l.Tag == "ar", l.RightToLeft)
		require.Equal(t, slices.Contains([]string{"en", "fr", "es"}, l.Tag), l.Complete)
		found, ok := Find(strings.ToUpper(l.Tag))
		require.True(t, ok)
		require.Same(t, l, found)
	}
	require.Equal(t, []string{"en", "fr", "es", "ar", "zh", "ru"}, tags)
	_, ok := Find("de")
	require.False(t, ok)
	All()[0] = nil // a copy
	require.NotNil(t, English())
}

func TestMatch(t *testing.T) {
	for accept, tag := range map[string]string{
		"":                                  "en",
		"*":                                 "en",
		"fr":                                "fr",
		"fr-CH, fr;q=0.9, en;q=0.8":         "fr",
		"FR-ca":                             "fr",
		"de, es;q=0.3":                      "es",
		"de-DE,de;q=0.9":                    "en",
		"pt-BR, pt;q=0.9, es;q=0.5":         "es",
		"uk":                                "en",
		"uk, ru;q=0.4":                      "ru",
		"zh-TW":                             "zh",
		"zh-Hans-CN, en;q=0.1":              "zh",
		"ar-EG":                             "ar",
		"ru-RU, en;q=0.9":                   "ru",
		"en-GB, fr;q=0.9":                   "en",
		"en;q=0.5, es-419;q=0.8":            "es",
		"fr;q=0, es":                        "es",
		"fr;q=0":                            "en",
		"not a header \x00":                 "en",
		";;;,,,":                            "en",
		strings.Repeat("fr-CA,", 10_000):    "en",
		"x-private, und, art-lojban, es-AR": "es",
	} {
		require.Equal(t, tag, Match(accept).Tag, "%.60q", accept)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5")
	f.Fuzz(func(t *testing.T, accept string) { require.NotNil(t, Match(accept)) })
}

func TestNumbers(t *testing.T) {
	type texts struct{ number, percent, whole, thousand, negative string }
	for tag, want := range map[string]texts{
		"en": {"4.51", "12.30%", "280,598,105", "1,234", "-1,234.5"},
		"fr": {"4,51", "12,30\u202f%", "280\u202f598\u202f105", "1\u202f234", "-1\u202f234,5"},
		"es": {"4,51", "12,30\u00a0%", "280.598.105", "1234", "-1234,5"},
		"ar": {"4.51", "12.30\u200e%\u200e", "280,598,105", "1,234", "\u200e-1,234.5"},
		"zh": {"4.51", "12.30%", "280,598,105", "1,234", "-1,234.5"},
		"ru": {"4,51", "12,30\u00a0%", "280\u00a0598\u00a0105", "1\u00a0234", "-1\u00a0234,5"},
	} {
		l := lang(t, tag)
		require.Equal(t, want, texts{l.Number(4.51, 2), l.Percent(12.3, 2), l.Whole(280_598_105), l.Whole(1234), l.Number(-1234.5, -1)}, tag)
	}
	en := English()
	require.Equal(t, "0.00", en.Number(-0.001, 2))
	require.Equal(t, "5", en.Number(4.51, 0))
	require.Equal(t, "12,345", lang(t, "en").Number(12345, 0))
	require.Equal(t, "12.345", lang(t, "es").Whole(12345))
	require.Equal(t, "-9,223,372,036,854,775,808", en.Whole(-1<<63))
	require.Equal(t, "–", en.Number(0/func() float64 { return 0 }(), 2))
	require.Equal(t, "0", en.Whole(0))
}

// x/text is the older CLDR: it knows no narrow space, and no Spanish 1234.
func TestNumbersAgreeWithXText(t *testing.T) {
	ours := strings.NewReplacer(narrowNoBreak, noBreak)
	for _, l := range All() {
		printer := xmessage.NewPrinter(language.MustParse(l.Tag + "-u-nu-latn"))
		for _, v := range []float64{0, 1, 0.5, 4.51, 999.99, 12345.67, 280598105, -12345.6} {
			require.Equal(t, printer.Sprint(number.Decimal(v, number.Scale(2))), ours.Replace(l.Number(v, 2)), "%s %v", l.Tag, v)
			require.Equal(t, printer.Sprint(number.Percent(v/100, number.Scale(2))), ours.Replace(l.Percent(v, 2)), "%s %v", l.Tag, v)
		}
	}
}

func TestDates(t *testing.T) {
	type texts struct{ first, day, short, month, instant string }
	for tag, want := range map[string]texts{
		"en": {"1 July 2003", "18 December 1990", "18 Dec 1990", "July 2003", "24 November 2026, 03:41 UTC"},
		"fr": {"1er juillet 2003", "18 décembre 1990", "18 déc. 1990", "juillet 2003", "24 novembre 2026 à 03:41 UTC"},
		"es": {"1 de julio de 2003", "18 de diciembre de 1990", "18 dic 1990", "julio de 2003", "24 de noviembre de 2026, 03:41 UTC"},
		"ar": {"1 تموز/يوليه 2003", "18 كانون الأول/ديسمبر 1990", "18 ديسمبر 1990", "تموز/يوليه 2003", "24 تشرين الثاني/نوفمبر 2026، 03:41 UTC"},
		"zh": {"2003年7月1日", "1990年12月18日", "1990年12月18日", "2003年7月", "2026年11月24日 03:41 UTC"},
		"ru": {"1 июля 2003\u00a0г.", "18 декабря 1990\u00a0г.", "18 дек. 1990", "июль 2003\u00a0г.", "24 ноября 2026\u00a0г., 03:41 UTC"},
	} {
		l := lang(t, tag)
		first, day := domain.MustDate("2003-07-01"), domain.MustDate("1990-12-18")
		instant := time.Date(2026, 11, 24, 4, 41, 59, 0, time.FixedZone("", 3600))
		require.Equal(t, want, texts{l.Day(first), l.Day(day), l.ShortDay(day), l.Month(first), l.Instant(instant)}, tag)
		require.Empty(t, l.Day(domain.Date{})+l.ShortDay(domain.Date{})+l.Month(domain.Date{})+l.Instant(time.Time{}))
	}
	require.Equal(t, "1er juil. 2003", lang(t, "fr").ShortDay(domain.MustDate("2003-07-01")))
	for day := domain.MustDate("2003-01-01"); day.Year() == 2003; day = day.AddDays(1) {
		require.Equal(t, day.Long(), English().Day(day), "as the domain writes it")
	}
}

func TestCompare(t *testing.T) {
	for tag, sorted := range map[string][]string{
		"en": {"Austria", "Côte d'Ivoire", "Cyprus", "Zambia"},
		"fr": {"Égypte", "El Salvador", "Émirats arabes unis", "Équateur", "Érythrée", "Espagne"},
		"es": {"Níger", "Nigeria", "Noruega"},
		"ar": {"ألبانيا", "بلجيكا", "مصر"},
		"zh": {"阿富汗", "德国", "法国", "墨西哥", "中国"}, // by pinyin
		"ru": {"Австрия", "Германия", "Япония"},
	} {
		l := lang(t, tag)
		require.True(t, slices.IsSortedFunc(sorted, l.Compare), "%s %v", tag, slices.SortedFunc(slices.Values(sorted), l.Compare))
		require.Zero(t, l.Compare(sorted[0], sorted[0]))
	}
}

// namesNotHeld are former names for which no form of the United Nations was
// known with certainty; the pages show them in English.
var namesNotHeld = map[string][]string{
	"fr": {"MYS Federation of Malaya"},
	"ar": {"BLR Byelorussian Soviet Socialist Republic", "MYS Federation of Malaya", "TZA United Republic of Tanganyika and Zanzibar", "YMD Southern Yemen"},
	"ru": {"TZA United Republic of Tanganyika and Zanzibar"},
}

func TestEveryParticipantHasItsNames(t *testing.T) {
	c, err := catalogue.Load()
	require.NoError(t, err)
	for _, l := range All()[1:] {
		held := 0
		var without []string
		for _, p := range c.Participants {
			if p.Kind == domain.KindTerritory && p.ISO3 == "" {
				continue // CLDR names what has a code
			}
			require.NotEmpty(t, l.names[p.ID], "%s has no name of %s", l.Tag, p.ID)
			if p.Kind == domain.KindTerritory {
				continue // whatever a table calls it
			}
			for _, n := range p.Names {
				i := slices.IndexFunc(l.names[p.ID], func(own names.Name) bool { return own.Of == n.Name && own.Interval == n.Interval })
				if i < 0 {
					without = append(without, string(p.ID)+" "+n.Name)
					continue
				}
				held++
				on := n.From
				if on.IsZero() && !n.Until.IsZero() {
					on = n.Until.AddDays(-1)
				}
				require.Equal(t, l.names[p.ID][i].Name, l.Participant(p.ID, on, n.Name), "%s %s", l.Tag, n.Name)
			}
		}
		slices.Sort(without)
		require.Equal(t, namesNotHeld[l.Tag], without, l.Tag)
		t.Logf("%s: %d names of %d participants; in English: %v", l.Tag, held, len(c.Participants), without)
		for _, w := range c.Weights {
			for id := range w.Areas {
				require.NotEmpty(t, l.names[domain.ParticipantID(id)], "%s has no name of the area %s", l.Tag, id)
			}
		}
	}
}

func TestParticipant(t *testing.T) {
	d := domain.MustDate
	for _, c := range []struct {
		tag, id, on, official, want string
	}{
		{"en", "TUR", "2024-01-01", "Türkiye", "Türkiye"},
		{"fr", "TUR", "2020-01-01", "Turkey", "Turquie"},
		{"fr", "TUR", "2022-06-01", "Türkiye", "Türkiye"},
		{"fr", "SWZ", "2018-04-18", "Swaziland", "Swaziland"},
		{"fr", "COD", "1980-01-01", "Zaire", "Zaïre"},
		{"es", "MKD", "2010-01-01", "The former Yugoslav Republic of Macedonia", "ex República Yugoslava de Macedonia"},
		{"es", "BFA", "1983-01-01", "Upper Volta", "Alto Volta"},
		{"ru", "RUS", "1985-03-11", "Union of Soviet Socialist Republics", "Союз Советских Социалистических Республик"},
		{"zh", "LKA", "1960-01-01", "Ceylon", "锡兰"},
		{"ar", "PSE", "2024-01-01", "State of Palestine", "دولة فلسطين"},
		{"ar", "YMD", "1968-01-01", "Southern Yemen", "Southern Yemen"},             // not held
		{"fr", "TUR", "2030-01-01", "A name of the future", "A name of the future"}, // renamed in the ledger
		{"fr", "XYZ", "2024-01-01", "New State", "New State"},
		{"es", "MAC", "2020-07-01", "China, Macao SAR", "China, región administrativa especial de Macao"},
	} {
		require.Equal(t, c.want, lang(t, c.tag).Participant(domain.ParticipantID(c.id), d(c.on), c.official), "%v", c)
	}
	require.Equal(t, "République démocratique du Congo", lang(t, "fr").Participant("COD", domain.Date{}, "Democratic Republic of the Congo"))
	require.Equal(t, "Congo", lang(t, "fr").Participant("COG", domain.Date{}, ""))
}

func BenchmarkNumber(b *testing.B) {
	b.ReportAllocs()
	fr := lang(b, "fr")
	for b.Loop() {
		written = fr.Number(12345.678, 2)
	}
}

func BenchmarkDay(b *testing.B) {
	b.ReportAllocs()
	fr, day := lang(b, "fr"), domain.MustDate("2003-07-01")
	for b.Loop() {
		written = fr.Day(day)
	}
}

func BenchmarkParticipant(b *testing.B) {
	b.ReportAllocs()
	fr, day := lang(b, "fr"), domain.MustDate("2003-07-01")
	for b.Loop() {
		written = fr.Participant("TUR", day, "Turkey")
	}
}

func BenchmarkCompare(b *testing.B) {
	b.ReportAllocs()
	fr := lang(b, "fr")
	for b.Loop() {
		_ = fr.Compare("Émirats arabes unis", "Équateur")
	}
}

// What the first page waits for.
func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, l := range All() {
			_ = readMessages(l.Tag)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = Match("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7")
	}
}
