package v1_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain/domaintest"
)

// seven are the treaties on migration that the United Nations listed in 2006, by
// the number of their table of acts and the short name of their column.
var seven = [][2]string{{"IV-13", "ICMW"}, {"V-2", "REFUGEE-CONVENTION"}, {"V-5", "REFUGEE-PROTOCOL"}, {"XVIII-12-a", "UNTOC-TRAFFICKING"},
	{"XVIII-12-b", "UNTOC-SMUGGLING"}, {"C097", "C97"}, {"C143", "C143"}}

const statementDay = "2006-05-16" // of the statement of the United Nations

func csvRows(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	return readRows(t, csv.NewReader(file))
}

func readRows(t *testing.T, r *csv.Reader) (rows []map[string]string) {
	t.Helper()
	all, err := r.ReadAll()
	require.NoError(t, err)
	for _, cells := range all[1:] {
		row := make(map[string]string)
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// largest returns the areas with the largest migrant stock of 2005.
func largest(t *testing.T, n int) (areas []string) {
	t.Helper()
	stock := make(map[string]int)
	for _, row := range csvRows(t, domaintest.Whole(t, "reference", "migrant_stock.csv")) {
		if row["year"] == "2005" && row["iso3"] != "WLD" {
			migrants, err := strconv.Atoi(row["migrants"])
			require.NoError(t, err)
			stock[row["iso3"]] = migrants
			areas = append(areas, row["iso3"])
		}
	}
	slices.SortFunc(areas, func(a, b string) int { return stock[b] - stock[a] })
	return areas[:n]
}

// told says from a table of acts what a State had done by the day of the statement.
func told(t *testing.T, treaty, state string) string {
	t.Helper()
	status := ""
	for _, row := range csvRows(t, filepath.Join("..", "..", "domain", "catalogue", "acts", treaty+".csv")) {
		if row["participant"] != state || row["date"] > statementDay {
			continue
		}
		switch row["action"] {
		case "signature":
			status = "signed"
		case "ratification", "accession", "acceptance", "approval", "succession", "definitive signature":
			status = "consented"
		default:
			require.Contains(t, row["action"], "territorial", "%s, %s", treaty, state)
		}
	}
	return status
}

// On 16 May 2006, the day of the statement of the United Nations: which of seven
// conventions had been ratified by which of the twenty largest receiving
// countries, as one address and one CSV. Each cell is computed here again from
// the tables of acts and of the migrant stock.
func TestSevenConventionsAndTwentyReceivingCountries(t *testing.T) {
	apitest.SkipWalk(t)
	d := apitest.Open(t, func(o *apitest.Options) { o.Bundled = true })
	var names []string
	for _, treaty := range seven {
		names = append(names, treaty[1])
	}
	address := "/v1/matrix?treaties=" + strings.Join(names, ",") + "&receiving=top20&edition=2020&asOf=" + statementDay + "&format=csv"
	reply := d.Must(t, 200, apitest.Request{Path: address})
	rows := readRows(t, csv.NewReader(strings.NewReader(string(reply.Body))))

	expected := slices.DeleteFunc(largest(t, 20), func(area string) bool { return area == "HKG" }) // no participant
	require.Len(t, expected, 19)
	var shown []string
	consented := make(map[string]int)
	for _, row := range rows {
		shown = append(shown, row["participant"])
		for _, treaty := range seven {
			cell := row[treaty[1]]
			switch told(t, treaty[0], row["participant"]) {
			case "consented":
				consented[treaty[1]]++
				require.Contains(t, []string{"party", "contracting"}, cell, "%s, %s", row["participant"], treaty[1])
			case "signed":
				require.Equal(t, "signatory", cell, "%s, %s", row["participant"], treaty[1])
			default:
				require.Contains(t, []string{"no action", "not known"}, cell, "%s, %s", row["participant"], treaty[1])
			}
		}
	}
	require.ElementsMatch(t, expected, shown)
	require.Equal(t, map[string]int{"C97": 5, "C143": 1, "REFUGEE-CONVENTION": 12, "REFUGEE-PROTOCOL": 13, "UNTOC-TRAFFICKING": 8, "UNTOC-SMUGGLING": 8},
		consented, "none of the twenty had ratified the ICMW")
}
