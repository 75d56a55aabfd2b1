package lang

import (
	"embed"
	"encoding/json"
	"fmt"

	"depositary/domain"
)

//go:embed names/fr.json names/es.json names/ar.json names/zh.json names/ru.json
var nameFiles embed.FS

// name is a participant's name in a language for an interval.
type name struct {
	Name string `json:"name"`
	Of   string `json:"of"` // the English name of the catalogue that it translates; empty for areas
	domain.Interval
}

// readNames reads the names of a language; English has those of the catalogue.
func readNames(tag string) map[domain.ParticipantID][]name {
	if tag == "en" {
		return nil
	}
	path := "names/" + tag + ".json"
	data, err := nameFiles.ReadFile(path)
	if err != nil {
		panic(err)
	}
	names := make(map[domain.ParticipantID][]name)
	if err := json.Unmarshal(data, &names); err != nil {
		panic(fmt.Errorf("%s: %w", path, err))
	}
	return names
}

// Participant gives the name that a participant bore on the day (no day: its
// last) in this language, and the official one in English where that is not
// held. The ledger may rename a participant after these tables were made: then
// its official name is not the one translated here, and is given as it is.
func (l *Language) Participant(id domain.ParticipantID, on domain.Date, official string) string {
	names := l.names[id]
	for i := len(names) - 1; i >= 0; i-- {
		n := &names[i]
		if !on.IsZero() && !n.Contains(on) {
			continue
		}
		if n.Of != "" && official != "" && n.Of != official {
			break
		}
		return n.Name
	}
	return official
}
