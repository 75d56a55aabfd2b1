package mtdsg

import (
	"regexp"
	"slices"
	"strings"

	"depositary/api/imports/reading"
	"depositary/domain"
)

// Column is one column of acts, as its label declares it.
type Column struct {
	Label string
	Acts  []LabelAct

	// Register says that the column holds no acts at all, but where something
	// was published or registered.
	Register bool

	source string // the label as a table has it, where it was read from one
}

// LabelAct is one act in the label of a column.
type LabelAct struct {
	Words string            // without the code
	Code  string            // empty where the act is meant by a bare day
	Kind  domain.ActionKind // empty where the words name no act that is known
}

// Columns are those of a table, without that of the participants.
type Columns []Column

// ParseColumn reads the label of a column. It never fails: words that name no
// act are kept without a kind.
func ParseColumn(label string) Column {
	column := Column{Label: label, source: label}
	plain, _ := reading.Footnotes(label)
	plain = withoutMarks(plain)
	for _, part := range splitLabel(plain) {
		words, code := cutCode(part)
		column.Acts = append(column.Acts, LabelAct{Words: words, Code: code, Kind: kindOf(words)})
		column.Register = column.Register || reRegister.MatchString(words)
	}
	return column
}

// reMarks finds the marks of footnotes at the end of a label. A number behind
// "article" and the like is no mark.
var (
	reMarks  = regexp.MustCompile(`^(.*[A-Za-z)])(?:(?:\s+\d{1,2}(?:\s*,\s*\d{1,2})*)|\s*[*†‡§¹²³⁰⁴-⁹]+)$`)
	reNumber = regexp.MustCompile(`(?i)\b(?:articles?|paragraphs?|sections?|annex|protocol|no\.?|of|and)$`)
)

func withoutMarks(label string) string {
	if m := reMarks.FindStringSubmatch(label); m != nil && !reNumber.MatchString(m[1]) {
		return m[1]
	}
	return label
}

// reRegister recognises columns about where something was published: a
// resolution, its day of adoption, a number of registration, volume and page.
var reRegister = regexp.MustCompile(`^(?:Resolution|Date of |Registration |UNTS )|^(?:Volume|Page)$`)

// splitLabel takes a label apart at the commas that stand between two acts. A
// comma inside of one is followed by a small letter: "Acceptance ipso facto by
// virtue of article 10 (1) of the Convention of 12 September 1923, as amended(A)".
func splitLabel(label string) (parts []string) {
	start := 0
	for i := range len(label) {
		if label[i] == ',' && beginsAct(label[i+1:]) {
			parts = append(parts, strings.TrimSpace(label[start:i]))
			start = i + 1
		}
	}
	if last := strings.TrimSpace(label[start:]); last != "" {
		parts = append(parts, last)
	}
	return parts
}

func beginsAct(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return rest != "" && rest[0] >= 'A' && rest[0] <= 'Z'
}

// reCode finds the code at the end of an act. A letter behind a figure or
// behind another parenthesis belongs to the number of an article: "under
// article 7 (1) (b)".
var (
	reCode = regexp.MustCompile(`^(.*[^\s\d)])\s*\(([A-Za-z]{1,3})\)$`)
	reLast = regexp.MustCompile(`^(.*\S)\s*\(([A-Za-z]{1,3})\)$`)
)

// Settled returns the column as the cells show it: a letter that ends the words
// of an act and stands behind a day of the column is its code, also where a
// figure or a parenthesis comes before it: Provisional application under
// article 23(n).
func (c Column) Settled(codes map[string]bool) Column {
	declared := c.codes()
	acts := slices.Clone(c.Acts)
	for i, act := range acts {
		if m := reLast.FindStringSubmatch(act.Words); act.Code == "" && m != nil && codes[m[2]] && !slices.Contains(declared, m[2]) {
			acts[i] = LabelAct{Words: m[1], Code: m[2], Kind: kindOf(m[1])}
		}
	}
	c.Acts = acts
	return c
}

func cutCode(part string) (words, code string) {
	if m := reCode.FindStringSubmatch(part); m != nil {
		return m[1], m[2]
	}
	return part, ""
}

// heads are the words with which an act is named, those that contain others first.
var heads = []struct {
	words string
	kind  domain.ActionKind
}{
	{"succession to signature", domain.SuccessionToSignature},
	{"signature ad referendum", domain.SignatureAdReferendum},
	{"confirmation of signature ad referendum", domain.ConfirmationOfSignature},
	{"confirmation of signature", domain.ConfirmationOfSignature},
	{"definitive signature", domain.DefinitiveSignature},
	{"signature", domain.Signature},
	{"ratification", domain.Ratification},
	{"definitive acceptance", domain.Acceptance},
	{"acceptance", domain.Acceptance},
	{"approval", domain.Approval},
	{"accession", domain.Accession},
	{"formal confirmation", domain.FormalConfirmation},
	{"succession", domain.SuccessionOfState},
	{"consent to be bound", domain.ConsentToBeBound},
	{"participation", domain.ConsentToBeBound},
	{"simplified procedure", domain.ConsentToBeBound},
	{"undertaking of provisional application", domain.ProvisionalApplication},
	{"provisional application", domain.ProvisionalApplication},
	{"notification", domain.Notification},
}

// reQualifier is what may follow the name of an act without making it another
// one: the instrument it concerns, or by virtue of what it was done. Signature
// of a Final Act is no signature of the treaty.
var reQualifier = regexp.MustCompile(`^(?:(?:of|to|in) the (?:Convention|Protocol|Agreement|Covenant|Treaty|Statute|Constitution|Charter|Amendments?)\b` +
	`|ipso facto\b|by virtue of\b|in accordance with\b|under\b|by\b)`)

// kindOf returns the act that the words name, or nothing where they name none
// that is known: an extension, a notification of something else, a provisional
// acceptance.
func kindOf(words string) domain.ActionKind {
	if kind := oneKind(words); kind != "" {
		return kind
	}
	if first, second, both := strings.Cut(words, " or "); both {
		return eitherKind(first, second)
	}
	return ""
}

func oneKind(words string) domain.ActionKind {
	lower := strings.ToLower(words)
	for _, head := range heads {
		rest, ok := strings.CutPrefix(lower, head.words)
		if !ok {
			continue
		}
		if rest == "" || rest[0] == ' ' && reQualifier.MatchString(words[len(words)-len(rest)+1:]) {
			return head.kind
		}
	}
	return ""
}

// eitherKind returns the kind of an act of which the label names two: Definitive
// signature or acceptance of the Protocol. Where both are consents, the day is
// of a consent of unknown kind.
func eitherKind(first, second string) domain.ActionKind {
	a, b := oneKind(first), oneKind(second)
	switch {
	case a == b:
		return a
	case a.IsConsent() && b.IsConsent():
		return domain.ConsentOfUnknownKind
	}
	return ""
}

// meant returns the acts that a code may mean in this column; the code is empty
// for a bare day.
func (c *Column) meant(code string) (acts []LabelAct) {
	for _, act := range c.Acts {
		if act.Code == code {
			acts = append(acts, act)
		}
	}
	return acts
}

// knownKinds reports whether all the acts are known, and whether all are consents.
func knownKinds(acts []LabelAct) (known, consents bool) {
	known, consents = true, true
	for _, act := range acts {
		known = known && act.Kind != ""
		consents = consents && act.Kind.IsConsent()
	}
	return known, consents
}

// kindMeant returns the one kind to which several possible acts come down: their
// own where it is the same, a consent of unknown kind where all are consents,
// and nothing otherwise.
func kindMeant(acts []LabelAct) domain.ActionKind {
	known, consents := knownKinds(acts)
	switch {
	case len(acts) == 0 || !known:
		return ""
	case !slices.ContainsFunc(acts, func(a LabelAct) bool { return a.Kind != acts[0].Kind }):
		return acts[0].Kind
	case consents:
		return domain.ConsentOfUnknownKind
	}
	return ""
}

// wordsOf returns the words of the label as the note of an act, where they say
// more than its kind does.
func wordsOf(acts []LabelAct) string {
	if len(acts) == 1 && strings.EqualFold(acts[0].Words, string(acts[0].Kind)) {
		return ""
	}
	words := make([]string, len(acts))
	for i, act := range acts {
		words[i] = act.Words
	}
	return strings.Join(words, " or ")
}

// codes returns each code of the column once, in the order of the label.
func (c *Column) codes() (codes []string) {
	for _, act := range c.Acts {
		if !slices.Contains(codes, act.Code) {
			codes = append(codes, act.Code)
		}
	}
	return codes
}
