package mtdsg

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"depositary/domain"
)

// Row is a participant under the name that the table shows, with its acts in
// respect of the treaty: those that count on the day of the table, and those
// for which the form has no room, so that they can be told. An act that was
// taken from a table of this form has the label of its column in its
// provenance, and goes back to it.
type Row struct {
	Name string
	Acts []domain.Action
}

// standard are the acts as labels of the United Nations name and code them, in
// the usual order, each with the number of its column.
var standard = []standardAct{
	{LabelAct{"Signature", "", domain.Signature}, signatures},
	{LabelAct{"Signature ad referendum", "s", domain.SignatureAdReferendum}, signatures},
	{LabelAct{"Succession to signature", "d", domain.SuccessionToSignature}, signatures},
	{LabelAct{"Confirmation of signature", "C", domain.ConfirmationOfSignature}, confirmations},
	{LabelAct{"Provisional application", "n", domain.ProvisionalApplication}, provisional},
	{LabelAct{"Definitive signature", "s", domain.DefinitiveSignature}, consents},
	{LabelAct{"Ratification", "", domain.Ratification}, consents},
	{LabelAct{"Acceptance", "A", domain.Acceptance}, consents},
	{LabelAct{"Approval", "AA", domain.Approval}, consents},
	{LabelAct{"Formal confirmation", "c", domain.FormalConfirmation}, consents},
	{LabelAct{"Accession", "a", domain.Accession}, consents},
	{LabelAct{"Succession", "d", domain.SuccessionOfState}, consents},
	{LabelAct{"Consent to be bound", "P", domain.ConsentToBeBound}, consents},
}

type standardAct struct {
	LabelAct
	column int
}

// The columns of a table, in their order.
const (
	signatures = iota
	confirmations
	provisional
	consents
	others
)

// unknownKind is the column of consents of which only the day is known: its
// label leaves open by which act each was expressed.
const unknownKind = "Ratification, Acceptance, Approval, Accession"

// ColumnsFor chooses the columns of the table of a treaty. Labels under which
// acts were taken from another table of this form come back; what they do not
// offer gets the usual labels: the acts that occur and, where the final clauses
// are known and no label comes back, those that they allow.
func ColumnsFor(treaty *domain.Treaty, rows []Row) Columns {
	columns := labelsOfSource(rows)
	wanted := make(map[domain.ActionKind]bool)
	if len(columns) == 0 {
		wanted = allowedBy(treaty)
	}
	for act := range actsOf(rows) {
		if _, p := columns.placeIn(act); !p.fits() {
			wanted[act.Kind] = true
		}
	}
	for _, s := range standard {
		if wanted[s.Kind] {
			columns = columns.offering(s)
		}
	}
	if wanted[domain.ConsentOfUnknownKind] {
		columns = append(columns, ParseColumn(unknownKind))
	}
	slices.SortStableFunc(columns, func(a, b Column) int { return cmp.Compare(a.rank(), b.rank()) })
	return columns
}

func actsOf(rows []Row) iter.Seq[*domain.Action] {
	return func(yield func(*domain.Action) bool) {
		for _, row := range rows {
			for i := range row.Acts {
				if !yield(&row.Acts[i]) {
					return
				}
			}
		}
	}
}

// allowedBy returns the acts that the final clauses allow, as far as they are known.
func allowedBy(treaty *domain.Treaty) map[domain.ActionKind]bool {
	allowed := make(map[domain.ActionKind]bool)
	if treaty == nil || !treaty.ClausesKnown() {
		return allowed
	}
	if treaty.Signature != nil {
		allowed[domain.Signature] = true
	}
	for _, kind := range treaty.Consent.By {
		allowed[kind] = true
	}
	return allowed
}

// labelsOfSource returns the labels that stand in the provenance of the acts. A
// label that says nothing beyond another one is left out: a later edition may
// name the same acts in another order.
func labelsOfSource(rows []Row) (columns Columns) {
	for act := range actsOf(rows) {
		if len(columns) == maxBack {
			break
		}
		if act.Provenance == nil || columns.labelled(act.Provenance.Column) {
			continue
		}
		if c := ParseColumn(act.Provenance.Column); c.readable() && c.place(act).fits() {
			columns = append(columns, c)
		}
	}
	all := slices.Clone(columns)
	return slices.DeleteFunc(columns, func(c Column) bool {
		own := slices.IndexFunc(all, func(o Column) bool { return o.Label == c.Label })
		return slices.ContainsFunc(all, func(o Column) bool { return len(o.Acts) > len(c.Acts) && o.contains(&c) }) ||
			slices.ContainsFunc(all[:own], func(o Column) bool { return len(o.Acts) == len(c.Acts) && o.contains(&c) })
	})
}

func (cs Columns) labelled(label string) bool {
	return slices.ContainsFunc(cs, func(c Column) bool { return c.Label == label })
}

// readable reports whether the label is one that a table of acts can have.
func (c *Column) readable() bool {
	return !c.Register && len(c.Label) <= maxLabel && len(c.Acts) <= maxBack && strings.TrimSpace(c.Label) == c.Label && !strings.ContainsAny(c.Label, "<>\n\r\t")
}

// contains reports whether this column offers all that the other does, in the same way.
func (c *Column) contains(o *Column) bool {
	for _, act := range o.Acts {
		if !slices.Contains(c.Acts, act) || len(c.meant(act.Code)) != len(o.meant(act.Code)) {
			return false
		}
	}
	return true
}

// offering returns the columns with one that declares the act: the first of its
// sort in which its code is still free, or a new one.
func (cs Columns) offering(s standardAct) Columns {
	for i := range cs {
		if cs[i].rank() == s.column && len(cs[i].meant(s.Code)) == 0 {
			cs[i].add(s.LabelAct)
			return cs
		}
	}
	var c Column
	c.add(s.LabelAct)
	return append(cs, c)
}

// add appends an act to the label.
func (c *Column) add(act LabelAct) {
	c.Acts = append(c.Acts, act)
	if c.Label != "" {
		c.Label += ", "
	}
	c.Label += act.Words
	if act.Code != "" {
		c.Label += "(" + act.Code + ")"
	}
}

// rank returns where the column stands: by the first act of it that is known.
func (c *Column) rank() int {
	for _, act := range c.Acts {
		for _, s := range standard {
			if s.Kind == act.Kind {
				return s.column
			}
		}
	}
	return others
}
