package reading

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"depositary/domain"
)

var (
	reWordDate  = regexp.MustCompile(`^(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})(?:$|[^0-9A-Za-z-])`)
	reISODate   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(?:$|[^0-9A-Za-z-])`)
	reSlashDate = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})$`)
	reAnyDate   = regexp.MustCompile(`\b\d{1,2}[ -][A-Za-z]{3,9}\.?[ -]\d{4}\b`)
)

const dateForms = "a day such as 14 Mar 2003 or 2003-03-14 expected"

// Date reads a whole text as a day: 14 Mar 2003, 14 March 2003, 5 Sept 2000,
// 14-Mar-2003 or 2003-03-14. Days in figures only, such as 03/04/2003, are not
// read: which number is the month is for the format to know (DayMonthYear).
func Date(text string) (domain.Date, error) {
	day, rest, err := LeadingDate(text)
	if err == nil && rest != "" {
		return domain.Date{}, fmt.Errorf("%q is more than a day: %s", Excerpt(text), dateForms)
	}
	return day, err
}

// LeadingDate reads the day with which a text begins, and returns what follows.
func LeadingDate(text string) (day domain.Date, rest string, err error) {
	text = Squeeze(text)
	if reISODate.MatchString(text) {
		if day, err = domain.ParseDate(text[:10]); err == nil {
			err = ofTreaties(day)
		}
		return day, strings.TrimSpace(text[10:]), err
	}
	m := reWordDate.FindStringSubmatchIndex(text)
	if m == nil {
		return domain.Date{}, "", fmt.Errorf("%q is no day: %s", Excerpt(text), dateForms)
	}
	month, ok := monthNamed(text[m[4]:m[5]])
	if !ok {
		return domain.Date{}, "", fmt.Errorf("%q is no day: there is no month %s", Excerpt(text), text[m[4]:m[5]])
	}
	if day, err = newDate(text[m[6]:m[7]], month, text[m[2]:m[3]]); err != nil {
		return domain.Date{}, "", fmt.Errorf("%q is no day: %w", Excerpt(text), err)
	}
	return day, strings.TrimSpace(text[m[7]:]), nil
}

// DayMonthYear reads 03/04/2003 as 3 April 2003, for formats that write so.
func DayMonthYear(text string) (domain.Date, error) {
	m := reSlashDate.FindStringSubmatch(Squeeze(text))
	if m == nil {
		return domain.Date{}, fmt.Errorf("%q is no day: day/month/year expected, such as 14/03/2003", Excerpt(text))
	}
	month, err := strconv.Atoi(m[2])
	if err != nil {
		return domain.Date{}, err
	}
	day, err := newDate(m[3], time.Month(month), m[1])
	if err != nil {
		return domain.Date{}, fmt.Errorf("%q is no day: %w", text, err)
	}
	return day, nil
}

// DatesIn returns the days that are written with words somewhere in a text.
func DatesIn(text string) (days []domain.Date) {
	for _, written := range reAnyDate.FindAllString(Squeeze(text), -1) {
		if day, err := Date(written); err == nil {
			days = append(days, day)
		}
	}
	return days
}

func newDate(year string, month time.Month, day string) (domain.Date, error) {
	y, err := strconv.Atoi(year)
	if err != nil {
		return domain.Date{}, err
	}
	d, err := strconv.Atoi(day)
	if err != nil {
		return domain.Date{}, err
	}
	read, err := domain.NewDate(y, month, d)
	if err == nil {
		err = ofTreaties(read)
	}
	return read, err
}

// firstYear is before the oldest treaty that a table of today lists: a year
// before it is a slip, such as 0206.
const firstYear = 1800

// lastYear is after every day that a table of treaties can have: a year behind
// it, such as 9999, means that there is no day.
const lastYear = 2299

func ofTreaties(day domain.Date) error {
	if day.Year() > lastYear {
		return fmt.Errorf("the year %04d stands for no day in tables: leave the cell empty where there is no day", day.Year())
	}
	if day.Year() < firstYear {
		return fmt.Errorf("the year %04d is before every treaty that is still listed: a year from %d on expected", day.Year(), firstYear)
	}
	return nil
}

// monthNamed knows the English months, in full, by their first three letters,
// and September as Sept.
func monthNamed(name string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		full := m.String()
		if strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) {
			return m, true
		}
	}
	return time.September, strings.EqualFold(name, "Sept")
}

// Conclusion takes "New York, 18 December 1990" apart.
func Conclusion(text string) (place string, adopted domain.Date, err error) {
	text = strings.TrimSuffix(Squeeze(text), ".")
	if i := strings.LastIndexByte(text, ','); i >= 0 {
		place, text = strings.TrimSpace(text[:i]), text[i+1:]
	}
	adopted, err = Date(text)
	return place, adopted, err
}
