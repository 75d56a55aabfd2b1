package untc

import (
	"regexp"
	"strings"

	"depositary/api/imports"
	"depositary/api/imports/reading"
	"depositary/domain"
)

const dayWords = `(\d{1,2} [A-Z][a-z]+ \d{4})`

// The sentences of end notes that tell an act for sure. All others stay texts.
var (
	reSignedAndRatified = regexp.MustCompile(`^(?:The )?([A-Za-z' ]{3,60}?) (?:had )?signed and ratified the (?:Optional )?(?:Convention|Con?venant|Covenant|Protocol|Treaty)\b[^.]{0,80}? on ` + dayWords + ` and ` + dayWords + `,? respectively`)
	reHadDone           = regexp.MustCompile(`^(?:The (?:Government of )?)?([A-Za-z' ]{3,60}?) had (?:initially )?(signed|acceded to|ratified) the (?:Optional )?(?:Convention|Con?venant|Covenant|Protocol|Treaty)\b[^.]{0,40}? on ` + dayWords)
	reDeposited         = regexp.MustCompile(`^On ` + dayWords + `, the Government of (?:the )?([A-Za-z' ]{3,60}?) deposited with the Secretary-General a notification of withdrawal`)
	reTakesEffect       = regexp.MustCompile(`\bThe withdrawal (?:took|will take) effect for ([A-Za-z' ]{3,60}?) on ` + dayWords)
	reDenounced         = regexp.MustCompile(`^On ` + dayWords + `, the Government of (?:the )?([A-Za-z' ]{3,60}?) (?:notified|informed) the Secretary-General (?:of its (?:denunciation|decision to denounce)|that it had decided to denounce)\b(.{0,160})`)
	reWithEffect        = regexp.MustCompile(`with effect from ` + dayWords)
	reAccededAgain      = regexp.MustCompile(`^On ` + dayWords + `, the Government of (?:the )?([A-Za-z' ]{3,60}?) re-?acceded to\b`)
	reAcceded           = regexp.MustCompile(`^The Government of (?:the )?([A-Za-z' ]{3,60}?) acceded to the [A-Za-z ]{3,40} on ` + dayWords)
	reSentence          = regexp.MustCompile(`[.)] (?:\(See[^)]*\)\.? ?)?`)
)

// readNotes reads the end notes: the acts of predecessors and of those that
// left, where a sentence tells them; whatever else a note says is a finding.
func (r *reader) readNotes(notes []*element) {
	for _, note := range notes {
		text := note.words()
		if text == "" {
			continue
		}
		mark, rest, _ := strings.Cut(text, " ")
		told := 0
		for _, sentence := range sentences(rest) {
			for _, act := range r.actsIn(sentence, rest) {
				act.Place = r.At(note.line, "End Note "+mark, sentence)
				if r.hasAct(act) {
					continue
				}
				r.cellOf(act.Place)
				act.Action.Note = "from the end note " + mark + " of the source"
				r.acts[act.Participant] = append(r.acts[act.Participant], act.Action) // the same may stand in another note
				r.ClaimBeside(r.treaty, act.Place, act.Participant, act.Action)
				told++
			}
		}
		if told == 0 {
			r.Find(r.treaty, r.At(note.line, "End Note "+mark, rest), imports.TextKeptOut, "a note from which no act is read for sure", reading.TextLeftOut)
		}
	}
}

// sentences takes a note apart where a sentence begins with one of the words
// with which notes tell acts.
func sentences(text string) (all []string) {
	for {
		at := reSentence.FindStringIndex(text)
		if at == nil {
			return append(all, text)
		}
		all = append(all, text[:at[0]+1])
		text = text[at[1]:]
	}
}

// hasAct reports whether the table itself, or a note before, has the act.
func (r *reader) hasAct(c imports.Claim) bool {
	for _, a := range r.acts[c.Participant] {
		if a.Kind == c.Action.Kind && a.Date == c.Action.Date {
			return true
		}
	}
	return false
}

// actsIn returns the acts that a sentence of a note tells.
func (r *reader) actsIn(sentence, note string) (acts []imports.Claim) {
	act := func(who string, kind domain.ActionKind, on string) {
		if day, err := reading.Date(on); err == nil {
			acts = append(acts, imports.Claim{Participant: r.nameInNote(who), Action: domain.Action{Kind: kind, Date: day}})
		}
	}
	sentence = strings.TrimSpace(sentence)
	if m := reSignedAndRatified.FindStringSubmatch(sentence); m != nil {
		act(m[1], domain.Signature, m[2])
		act(m[1], domain.Ratification, m[3])
		return acts
	}
	if m := reHadDone.FindStringSubmatch(sentence); m != nil {
		act(m[1], map[string]domain.ActionKind{"signed": domain.Signature, "acceded to": domain.Accession, "ratified": domain.Ratification}[m[2]], m[3])
		return acts
	}
	if m := reDeposited.FindStringSubmatch(sentence); m != nil {
		act(m[2], domain.Withdrawal, m[1])
		if effect := reTakesEffect.FindStringSubmatch(note); effect != nil && len(acts) == 1 {
			acts[0].Action.Effect, _ = reading.Date(effect[2])
		}
		return acts
	}
	if m := reDenounced.FindStringSubmatch(sentence); m != nil {
		act(m[2], domain.Withdrawal, m[1])
		if effect := reWithEffect.FindStringSubmatch(m[3]); effect != nil && len(acts) == 1 {
			acts[0].Action.Effect, _ = reading.Date(effect[1])
		}
		return acts
	}
	if m := reAccededAgain.FindStringSubmatch(sentence); m != nil {
		act(m[2], domain.Accession, m[1])
	} else if m := reAcceded.FindStringSubmatch(sentence); m != nil {
		act(m[1], domain.Accession, m[2])
	}
	return acts
}

// nameInNote returns the name under which the table lists a State that a note
// calls by another form, such as the Republic of Estonia.
func (r *reader) nameInNote(name string) string {
	if short, ok := strings.CutPrefix(name, "Republic of "); ok && len(r.acts[short]) > 0 {
		return short
	}
	return name
}
