package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
)

var update = flag.Bool("update", false, "write the golden files anew, to be looked at")

func on(text string) domain.Date { return domain.MustDate(text) }

// picture is what all charts are.
type picture interface{ SVG() string }

// pictures returns one of each chart, of real history.
func pictures(c Common) map[string]picture {
	legend := []LegendItem{{Status: Party, Label: "party"}, {Status: Signatory, Label: "signed, not ratified"}, {Supposed: true, Label: "supposed"}}
	return map[string]picture{
		"bars": Bars{Common: c, Legend: legend, Bars: []Bar{
			{Label: "United States of America", Value: 50632836, Status: None, Word: "no action"}, {Label: "Germany", Value: 15762457, Status: None, Word: "if it ratified", Supposed: true},
			{Label: "Türkiye", Value: 6052652, Status: Party, Word: "party"}}},
		"corridors": Corridors{Common: c, Legend: legend, Corridors: []Corridor{
			{"MEX → USA", "Mexico to the United States of America: 11,279,561", 11279561, Signatory, false}, {"IND → ARE", "India to the United Arab Emirates: 3,471,300", 3471300, None, false},
			{"BOL → ARG", "Bolivia to Argentina: 337,017", 337017, Party, false}, {"VEN → COL", "Venezuela to Colombia: 2,000,000", 2000000, Contracting, false}, {"AFG → IRN", "not known", 1500000, None, true}}},
		"coverage": Coverage{Common: c, AsOf: on("2006-05-16"), AsOfWord: "as of 16 May 2006", Steps: []SharePoint{{on("2003-07-01"), 4.2}, {on("2005-01-01"), 4.51}, {on("2005-08-01"), 7.42}},
			Editions: []Edition{{on("2005-07-01"), 4.51, "2005"}, {on("2020-07-01"), 12.3, "2020"}}},
		"cumulative": Cumulative{Common: c, Threshold: 20, ThresholdLabel: "20 consents required", EntryIntoForce: on("2003-07-01"), EntryLabel: "in force 1 Jul 2003", To: on("2006-05-16"), Series: []Series{
			{Label: "Signatories", Status: Signatory, Counts: []Count{{on("1991-05-22"), 1}, {on("2000-09-06"), 14}, {on("2005-09-15"), 27}}},
			{Label: "Consents", Status: Contracting, Counts: []Count{{on("1993-02-19"), 1}, {on("2003-03-14"), 21}, {on("2005-09-15"), 34}}},
			{Label: "Parties", Status: Party, Counts: []Count{{on("2003-07-01"), 21}, {on("2006-01-01"), 34}}}}},
		"regions": Regions{Common: c, Legend: legend, Regions: []Region{{"African States", map[Status]int{Party: 26, Signatory: 9, None: 19}}, {"Western European and other States", map[Status]int{Party: 1, None: 28}}}},
		"share":   Share{Common: c, Parts: []Part{{Party, 12.3, "in a State that is bound"}, {Signatory, 3.4, "in a State that has signed"}}, Rest: "in a State that has done neither"},
		"timeline": Timeline{Common: c, Legend: legend, AsOf: on("2006-05-16"), AsOfWord: "as of 16 May 2006", Lanes: []Lane{
			{"ICMW", []Span{{on("1993-11-15"), on("2003-07-01"), Signatory, "signatory"}, {on("2003-07-01"), domain.Date{}, Party, "party"}}, []Act{{on("1993-11-15"), Signatory, "signature"}, {on("1995-07-05"), Contracting, "ratification"}}},
			{"ICCPR-OP1", []Span{{on("1980-11-14"), on("1998-06-26"), Party, "party"}, {on("1998-06-26"), domain.Date{}, Withdrawn, "withdrawn"}}, nil}}},
	}
}

func common(rtl, standalone bool) Common {
	return Common{ID: "p", Title: "Title & <heading>", Desc: "What it shows", Source: "Depositary, as of 16 May 2006", Empty: "Nothing to show", RTL: rtl, Standalone: standalone}
}

func TestGolden(t *testing.T) {
	for name, c := range map[string]Common{"": common(false, false), "-rtl": common(true, false)} {
		for kind, p := range pictures(c) {
			file := filepath.Join("testdata", kind+name+".svg")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(p.SVG()), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), p.SVG(), file)
			require.Equal(t, p.SVG(), p.SVG(), "the same for the same values")
		}
	}
}

var classRule = regexp.MustCompile(`\.([a-z-]+)[{: ]`)

// requireSound requires what holds of every picture.
func requireSound(t *testing.T, name, text string) {
	t.Helper()
	known := map[string]bool{"chart": true, "chart-focus": true}
	for _, m := range classRule.FindAllStringSubmatch(CSS(), -1) {
		known[m[1]] = true
	}
	ids := map[string]bool{}
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, name)
		e, is := token.(xml.StartElement)
		if !is {
			continue
		}
		require.NotEqual(t, "script", e.Name.Local, name)
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "style", "onclick", "onload":
				t.Errorf("%s: attribute %s", name, a.Name.Local)
			case "class":
				for class := range strings.FieldsSeq(a.Value) {
					require.True(t, known[class], "%s: class %s has no rule", name, class)
				}
			case "id":
				require.False(t, ids[a.Value], "%s: id %s twice", name, a.Value)
				require.True(t, strings.HasPrefix(a.Value, "p-"), "%s: id %s", name, a.Value)
				ids[a.Value] = true
			case "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height":
				v, err := strconv.ParseFloat(a.Value, 64)
				require.NoError(t, err, name)
				require.False(t, math.IsNaN(v) || math.IsInf(v, 0), name)
				if a.Name.Local == "width" || a.Name.Local == "height" || a.Name.Local == "r" {
					require.GreaterOrEqual(t, v, 0.0, name)
				}
			}
		}
	}
}

// Whatever the data, a picture is sound: nothing, one thing, absurd things,
// words that would break out.
func TestSoundWithAnyData(t *testing.T) {
	hostile := `</svg><script>alert(1)</script>"'&` + "\x00\u202e" + strings.Repeat("word ", 60)
	for _, c := range []Common{common(false, false), common(true, false), common(false, true), common(true, true)} {
		for kind, p := range pictures(c) {
			requireSound(t, kind, p.SVG())
			require.Contains(t, p.SVG(), "Title &amp; &lt;heading&gt;")
		}
		c.Title, c.Desc, c.Source, c.Empty = hostile, hostile, hostile, hostile
		for i, p := range []picture{
			Bars{Common: c}, Coverage{Common: c}, Cumulative{Common: c}, Regions{Common: c}, Share{Common: c}, Timeline{Common: c},
			Bars{Common: c, Bars: []Bar{{Label: hostile, Value: math.NaN(), Status: "odd", Word: hostile}, {Value: math.Inf(1)}, {Value: -5}}},
			Coverage{Common: c, Steps: []SharePoint{{on("2000-01-01"), math.NaN()}, {on("1000-01-01"), 1e300}}, Editions: []Edition{{on("2000-01-01"), -1, hostile}}},
			Cumulative{Common: c, Threshold: -1, Series: []Series{{Label: hostile, Status: "odd", Counts: []Count{{on("2000-01-01"), -7}, {on("2000-01-01"), 1 << 60}}}}},
			Regions{Common: c, Regions: []Region{{hostile, map[Status]int{Party: -1, None: 1 << 40}}, {}}},
			Share{Common: c, Parts: []Part{{Party, 99, hostile}, {Signatory, 99, hostile}, {"odd", math.NaN(), ""}}},
			Timeline{Common: c, Lanes: []Lane{{hostile, []Span{{on("2000-01-01"), on("1990-01-01"), "odd", hostile}}, []Act{{Word: hostile}}}, {}}},
		} {
			requireSound(t, fmt.Sprint("odd ", i), p.SVG())
		}
	}
}

var bar = regexp.MustCompile(`<rect class="chart-(?:none|party)" x="[\d.]+" y="[\d.]+" width="([\d.]+)"`)

// Lengths are to each other as the figures are.
func TestBarsAreTrue(t *testing.T) {
	text := Bars{Common: common(false, false), Bars: []Bar{{Label: "a", Value: 400, Status: None}, {Label: "b", Value: 100, Status: Party}, {Label: "c", Value: 50, Status: None}}}.SVG()
	found := bar.FindAllStringSubmatch(text, -1)
	require.Len(t, found, 3)
	length := func(i int) float64 {
		v, err := strconv.ParseFloat(found[i][1], 64)
		require.NoError(t, err)
		return v
	}
	require.InDelta(t, 4, length(0)/length(1), 0.02)
	require.InDelta(t, 2, length(1)/length(2), 0.02)
}

// Steps stand on their days.
func TestStepsStandOnTheirDays(t *testing.T) {
	p := Cumulative{Common: common(false, false), From: on("2000-01-01"), To: on("2010-01-01"), Series: []Series{{Label: "x", Status: Party, Counts: []Count{{on("2005-01-01"), 4}}}}}
	m := regexp.MustCompile(`class="chart-party-line" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)`).FindStringSubmatch(p.SVG())
	require.NotNil(t, m, p.SVG())
	scale := wholeTicks(p.highest(), 5)
	at := newTimes(p.From, p.To, p.gutter(scale), p.width()-p.endWidth())
	x, err := strconv.ParseFloat(m[1], 64)
	require.NoError(t, err)
	require.InDelta(t, at.x(on("2005-01-01")), x, 0.01)
	require.InDelta(t, (at.x(p.From)+at.x(p.To))/2, x, 0.3, "half of ten years, but for a leap day")
}

// Colours keep their contrast against what they stand on, by day and by night.
func TestContrast(t *testing.T) {
	colours := map[string][2]string{}
	for _, c := range Palette {
		colours[c.Property] = [2]string{c.Light, c.Dark}
	}
	for _, pair := range []struct {
		of, against string
		least       float64
	}{
		{"chart-ink", "chart-paper", 4.5}, {"chart-muted", "chart-paper", 4.5}, {"chart-on-party", "chart-party", 4.5}, {"chart-on-contracting", "chart-contracting", 4.5},
		{"chart-on-signatory", "chart-signatory", 4.5}, {"chart-on-none", "chart-none", 4.5}, {"chart-on-withdrawn", "chart-withdrawn", 4.5},
		{"chart-party", "chart-paper", 3}, {"chart-contracting", "chart-paper", 3}, {"chart-signatory", "chart-paper", 3}, {"chart-withdrawn", "chart-paper", 3},
		{"chart-none-line", "chart-paper", 3}, {"chart-axis", "chart-paper", 3}, {"chart-focus", "chart-paper", 3},
	} {
		for i, mode := range []string{"light", "dark"} {
			require.GreaterOrEqual(t, contrast(t, colours[pair.of][i], colours[pair.against][i]), pair.least, "%s on %s, %s", pair.of, pair.against, mode)
		}
	}
}

// contrast is that of WCAG 2.2, of 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(text string) (sum float64) {
		n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 32)
		require.NoError(t, err, text)
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(n>>(16-8*i)&0xff) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
