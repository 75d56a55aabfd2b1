package model

import "depositary/domain"

// Treaty is a multilateral instrument with its final clauses as data. A clause
// that is absent is unknown, not empty: nothing is computed from it, and what
// would be shown says so.
type Treaty struct {
	ID         domain.TreatyID `json:"id" doc:"MTDSG number (IV-13), or the number of an ILO convention (C097)"`
	Short      string          `json:"short" doc:"Usual short name, without blanks (ICMW)"`
	Aliases    []string        `json:"aliases,omitempty" doc:"Other names under which it is found, such as ICRMW"`
	Title      string          `json:"title"`
	Adopted    domain.Date     `json:"adopted,omitzero" format:"date"`
	Place      string          `json:"place,omitempty"`
	Depositary string          `json:"depositary,omitempty"`

	Parent        domain.TreatyID   `json:"parent,omitempty" doc:"Treaty to which this one is a protocol or an amendment"`
	ParentArticle string            `json:"parentArticle,omitempty"`
	ParentRule    domain.ParentRule `json:"parentRule,omitempty" enum:"party,party or signatory"`

	Admits        []string `json:"admits,omitempty" doc:"Who may take part: States, REIO, organizations, members of GROUP"`
	AdmitsArticle string   `json:"admitsArticle,omitempty"`

	Signature        *SignatureClause       `json:"signature,omitempty" doc:"Absent where the treaty is not signed (ILO)"`
	Consent          *ConsentClause         `json:"consent,omitempty"`
	EntryIntoForce   *EntryClause           `json:"entryIntoForce,omitempty"`
	LaterParties     *EntryClause           `json:"laterParties,omitempty"`
	Withdrawal       *WithdrawalClause      `json:"withdrawal,omitempty"`
	Reservations     *ReservationClause     `json:"reservations,omitempty"`
	Exclusions       *ExclusionClause       `json:"exclusions,omitempty"`
	Declarations     []DeclarationClause    `json:"declarations,omitempty"`
	Mandatory        []MandatoryDeclaration `json:"mandatory,omitempty" doc:"What every participant declares when it consents, such as a minimum age"`
	TerritorialScope *TerritoryClause       `json:"territories,omitempty"`
	Provisions       *ProvisionsClause      `json:"provisions,omitempty"`
	Accessions       *AccessionsClause      `json:"accessions,omitempty"`
	Amendment        *AmendmentClause       `json:"amendment,omitempty"`
	Suspended        []Suspended            `json:"suspended,omitempty" doc:"Times for which its operation is suspended for all parties (VCLT 57, 72)"`

	Stated     *StatedEntry `json:"stated,omitempty" doc:"Published day of entry into force; it holds, and is marked, where the deposits held give another one or none"`
	Terminated *Termination `json:"terminated,omitempty" doc:"From when the treaty binds nobody any more (VCLT 54, 59)"`
	Note       string       `json:"note,omitempty"`
	Attestation
}

// SignatureClause says when the treaty is open for signature; Closes is the last day.
type SignatureClause struct {
	Opens   domain.Date `json:"opens,omitzero" format:"date"`
	Closes  domain.Date `json:"closes,omitzero" format:"date"`
	Article string      `json:"article,omitempty"`
}

// ConsentClause says by which acts consent to be bound is expressed.
type ConsentClause struct {
	By             []domain.ActionKind `json:"by"`
	Article        string              `json:"article,omitempty"`
	AccessionOpens string              `json:"accessionOpens,omitempty" doc:"A day, or \"entry into force\""`
}

// EntryClause is a rule of entry into force: for the treaty (with When), or
// for those that join later (without).
type EntryClause struct {
	When    domain.Condition `json:"when,omitzero"`
	Then    domain.Delay     `json:"then"`
	Article string           `json:"article,omitempty"`
	Words   string           `json:"words,omitempty" doc:"The operative words of the article"`
}

// WithdrawalClause reports whether and how a party may leave.
type WithdrawalClause struct {
	Rule      string       `json:"rule" enum:"permitted,none"`
	Then      domain.Delay `json:"then,omitzero" doc:"From receipt of the notification to its effect"`
	NotBefore string       `json:"notBefore,omitempty" doc:"N years after entry into force [for the party]"`
	Window    string       `json:"window,omitempty" doc:"1 year after each 10 years: the only time in which it may be given"`
	// WindowFrom is the day from which windows are counted, where that is not
	// the treaty's own entry into force (the 2014 Protocol to ILO C29).
	WindowFrom domain.Date `json:"windowFrom,omitzero" format:"date"`
	Periods    *Periods    `json:"periods,omitempty" doc:"The treaty runs for periods, and is left at the end of one"`
	LaterDate  bool        `json:"laterDate,omitempty" doc:"The notification may name a later day"`
	Article    string      `json:"article,omitempty"`
	Words      string      `json:"words,omitempty"`
}

// Periods are the successive terms for which a treaty stays in force for those
// that have not denounced it in time (Genocide Convention XIV).
type Periods struct {
	First  domain.Delay `json:"first" doc:"Length of the first period, from the treaty's entry into force"`
	Next   domain.Delay `json:"next" doc:"Length of each following period"`
	Notice domain.Delay `json:"notice,omitzero" doc:"How long before the end of a period the notification must be given"`
}

// ReservationClause says which reservations may be made.
type ReservationClause struct {
	Rule    string   `json:"rule" enum:"compatible,prohibited,only"`
	Only    []string `json:"only,omitempty" doc:"With rule only: the articles to which reservations may be made"`
	Never   []string `json:"never,omitempty" doc:"Articles to which none may be made"`
	Parts   string   `json:"parts,omitempty" doc:"The article that forbids excluding a part (ICMW 88)"`
	Article string   `json:"article,omitempty"`
	Notes   string   `json:"notes,omitempty"`
}

// ExclusionClause lists what may be left out on consenting (ILO C97 annexes).
type ExclusionClause struct {
	Of      []string     `json:"of"`
	Most    int          `json:"most,omitempty" doc:"How many may be excluded at most; all where absent"`
	Then    domain.Delay `json:"then,omitzero" doc:"From the notification that lifts an exclusion to its effect; absent: its receipt"`
	Article string       `json:"article,omitempty"`
}

// DeclarationClause is an optional procedure with a counter of its own (ICMW 76, 77).
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

// TerritoryClause says that consent may be limited or extended to territories.
type TerritoryClause struct {
	Rule    string `json:"rule" enum:"permitted"`
	Article string `json:"article,omitempty"`
}

// StatedEntry is the day of entry into force as its depositary publishes it.
type StatedEntry struct {
	InForce domain.Date `json:"inForce" format:"date"`
	Attestation
}

// ProvisionsClause lets consent cover some articles or parts only.
type ProvisionsClause struct {
	Of        []string     `json:"of,omitempty" doc:"What may be chosen; absent: any article"`
	Least     int          `json:"least,omitempty" doc:"How many consent has to cover at least"`
	Core      []string     `json:"core,omitempty" doc:"Articles of which coreLeast have to be accepted in whole"`
	CoreLeast int          `json:"coreLeast,omitempty"`
	Then      domain.Delay `json:"then,omitzero" doc:"From the notification of further articles to their effect"`
	Article   string       `json:"article,omitempty"`
}

// AccessionsClause says that an accession has effect only between who accedes and
// those that accept it.
type AccessionsClause struct {
	Then    domain.Delay `json:"then" doc:"From the deposit of the acceptance of an accession to its effect"`
	Article string       `json:"article,omitempty"`
}

// AmendmentClause says whom an amendment binds, once in force, without an act.
type AmendmentClause struct {
	Binds   domain.AmendmentRule `json:"binds" enum:"all parties to the parent,all parties to the parent but those of a non-acceptance"`
	Article string               `json:"article,omitempty"`
	Words   string               `json:"words,omitempty"`
}

// Suspended is a time for which the operation of a treaty is suspended for all.
type Suspended struct {
	From  domain.Date `json:"from" format:"date"`
	Until domain.Date `json:"until,omitzero" format:"date" doc:"First day on which it operates again; absent: still suspended"`
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
	On  domain.Date `json:"on" format:"date"`
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
