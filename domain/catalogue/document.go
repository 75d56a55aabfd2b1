package catalogue

import (
	"encoding/json"
	"fmt"

	"depositary/domain"
)

// The form of the bundled files. It is read only, so there is one conversion: to
// the definitions of the domain.

// TreatyDocument is a treaty with its final clauses, as a file states it.
type TreatyDocument struct {
	ID               domain.TreatyID        `json:"id"`
	Short            string                 `json:"short"`
	Aliases          []string               `json:"aliases"`
	Title            string                 `json:"title"`
	Adopted          domain.Date            `json:"adopted"`
	Place            string                 `json:"place"`
	Depositary       string                 `json:"depositary"`
	Parent           domain.TreatyID        `json:"parent"`
	ParentArticle    string                 `json:"parentArticle"`
	ParentRule       domain.ParentRule      `json:"parentRule"`
	Admits           []string               `json:"admits"`
	AdmitsArticle    string                 `json:"admitsArticle"`
	Signature        *signatureClause       `json:"signature"`
	Consent          *consentClause         `json:"consent"`
	EntryIntoForce   *entryClause           `json:"entryIntoForce"`
	LaterParties     *entryClause           `json:"laterParties"`
	Withdrawal       *withdrawalClause      `json:"withdrawal"`
	Reservations     *reservationClause     `json:"reservations"`
	Exclusions       *exclusionClause       `json:"exclusions"`
	Declarations     []declarationClause    `json:"declarations"`
	Mandatory        []mandatoryDeclaration `json:"mandatory"`
	TerritorialScope *territoryClause       `json:"territories"`
	Stated           *statedEntry           `json:"stated"`
	Terminated       *termination           `json:"terminated"`
	Provisions       *provisionsClause      `json:"provisions"`
	Accessions       *accessionsClause      `json:"accessions"`
	Amendment        *amendmentClause       `json:"amendment"`
	Suspended        []suspended            `json:"suspended"`
	Note             string                 `json:"note"`
	Attestation
}

// signatureClause is the clause on signature.
type signatureClause struct {
	Opens   domain.Date `json:"opens"`
	Closes  domain.Date `json:"closes"`
	Article string      `json:"article"`
}

// consentClause is the clause on the expression of consent.
type consentClause struct {
	By             []domain.ActionKind `json:"by"`
	Article        string              `json:"article"`
	AccessionOpens string              `json:"accessionOpens"`
}

// entryClause is a clause on entry into force.
type entryClause struct {
	When    domain.Condition `json:"when"`
	Then    domain.Delay     `json:"then"`
	Article string           `json:"article"`
	Words   string           `json:"words"`
}

// withdrawalClause is the clause on denunciation.
type withdrawalClause struct {
	Rule       string       `json:"rule"`
	Then       domain.Delay `json:"then"`
	NotBefore  string       `json:"notBefore"`
	Window     string       `json:"window"`
	WindowFrom domain.Date  `json:"windowFrom"`
	Periods    *periods     `json:"periods"`
	LaterDate  bool         `json:"laterDate"`
	Article    string       `json:"article"`
	Words      string       `json:"words"`
}

// periods are the successive terms of a treaty.
type periods struct {
	First  domain.Delay `json:"first"`
	Next   domain.Delay `json:"next"`
	Notice domain.Delay `json:"notice"`
}

// reservationClause is the clause on reservations.
type reservationClause struct {
	Rule    string   `json:"rule"`
	Only    []string `json:"only"`
	Never   []string `json:"never"`
	Parts   string   `json:"parts"`
	Article string   `json:"article"`
	Notes   string   `json:"notes"`
}

// exclusionClause is the clause on parts that may be excluded.
type exclusionClause struct {
	Of      []string     `json:"of"`
	Most    int          `json:"most"`
	Then    domain.Delay `json:"then"`
	Article string       `json:"article"`
}

// declarationClause is the clause on an optional procedure.
type declarationClause struct {
	Article string           `json:"article"`
	Title   string           `json:"title"`
	When    domain.Condition `json:"when"`
	Then    domain.Delay     `json:"then"`
	Words   string           `json:"words"`
}

// mandatoryDeclaration is what every participant declares when it consents.
type mandatoryDeclaration struct {
	Article string `json:"article"`
	Title   string `json:"title"`
	Words   string `json:"words"`
}

// territoryClause is the clause on territorial scope.
type territoryClause struct {
	Rule    string `json:"rule"`
	Article string `json:"article"`
}

// statedEntry is the published day of entry into force.
type statedEntry struct {
	InForce domain.Date `json:"inForce"`
	Attestation
}

// ParticipantDocument is a State or an organization, as a file states it.
type ParticipantDocument struct {
	ID          domain.ParticipantID   `json:"id"`
	Kind        domain.ParticipantKind `json:"kind"`
	ISO3        string                 `json:"iso3"`
	Exists      Interval               `json:"exists"`
	Names       []datedName            `json:"names"`
	Codes       []datedCode            `json:"codes"`
	Aliases     []string               `json:"aliases"`
	Succeeds    []succession           `json:"succeeds"`
	Responsible []responsibility       `json:"responsible"`
	Note        string                 `json:"note"`
	Attestation
}

// Interval is the days from one day until before another.
type Interval struct {
	From  domain.Date `json:"from"`
	Until domain.Date `json:"until"`
}

// datedName is a name for an interval.
type datedName struct {
	Name string `json:"name"`
	Interval
}

// datedCode is a code for an interval.
type datedCode struct {
	Code string `json:"code"`
	Interval
}

// succession names a predecessor.
type succession struct {
	Participant domain.ParticipantID `json:"participant"`
	On          domain.Date          `json:"on"`
	How         string               `json:"how"`
}

// GroupDocument is a group of participants, as a file states it.
type GroupDocument struct {
	ID      domain.GroupID `json:"id"`
	Name    string         `json:"name"`
	Kind    string         `json:"kind"`
	Edition string         `json:"edition"`
	Members []member       `json:"members"`
	Note    string         `json:"note"`
	Attestation
}

// member is a membership for an interval.
type member struct {
	Participant domain.ParticipantID `json:"participant"`
	Interval
}

// WeightsDocument is an edition of a weight table, as a file states it.
type WeightsDocument struct {
	ID      domain.WeightsID  `json:"id"`
	Edition string            `json:"edition"`
	Name    string            `json:"name"`
	Unit    string            `json:"unit"`
	World   string            `json:"world"`
	Licence string            `json:"licence"`
	Note    string            `json:"note"`
	Areas   map[string]string `json:"areas"`
	Rows    []weightRow       `json:"rows"`
	Attestation
}

// weightRow is the value of an area in a year, written ["DEU",2020,15762457].
type weightRow struct {
	Area  string
	Year  int
	Value float64
}

// Attestation names the source of a fact.
type Attestation struct {
	Source       string `json:"source"`
	Verification string `json:"verification"`
}

// ToDomain converts what the file states to the definition.
func (t TreatyDocument) ToDomain() domain.Treaty {
	return domain.Treaty{
		ID:               t.ID,
		Short:            t.Short,
		Aliases:          t.Aliases,
		Title:            t.Title,
		Adopted:          t.Adopted,
		Place:            t.Place,
		Depositary:       t.Depositary,
		Parent:           t.Parent,
		ParentArticle:    t.ParentArticle,
		ParentRule:       t.ParentRule,
		Admits:           t.Admits,
		AdmitsArticle:    t.AdmitsArticle,
		Signature:        (*domain.SignatureClause)(t.Signature),
		Consent:          (*domain.ConsentClause)(t.Consent),
		EntryIntoForce:   (*domain.EntryClause)(t.EntryIntoForce),
		LaterParties:     (*domain.EntryClause)(t.LaterParties),
		Withdrawal:       t.Withdrawal.toDomain(),
		Reservations:     (*domain.ReservationClause)(t.Reservations),
		Exclusions:       (*domain.ExclusionClause)(t.Exclusions),
		Declarations:     each(t.Declarations, func(c declarationClause) domain.DeclarationClause { return domain.DeclarationClause(c) }),
		Mandatory:        each(t.Mandatory, func(c mandatoryDeclaration) domain.MandatoryDeclaration { return domain.MandatoryDeclaration(c) }),
		TerritorialScope: (*domain.TerritoryClause)(t.TerritorialScope),
		Stated:           t.Stated.toDomain(),
		Terminated:       t.Terminated.toDomain(),
		Provisions:       (*domain.ProvisionsClause)(t.Provisions),
		Accessions:       (*domain.AccessionsClause)(t.Accessions),
		Amendment:        (*domain.AmendmentClause)(t.Amendment),
		Suspended:        each(t.Suspended, suspended.toDomain),
		Note:             t.Note,
		Attestation:      domain.Attestation(t.Attestation),
	}
}

func (c *withdrawalClause) toDomain() *domain.WithdrawalClause {
	if c == nil {
		return nil
	}
	return &domain.WithdrawalClause{
		Rule:       c.Rule,
		Then:       c.Then,
		NotBefore:  c.NotBefore,
		Window:     c.Window,
		WindowFrom: c.WindowFrom,
		Periods:    (*domain.Periods)(c.Periods),
		LaterDate:  c.LaterDate,
		Article:    c.Article,
		Words:      c.Words,
	}
}

func (s *statedEntry) toDomain() *domain.StatedEntry {
	if s == nil {
		return nil
	}
	return &domain.StatedEntry{InForce: s.InForce, Attestation: domain.Attestation(s.Attestation)}
}

// UnmarshalJSON reads an array of three.
func (r *weightRow) UnmarshalJSON(data []byte) error {
	if string(data) == "null" { // what a document has there could not be read
		return nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil || len(parts) != 3 {
		return fmt.Errorf("a row of a weight table is an area, a year and a value, such as [\"DEU\",2020,15762457], not %s", data)
	}
	for i, target := range []any{&r.Area, &r.Year, &r.Value} {
		if err := json.Unmarshal(parts[i], target); err != nil {
			return fmt.Errorf("row %s: %w", data, err)
		}
	}
	return nil
}

// ToDomain converts what the file states to the definition.
// responsibility names the State responsible for a territory.
type responsibility struct {
	Participant domain.ParticipantID `json:"participant"`
	Interval
}

func (p ParticipantDocument) ToDomain() domain.Participant {
	return domain.Participant{
		ID:     p.ID,
		Kind:   p.Kind,
		ISO3:   p.ISO3,
		Exists: domain.Interval(p.Exists),
		Names: each(p.Names, func(n datedName) domain.DatedName {
			return domain.DatedName{Name: n.Name, Interval: domain.Interval(n.Interval)}
		}),
		Codes: each(p.Codes, func(c datedCode) domain.DatedCode {
			return domain.DatedCode{Code: c.Code, Interval: domain.Interval(c.Interval)}
		}),
		Aliases:  p.Aliases,
		Succeeds: each(p.Succeeds, func(s succession) domain.Succession { return domain.Succession(s) }),
		Responsible: each(p.Responsible, func(r responsibility) domain.Responsibility {
			return domain.Responsibility{Participant: r.Participant, Interval: domain.Interval(r.Interval)}
		}),
		Note:        p.Note,
		Attestation: domain.Attestation(p.Attestation),
	}
}

// ToDomain converts what the file states to the definition.
func (g GroupDocument) ToDomain() domain.Group {
	return domain.Group{
		ID:      g.ID,
		Name:    g.Name,
		Kind:    g.Kind,
		Edition: g.Edition,
		Members: each(g.Members, func(m member) domain.Member {
			return domain.Member{Participant: m.Participant, Interval: domain.Interval(m.Interval)}
		}),
		Note:        g.Note,
		Attestation: domain.Attestation(g.Attestation),
	}
}

// ToDomain converts what the file states to the definition.
func (w WeightsDocument) ToDomain() domain.Weights {
	return domain.Weights{
		ID:          w.ID,
		Edition:     w.Edition,
		Name:        w.Name,
		Unit:        w.Unit,
		World:       w.World,
		Licence:     w.Licence,
		Note:        w.Note,
		Areas:       w.Areas,
		Rows:        each(w.Rows, func(r weightRow) domain.WeightRow { return domain.WeightRow(r) }),
		Attestation: domain.Attestation(w.Attestation),
	}
}

// each converts a list; one that is absent stays absent.
func each[A, B any](all []A, convert func(A) B) []B {
	if all == nil {
		return nil
	}
	converted := make([]B, len(all))
	for i, v := range all {
		converted[i] = convert(v)
	}
	return converted
}

// provisionsClause lets consent cover some articles or parts only.
type provisionsClause struct {
	Of        []string     `json:"of"`
	Least     int          `json:"least"`
	Core      []string     `json:"core"`
	CoreLeast int          `json:"coreLeast"`
	Then      domain.Delay `json:"then"`
	Article   string       `json:"article"`
}

// accessionsClause is the clause on the acceptance of accessions.
type accessionsClause struct {
	Then    domain.Delay `json:"then"`
	Article string       `json:"article"`
}

// amendmentClause says whom an amendment binds without an act.
type amendmentClause struct {
	Binds   domain.AmendmentRule `json:"binds"`
	Article string               `json:"article"`
	Words   string               `json:"words"`
}

// suspended is a time for which the operation of a treaty is suspended for all.
type suspended struct {
	From  domain.Date `json:"from"`
	Until domain.Date `json:"until"`
	Why   string      `json:"why"`
	Attestation
}

func (s suspended) toDomain() domain.Suspended {
	return domain.Suspended{From: s.From, Until: s.Until, Why: s.Why, Attestation: domain.Attestation(s.Attestation)}
}

// termination is the day from which a treaty binds nobody any more.
type termination struct {
	On  domain.Date `json:"on"`
	Why string      `json:"why"`
	Attestation
}

func (t *termination) toDomain() *domain.Termination {
	if t == nil {
		return nil
	}
	return &domain.Termination{On: t.On, Why: t.Why, Attestation: domain.Attestation(t.Attestation)}
}
