package v1

import "depositary/domain"

// Treaty is a treaty with its final clauses.
type Treaty struct {
	ID               domain.TreatyID        `json:"id"`
	Short            string                 `json:"short"`
	Aliases          []string               `json:"aliases,omitempty"`
	Title            string                 `json:"title"`
	Adopted          domain.Date            `json:"adopted,omitzero"`
	Place            string                 `json:"place,omitempty"`
	Depositary       string                 `json:"depositary,omitempty"`
	Parent           domain.TreatyID        `json:"parent,omitempty"`
	ParentArticle    string                 `json:"parentArticle,omitempty"`
	ParentRule       domain.ParentRule      `json:"parentRule,omitempty"`
	Admits           []string               `json:"admits,omitempty"`
	AdmitsArticle    string                 `json:"admitsArticle,omitempty"`
	Signature        *SignatureClause       `json:"signature,omitempty"`
	Consent          *ConsentClause         `json:"consent,omitempty"`
	EntryIntoForce   *EntryClause           `json:"entryIntoForce,omitempty"`
	LaterParties     *EntryClause           `json:"laterParties,omitempty"`
	Withdrawal       *WithdrawalClause      `json:"withdrawal,omitempty"`
	Reservations     *ReservationClause     `json:"reservations,omitempty"`
	Exclusions       *ExclusionClause       `json:"exclusions,omitempty"`
	Declarations     []DeclarationClause    `json:"declarations,omitempty"`
	TerritorialScope *TerritoryClause       `json:"territories,omitempty"`
	Stated           *StatedEntry           `json:"stated,omitempty"`
	Terminated       *Termination           `json:"terminated,omitempty"`
	Provisions       *ProvisionsClause      `json:"provisions,omitempty"`
	Accessions       *AccessionsClause      `json:"accessions,omitempty"`
	Amendment        *AmendmentClause       `json:"amendment,omitempty"`
	Suspended        []Suspended            `json:"suspended,omitempty"`
	Mandatory        []MandatoryDeclaration `json:"mandatory,omitempty"`
	Note             string                 `json:"note,omitempty"`
	Attestation
}

// SignatureClause is the clause on signature.
type SignatureClause struct {
	Opens   domain.Date `json:"opens,omitzero"`
	Closes  domain.Date `json:"closes,omitzero"`
	Article string      `json:"article,omitempty"`
}

// ConsentClause is the clause on the expression of consent.
type ConsentClause struct {
	By             []domain.ActionKind `json:"by"`
	Article        string              `json:"article,omitempty"`
	AccessionOpens string              `json:"accessionOpens,omitempty"`
}

// EntryClause is a clause on entry into force.
type EntryClause struct {
	When    domain.Condition `json:"when,omitzero"`
	Then    domain.Delay     `json:"then"`
	Article string           `json:"article,omitempty"`
	Words   string           `json:"words,omitempty"`
}

// WithdrawalClause is the clause on denunciation.
type WithdrawalClause struct {
	Rule       string       `json:"rule"`
	Then       domain.Delay `json:"then,omitzero"`
	NotBefore  string       `json:"notBefore,omitempty"`
	Window     string       `json:"window,omitempty"`
	WindowFrom domain.Date  `json:"windowFrom,omitzero"`
	Periods    *Periods     `json:"periods,omitempty"`
	LaterDate  bool         `json:"laterDate,omitempty"`
	Article    string       `json:"article,omitempty"`
	Words      string       `json:"words,omitempty"`
}

// Periods are the successive terms of a treaty.
type Periods struct {
	First  domain.Delay `json:"first"`
	Next   domain.Delay `json:"next"`
	Notice domain.Delay `json:"notice,omitzero"`
}

// ReservationClause is the clause on reservations.
type ReservationClause struct {
	Rule    string   `json:"rule"`
	Only    []string `json:"only,omitempty"`
	Never   []string `json:"never,omitempty"`
	Parts   string   `json:"parts,omitempty"`
	Article string   `json:"article,omitempty"`
	Notes   string   `json:"notes,omitempty"`
}

// ExclusionClause is the clause on parts that may be excluded.
type ExclusionClause struct {
	Of      []string     `json:"of"`
	Most    int          `json:"most,omitempty"`
	Then    domain.Delay `json:"then,omitzero"`
	Article string       `json:"article,omitempty"`
}

// DeclarationClause is the clause on an optional procedure.
type DeclarationClause struct {
	Article string           `json:"article"`
	Title   string           `json:"title,omitempty"`
	When    domain.Condition `json:"when,omitzero"`
	Then    domain.Delay     `json:"then,omitzero"`
	Words   string           `json:"words,omitempty"`
}

// MandatoryDeclaration is what every participant declares when it consents
// (OPAC 3(2), ILO C138 2(1)).
type MandatoryDeclaration struct {
	Article string `json:"article"`
	Title   string `json:"title,omitempty"`
	Words   string `json:"words,omitempty"`
}

// TerritoryClause is the clause on territorial scope.
type TerritoryClause struct {
	Rule    string `json:"rule"`
	Article string `json:"article,omitempty"`
}

// StatedEntry is the published day of entry into force.
type StatedEntry struct {
	InForce domain.Date `json:"inForce"`
	Attestation
}

// ProvisionsClause lets consent cover some articles or parts only.
type ProvisionsClause struct {
	Of        []string     `json:"of,omitempty"`
	Least     int          `json:"least,omitempty"`
	Core      []string     `json:"core,omitempty"`
	CoreLeast int          `json:"coreLeast,omitempty"`
	Then      domain.Delay `json:"then,omitzero"`
	Article   string       `json:"article,omitempty"`
}

// AccessionsClause says that an accession has effect only between who accedes and
// those that accept it.
type AccessionsClause struct {
	Then    domain.Delay `json:"then"`
	Article string       `json:"article,omitempty"`
}

// AmendmentClause says whom an amendment binds, once in force, without an act.
type AmendmentClause struct {
	Binds   domain.AmendmentRule `json:"binds"`
	Article string               `json:"article,omitempty"`
	Words   string               `json:"words,omitempty"`
}

// Suspended is a time for which the operation of a treaty is suspended for all.
type Suspended struct {
	From  domain.Date `json:"from"`
	Until domain.Date `json:"until,omitzero"`
	Why   string      `json:"why,omitempty"`
	Attestation
}

func (s Suspended) toDomain() domain.Suspended {
	return domain.Suspended{From: s.From, Until: s.Until, Why: s.Why, Attestation: domain.Attestation(s.Attestation)}
}

// FromTreaty converts a treaty of the domain.
func FromTreaty(t domain.Treaty) Treaty {
	return Treaty{
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
		Signature:        (*SignatureClause)(t.Signature),
		Consent:          (*ConsentClause)(t.Consent),
		EntryIntoForce:   (*EntryClause)(t.EntryIntoForce),
		LaterParties:     (*EntryClause)(t.LaterParties),
		Withdrawal:       fromWithdrawal(t.Withdrawal),
		Reservations:     (*ReservationClause)(t.Reservations),
		Exclusions:       (*ExclusionClause)(t.Exclusions),
		Declarations:     each(t.Declarations, func(c domain.DeclarationClause) DeclarationClause { return DeclarationClause(c) }),
		Mandatory:        each(t.Mandatory, func(c domain.MandatoryDeclaration) MandatoryDeclaration { return MandatoryDeclaration(c) }),
		TerritorialScope: (*TerritoryClause)(t.TerritorialScope),
		Stated:           fromStated(t.Stated),
		Terminated:       fromTermination(t.Terminated),
		Provisions:       (*ProvisionsClause)(t.Provisions),
		Accessions:       (*AccessionsClause)(t.Accessions),
		Amendment:        (*AmendmentClause)(t.Amendment),
		Suspended: each(t.Suspended, func(s domain.Suspended) Suspended {
			return Suspended{s.From, s.Until, s.Why, Attestation(s.Attestation)}
		}),
		Note:        t.Note,
		Attestation: Attestation(t.Attestation),
	}
}

// ToDomain converts the treaty to the domain's.
func (t Treaty) ToDomain() domain.Treaty {
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
		Declarations:     each(t.Declarations, func(c DeclarationClause) domain.DeclarationClause { return domain.DeclarationClause(c) }),
		Mandatory:        each(t.Mandatory, func(c MandatoryDeclaration) domain.MandatoryDeclaration { return domain.MandatoryDeclaration(c) }),
		TerritorialScope: (*domain.TerritoryClause)(t.TerritorialScope),
		Stated:           t.Stated.toDomain(),
		Terminated:       t.Terminated.toDomain(),
		Provisions:       (*domain.ProvisionsClause)(t.Provisions),
		Accessions:       (*domain.AccessionsClause)(t.Accessions),
		Amendment:        (*domain.AmendmentClause)(t.Amendment),
		Suspended:        each(t.Suspended, Suspended.toDomain),
		Note:             t.Note,
		Attestation:      domain.Attestation(t.Attestation),
	}
}

func fromWithdrawal(c *domain.WithdrawalClause) *WithdrawalClause {
	if c == nil {
		return nil
	}
	return &WithdrawalClause{
		Rule:       c.Rule,
		Then:       c.Then,
		NotBefore:  c.NotBefore,
		Window:     c.Window,
		WindowFrom: c.WindowFrom,
		Periods:    (*Periods)(c.Periods),
		LaterDate:  c.LaterDate,
		Article:    c.Article,
		Words:      c.Words,
	}
}

func (c *WithdrawalClause) toDomain() *domain.WithdrawalClause {
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

func fromStated(s *domain.StatedEntry) *StatedEntry {
	if s == nil {
		return nil
	}
	return &StatedEntry{s.InForce, Attestation(s.Attestation)}
}

func (s *StatedEntry) toDomain() *domain.StatedEntry {
	if s == nil {
		return nil
	}
	return &domain.StatedEntry{InForce: s.InForce, Attestation: domain.Attestation(s.Attestation)}
}

// Termination is the day from which a treaty binds nobody any more.
type Termination struct {
	On  domain.Date `json:"on"`
	Why string      `json:"why,omitempty"`
	Attestation
}

func fromTermination(t *domain.Termination) *Termination {
	if t == nil {
		return nil
	}
	return &Termination{t.On, t.Why, Attestation(t.Attestation)}
}

func (t *Termination) toDomain() *domain.Termination {
	if t == nil {
		return nil
	}
	return &domain.Termination{On: t.On, Why: t.Why, Attestation: domain.Attestation(t.Attestation)}
}
