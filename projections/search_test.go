package projections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/projections"
)

func TestSearchFindsWhatIsMeant(t *testing.T) {
	on := bundled(t, "2024-06-30")
	for text, want := range map[string]domain.ParticipantID{
		"Allemagne": "DEU", "germny": "DEU", "Germ": "DEU", "ألمانيا": "DEU", "Côte": "CIV", "cote": "CIV", "Zaire": "COD", "Nigera": "NGA", "西班牙": "ESP",
	} {
		found, err := projections.Search(on, projections.SearchQuestion{Text: text, Limit: 50})
		require.NoError(t, err, text)
		require.NotEmpty(t, found.Participants, text)
		require.Equal(t, want, found.Participants[0].Participant, text)
	}
	for text, want := range map[string]domain.TreatyID{"ICMW": "IV-13", "migrant families": "IV-13", "migrnat famillies": "IV-13", "trafficking persons women": "XVIII-12-a"} {
		found, err := projections.Search(on, projections.SearchQuestion{Text: text, Limit: 50})
		require.NoError(t, err, text)
		require.NotEmpty(t, found.Treaties, text)
		require.Equal(t, want, found.Treaties[0].ID, text)
	}
	found, err := projections.Search(on, projections.SearchQuestion{Text: "migrants", Limit: 50, Titles: func(id domain.TreatyID) []string {
		if id == "C097" {
			return []string{"Convention sur les travailleurs migrants"}
		}
		return nil
	}})
	require.NoError(t, err)
	require.Equal(t, domain.TreatyID("C097"), found.Treaties[0].ID, "under the title of the page's language")

	found, err = projections.Search(on, projections.SearchQuestion{Text: "xyzzyq", Limit: 50})
	require.NoError(t, err)
	require.Empty(t, found.Participants)
	require.Empty(t, found.Treaties)
	_, err = projections.Search(on, projections.SearchQuestion{Text: " — ", Limit: 50})
	require.Error(t, err)
}

func BenchmarkSearch(b *testing.B) {
	on := bundled(b, "2024-06-30")
	for _, text := range []string{"germany", "germny"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				_, _ = projections.Search(on, projections.SearchQuestion{Text: text, Limit: 50})
			}
		})
	}
}
