package projections

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"depositary/domain"
	"depositary/projections/wording"
)

// Found is what a search found, on the axes.
type Found struct {
	Axes         Axes                 `json:"axes"`
	Text         string               `json:"text" doc:"What was searched for"`
	Treaties     []TreatySummary      `json:"treaties"`
	Participants []FoundParticipant   `json:"participants"`
	Statements   []FoundStatement     `json:"statements"`
	More         bool                 `json:"more" doc:"Whether more was found than is shown of one of them"`
	Treaty       domain.TreatyID      `json:"treaty,omitempty" doc:"The treaty whose id or short name the text is"`
	Participant  domain.ParticipantID `json:"participant,omitempty" doc:"The participant whose id, code or name the text is"`
}

// FoundParticipant is a participant, by which of its names.
type FoundParticipant struct {
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name" doc:"Its name on the day"`
	By          string               `json:"by,omitempty" doc:"Its other name or spelling in which the text was found"`
}

// FoundStatement is a statement, with the words around what was found.
type FoundStatement struct {
	Treaty      domain.TreatyID `json:"treaty"`
	TreatyShort string          `json:"treatyShort"`
	StatementRow
	Excerpt string `json:"excerpt"`
}

// searchMost is the longest text that is looked for, in bytes.
const searchMost = 200

// Search looks for treaties, participants and statements that contain every
// word of the text, whatever its case and accents; at most limit of each. Its
// error is an *InputError.
func Search(on Query, text string, limit int) (Found, error) {
	f := Found{Axes: on.Axes, Text: text, Treaties: []TreatySummary{}, Participants: []FoundParticipant{}, Statements: []FoundStatement{}}
	words := strings.Fields(fold(text))
	if len(words) == 0 || len(text) > searchMost {
		return f, &InputError{Field: "text", Reason: "there is nothing to look for, or too much", Accepted: "one or more words, of 200 bytes in all"}
	}
	f.Treaty, _ = on.State().FindTreaty(text)
	if p, err := on.State().FindParticipant(text, on.AsOf); err == nil {
		f.Participant = p.ID
	}
	f.treaties(on, words, limit)
	f.participants(on, words, limit)
	f.statements(on, words, limit)
	return f, nil
}

func (f *Found) treaties(on Query, words []string, limit int) {
	for _, t := range Treaties(on) {
		if !contains(string(t.ID)+" "+t.Short+" "+t.Title, words) {
			continue
		}
		if len(f.Treaties) == limit {
			f.More = true
			return
		}
		f.Treaties = append(f.Treaties, t)
	}
}

func (f *Found) participants(on Query, words []string, limit int) {
	for _, p := range on.State().Participants(on.Known()) {
		by, ok := nameWith(p, words)
		if !ok {
			continue
		}
		if len(f.Participants) == limit {
			f.More = true
			break
		}
		name := p.Name(on.AsOf)
		if by == name {
			by = ""
		}
		f.Participants = append(f.Participants, FoundParticipant{p.ID, name, by})
	}
	slices.SortStableFunc(f.Participants, func(a, b FoundParticipant) int { return wording.CompareNames(a.Name, b.Name) })
}

// nameWith returns the name, code or spelling of a participant that contains the
// words; its current name first.
func nameWith(p *domain.Participant, words []string) (string, bool) {
	names := []string{p.CurrentName()}
	for _, n := range p.Names {
		names = append(names, n.Name)
	}
	names = append(append(names, p.Aliases...), string(p.ID))
	for _, c := range p.Codes {
		names = append(names, c.Code)
	}
	for _, name := range names {
		if contains(name, words) {
			return name, true
		}
	}
	return "", false
}

func (f *Found) statements(on Query, words []string, limit int) {
	for _, t := range on.State().Treaties(on.Known()) {
		found, ok := StatementsOf(on, t.ID, StatementQuestion{})
		if !ok {
			continue
		}
		for _, row := range found.Rows {
			if !contains(row.Text+" "+row.Name, words) || row.Text == "" {
				continue
			}
			if len(f.Statements) == limit {
				f.More = true
				return
			}
			f.Statements = append(f.Statements, FoundStatement{t.ID, t.Short, row, excerpt(row.Text, words)})
		}
	}
}

// fold takes case and accents away.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}

func contains(text string, words []string) bool {
	text = fold(text)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// excerpt returns the sentence-long part of a text that holds the first word
// found in it.
func excerpt(text string, words []string) string {
	const before, length = 80, 240
	all := []rune(text)
	at := 0
	for i := range all {
		if slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(fold(string(all[i:min(len(all), i+40)])), word) }) {
			at = i
			break
		}
	}
	start := max(0, at-before)
	end := min(len(all), start+length)
	part := strings.TrimSpace(string(all[start:end]))
	if start > 0 {
		part = "…" + part
	}
	if end < len(all) {
		part += "…"
	}
	return part
}
