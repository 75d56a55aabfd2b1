package domain

import (
	"fmt"
	"strconv"
	"strings"
)

// TreatyID names a treaty: its MTDSG number (IV-13, XVIII-12-a), the number of
// an ILO convention (C097), or a like number of another depositary (ETS185).
type TreatyID string

// ParticipantID names a participant. For States it is usually the ISO 3166-1
// alpha-3 code at the time of their entry, but it is an identity of its own:
// the code is an attribute that may change while the participant goes on.
type ParticipantID string

// GroupID names a group of participants: OECD, GCC, WEOG.
type GroupID string

// WeightsID names a weight table without its edition: migrant-stock.
type WeightsID string

func idError(what, text, form string) error {
	return fmt.Errorf("%q is no %s: %s", text, what, form)
}

func isIDText(text string, maxLen int, lower bool) bool {
	if text == "" || len(text) > maxLen || text[0] == '-' || text[len(text)-1] == '-' {
		return false
	}
	for _, c := range text {
		switch {
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
		case lower && c >= 'a' && c <= 'z':
		default:
			return false
		}
	}
	return true
}

// ParseTreatyID accepts 1 to 32 letters, digits and hyphens.
func ParseTreatyID(text string) (TreatyID, error) {
	if !isIDText(text, 32, true) {
		return "", idError("treaty id", text, "1 to 32 letters, digits and hyphens expected, such as IV-13 or C097")
	}
	return TreatyID(text), nil
}

// ParseParticipantID accepts 2 to 16 capitals, digits and hyphens.
func ParseParticipantID(text string) (ParticipantID, error) {
	if len(text) < 2 || !isIDText(text, 16, false) {
		return "", idError("participant id", text, "2 to 16 capital letters, digits and hyphens expected, such as DEU or EUU")
	}
	return ParticipantID(text), nil
}

// ParseGroupID accepts 2 to 32 capitals, digits and hyphens.
func ParseGroupID(text string) (GroupID, error) {
	if len(text) < 2 || !isIDText(text, 32, false) {
		return "", idError("group id", text, "2 to 32 capital letters, digits and hyphens expected, such as OECD")
	}
	return GroupID(text), nil
}

// ParseWeightsID accepts 2 to 48 letters, digits and hyphens.
func ParseWeightsID(text string) (WeightsID, error) {
	if len(text) < 2 || !isIDText(text, 48, true) {
		return "", idError("weight table id", text, "2 to 48 letters, digits and hyphens expected, such as migrant-stock")
	}
	return WeightsID(text), nil
}

// UnmarshalText makes ids in documents pass their constructors.
func (id *TreatyID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseTreatyID(string(text))
	return err
}

// UnmarshalText makes ids in documents pass their constructors.
func (id *ParticipantID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseParticipantID(string(text))
	return err
}

// UnmarshalText makes ids in documents pass their constructors.
func (id *GroupID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseGroupID(string(text))
	return err
}

// UnmarshalText makes ids in documents pass their constructors.
func (id *WeightsID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseWeightsID(string(text))
	return err
}

// RecordID names one record of the ledger: the position of its commit and its
// number within the commit, from 1. It is written 812.1, and is the address of
// an act, of a correction and of an annulment alike.
type RecordID struct {
	Position uint64
	N        uint32
}

// ParseRecordID accepts what String writes; 0.2 is the second act of the same
// command (see InCommand).
func ParseRecordID(text string) (RecordID, error) {
	position, n, found := strings.Cut(text, ".")
	p, err1 := strconv.ParseUint(position, 10, 63)
	i, err2 := strconv.ParseUint(n, 10, 32)
	if !found || err1 != nil || err2 != nil || i == 0 {
		return RecordID{}, idError("record id", text, "a position and a number expected, such as 812.1")
	}
	return RecordID{p, uint32(i)}, nil
}

// IsZero reports whether the id names no record.
func (id RecordID) IsZero() bool { return id == RecordID{} }

// InCommand names an act, by its number from 1, of the command in which the name
// stands: what a later act of the command answers has no record yet. The
// decision puts the record in its place; the ledger never has it.
func InCommand(n int) RecordID { return RecordID{N: uint32(n)} }

// inCommand returns the number of the act that the id names within its command.
func (id RecordID) inCommand() (n int, ok bool) { return int(id.N), id.Position == 0 && id.N > 0 }

// Compare orders records as they stand in the ledger.
func (id RecordID) Compare(o RecordID) int {
	switch {
	case id.Position != o.Position && id.Position < o.Position:
		return -1
	case id.Position != o.Position:
		return 1
	}
	return int(id.N) - int(o.N)
}

func (id RecordID) String() string {
	if id.IsZero() {
		return ""
	}
	return strconv.FormatUint(id.Position, 10) + "." + strconv.FormatUint(uint64(id.N), 10)
}

// MarshalText writes 812.1.
func (id RecordID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText accepts 812.1, and nothing as no record.
func (id *RecordID) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*id = RecordID{}
		return nil
	}
	*id, err = ParseRecordID(string(text))
	return err
}
