package reading

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"depositary/domain"
)

var (
	reMTDSG = regexp.MustCompile(`(?i)^([IVXL]{1,7}|\d{1,2})-(?:([A-E])-)?(\d{1,3})((?:-(?:[a-z]{1,2}|\d{1,3}))*)$`)
	reILO   = regexp.MustCompile(`(?i)^([CP])(\d{1,3})$`)

	// Where the number stands at the head of a title it is followed by a blank or a stop.
	reLeadingMTDSG = regexp.MustCompile(`^([IVXL]{1,7}-(?:[A-E]-)?\d{1,3}(?:-[a-z]{1,2})*)(?:$|[\s.:])`)
	reLeadingILO   = regexp.MustCompile(`(?i)^([CP]\d{1,3})(?:$|[\s.:,])`)
)

// chapters is how many the Multilateral Treaties Deposited with the
// Secretary-General have.
const chapters = 29

// TreatyID reads the number of a treaty: IV-13 or 4-13 (the MTDSG), XVIII-12-a,
// C097 or C97 (the ILO). The chapter is given in Roman numerals, letters of
// amendments and protocols are small, ILO numbers have three digits.
func TreatyID(text string) (domain.TreatyID, bool) {
	text = strings.TrimSpace(text)
	if m := reILO.FindStringSubmatch(text); m != nil {
		return domain.TreatyID(strings.ToUpper(m[1]) + strings.Repeat("0", 3-len(m[2])) + m[2]), true
	}
	m := reMTDSG.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	chapter, ok := chapterNumeral(m[1])
	if !ok {
		return "", false
	}
	id := chapter
	if m[2] != "" {
		id += "-" + strings.ToUpper(m[2])
	}
	id += "-" + m[3] + strings.ToLower(m[4])
	parsed, err := domain.ParseTreatyID(id)
	return parsed, err == nil
}

// ScopedTreatyID also accepts ids of other depositaries, such as ETS185.
func ScopedTreatyID(text string) (domain.TreatyID, bool) {
	if id, ok := TreatyID(text); ok {
		return id, true
	}
	id, err := domain.ParseTreatyID(strings.TrimSpace(text))
	return id, err == nil && strings.ContainsAny(text, "0123456789")
}

// TreatyOfFile reads the number of a treaty from the name of a file: IV-13.xml,
// data/4-13.csv, C097.txt, "IV-13 status.txt".
func TreatyOfFile(file string) (domain.TreatyID, bool) {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	name, _, _ = strings.Cut(name, ".") // IV-13.en.xml
	first, _, _ := strings.Cut(strings.ReplaceAll(name, "_", " "), " ")
	return TreatyID(first)
}

// LeadingTreatyID reads the number with which a title begins: "C097 - Migration
// for Employment Convention", and returns what follows without its dash.
func LeadingTreatyID(text string) (id domain.TreatyID, rest string, ok bool) {
	text = Squeeze(text)
	for _, re := range []*regexp.Regexp{reLeadingMTDSG, reLeadingILO} {
		if m := re.FindStringSubmatchIndex(text); m != nil {
			if id, ok = TreatyID(text[m[2]:m[3]]); ok {
				return id, strings.TrimLeft(text[m[3]:], " .:,-–—"), true
			}
		}
	}
	return "", text, false
}

func chapterNumeral(text string) (string, bool) {
	n, err := strconv.Atoi(text)
	for i := 1; i <= chapters; i++ {
		numeral := roman(i)
		if err == nil && n == i || strings.EqualFold(text, numeral) {
			return numeral, true
		}
	}
	return "", false
}

// roman writes a number below 40.
func roman(n int) string {
	units := []string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}
	return strings.Repeat("X", n/10) + units[n%10]
}
