package codec

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore"
	"depositary/eventstore/codec/v1"
	"depositary/eventstore/storetest"
)

var update = flag.Bool("update", false, "add lines of new shapes to testdata/members.ndjson")

func samples() []domain.Event {
	accession := domain.Action{
		Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2026-11-23"),
		Document: domain.MustDate("2026-11-20"), Received: domain.MustDate("2026-11-24"), Effect: domain.MustDate("2027-03-01"),
		Notified: domain.MustDate("2026-11-30"), Notification: "C.N.1.2026.TREATIES-IV.13",
		Excludes: []string{"Annex I"}, Territories: []string{"Sabah", "Zanzibar"}, Note: "a note",
		Provenance: &domain.Provenance{Attestation: domain.Attestation{Source: "a source", Verification: "verified"}, Edition: "2026", File: "x.csv", Row: 12, Column: "Ratification", Rank: 3},
	}
	reservation := domain.Action{Participant: "CIV", Kind: domain.Reservation, Date: domain.MustDate("2023-09-26"),
		Statement: &domain.Statement{Text: "Côte d'Ivoire \"déclare\" <…>\n", Language: "fr", Articles: []string{"92(1)"}, Target: domain.RecordID{Position: 812, N: 1}, Precluding: true}}
	proven := domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2026-11-23"), Note: "after the documents",
		Documents: []domain.Document{{Digest: strings.Repeat("0123456789abcdef", 4), Name: "instrument.pdf", Type: "application/pdf", Size: 1234}}}
	return []domain.Event{
		&domain.ActionRecorded{Action: domain.Action{Participant: "MLI", Kind: domain.Accession, Date: domain.MustDate("2003-06-05")}},
		&domain.ActionRecorded{Action: accession, Reason: "it was so", Answered: []domain.Code{domain.CodeParentNotBound}},
		&domain.ActionRecorded{Action: reservation},
		&domain.ActionCorrected{Record: domain.RecordID{Position: 9, N: 2}, Action: accession, Reason: "misread"},
		&domain.ActionContested{Record: domain.RecordID{Position: 9, N: 2}, Action: accession, Reason: "another table"},
		&domain.RecordAnnulled{Record: domain.RecordID{Position: 9, N: 2}, Participant: "DEU", Reason: "wrong treaty"},
		&domain.TreatyDefined{Treaty: domain.Treaty{ID: "X-1", Short: "X", Title: "A treaty",
			EntryIntoForce: &domain.EntryClause{When: domain.MustCondition("20 consents"), Then: domain.MustDelay("3 months")}}, Reason: "new"},
		&domain.ParticipantDefined{Participant: domain.Participant{ID: "TUR", Kind: domain.KindState, Names: []domain.DatedName{{Name: "Türkiye"}}}},
		&domain.GroupDefined{Group: domain.Group{ID: "GCC", Name: "Gulf Cooperation Council", Members: []domain.Member{{Participant: "KWT"}}}},
		&domain.WeightsDefined{Weights: domain.Weights{ID: "stock", Edition: "2020", Name: "Stock", Unit: "persons", Rows: []domain.WeightRow{{Area: "DEU", Year: 2020, Value: 15762457}}}},
		&domain.DayBegun{Day: domain.MustDate("2026-11-24")},
		&domain.ActionRecorded{Action: proven},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, event := range samples() {
		line, err := Encode(event)
		require.NoError(t, err)
		read, err := NewDecoder().Event(line)
		require.NoError(t, err)
		again, err := Encode(read)
		require.NoError(t, err)
		require.Equal(t, string(line), string(again))
	}
}

// The quick reader and the general one agree on every bundled act.
func TestScannerAgreesWithGeneralReader(t *testing.T) {
	bundled, err := catalogue.Load()
	require.NoError(t, err)
	d, quick, lines := NewDecoder(), 0, 0
	for _, of := range bundled.Actions {
		for _, a := range of.Actions {
			line, err := Encode(&domain.ActionRecorded{Action: a})
			require.NoError(t, err)
			lines++
			if event, ok := d.scanRecorded(line); ok {
				quick++
				general, err := readers[v1.NameActionRecorded](line)
				require.NoError(t, err)
				require.Equal(t, general, event)
			}
		}
	}
	require.Greater(t, quick, lines*9/10, "the quick reader gave up on %d of %d lines", lines-quick, lines)
}

func FuzzScannerAgreesWithGeneralReader(f *testing.F) {
	for _, event := range samples() {
		line, _ := Encode(event)
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		event, ok := NewDecoder().scanRecorded(line)
		if !ok {
			return
		}
		require.True(t, json.Valid(line))
		general, err := readers[v1.NameActionRecorded](line)
		require.NoError(t, err)
		require.Equal(t, general, domain.Event(event))
	})
}

func TestUnknownEventIsRefused(t *testing.T) {
	for _, line := range []string{`{"type":"action.recorded/v9"}`, `{}`, `nonsense`,
		`{"type":"action.recorded/v1","action":{"participant":"DEU","action":"accession","date":"2026-02-31"}}`,
		`{"type":"action.recorded/v1","action":{"participant":"DEU","action":"accession","date":"2026-02-01","colour":"red"}}`} {
		_, err := NewDecoder().Event([]byte(line))
		require.Error(t, err, line)
	}
}

func TestParticipantsOfACommit(t *testing.T) {
	c := sealed(t, eventstore.Command{ID: "c", Actor: "a", Treaty: "IV-13", Participant: eventstore.Many}, samples()...)
	require.Equal(t, []string{"MLI", "DEU", "CIV", "TUR"}, Participants(c))
}

// sealed returns a commit of one command.
func sealed(t testing.TB, command eventstore.Command, events ...domain.Event) eventstore.Commit {
	t.Helper()
	d := eventstore.Decided{Command: command}
	for _, event := range events {
		line, err := Encode(event)
		require.NoError(t, err)
		d.Lines = append(d.Lines, line)
	}
	c, err := eventstore.Seal(1, eventstore.Hash{}, time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC), []eventstore.Decided{d}, storetest.Signer("codec"))
	require.NoError(t, err)
	return c
}

// There is one spelling of an event: whatever JSON would read as the same, and is
// written otherwise, is refused.
func TestOneSpelling(t *testing.T) {
	const good = `{"type":"action.recorded/v1","action":{"participant":"DEU","action":"accession","date":"2026-11-23","note":"n"},"reason":"r"}`
	_, err := NewDecoder().Event([]byte(good))
	require.NoError(t, err)
	for name, bad := range map[string]string{
		"a name in other letters":   strings.Replace(good, `"action":"accession"`, `"Action":"accession"`, 1),
		"a member twice":            strings.Replace(good, `"reason":"r"`, `"reason":"x","reason":"r"`, 1),
		"a member in another place": `{"type":"action.recorded/v1","reason":"r","action":{"participant":"DEU","action":"accession","date":"2026-11-23","note":"n"}}`,
		"an unknown member":         strings.Replace(good, `"reason":"r"`, `"reason":"r","colour":"red"`, 1),
		"an empty member":           strings.Replace(good, `"note":"n"`, `"note":""`, 1),
		"an empty reason":           strings.Replace(good, `"reason":"r"`, `"reason":""`, 1),
		"a null":                    strings.Replace(good, `"reason":"r"`, `"reason":null`, 1),
		"an escape without need":    strings.Replace(good, `"reason":"r"`, `"reason":"\u0072"`, 1),
		"a blank":                   strings.Replace(good, `,"reason"`, `, "reason"`, 1),
		"text behind it":            good + " ",
		"a second object":           good + "{}",
		"a type that JSON folds":    strings.Replace(good, `"type"`, `"Type"`, 1),
	} {
		_, err := NewDecoder().Event([]byte(bad))
		require.Error(t, err, name)
	}
}

// A command that speaks of another participant, or of another treaty, than its
// events is refused.
func TestEventsBelongToTheirCommand(t *testing.T) {
	accession := &domain.ActionRecorded{Action: domain.Action{Participant: "DEU", Kind: domain.Accession, Date: domain.MustDate("2026-11-23")}}
	defined := &domain.TreatyDefined{Treaty: domain.Treaty{ID: "IV-13", Short: "ICMW", Title: "A treaty"}}
	for _, c := range []struct {
		treaty, participant string
		event               domain.Event
		why                 string
	}{
		{"IV-13", "DEU", accession, ""},
		{"IV-13", eventstore.Many, accession, ""},
		{"IV-13", "FRA", accession, "about the participant DEU, its command about FRA"},
		{"IV-13", eventstore.Many, defined, ""},
		{"IV-8", eventstore.Many, defined, "about the treaty IV-13, its command about IV-8"},
	} {
		_, err := NewDecoder().Commit(sealed(t, eventstore.Command{ID: "c", Actor: "a", Treaty: c.treaty, Participant: c.participant}, c.event))
		if c.why == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.why)
		}
	}
}

func TestKeyChanges(t *testing.T) {
	key := storetest.Signer("a").Key()
	c := sealed(t, eventstore.Command{ID: "c", Actor: "a", Treaty: eventstore.Many, Participant: eventstore.Many},
		&domain.NodeAdded{Key: domain.NodeKey(key.String()), Name: "a"}, &domain.NodeRevoked{Key: domain.NodeKey(key.String()), Reason: "r"})
	changes, err := KeyChanges(c)
	require.NoError(t, err)
	require.Equal(t, []eventstore.KeyChange{{Key: key}, {Key: key, Revoked: true}}, changes)
	c = sealed(t, eventstore.Command{ID: "c", Actor: "a", Treaty: eventstore.Many, Participant: eventstore.Many}, &domain.NodeAdded{Key: "AB", Name: "a"})
	_, err = KeyChanges(c)
	require.Error(t, err)
}
