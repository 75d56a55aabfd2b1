package atlas

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/pages/chart"
	"depositary/domain"
	"depositary/domain/catalogue"
)

// states returns the States of today in the catalogue.
func states(t *testing.T) (ids []domain.ParticipantID) {
	t.Helper()
	c, err := catalogue.Load()
	require.NoError(t, err)
	for _, p := range c.Participants {
		if p.Kind == domain.KindState && p.Exists.Until.IsZero() {
			ids = append(ids, p.ID)
		}
	}
	require.Greater(t, len(ids), 190)
	return ids
}

// Every State has its place on the map, however small, and one tile of its own.
func TestEveryStateIsShown(t *testing.T) {
	onMap, onGrid, places := map[domain.ParticipantID]int{}, map[domain.ParticipantID]int{}, map[[2]int]bool{}
	for _, s := range theWorld().Shapes {
		onMap[s.ID]++
		require.True(t, s.D != "" || s.R > 0, "%s is seen", s.ID)
	}
	for _, tile := range theTiles().Tiles {
		onGrid[tile.ID]++
		place := [2]int{tile.Column, tile.Row}
		require.False(t, places[place], "%s has a place of its own", tile.ID)
		places[place] = true
		require.Less(t, tile.Column, theTiles().Columns)
		require.Less(t, tile.Row, theTiles().Rows)
	}
	for _, id := range states(t) {
		require.Equal(t, 1, onMap[id], "%s on the map", id)
		require.Equal(t, 1, onGrid[id], "%s on the grid", id)
		require.True(t, shown(id))
	}
	require.False(t, shown("ESH"), "Western Sahara is land of no State")
}

// Natural Earth draws who is in control: Morocco to 21° North. Here it ends at
// 27°40', where Western Sahara begins, to the north of Mauritania's tip.
func TestMoroccoEndsAtWesternSahara(t *testing.T) {
	place := map[domain.ParticipantID]shape{}
	for _, s := range theWorld().Shapes {
		place[s.ID] = s
	}
	require.Less(t, place["MAR"].Y, place["DZA"].Y-10, "its middle is far north of that of Algeria")
}

func requireXML(t *testing.T, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

func TestPicturesAreSound(t *testing.T) {
	values := map[domain.ParticipantID]Cell{
		"DEU": {Class: chart.None, Title: `<b>"Germany"</b>`, Href: "javascript:alert(1)", Supposed: true}, "TUR": {Class: chart.Party, Title: "Türkiye", Href: "/en/participants/TUR", Ring: true},
		"KHM": {Class: chart.Signatory}, "TUV": {Class: chart.Contracting}, "nobody": {Class: chart.Party},
	}
	for _, rtl := range []bool{false, true} {
		o := Options{Common: chart.Common{ID: "m", Title: "Map", RTL: rtl}, Legend: []chart.LegendItem{{Status: chart.Party, Label: "party"}}}
		for _, text := range []string{World(values, o), Tiles(values, o), World(nil, o), Tiles(nil, o)} {
			requireXML(t, text)
			require.NotContains(t, text, "javascript:")
			require.NotContains(t, text, "<b>")
			require.NotContains(t, text, "NaN")
		}
		require.Contains(t, World(values, o), `href="/en/participants/TUR"`)
	}
}

// shown reports whether a participant has a place on the map and on the grid.
func shown(id domain.ParticipantID) bool {
	for _, s := range theWorld().Shapes {
		if s.ID == id {
			return true
		}
	}
	return false
}
