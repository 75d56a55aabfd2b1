package lang

import (
	"depositary/domain"
)

// Participant returns the name that a participant had on the day (no day: its
// last) in this language, and the official one in English where there is
// none. The ledger may rename a participant after these tables were made: then
// its official name is not the one translated here, and is returned as it is.
func (l *Language) Participant(id domain.ParticipantID, on domain.Date, official string) string {
	all := l.names[id]
	for i := len(all) - 1; i >= 0; i-- {
		n := &all[i]
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
