// Package cover chooses sets of candidates that meet the needs of a condition:
// the smallest, the likeliest, and those of one member.
//
// Candidates are given likeliest first. A condition may be met in several ways;
// a way is a list of needs, each a sum to which a candidate adds what it adds
// independent of who else is chosen. So for one need the largest additions make a smallest
// set, and for several a search can prove that no smaller one exists. A set is
// called minimal only where that is proven.
package cover

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"depositary/domain"
	"depositary/projections/wording"
)

// tolerance keeps rounding from deciding whether a share is reached.
const tolerance = 1e-9

// mostTried bounds the sets that a search looks at.
const mostTried = 200_000

// Choice is a set of candidates that meets a condition.
type Choice struct {
	Members  []int // places in the list of candidates
	Way      []domain.Need
	Minimal  bool   // it is proven that no smaller set would do
	Proof    string // how the set was found, and why none is smaller
	Obstacle string // why no set of candidates can meet the condition; then there are no members
}

// Smallest returns a smallest set over all ways. Of equal ones the likelier
// candidates are taken, as they come first.
func Smallest(ways [][]domain.Need, candidates []domain.ParticipantID) Choice {
	best := Choice{Obstacle: "no condition is known"}
	proven := true
	for i, way := range ways {
		c := smallest(way, candidates)
		if c.Obstacle != "" {
			if i == 0 {
				best.Obstacle = c.Obstacle
			}
			continue
		}
		proven = proven && c.Minimal
		if best.Obstacle != "" || len(c.Members) < len(best.Members) {
			best = c
		}
	}
	best.Minimal = best.Minimal && proven
	return best
}

func smallest(way []domain.Need, candidates []domain.ParticipantID) Choice {
	atLeast, reason, obstacle := lowerBound(way, candidates)
	if obstacle != "" {
		return Choice{Obstacle: obstacle}
	}
	c := Choice{Way: way, Members: greedy(way, candidates)}
	switch {
	case len(c.Members) == atLeast:
		c.Minimal, c.Proof = true, reason
	case !proveBySearch(&c, candidates, atLeast):
		c.Proof = fmt.Sprintf("chosen step by step, each time who adds most to what is missing; at least %d are needed (%s), and whether fewer than %d would do was not searched", atLeast, reason, len(c.Members))
	}
	return c
}

// lowerBound returns the least number of candidates with which each need alone
// can be met, with the reason, or why it cannot be met.
func lowerBound(way []domain.Need, candidates []domain.ParticipantID) (least int, reason, obstacle string) {
	reason = "nothing is missing"
	for _, need := range way {
		if need.Unknown != "" {
			return 0, "", need.Phrase + ": " + need.Unknown + " is not there"
		}
		adds := make([]float64, 0, len(need.Adds))
		for _, c := range candidates {
			if a := need.Adds[c]; a > 0 {
				adds = append(adds, a)
			}
		}
		slices.SortFunc(adds, func(a, b float64) int { return cmp.Compare(b, a) })
		sum, n := 0.0, 0
		for n < len(adds) && sum+tolerance < need.Missing {
			sum += adds[n]
			n++
		}
		if sum+tolerance < need.Missing {
			return 0, "", fmt.Sprintf("%s: %s missing, and all candidates together add %s", need.Phrase, wording.AmountOf(need.Missing, need.Unit), wording.PlainNumber(sum))
		}
		if n > least || reason == "nothing is missing" {
			least, reason = max(least, n), boundReason(need, adds, n)
		}
	}
	return least, reason, ""
}

func boundReason(need domain.Need, adds []float64, n int) string {
	if adds[0] == 1 && adds[len(adds)-1] == 1 {
		if n == len(adds) {
			return fmt.Sprintf("%s: all %d that are missing are needed, by name", need.Phrase, n)
		}
		if n == 1 {
			return fmt.Sprintf("%s: %s missing, and each of the %d candidates adds one: any one of them does", need.Phrase, wording.PlainNumber(need.Missing), len(adds))
		}
		return fmt.Sprintf("%s: %s missing, and each of the %d candidates adds one: any %d of them do, and fewer do not", need.Phrase, wording.PlainNumber(need.Missing), len(adds), n)
	}
	largest := 0.0
	for _, a := range adds[:max(n-1, 0)] {
		largest += a
	}
	return fmt.Sprintf("%s: %s missing; the %d largest additions make %s, which is too little, so fewer than %d cannot do", need.Phrase, wording.AmountOf(need.Missing, need.Unit), n-1, wording.PlainNumber(largest), n)
}

// greedy takes each time the candidate that adds most to what is still
// missing, in shares of each need, and drops at last who is not needed.
func greedy(way []domain.Need, candidates []domain.ParticipantID) (members []int) {
	left := missingOf(way)
	taken := make([]bool, len(candidates))
	for !covered(left) {
		best, most := -1, 0.0
		for i, c := range candidates {
			if taken[i] {
				continue
			}
			worth := 0.0
			for k, need := range way {
				if left[k] > tolerance {
					worth += min(need.Adds[c], left[k]) / need.Missing
				}
			}
			if worth > most+tolerance {
				best, most = i, worth
			}
		}
		if best < 0 {
			return members
		}
		taken[best] = true
		members = append(members, best)
		subtract(left, way, candidates[best])
	}
	return withoutNeedless(way, candidates, members)
}

func missingOf(way []domain.Need) []float64 {
	left := make([]float64, len(way))
	for i, n := range way {
		left[i] = n.Missing
	}
	return left
}

func covered(left []float64) bool {
	return !slices.ContainsFunc(left, func(l float64) bool { return l > tolerance })
}

func subtract(left []float64, way []domain.Need, id domain.ParticipantID) {
	for k, need := range way {
		left[k] -= need.Adds[id]
	}
}

// withoutNeedless drops members, the last first, without whom the others do.
func withoutNeedless(way []domain.Need, candidates []domain.ParticipantID, members []int) []int {
	for i := len(members) - 1; i >= 0; i-- {
		left := missingOf(way)
		for j, m := range members {
			if j != i {
				subtract(left, way, candidates[m])
			}
		}
		if covered(left) {
			members = slices.Delete(members, i, i+1)
		}
	}
	return members
}

// proveBySearch tries every set of a size between the lower bound and the one
// found, where they are few enough. It reports whether minimality is proven.
func proveBySearch(c *Choice, candidates []domain.ParticipantID, atLeast int) bool {
	var useful []int
	for i, candidate := range candidates {
		if slices.ContainsFunc(c.Way, func(n domain.Need) bool { return n.Adds[candidate] > 0 }) {
			useful = append(useful, i)
		}
	}
	tried := 0
	for size := atLeast; size < len(c.Members); size++ {
		if sets := choose(len(useful), size); sets > mostTried {
			return false
		}
		if found := searchSet(c.Way, candidates, useful, size, &tried); found != nil {
			c.Members = found
			break
		}
	}
	c.Minimal = true
	c.Proof = fmt.Sprintf("all %d smaller sets of candidates that add anything were tried, and none does", tried)
	return true
}

func choose(n, k int) float64 {
	sets := 1.0
	for i := range k {
		sets *= float64(n-i) / float64(i+1)
	}
	return math.Round(sets)
}

func searchSet(way []domain.Need, candidates []domain.ParticipantID, useful []int, size int, tried *int) []int {
	var found []int
	var extend func(from int, members []int, left []float64)
	extend = func(from int, members []int, left []float64) {
		if found != nil {
			return
		}
		if len(members) == size {
			*tried++
			if covered(left) {
				found = slices.Clone(members)
			}
			return
		}
		for i := from; i < len(useful); i++ {
			rest := slices.Clone(left)
			subtract(rest, way, candidates[useful[i]])
			extend(i+1, append(members, useful[i]), rest)
		}
	}
	extend(0, nil, missingOf(way))
	return found
}

// Likeliest takes candidates from the likeliest on, each who adds to what is
// still missing, and drops who turns out not to be needed, the least likely
// first. Of several ways it is the one whose least likely member is likeliest.
func Likeliest(ways [][]domain.Need, candidates []domain.ParticipantID, smallestSize int) Choice {
	best := Choice{}
	for _, way := range ways {
		if _, _, obstacle := lowerBound(way, candidates); obstacle != "" {
			continue
		}
		var members []int
		left := missingOf(way)
		for i, c := range candidates {
			if covered(left) {
				break
			}
			if helps(left, way, c) {
				members = append(members, i)
				subtract(left, way, c)
			}
		}
		members = withoutNeedless(way, candidates, members)
		if best.Way == nil || len(members) > 0 && len(best.Members) > 0 && members[len(members)-1] < best.Members[len(best.Members)-1] {
			best = Choice{Way: way, Members: members}
		}
	}
	best.Minimal = len(best.Members) == smallestSize
	best.Proof = "the likeliest candidates in their order, each that adds to what is missing, without those that are not needed"
	return best
}

// helps reports whether a candidate adds to anything that is still missing.
func helps(left []float64, way []domain.Need, id domain.ParticipantID) bool {
	for k, need := range way {
		if left[k] > tolerance && need.Adds[id] > 0 {
			return true
		}
	}
	return false
}

// Singles returns the candidates each of whom alone would do.
func Singles(ways [][]domain.Need, candidates []domain.ParticipantID) (ids []domain.ParticipantID) {
	for _, c := range candidates {
		if slices.ContainsFunc(ways, func(way []domain.Need) bool {
			left := missingOf(way)
			subtract(left, way, c)
			return covered(left) && !slices.ContainsFunc(way, func(n domain.Need) bool { return n.Unknown != "" })
		}) {
			ids = append(ids, c)
		}
	}
	return ids
}
