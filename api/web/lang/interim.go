package lang

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"depositary/domain"
)

//go:embed messages
var files embed.FS

type Language struct {
	Tag, Name             string
	RightToLeft, Complete bool
}

var all = []*Language{{"en", "English", false, true}, {"fr", "français", false, true}, {"es", "español", false, true}, {"ar", "العربية", true, false}, {"zh", "中文", false, false}, {"ru", "русский", false, false}}

func All() []*Language { return all }
func Find(tag string) (*Language, bool) {
	for _, l := range all {
		if l.Tag == tag {
			return l, true
		}
	}
	return nil, false
}
func Match(string) *Language { return all[0] }

var tree map[string]any

func init() {
	b, _ := files.ReadFile("messages/pages.en.toml")
	if err := toml.Unmarshal(b, &tree); err != nil {
		panic(err)
	}
}
func (l *Language) Text(key string, args ...any) string {
	a, b, _ := strings.Cut(key, ".")
	var v any = tree[a]
	if m, ok := v.(map[string]any); ok {
		v = m[b]
		if m2, ok := m[b].(map[string]any); ok {
			v = m2["other"]
			for i := 0; i+1 < len(args); i += 2 {
				if args[i] == "n" && args[i+1] == 1 && m2["one"] != nil {
					v = m2["one"]
				}
			}
		}
	}
	s, ok := v.(string)
	if !ok {
		return b
	}
	for i := 0; i+1 < len(args); i += 2 {
		s = strings.ReplaceAll(s, fmt.Sprintf("{{.%v}}", args[i]), fmt.Sprint(args[i+1]))
	}
	return s
}
func (l *Language) Has(key string) bool             { return false }
func (l *Language) Number(v float64, d int) string  { return fmt.Sprintf("%.*f", d, v) }
func (l *Language) Percent(v float64, d int) string { return fmt.Sprintf("%.*f %%", d, v) }
func (l *Language) Whole(n int64) string            { return fmt.Sprint(n) }
func (l *Language) Day(d domain.Date) string        { return d.Long() }
func (l *Language) ShortDay(d domain.Date) string {
	return fmt.Sprintf("%d %s %d", d.Day(), d.Month().String()[:3], d.Year())
}
func (l *Language) Month(d domain.Date) string { return d.String() }
func (l *Language) Instant(t time.Time) string { return t.Format("2 January 2006, 15:04 UTC") }
func (l *Language) Compare(a, b string) int    { return strings.Compare(a, b) }
func (l *Language) Participant(id domain.ParticipantID, on domain.Date, official string) string {
	return official
}
