package domain

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Axes are the three axes of every question.
type Axes struct {
	AsOf       Date   // what holds on that legal day; always given
	ReceivedBy Date   // of what the depositary had received by that day; no date: of everything
	KnownAt    Moment // of what was recorded by then; the zero Moment: of everything
}

// State is all that the ledger says up to a position. It is immutable: a
// change makes another State that shares what did not change.
type State struct {
	position uint64
	registry *registry
	dossiers []*Dossier
	index    map[TreatyID]int    // into dossiers
	names    map[string]TreatyID // by id and short name, lower case
	children map[TreatyID][]int  // dossiers of protocols, by parent
	days     []begunDay          // in the ledger's order
	nodes    []Node              // in the ledger's order

	arrivals      []*ArrivalCourse        // in the ledger's order
	notifications []*IssuedNotification   // in the ledger's order
	templates     []*NotificationTemplate // in the ledger's order
}

// NewState returns the state of an empty ledger.
func NewState() *State {
	return &State{registry: newRegistry(), index: map[TreatyID]int{}, names: map[string]TreatyID{}, children: map[TreatyID][]int{}}
}

// Position returns the position of the last commit the state has seen.
func (s *State) Position() uint64 { return s.position }

// Dossier is all that is recorded about one treaty.
type Dossier struct {
	versions       []version[*Treaty]
	participations []*Participation // by participant id
	keys           []uint64         // of participations, side by side, as searching them is most of a fold
	coverage       []coverageEntry  // in the ledger's order
	revision       uint64           // position of the last commit about it
	derived        *derived
	owner          *draftID // the draft that made it, and may change it
}

// derived keeps the history of a dossier once it was asked for. It is made
// anew whenever the dossier, its parent's or the registry changes.
type derived struct {
	once     sync.Once
	computed atomic.Bool
	history  *History
}

// Participation is all that is recorded about one participant and one treaty.
type Participation struct {
	Participant ParticipantID
	records     []*Record // as they stand in the ledger
	owner       *draftID  // the draft that made it, and may change it
}

// RecordOp tells an act from its correction, from what another source says
// against it, and from an annulment.
type RecordOp uint8

// The operations.
const (
	OpRecorded RecordOp = iota
	OpCorrected
	OpAnnulled
	OpContested
	OpNotified // a depositary notification was issued about it
)

func (op RecordOp) String() string {
	return [...]string{"recorded", "corrected", "annulled", "contested", "notified"}[op]
}

// Record is one record of a participation. Treat it as immutable.
type Record struct {
	ID       RecordID
	Op       RecordOp
	Target   RecordID // of a correction: the assertion's first record; of a contest and a notification: the act's; of an annulment: any record
	Action   *Action  // nil in an annulment; of a notification: its participant, day and reference alone
	Reason   string
	Answered []Code
}

// root returns the first record of the assertion that the record is a version of.
func (r *Record) root() RecordID {
	if r.Op == OpCorrected {
		return r.Target
	}
	return r.ID
}

// Treaty returns the treaty as it was known at a moment.
func (s *State) Treaty(id TreatyID, known Moment) (*Treaty, bool) {
	d := s.dossier(id)
	if d == nil {
		return nil, false
	}
	return knownAt(d.versions, known)
}

// FindTreaty finds a treaty by its id or short name; case does not matter.
func (s *State) FindTreaty(text string) (TreatyID, bool) {
	if _, ok := s.index[TreatyID(text)]; ok {
		return TreatyID(text), true
	}
	id, ok := s.names[strings.ToLower(text)]
	return id, ok
}

// Treaties lists the treaties known at a moment, in order of their ids'
// numbers (chapters are Roman).
func (s *State) Treaties(known Moment) []*Treaty {
	var all []*Treaty
	for _, d := range s.dossiers {
		if t, ok := knownAt(d.versions, known); ok {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *Treaty) int { return CompareTreatyIDs(a.ID, b.ID) })
	return all
}

// Revision returns the position of the last commit about the treaty.
func (s *State) Revision(id TreatyID) uint64 {
	if d := s.dossier(id); d != nil {
		return d.revision
	}
	return 0
}

func (s *State) dossier(id TreatyID) *Dossier {
	if i, ok := s.index[id]; ok {
		return s.dossiers[i]
	}
	return nil
}

// Participant returns the participant as it was known at a moment.
func (s *State) Participant(id ParticipantID, known Moment) (*Participant, bool) {
	return knownAt(s.registry.participants[id], known)
}

// StateThere returns the participant that existed on a day where another one
// exists at some time: itself, or the predecessor that it took the place of
// (VCST 2(1)(b)): Kazakhstan on 1 June 1991 is the Union of Soviet Socialist
// Republics. It is false where none is known.
func (s *State) StateThere(id ParticipantID, on Date, known Moment) (*Participant, bool) {
	asked := []ParticipantID{}
	for range maxParents {
		p, ok := s.Participant(id, known)
		if !ok || slices.Contains(asked, id) {
			return nil, false
		}
		if p.Exists.Contains(on) {
			return p, true
		}
		if !on.Before(p.Exists.From) || len(p.Succeeds) == 0 {
			return nil, false
		}
		asked, id = append(asked, id), p.Succeeds[0].Participant
	}
	return nil, false
}

// FindParticipant finds a participant by id, code, name or alias; of several
// participants with a name the one that had it on the day.
func (s *State) FindParticipant(text string, on Date) (*Participant, error) {
	return s.registry.resolve(text, on)
}

// Participants lists the participants known at a moment by id.
func (s *State) Participants(known Moment) []*Participant {
	return latest(s.registry.participants, known, func(a, b *Participant) int { return cmp.Compare(a.ID, b.ID) })
}

// Group returns the group as it was known at a moment.
func (s *State) Group(id GroupID, known Moment) (*Group, bool) {
	return knownAt(s.registry.groups[id], known)
}

// Groups lists the groups known at a moment by id.
func (s *State) Groups(known Moment) []*Group {
	return latest(s.registry.groups, known, func(a, b *Group) int { return cmp.Compare(a.ID, b.ID) })
}

// Weights lists the weight tables known at a moment by id and edition.
func (s *State) Weights(known Moment) []*Weights {
	return latest(s.registry.weights, known, func(a, b *Weights) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Edition, b.Edition))
	})
}

// WeightsEdition returns one edition of a weight table, or the newest held where
// the edition is empty.
func (s *State) WeightsEdition(id WeightsID, edition string, known Moment) (*Weights, bool) {
	if edition != "" {
		return knownAt(s.registry.weights[WeightsKey{id, edition}], known)
	}
	var newest *Weights
	for _, w := range s.Weights(known) {
		if w.ID == id {
			newest = w
		}
	}
	return newest, newest != nil
}

func latest[K comparable, V any](all map[K][]version[V], known Moment, compare func(a, b V) int) []V {
	values := make([]V, 0, len(all))
	for _, versions := range all {
		if v, ok := knownAt(versions, known); ok {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, compare)
	return values
}

// Participation returns what is recorded about a participant and a treaty, or
// nil where nothing is.
func (s *State) Participation(t TreatyID, p ParticipantID) *Participation {
	if d := s.dossier(t); d != nil {
		if i, ok := d.search(p); ok {
			return d.participations[i]
		}
	}
	return nil
}

// Participations returns all participations of a treaty by participant.
func (s *State) Participations(t TreatyID) []*Participation {
	if d := s.dossier(t); d != nil {
		return d.participations
	}
	return nil
}

// Records returns every record of the participation in the ledger's order.
func (p *Participation) Records() []*Record { return p.records }

// Acts returns the acts of the participation as they stand, by legal day.
func (p *Participation) Acts() []Act { return actsAsTheyStand(p.records, Axes{}) }

// sortKey returns the first eight bytes of an id as a number that sorts like them.
func sortKey(p ParticipantID) (key uint64) {
	for i := range 8 {
		key <<= 8
		if i < len(p) {
			key |= uint64(p[i])
		}
	}
	return key
}

// search returns where the participant's participation is, or would be.
func (d *Dossier) search(p ParticipantID) (at int, found bool) {
	key := sortKey(p)
	low, high := 0, len(d.keys)
	for low < high {
		if mid := int(uint(low+high) >> 1); d.keys[mid] < key {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for ; low < len(d.keys) && d.keys[low] == key; low++ {
		if id := d.participations[low].Participant; id >= p {
			return low, id == p
		}
	}
	return low, false
}

// FindRecord finds a record of the treaty by its id.
func (s *State) FindRecord(t TreatyID, id RecordID) (*Participation, *Record, bool) {
	d := s.dossier(t)
	if d == nil {
		return nil, nil, false
	}
	for _, p := range d.participations {
		for _, r := range p.records {
			if r.ID == id {
				return p, r, true
			}
		}
	}
	return nil, nil, false
}
