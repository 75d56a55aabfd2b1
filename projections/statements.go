package projections

import (
	"cmp"
	"slices"
	"strings"

	"depositary/domain"
	"depositary/projections/model"
	"depositary/projections/wording"
)

// Statements are the reservations, declarations, objections, communications,
// notifications and derogations in respect of a treaty, as they stand.
type Statements struct {
	Axes   Axes           `json:"axes"`
	Treaty TreatyHead     `json:"treaty"`
	Rows   []StatementRow `json:"rows" doc:"By participant, and in the order in which they were made"`
}

// StatementRow is one statement as it stands on the day, with its life and
// what others answered. One that a successor maintains has a row of its own.
type StatementRow struct {
	Record        domain.RecordID       `json:"record"`
	Participant   domain.ParticipantID  `json:"participant" doc:"Whose statement it is"`
	Name          string                `json:"name" doc:"Its name on the day"`
	Kind          domain.ActionKind     `json:"kind"`
	Date          domain.Date           `json:"date" doc:"Day on which it was made" format:"date"`
	Text          string                `json:"text,omitempty" doc:"Its words as they stand"`
	Language      string                `json:"language,omitempty"`
	Articles      []string              `json:"articles,omitempty" doc:"Articles that it concerns as it stands"`
	GivenUp       []string              `json:"givenUp,omitempty" doc:"Articles that a partial withdrawal gave up"`
	State         domain.StatementState `json:"state" enum:"inert,pending,active,blocked,late,withdrawn,ended"`
	Since         domain.Date           `json:"since" doc:"Day from which it has stood so" format:"date"`
	Until         domain.Date           `json:"until,omitzero" doc:"Day on which silence accepts it, while it is pending" format:"date"`
	From          domain.Date           `json:"from" doc:"First day of what is notified or derogated from; otherwise the day from which the statement is its own" format:"date"`
	LastDay       domain.Date           `json:"lastDay,omitzero" doc:"Last day of what is notified or derogated from, where one is stated" format:"date"`
	Why           string                `json:"why,omitempty"`
	Rule          string                `json:"rule,omitempty"`
	Effect        string                `json:"effect" doc:"What it does in law as it stands"`
	Modified      bool                  `json:"modified,omitempty" doc:"A modification or a partial withdrawal changed it"`
	Confirmed     bool                  `json:"confirmed,omitempty" doc:"Made at signature, and confirmed with the consent"`
	Precluding    bool                  `json:"precluding,omitempty" doc:"An objection that precludes entry into force between the two (VCLT 20(4)(b))"`
	Target        *StatementTarget      `json:"target,omitempty" doc:"What an objection is directed at"`
	MaintainsFrom domain.ParticipantID  `json:"maintainsFrom,omitempty" doc:"The predecessor from whom it is maintained (VCST 20)"`
	MaintainsName string                `json:"maintainsFromName,omitempty"`
	Life          []StatementStep       `json:"life" doc:"How it has stood and, as far as follows, will stand"`
	Answers       []StatementAnswer     `json:"answers,omitempty" doc:"Objections to it and acceptances of it up to the day"`
	Note          string                `json:"note,omitempty"`
	Corrected     bool                  `json:"corrected,omitempty" doc:"The record was corrected; its versions are at /v1/actions/{record}"`
	Contested     bool                  `json:"contested,omitempty" doc:"Another source contradicts it; both are at /v1/actions/{record}"`
	Source        string                `json:"source,omitempty"`
	Verification  string                `json:"verification,omitempty"`
}

// StatementStep is how a statement stands from a day on, with the source of
// the act that made it so.
type StatementStep struct {
	model.StatementStanding
	Source       string `json:"source,omitempty" doc:"Of the act that is its cause"`
	Verification string `json:"verification,omitempty"`
}

// StatementTarget is the statement that another one is directed at.
type StatementTarget struct {
	Record      domain.RecordID      `json:"record"`
	Participant domain.ParticipantID `json:"participant"`
	Name        string               `json:"name"`
	Articles    []string             `json:"articles,omitempty" doc:"Articles that it concerned when it was made"`
}

// StatementAnswer is another participant's objection or acceptance.
type StatementAnswer struct {
	Record       domain.RecordID       `json:"record"`
	By           domain.ParticipantID  `json:"by"`
	Name         string                `json:"name"`
	Kind         domain.ActionKind     `json:"kind"`
	Precluding   bool                  `json:"precluding,omitempty"`
	Date         domain.Date           `json:"date" format:"date"`
	State        domain.StatementState `json:"state" enum:"inert,pending,active,blocked,late,withdrawn,ended"`
	Since        domain.Date           `json:"since" format:"date"`
	Why          string                `json:"why,omitempty"`
	Rule         string                `json:"rule,omitempty"`
	Text         string                `json:"text,omitempty"`
	Articles     []string              `json:"articles,omitempty"`
	Source       string                `json:"source,omitempty"`
	Verification string                `json:"verification,omitempty"`
}

// StatementQuestion chooses among statements; what is empty chooses all.
type StatementQuestion struct {
	Participant domain.ParticipantID
	Article     string // one article: its paragraphs are chosen with it, and a paragraph with its article
	Kind        domain.ActionKind
	State       domain.StatementState
}

func (q StatementQuestion) chooses(r StatementRow) bool {
	return (q.Participant == "" || q.Participant == r.Participant) && (q.Kind == "" || q.Kind == r.Kind) && (q.State == "" || q.State == r.State) &&
		(q.Article == "" || slices.ContainsFunc(r.concerned(), func(a string) bool { return sameArticle(a, q.Article) }))
}

// concerned returns the articles that a statement is about: its own, and where an
// objection names none, those of what it is directed at.
func (r StatementRow) concerned() []string {
	if len(r.Articles) == 0 && r.Target != nil {
		return r.Target.Articles
	}
	return r.Articles
}

// sameArticle reports whether one is the other, or a paragraph of it.
func sameArticle(a, b string) bool {
	return strings.EqualFold(a, b) || strings.HasPrefix(strings.ToLower(a), strings.ToLower(b)+"(") || strings.HasPrefix(strings.ToLower(b), strings.ToLower(a)+"(")
}

// StatementsOf returns the statements in respect of a treaty that had been made
// by the day, false where the treaty is not known.
func StatementsOf(on Query, id domain.TreatyID, q StatementQuestion) (Statements, bool) {
	h := on.History(id)
	if h == nil {
		return Statements{}, false
	}
	s := Statements{Axes: on.Axes, Treaty: on.Head(h), Rows: []StatementRow{}}
	reader := on.ReadStatements(h)
	for _, c := range h.Courses {
		for _, statement := range c.Statements {
			if row, made := reader.row(c, statement); made && q.chooses(row) {
				s.Rows = append(s.Rows, row)
			}
		}
	}
	slices.SortStableFunc(s.Rows, func(a, b StatementRow) int {
		return cmp.Or(wording.CompareNames(a.Name, b.Name), a.From.Compare(b.From))
	})
	return s, true
}

// StatementReader finds what a statement's records lead to.
type StatementReader struct {
	on         Query
	history    *domain.History
	acts       map[domain.RecordID]domain.Act
	changes    map[domain.RecordID]domain.RecordID // from a modification to the reservation
	objections map[domain.RecordID][]objection     // by the reservation
}

type objection struct {
	by        domain.ParticipantID
	statement *domain.StatementCourse
}

func (on Query) ReadStatements(h *domain.History) StatementReader {
	r := StatementReader{on, h, make(map[domain.RecordID]domain.Act), make(map[domain.RecordID]domain.RecordID), make(map[domain.RecordID][]objection)}
	for _, c := range h.Courses {
		for _, a := range c.Acts {
			if a.Action().Statement == nil {
				continue
			}
			r.acts[a.ID] = a
			if a.Action().Kind == domain.ModificationOfReservation {
				r.changes[a.ID] = a.Action().Statement.Target
			}
		}
	}
	for _, c := range h.Courses {
		for _, s := range c.Statements {
			if s.Act.Action().Kind == domain.Objection {
				target := r.reservation(s.Act.Action().Statement.Target)
				r.objections[target] = append(r.objections[target], objection{c.Participant, s})
			}
		}
	}
	return r
}

// reservation returns the reservation that a record is, or modifies.
func (r StatementReader) reservation(id domain.RecordID) domain.RecordID {
	if modified, ok := r.changes[id]; ok {
		return modified
	}
	return id
}

// Author returns whose a statement is; empty where the record is none.
func (r StatementReader) Author(id domain.RecordID) domain.ParticipantID {
	if act, ok := r.acts[id]; ok {
		return act.Action().Participant
	}
	return ""
}

// row describes a statement on the day, false before it was made.
func (r StatementReader) row(c *domain.Course, s *domain.StatementCourse) (StatementRow, bool) {
	standing, made := s.On(r.on.AsOf)
	if !made {
		return StatementRow{}, false
	}
	action, ref := s.Act.Action(), refer(s.Act)
	row := StatementRow{
		Record: s.Act.ID, Participant: c.Participant, Name: r.on.Name(c.Participant), Kind: action.Kind, Date: action.Date,
		Text: standing.Text, Language: action.Statement.Language, Articles: standing.Articles, GivenUp: standing.GivenUp,
		State: standing.State, Since: standing.From, Until: standing.Until, From: s.Standings[0].From, LastDay: action.Statement.Until,
		Why: standing.Why, Rule: standing.Rule, Modified: standing.Modified, Confirmed: standing.Confirmed, Precluding: action.Statement.Precluding,
		MaintainsFrom: s.From, Life: r.Life(s), Answers: r.answers(s), Note: action.Note,
		Corrected: ref.Corrected, Contested: ref.Contested, Source: ref.Source, Verification: ref.Verification,
	}
	if s.From != "" {
		row.MaintainsName = r.on.Name(s.From)
	}
	if target, ok := r.acts[action.Statement.Target]; ok {
		by := target.Action().Participant
		row.Target = &StatementTarget{target.ID, by, r.on.Name(by), target.Action().Statement.Articles}
	}
	row.Effect = effectOf(r.history.Treaty, row)
	return row, true
}

func (r StatementReader) Life(s *domain.StatementCourse) (steps []StatementStep) {
	for _, standing := range s.Standings {
		step := StatementStep{StatementStanding: model.StatementStanding(standing)}
		if cause, ok := r.acts[standing.Cause]; ok {
			ref := refer(cause)
			step.Source, step.Verification = ref.Source, ref.Verification
		}
		steps = append(steps, step)
	}
	return steps
}

// answers returns what others answered up to the day: objections with their
// lives, those that successors maintain included, and acceptances.
func (r StatementReader) answers(s *domain.StatementCourse) (all []StatementAnswer) {
	for _, o := range r.objections[s.Act.ID] {
		if standing, made := o.statement.On(r.on.AsOf); made {
			all = append(all, r.answer(o.by, o.statement.Act, standing))
		}
	}
	for _, a := range s.Answers {
		if made := a.Act.Action().Date; a.Act.Action().Kind == domain.AcceptanceOfReservation && !made.After(r.on.AsOf) {
			all = append(all, r.answer(a.By, a.Act, domain.StatementStanding{From: made, State: domain.StatementActive,
				Text: a.Act.Action().Statement.Text, Articles: a.Act.Action().Statement.Articles, Why: "accepted expressly", Rule: "VCLT 20(4)(a)"}))
		}
	}
	slices.SortStableFunc(all, func(a, b StatementAnswer) int {
		return cmp.Or(a.Date.Compare(b.Date), wording.CompareNames(a.Name, b.Name))
	})
	return all
}

func (r StatementReader) answer(by domain.ParticipantID, act domain.Act, standing domain.StatementStanding) StatementAnswer {
	ref := refer(act)
	return StatementAnswer{act.ID, by, r.on.Name(by), ref.Action, act.Action().Statement.Precluding, ref.Date, standing.State, standing.From, standing.Why,
		standing.Rule, standing.Text, standing.Articles, ref.Source, ref.Verification}
}

// effectOf says what a statement does in law as it stands. A declaration that
// speaks of an optional procedure and does not accept it does nothing, and is
// told apart from one that does.
func effectOf(t *domain.Treaty, r StatementRow) string {
	if r.State != domain.StatementActive {
		return map[domain.StatementState]string{
			domain.StatementInert:     "none before it is confirmed with the consent",
			domain.StatementPending:   "none while it is pending",
			domain.StatementBlocked:   "none: an objection has blocked it",
			domain.StatementLate:      "none: a communication",
			domain.StatementWithdrawn: "none any more",
			domain.StatementEnded:     "none any more",
		}[r.State]
	}
	switch r.Kind {
	case domain.Reservation:
		return "modifies or excludes the provisions it concerns, as each relation shows"
	case domain.OptionalDeclaration:
		return "recognises the procedure of article " + strings.Join(r.Articles, ", ")
	case domain.Objection:
		if r.Precluding {
			return "precludes entry into force between the two"
		}
		return "excludes the provisions concerned between the two, to the extent of the reservation"
	case domain.Derogation:
		return "derogates from the provisions it concerns"
	case domain.Notification:
		return "is notified, and changes no status"
	case domain.IntentionNotToBecomeParty:
		return "ends the duty of a signatory not to defeat object and purpose (VCLT 18(a))"
	}
	for _, article := range r.Articles {
		if _, procedure := t.Declaration(article); procedure {
			return "none: no recognition of the procedure of article " + article
		}
	}
	return "none"
}

// StatementsByArticle are statements under the articles that they concern.
type StatementsByArticle struct {
	Axes     Axes                `json:"axes"`
	Treaty   TreatyHead          `json:"treaty"`
	Articles []ArticleStatements `json:"articles" doc:"In the order of the treaty; what names no article comes last"`
}

// NotSaid stands in the place of an article for statements that name none.
const NotSaid = "not said"

// ArticleStatements are the statements that concern one article or a paragraph of it.
type ArticleStatements struct {
	Article string         `json:"article" doc:"An article, a part, or: not said"`
	Title   string         `json:"title,omitempty" doc:"Of the optional procedure, where the article has one"`
	Rows    []StatementRow `json:"rows"`
}

// ByArticle puts statements under the articles that they concern. One that
// concerns several stands under each.
func ByArticle(on Query, id domain.TreatyID, q StatementQuestion) (StatementsByArticle, bool) {
	all, ok := StatementsOf(on, id, q)
	if !ok {
		return StatementsByArticle{}, false
	}
	treaty := on.History(id).Treaty
	groups := make(map[string][]StatementRow)
	for _, row := range all.Rows {
		for _, article := range articlesOf(row, q.Article) {
			groups[article] = append(groups[article], row)
		}
	}
	by := StatementsByArticle{Axes: all.Axes, Treaty: all.Treaty, Articles: []ArticleStatements{}}
	for article, rows := range groups {
		clause, _ := treaty.Declaration(article)
		by.Articles = append(by.Articles, ArticleStatements{article, clause.Title, rows})
	}
	slices.SortFunc(by.Articles, func(a, b ArticleStatements) int { return compareArticles(a.Article, b.Article) })
	return by, true
}

// articlesOf returns the whole articles under which a statement stands: of those
// it concerns, the ones that were asked for.
func articlesOf(r StatementRow, asked string) (whole []string) {
	for _, article := range r.concerned() {
		head, _, _ := strings.Cut(article, "(")
		head = strings.TrimSpace(head)
		if !slices.Contains(whole, head) && (asked == "" || sameArticle(article, asked)) {
			whole = append(whole, head)
		}
	}
	if len(whole) == 0 {
		whole = []string{NotSaid}
	}
	return whole
}

// compareArticles orders articles by their numbers, Arabic or Roman; parts and
// annexes follow, and what is not said comes last.
func compareArticles(a, b string) int {
	return cmp.Or(cmp.Compare(articleRank(a), articleRank(b)), cmp.Compare(a, b))
}

func articleRank(article string) int {
	const named, last = 1 << 20, 1 << 21
	if article == NotSaid {
		return last
	}
	number := 0
	for _, digit := range article {
		if digit < '0' || digit > '9' || number >= named {
			break
		}
		number = number*10 + int(digit-'0')
	}
	if number == 0 {
		number = roman(article)
	}
	if number == 0 {
		return named
	}
	return number
}

var romanDigits = map[rune]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}

// roman reads a Roman number, 0 where the text is none.
func roman(text string) (number int) {
	before := 0
	for _, letter := range text {
		digit, ok := romanDigits[letter]
		if !ok {
			return 0
		}
		if digit > before {
			number -= 2 * before
		}
		number += digit
		before = digit
	}
	return number
}

// StatementIn returns a statement of a participant by its record, nil where there is none.
func StatementIn(h *domain.History, p domain.ParticipantID, id domain.RecordID) *domain.StatementCourse {
	for _, s := range h.Course(p).Statements {
		if s.Act.ID == id {
			return s
		}
	}
	return nil
}

// SameLife reports whether two statements have the same course and as many answers.
func SameLife(a, b *domain.StatementCourse) bool {
	return len(a.Answers) == len(b.Answers) && slices.EqualFunc(a.Standings, b.Standings, func(x, y domain.StatementStanding) bool {
		return x.From == y.From && x.State == y.State && x.Until == y.Until && x.Text == y.Text && x.Cause == y.Cause && slices.Equal(x.Articles, y.Articles)
	})
}
