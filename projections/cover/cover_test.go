package cover_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
	"depositary/projections/cover"
)

// A set that needs both a number and a share of a group is proven minimal.
func TestSmallestSets(t *testing.T) {
	adds := func(ids string, amounts ...float64) map[domain.ParticipantID]float64 {
		m := make(map[domain.ParticipantID]float64)
		for i, amount := range amounts {
			m[domain.ParticipantID("P"+ids[i:i+1])] = amount
		}
		return m
	}
	five := []domain.ParticipantID{"PA", "PB", "PC", "PD", "PE"}
	for _, c := range []struct {
		name    string
		ways    [][]domain.Need
		members []int
		minimal bool
	}{
		{"any two", [][]domain.Need{{{Missing: 2, Adds: adds("ABCDE", 1, 1, 1, 1, 1)}}}, []int{0, 1}, true},
		{"largest first, of equal ones the likelier", [][]domain.Need{{{Missing: 50, Adds: adds("ABCDE", 10, 20, 30, 25, 5)}}}, []int{2, 1}, true},
		{"two of a group among three", [][]domain.Need{{{Missing: 3, Adds: adds("ABCDE", 1, 1, 1, 1, 1)}, {Missing: 2, Adds: adds("DE", 1, 1)}}}, []int{3, 4, 0}, true},
		{"the shorter way", [][]domain.Need{{{Missing: 3, Adds: adds("ABC", 1, 1, 1)}}, {{Missing: 5, Adds: adds("E", 6)}}}, []int{4}, true},
		{"a way that nobody can go", [][]domain.Need{{{Missing: 3, Adds: adds("A", 1)}}, {{Missing: 1, Adds: adds("B", 1)}}}, []int{1}, true},
		// Step by step C comes first, who adds something to both; A and B do without.
		{"search", [][]domain.Need{{{Missing: 10, Adds: adds("ABC", 10, 0, 6)}, {Missing: 10, Adds: adds("ABC", 0, 10, 6)}}}, []int{0, 1}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := cover.Smallest(c.ways, five)
			require.Empty(t, found.Obstacle)
			require.Equal(t, c.members, found.Members)
			require.Equal(t, c.minimal, found.Minimal)
			require.NotEmpty(t, found.Proof)
		})
	}
	require.Contains(t, cover.Smallest([][]domain.Need{{{Phrase: "3 of X", Missing: 3, Adds: adds("AB", 1, 1)}}}, five).Obstacle, "all candidates together add 2")
	require.Contains(t, cover.Smallest([][]domain.Need{{{Phrase: "parent in force", Unknown: "the parent treaty's entry into force"}}}, five).Obstacle, "parent")
	require.NotEmpty(t, cover.Smallest(nil, five).Obstacle)
}
