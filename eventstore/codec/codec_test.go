package codec

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/domain/catalogue"
	"depositary/eventstore"
	"depositary/eventstore/codec/v1"
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
	var lines [][]byte
	for _, event := range samples() {
		line, err := Encode(event)
		require.NoError(t, err)
		lines = append(lines, line)
	}
	c, err := eventstore.Seal(eventstore.Header{Position: 1, Command: "c", Actor: "a", Treaty: "IV-13", Participant: eventstore.Many}, lines)
	require.NoError(t, err)
	require.Equal(t, []string{"MLI", "DEU", "CIV", "TUR"}, Participants(c))
}
