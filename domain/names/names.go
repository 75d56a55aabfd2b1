// Package names has the names of participants, and of areas with migrants that
// are no participants, in the official languages of the United Nations other
// than English; English names are those of the ledger. They come from the
// Unicode CLDR (see NOTICE), corrected to the forms of the United Nations by
// corrections.csv, where each correction says what it rests on; names.mjs writes
// the files.
package names

import (
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"sync"

	"depositary/domain"
)

//go:embed fr.json es.json ar.json zh.json ru.json also.csv
var files embed.FS

// Languages lists the tags of the languages that have names here.
func Languages() []string { return []string{"fr", "es", "ar", "zh", "ru"} }

// Name is a name in a language for an interval.
type Name struct {
	Name string `json:"name"`
	Of   string `json:"of"` // the English name of the catalogue that it translates; empty for areas
	domain.Interval
}

var tables = func() map[string]func() map[domain.ParticipantID][]Name {
	all := make(map[string]func() map[domain.ParticipantID][]Name)
	for _, tag := range Languages() {
		all[tag] = sync.OnceValue(func() map[domain.ParticipantID][]Name { return read(tag) })
	}
	return all
}()

// In returns the names in a language, in order of their intervals, by id of the
// participant or code of the area; nil where the language has none here. They
// are read when first asked for; treat them as immutable.
func In(tag string) map[domain.ParticipantID][]Name {
	if table, ok := tables[tag]; ok {
		return table()
	}
	return nil
}

// Also returns further names by which a participant is found when somebody types
// them: its official name, and short names in other languages. They are never
// shown; also.csv is general knowledge. Treat the answer as immutable.
func Also(id domain.ParticipantID) []string { return also()[id] }

var also = sync.OnceValue(func() map[domain.ParticipantID][]string {
	file, err := files.Open("also.csv")
	if err != nil {
		panic(err) // embedded
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic(fmt.Errorf("also.csv: %w", err))
	}
	names := make(map[domain.ParticipantID][]string)
	for _, row := range rows[1:] {
		id := domain.ParticipantID(row[0])
		names[id] = append(names[id], row[1])
	}
	return names
})

func read(tag string) map[domain.ParticipantID][]Name {
	path := tag + ".json"
	data, err := files.ReadFile(path)
	if err != nil {
		panic(err) // embedded
	}
	names := make(map[domain.ParticipantID][]Name)
	if err := json.Unmarshal(data, &names); err != nil {
		panic(fmt.Errorf("%s: %w", path, err))
	}
	return names
}
