package projections

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"depositary/domain"
	"depositary/projections/find"
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

// SearchQuestion is what a search asks beside the axes.
type SearchQuestion struct {
	Text   string
	Limit  int                            // how many of each kind at most
	Names  bool                           // treaties and participants alone, not what statements say
	Titles func(domain.TreatyID) []string // other titles under which a treaty is shown, such as those of a language; may be nil
}

// Search looks for treaties, participants and statements that have every word
// of the text, whatever its case and accents: participants under any name in any
// of the languages. What fits best comes first; where nothing has the words, names
// that are nearly so are found. Its error is an *InputError.
func Search(on Query, q SearchQuestion) (Found, error) {
	f := Found{Axes: on.Axes, Text: q.Text, Treaties: []TreatySummary{}, Participants: []FoundParticipant{}, Statements: []FoundStatement{}}
	words := find.Words(q.Text)
	if len(words) == 0 || len(q.Text) > searchMost {
		return f, &InputError{Field: "text", Reason: "there is nothing to look for, or too much", Accepted: "one or more words, of 200 bytes in all"}
	}
	f.Treaty, _ = find.Treaty(on.State(), q.Text)
	if p, err := find.Participant(on.State(), q.Text, on.AsOf); err == nil {
		f.Participant = p.ID
	}
	if !q.Names {
		f.statements(on, strings.Fields(fold(q.Text)), q.Limit)
	}
	for _, near := range []bool{false, true} {
		f.treaties(on, words, q, near)
		f.participants(on, words, q.Limit, near)
		if len(f.Treaties)+len(f.Participants)+len(f.Statements) > 0 {
			break
		}
	}
	return f, nil
}

func (f *Found) treaties(on Query, words []string, q SearchQuestion, near bool) {
	ranks := make(map[domain.TreatyID]int)
	var all []TreatySummary
	for _, t := range Treaties(on) {
		held, _ := on.State().Treaty(t.ID, on.Known())
		names := append(find.TreatyNames(held), string(t.ID)+" "+t.Short+" "+t.Title)
		if q.Titles != nil {
			names = append(names, q.Titles(t.ID)...)
		}
		for _, name := range names {
			rank, fits := find.Rank(name, words, near)
			if known, found := ranks[t.ID]; fits && (!found || rank < known) {
				if ranks[t.ID] = rank; !found {
					all = append(all, t)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b TreatySummary) int { return cmp.Compare(ranks[a.ID], ranks[b.ID]) })
	f.More = f.More || len(all) > q.Limit
	f.Treaties = append(f.Treaties, all[:min(q.Limit, len(all))]...)
}

func (f *Found) participants(on Query, words []string, limit int, near bool) {
	ranks := make(map[domain.ParticipantID]int)
	var all []FoundParticipant
	for _, p := range on.State().Participants(on.Known()) {
		by, rank, ok := nameWith(p, words, near)
		if !ok {
			continue
		}
		name := p.Name(on.AsOf)
		if by == name {
			by = ""
		}
		ranks[p.ID] = rank
		all = append(all, FoundParticipant{p.ID, name, by})
	}
	slices.SortStableFunc(all, func(a, b FoundParticipant) int {
		return cmp.Or(cmp.Compare(ranks[a.Participant], ranks[b.Participant]), wording.CompareNames(a.Name, b.Name))
	})
	f.More = f.More || len(all) > limit
	f.Participants = append(f.Participants, all[:min(limit, len(all))]...)
}

// nameWith returns the name, code or spelling of a participant that fits the
// words best; of equal ones the first, which is its current name.
func nameWith(p *domain.Participant, words []string, near bool) (name string, best int, found bool) {
	for _, n := range find.ParticipantNames(p) {
		if rank, fits := find.Rank(n, words, near); fits && (!found || rank < best) {
			name, best, found = n, rank, true
		}
	}
	return name, best, found
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
