package domain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Treaty is a multilateral instrument with its final clauses as data. A clause
// that is absent is unknown, not empty: nothing is computed from it, and what
// would be shown says so.
type Treaty struct {
	ID         TreatyID
	Short      string
	Aliases    []string // other names under which it is found, such as ICRMW
	Title      string
	Adopted    Date
	Place      string
	Depositary string

	Parent        TreatyID
	ParentArticle string
	ParentRule    ParentRule

	Admits        []string
	AdmitsArticle string

	Signature        *SignatureClause
	Consent          *ConsentClause
	EntryIntoForce   *EntryClause
	LaterParties     *EntryClause
	Withdrawal       *WithdrawalClause
	Reservations     *ReservationClause
	Exclusions       *ExclusionClause
	Declarations     []DeclarationClause
	Mandatory        []MandatoryDeclaration
	TerritorialScope *TerritoryClause
	Provisions       *ProvisionsClause
	Accessions       *AccessionsClause
	Amendment        *AmendmentClause
	Suspended        []Suspended

	Stated     *StatedEntry
	Terminated *Termination
	Note       string
	Attestation
}

// ParentRule says what a protocol asks of its participants in respect of its parent.
type ParentRule string

// The two forms in use.
const (
	ParentParty            ParentRule = "party"
	ParentPartyOrSignatory ParentRule = "party or signatory"
)

// SignatureClause says when the treaty is open for signature; Closes is the last day.
type SignatureClause struct {
	Opens   Date
	Closes  Date
	Article string
}

// ConsentClause says by which acts consent to be bound is expressed.
type ConsentClause struct {
	By             []ActionKind
	Article        string
	AccessionOpens string
}

// EntryClause is a rule of entry into force: for the treaty (with When), or
// for those that join later (without).
type EntryClause struct {
	When    Condition
	Then    Delay
	Article string
	Words   string
}

// WithdrawalClause reports whether and how a party may leave.
type WithdrawalClause struct {
	Rule      string
	Then      Delay
	NotBefore string
	Window    string
	// WindowFrom is the day from which windows are counted, where that is not
	// the treaty's own entry into force (the 2014 Protocol to ILO C29).
	WindowFrom Date
	Periods    *Periods
	LaterDate  bool
	Article    string
	Words      string
}

// Periods are the successive terms for which a treaty stays in force for those
// that have not denounced it in time (Genocide Convention XIV).
type Periods struct {
	First  Delay
	Next   Delay
	Notice Delay
}

// ReservationClause says which reservations may be made.
type ReservationClause struct {
	Rule    string
	Only    []string
	Never   []string
	Parts   string
	Article string
	Notes   string
}

// ExclusionClause lists what may be left out on consenting (ILO C97 annexes).
type ExclusionClause struct {
	Of      []string
	Most    int
	Then    Delay // from the notification that lifts an exclusion to its effect
	Article string
}

// DeclarationClause is an optional procedure with a counter of its own (ICMW 76, 77).
type DeclarationClause struct {
	Article string
	Title   string
	When    Condition
	Then    Delay
	Words   string
}

// TerritoryClause says that consent may be limited or extended to territories.
type TerritoryClause struct {
	Rule    string
	Article string
}

// ProvisionsClause lets consent cover some articles or parts only, and others be
// accepted later (European Social Charter 20).
type ProvisionsClause struct {
	Of        []string // what may be chosen; none: any article
	Least     int      // how many at least
	Core      []string // of these …
	CoreLeast int      // … so many at least
	Then      Delay    // from the notification of further ones to their effect
	Article   string
}

// AccessionsClause says that an accession has effect only between who accedes and
// those that accept it (Hague Convention of 25 October 1980, 38).
type AccessionsClause struct {
	Then    Delay // from the deposit of the acceptance to its effect
	Article string
}

// AmendmentClause says whom an amendment binds, once in force, without an act of
// its own (UN Charter 108; Stockholm Convention 22; SOLAS VIII).
type AmendmentClause struct {
	Binds   AmendmentRule
	Article string
	Words   string
}

// AmendmentRule says which parties to the parent an amendment binds.
type AmendmentRule string

// The rules.
const (
	BindsAllParties   AmendmentRule = "all parties to the parent"
	BindsUnlessOptOut AmendmentRule = "all parties to the parent but those of a non-acceptance"
)

// Suspended is a time for which the operation of the treaty is suspended for all
// its parties (VCLT 57, 58, 72).
type Suspended struct {
	From  Date
	Until Date // first day on which it operates again; no date: still suspended
	Why   string
	Attestation
}

// Termination is the day from which a treaty binds nobody any more: by its own
// provisions, by consent of all parties or by a later treaty (VCLT 54, 59).
type Termination struct {
	On  Date
	Why string
	Attestation
}

// StatedEntry is the day of entry into force as its depositary publishes it.
type StatedEntry struct {
	InForce Date
	Attestation
}

// ClausesKnown reports whether the final clauses are held at all.
func (t *Treaty) ClausesKnown() bool { return t.Consent != nil }

// Declaration returns the optional procedure of an article.
func (t *Treaty) Declaration(article string) (DeclarationClause, bool) {
	for _, d := range t.Declarations {
		if d.Article == article {
			return d, true
		}
	}
	return DeclarationClause{}, false
}

var (
	reNotBefore = regexp.MustCompile(`^(\d{1,2}) years? after entry into force( for the party)?$`)
	reWindow    = regexp.MustCompile(`^(\d{1,2}) years? after each (\d{1,2}) years$`)
	reShortName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,39}$`)
)

// check returns what is wrong with the treaty as a document; whether its groups,
// weights and parent are held is the state's to say.
func (t *Treaty) check() (findings []Finding) {
	bad := func(field, format string, args ...any) {
		findings = append(findings, reject(CodeDefinitionInvalid, field, fmt.Sprintf(format, args...)))
	}
	if _, err := ParseTreatyID(string(t.ID)); err != nil {
		bad("id", "%v", err)
	}
	if !reShortName.MatchString(t.Short) {
		bad("short", "%q is no short name: 1 to 40 letters, digits and hyphens expected", t.Short)
	}
	findings = append(findings, checkAliases(t.Aliases)...)
	if strings.TrimSpace(t.Title) == "" {
		bad("title", "a treaty has a title")
	}
	findings = append(findings, checkHidden("title", t.Title)...)
	for i, alias := range t.Aliases {
		findings = append(findings, checkHidden(fmt.Sprintf("aliases[%d]", i), alias)...)
	}
	if t.Parent == t.ID {
		bad("parent", "a treaty is not its own parent")
	}
	if t.ParentRule != "" && t.ParentRule != ParentParty && t.ParentRule != ParentPartyOrSignatory {
		bad("parentRule", "%q is no rule: party, or party or signatory, expected", t.ParentRule)
	}
	if t.ParentRule != "" && t.Parent == "" {
		bad("parentRule", "a rule about the parent needs a parent")
	}
	for i, a := range t.Admits {
		if a != "States" && a != "REIO" && a != "organizations" && !strings.HasPrefix(a, "members of ") {
			bad(fmt.Sprintf("admits[%d]", i), "%q admits no one: States, REIO, organizations or members of GROUP expected", a)
		}
	}
	if s := t.Signature; s != nil && !s.Closes.IsZero() && s.Closes.Before(s.Opens) {
		bad("signature.closes", "it closes (%s) before it opens (%s)", s.Closes, s.Opens)
	}
	if e := t.Terminated; e != nil && (e.On.IsZero() || e.On.Before(t.Adopted)) {
		bad("terminated.on", "the day from which the treaty binds nobody expected, after its adoption")
	}
	for i, s := range t.Suspended {
		if s.From.IsZero() || !s.Until.IsZero() && !s.From.Before(s.Until) {
			bad(fmt.Sprintf("suspended[%d].from", i), "the day from which its operation is suspended expected, before the day on which it operates again")
		}
	}
	findings = append(findings, t.checkConsent()...)
	findings = append(findings, t.checkParts()...)
	findings = append(findings, t.checkEntry()...)
	return append(findings, t.checkLeaving()...)
}

func (t *Treaty) checkConsent() (findings []Finding) {
	if t.Consent == nil {
		return nil
	}
	if len(t.Consent.By) == 0 {
		findings = append(findings, reject(CodeDefinitionInvalid, "consent.by", "at least one act of consent expected, such as ratification"))
	}
	for i, k := range t.Consent.By {
		if !k.IsConsent() {
			findings = append(findings, reject(CodeDefinitionInvalid, fmt.Sprintf("consent.by[%d]", i),
				fmt.Sprintf("%q is no act of consent: one of %s expected", k, joinKinds(ConsentKinds()))))
		}
	}
	if opens := t.Consent.AccessionOpens; opens != "" && opens != "entry into force" {
		if _, err := ParseDate(opens); err != nil {
			findings = append(findings, reject(CodeDefinitionInvalid, "consent.accessionOpens", err.Error()+`, or "entry into force"`))
		}
	}
	return findings
}

func (t *Treaty) checkEntry() (findings []Finding) {
	bad := func(field, message string) {
		findings = append(findings, reject(CodeDefinitionInvalid, field, message))
	}
	if e := t.EntryIntoForce; e != nil {
		if e.When.IsZero() {
			bad("entryIntoForce.when", "a condition expected: "+conditionForms)
		}
		if e.Then.IsZero() {
			bad("entryIntoForce.then", "a delay expected: "+delayForms)
		}
		needsParent := slices.ContainsFunc(e.Then.floors, func(f floor) bool { return f.parent })
		e.When.every(func(c *Condition) {
			needsParent = needsParent || c.op == opParent || c.op == opParties
			if c.refusals && e.When.counts(c) {
				bad("entryIntoForce.when", "non-acceptances only block an acceptance in silence: \"tacit acceptance on 2004-01-01 unless 5 non-acceptances\" expected")
			}
			if c.declarations {
				bad("entryIntoForce.when", "declarations count for optional procedures only; consents expected")
			}
		})
		if needsParent && t.Parent == "" {
			bad("parent", "the rule of entry into force waits for a parent, and none is named")
		}
	}
	if l := t.LaterParties; l != nil {
		if !l.When.IsZero() {
			bad("laterParties.when", "the rule for later parties has no condition of its own")
		}
		if l.Then.IsZero() {
			bad("laterParties.then", "a delay expected: "+delayForms)
		}
		if len(l.Then.floors) > 0 {
			bad("laterParties.then", "a delay without floors expected: the treaty's own entry into force is the only one")
		}
	}
	seen := make(map[string]bool)
	for i, m := range t.Mandatory {
		if m.Article == "" {
			bad(fmt.Sprintf("mandatory[%d].article", i), "a mandatory declaration names its article, such as 3(2)")
		}
	}
	for i, d := range t.Declarations {
		if d.Article == "" || seen[d.Article] {
			bad(fmt.Sprintf("declarations[%d].article", i), "each optional procedure names its own article")
		}
		if len(d.Then.floors) > 0 {
			bad(fmt.Sprintf("declarations[%d].then", i), "a delay without floors expected")
		}
		d.When.leaves(func(c *Condition) {
			if d.When.text != "" && !c.declarations {
				bad(fmt.Sprintf("declarations[%d].when", i), `a number of declarations expected, such as "10 declarations"`)
			}
		})
		seen[d.Article] = true
	}
	return findings
}

func (t *Treaty) checkLeaving() (findings []Finding) {
	bad := func(field, format string, args ...any) {
		findings = append(findings, reject(CodeDefinitionInvalid, field, fmt.Sprintf(format, args...)))
	}
	if w := t.Withdrawal; w != nil {
		if w.Rule != "permitted" && w.Rule != "none" {
			bad("withdrawal.rule", "%q is no rule: permitted or none expected", w.Rule)
		}
		if w.Rule == "permitted" && w.Then.IsZero() && w.Periods == nil {
			bad("withdrawal.then", "a delay expected: %s", delayForms)
		}
		if len(w.Then.floors) > 0 {
			bad("withdrawal.then", "a delay without floors expected")
		}
		if w.NotBefore != "" && !reNotBefore.MatchString(w.NotBefore) {
			bad("withdrawal.notBefore", `%q: "3 years after entry into force" or "5 years after entry into force for the party" expected`, w.NotBefore)
		}
		if w.Window != "" && !reWindow.MatchString(w.Window) {
			bad("withdrawal.window", `%q: "1 year after each 10 years" expected`, w.Window)
		}
	}
	if r := t.Reservations; r != nil {
		if !slices.Contains([]string{"compatible", "prohibited", "only"}, r.Rule) {
			bad("reservations.rule", "%q is no rule: compatible, prohibited or only expected", r.Rule)
		}
		if (r.Rule == "only") != (len(r.Only) > 0) {
			bad("reservations.only", "the rule only, and no other, lists the articles to which reservations may be made")
		}
	}
	if e := t.Exclusions; e != nil && len(e.Of) == 0 {
		bad("exclusions.of", "the parts that may be excluded expected, such as Annex I")
	}
	if e := t.Exclusions; e != nil && len(e.Then.floors) > 0 {
		bad("exclusions.then", "a delay without floors expected")
	}
	if c := t.TerritorialScope; c != nil && c.Rule != "permitted" {
		bad("territories.rule", "%q is no rule: permitted expected", c.Rule)
	}
	return findings
}

// checkParts checks the clauses on consent in part, on accessions that need
// acceptance, and on amendments that bind without an act.
func (t *Treaty) checkParts() (findings []Finding) {
	bad := func(field, format string, args ...any) {
		findings = append(findings, reject(CodeDefinitionInvalid, field, fmt.Sprintf(format, args...)))
	}
	if p := t.Provisions; p != nil {
		if p.Least < 1 && p.CoreLeast < 1 {
			bad("provisions.least", "how many articles consent has to cover expected, such as 10")
		}
		if p.CoreLeast > len(p.Core) {
			bad("provisions.coreLeast", "%d of %d articles: a number up to %d expected", p.CoreLeast, len(p.Core), len(p.Core))
		}
		if len(p.Then.floors) > 0 {
			bad("provisions.then", "a delay without floors expected")
		}
	}
	if a := t.Accessions; a != nil && (a.Then.IsZero() || len(a.Then.floors) > 0) {
		bad("accessions.then", "a delay without floors expected, from the acceptance of an accession to its effect: %s", delayForms)
	}
	if t.Amendment == nil && t.acceptedInSilence() {
		bad("amendment", "what is accepted in silence binds without an act: whom it binds expected, %q or %q", BindsAllParties, BindsUnlessOptOut)
	}
	if a := t.Amendment; a != nil {
		if a.Binds != BindsAllParties && a.Binds != BindsUnlessOptOut {
			bad("amendment.binds", "%q is no rule: %q or %q expected", a.Binds, BindsAllParties, BindsUnlessOptOut)
		}
		if t.Parent == "" {
			bad("parent", "an amendment binds the parties to its parent, and none is named")
		}
	}
	return findings
}
