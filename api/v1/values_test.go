package v1_test

import (
	"fmt"
	"math"
	"testing"

	"depositary/api/apitest"

	"github.com/stretchr/testify/require"
)

// Figures that are known from the depositary, the United Nations and the
// literature, as the API answers them.
func TestKnownValues(t *testing.T) {
	d := apitest.Open(t)
	counts := func(day string) (consents, parties any) {
		c := d.Get(t, "/v1/treaties/ICMW/status?asOf="+day)["counts"]
		return apitest.At(t, c, "consents"), apitest.At(t, c, "parties")
	}
	t.Run("entry into force of the ICMW", func(t *testing.T) {
		for _, c := range []struct {
			day               string
			consents, parties int
		}{{"2003-03-13", 19, 0}, {"2003-03-14", 21, 0}, {"2003-06-30", 22, 0}, {"2003-07-01", 22, 21}, {"2003-10-01", 23, 22}} {
			consents, parties := counts(c.day)
			require.EqualValues(t, c.consents, consents, c.day)
			require.EqualValues(t, c.parties, parties, c.day)
		}
		entry := func(day string) any {
			return d.Get(t, "/v1/treaties/ICMW/entry-into-force?asOf="+day)["entryIntoForce"]
		}
		require.Equal(t, "condition not met", apitest.At(t, entry("2003-03-13"), "status"))
		require.Equal(t, "condition met", apitest.At(t, entry("2003-03-14"), "status"))
		require.Equal(t, "2003-03-14", apitest.At(t, entry("2003-03-14"), "metOn"))
		require.Equal(t, "2003-07-01", apitest.At(t, entry("2003-03-14"), "inForce"))
		require.Equal(t, "in force", apitest.At(t, entry("2003-07-01"), "status"))
		mali := d.Get(t, "/v1/treaties/ICMW/participants/MLI?asOf=2003-07-01")
		require.Equal(t, "contracting", apitest.At(t, mali, "status", "status"))
		require.Equal(t, "2003-10-01", apitest.At(t, mali, "status", "bound"))
	})
	for _, c := range []struct {
		query            string
		receiving, bound int
		share            float64
		parties          int
	}{
		{"asOf=2006-05-16&receiving=top20", 20, 0, 4.51, 34},
		// Of all areas Türkiye was the 31st; Hong Kong, before it, is no State.
		{"asOf=2006-05-16&receiving=top30", 30, 0, 4.51, 34},
		{"asOf=2006-05-16&receiving=top31", 31, 1, 4.51, 34},
		{"asOf=2006-05-16&receiving=top20&stockYear=2020", 20, 1, 7.42, 34},
		{"asOf=2024-04-30", 20, 1, 12.30, 59},
		{"asOf=2024-04-30&receiving=EU", 27, 0, 12.30, 59},
		{"asOf=2024-04-30&receiving=GCC", 6, 0, 12.30, 59},
		{"asOf=2024-04-30&receiving=OECD", 38, 4, 12.30, 59},
	} {
		t.Run("gap "+c.query, func(t *testing.T) {
			gap := d.Get(t, "/v1/treaties/ICMW/gap?"+c.query)
			require.EqualValues(t, c.receiving, gap["receiving"])
			require.EqualValues(t, c.bound, gap["receivingBound"])
			require.Equal(t, c.share, math.Round(gap["coveredShare"].(float64)*100)/100)
			require.EqualValues(t, c.parties, apitest.At(t, gap, "counts", "parties"))
			require.NotEmpty(t, apitest.At(t, gap, "stock", "source"))
			require.NotEmpty(t, apitest.At(t, gap, "stock", "edition"))
		})
	}
	t.Run("choice of the stock", func(t *testing.T) {
		gap := d.Get(t, "/v1/treaties/ICMW/gap?asOf=2006-05-16")
		require.EqualValues(t, 2005, apitest.At(t, gap, "stock", "year"))
		require.EqualValues(t, 191446828, apitest.At(t, gap, "stock", "world"))
		require.Contains(t, apitest.At(t, gap, "stock", "chosen"), "latest estimate")
		gap = d.Get(t, "/v1/treaties/ICMW/gap?asOf=2006-05-16&stockYear=2020")
		require.Contains(t, apitest.At(t, gap, "stock", "chosen"), "chosen in the question")
		require.EqualValues(t, 280598105, apitest.At(t, gap, "stock", "world"))
	})
	t.Run("30 April 2024", func(t *testing.T) {
		gap := d.Get(t, "/v1/treaties/ICMW/gap?asOf=2024-04-30")
		require.Len(t, gap["awaiting"], 11)
		require.Equal(t, 18.04, math.Round(apitest.Find(t, gap["rows"], "participant", "USA")["gain"].(float64)*100)/100)
		require.Equal(t, 5.62, math.Round(apitest.Find(t, gap["rows"], "participant", "DEU")["gain"].(float64)*100)/100)
		turkey := apitest.Find(t, gap["rows"], "bound", true)
		require.Equal(t, "TUR", turkey["participant"])
		require.Equal(t, "Türkiye", turkey["name"])
		require.EqualValues(t, 0, turkey["gain"])
		// The name is that of the day.
		require.Equal(t, "Turkey", apitest.Find(t, d.Get(t, "/v1/treaties/ICMW/gap?asOf=2020-04-30")["rows"], "participant", "TUR")["name"])
	})
	t.Run("Montenegro, by what was received", func(t *testing.T) {
		for received, want := range map[string]string{"2006-07-01": "no action", "2006-10-22": "no action", "2006-10-23": "party", "2006-12-31": "party"} {
			view := d.Get(t, "/v1/treaties/UNTOC-SMUGGLING/participants/MNE?asOf=2006-07-01&receivedBy="+received)
			require.Equal(t, want, apitest.At(t, view, "status", "status"), received)
		}
		view := d.Get(t, "/v1/treaties/ICMW/participants/MNE?asOf=2006-07-01&receivedBy=2006-12-31")
		require.Equal(t, "signatory", apitest.At(t, view, "status", "status"))
	})
}

// allTreaties lists all treaties.
func allTreaties(t *testing.T, d *apitest.Server) []any {
	t.Helper()
	all := d.Get(t, "/v1/treaties?limit=1000")["treaties"].([]any)
	require.Greater(t, len(all), 60)
	return all
}

// Every question about every treaty on several days has the form described.
func TestEveryTreatyIsAnswered(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t, apitest.Bundled)
	for _, treaty := range allTreaties(t, d) {
		id := apitest.At(t, treaty, "id").(string)
		for _, day := range []string{"1991-12-31", "2026-06-30"} {
			for _, view := range []string{"status", "entry-into-force", "timeline", "gap"} {
				path := fmt.Sprintf("/v1/treaties/%s/%s?asOf=%s", id, view, day)
				if view == "gap" && apitest.At(t, treaty, "coverage", "extent") == "none" {
					d.Must(t, 422, apitest.Request{Path: path}) // nothing is recorded of it
					continue
				}
				d.Get(t, path)
			}
			d.Get(t, fmt.Sprintf("/v1/treaties/%s/participants/DEU?asOf=%s", id, day))
		}
	}
	for _, participant := range d.Get(t, "/v1/participants")["participants"].([]any) {
		d.Get(t, "/v1/participants/"+apitest.At(t, participant, "id").(string)+"/status")
	}
}
