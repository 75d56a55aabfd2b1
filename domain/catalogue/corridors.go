package catalogue

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"sync"

	"depositary/domain"
)

// Tables of migrants by country of destination and origin are reference data:
// thousands of pairs that no rule of law reads. They are not recorded in the
// ledger; each answer names the edition that it is computed from.
//
// Each edition has two files: <edition>.json with its source and its areas, and
// <edition>.csv.gz with one line a pair, areas by M49 code.

//go:embed corridors/*.json corridors/*.csv.gz
var corridorFiles embed.FS

// Corridors is one edition of a table of migrants by destination and origin.
type Corridors struct {
	Edition string   `json:"edition"`
	Name    string   `json:"name"`
	Unit    string   `json:"unit"`
	Licence string   `json:"licence"`
	Note    string   `json:"note"`
	Years   []int    `json:"years"` // ascending
	World   []uint32 `json:"world"` // total of the world for each of Years, migrants of unknown origin included
	Areas   []Area   `json:"areas"` // by code
	Pairs   []Pair   `json:"-"`     // by destination and origin
	domain.Attestation
}

// Area is a country or area of the table.
type Area struct {
	Code     string `json:"code"` // id of the participant, or ISO 3166-1 alpha-3 code of an area that is none
	M49      int    `json:"m49"`
	Name     string `json:"name"` // as the source writes it, without the mark of a footnote
	Footnote bool   `json:"footnote,omitempty"`
}

// Pair is a corridor: who was born in (or holds the nationality of) the origin
// and lives in the destination.
type Pair struct {
	Destination, Origin uint16   // into Areas
	People              []uint32 // for each of the table's Years
}

// CorridorEditions lists the bundled editions, the oldest first.
func CorridorEditions() []string {
	names, err := corridorFiles.ReadDir("corridors")
	if err != nil {
		panic(err) // embedded
	}
	var editions []string
	for _, n := range names {
		if edition, isHead := bytes.CutSuffix([]byte(n.Name()), []byte(".json")); isHead {
			editions = append(editions, string(edition))
		}
	}
	return editions
}

var decodedCorridors sync.Map // edition → func() (*Corridors, error)

// CorridorsOf returns a bundled edition, the newest where none is named, and
// false where it is not bundled. It is decoded when it is first asked for (some
// ten milliseconds), and kept. The value is shared: treat it as immutable.
func CorridorsOf(edition string) (*Corridors, bool, error) {
	editions := CorridorEditions()
	if edition == "" {
		edition = editions[len(editions)-1]
	}
	if !slices.Contains(editions, edition) {
		return nil, false, nil
	}
	decode, _ := decodedCorridors.LoadOrStore(edition, sync.OnceValues(func() (*Corridors, error) { return decodeCorridors(edition) }))
	table, err := decode.(func() (*Corridors, error))()
	return table, true, err
}

func decodeCorridors(edition string) (*Corridors, error) {
	head, err := corridorFiles.ReadFile(path.Join("corridors", edition+".json"))
	if err != nil {
		return nil, err
	}
	var c Corridors
	if err := json.Unmarshal(head, &c); err != nil {
		return nil, fmt.Errorf("corridors/%s.json: %w", edition, err)
	}
	packed, err := corridorFiles.Open(path.Join("corridors", edition+".csv.gz"))
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	lines, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	if err := c.readPairs(csv.NewReader(lines)); err != nil {
		return nil, fmt.Errorf("corridors/%s.csv.gz: %w", edition, err)
	}
	return &c, nil
}

// readPairs reads lines of two M49 codes and a number for each year.
func (c *Corridors) readPairs(lines *csv.Reader) error {
	places := make(map[string]uint16, len(c.Areas))
	for i, a := range c.Areas {
		places[strconv.Itoa(a.M49)] = uint16(i)
	}
	lines.ReuseRecord = true
	header, err := lines.Read()
	if err != nil {
		return err
	}
	for i, year := range c.Years {
		if header[i+2] != strconv.Itoa(year) {
			return fmt.Errorf("column %d is of %s, not of %d", i+3, header[i+2], year)
		}
	}
	for line := 2; ; line++ {
		cells, err := lines.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		pair, err := readPair(cells, places)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		c.Pairs = append(c.Pairs, pair)
	}
}

func readPair(cells []string, places map[string]uint16) (p Pair, err error) {
	var known [2]bool
	p.Destination, known[0] = places[cells[0]]
	p.Origin, known[1] = places[cells[1]]
	if known != [2]bool{true, true} {
		return p, fmt.Errorf("no area has the code %s or %s", cells[0], cells[1])
	}
	p.People = make([]uint32, len(cells)-2)
	for i, cell := range cells[2:] {
		n, err := strconv.ParseUint(cell, 10, 32)
		if err != nil {
			return p, err
		}
		p.People[i] = uint32(n)
	}
	return p, nil
}

// YearFor returns the latest year of an estimate on or before the day, and
// false where the table begins later.
func (c *Corridors) YearFor(day domain.Date) (year int, ok bool) {
	for _, y := range c.Years {
		if y <= day.Year() {
			year, ok = y, true
		}
	}
	return year, ok
}
