package domain

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Past returns the state as the axes let it be seen: of what was recorded up to
// KnownAt, the acts that were received by ReceivedBy, each in the version that
// held. The day does not matter. A hypothesis is decided on such a state, as
// acts that came later would stand in its way.
//
// It holds the treaties named with their families: parents, and all protocols
// to any of them, whose histories depend on one another. Others are not held.
func (s *State) Past(axes Axes, treaties ...TreatyID) *State {
	past := NewState()
	past.position, past.registry = s.position, s.registry
	if !axes.KnownAt.Has(s.position) {
		past.registry = s.registry.upTo(axes.KnownAt)
	}
	for _, id := range s.Families(treaties...) {
		if d := s.dossier(id).past(axes); d != nil {
			past.hold(d)
		}
	}
	return past
}

// Families returns the treaties named, and those whose histories theirs depend
// on or that depend on theirs, in order of their ids' numbers. Treaties that
// are not held are left out.
func (s *State) Families(treaties ...TreatyID) []TreatyID {
	found := make(map[TreatyID]bool)
	var take func(TreatyID)
	take = func(id TreatyID) {
		d := s.dossier(id)
		if d == nil || found[id] {
			return
		}
		found[id] = true
		take(d.treaty().Parent)
		for _, i := range s.children[id] {
			take(s.dossiers[i].treaty().ID)
		}
	}
	for _, id := range treaties {
		take(id)
	}
	return slices.SortedFunc(maps.Keys(found), CompareTreatyIDs)
}

// hold adds a dossier to a state in the making.
func (s *State) hold(d *Dossier) {
	t, i := d.treaty(), len(s.dossiers)
	s.dossiers = append(s.dossiers, d)
	s.index[t.ID] = i
	s.names[strings.ToLower(string(t.ID))], s.names[strings.ToLower(t.Short)] = t.ID, t.ID
	if t.Parent != "" {
		s.children[t.Parent] = append(s.children[t.Parent], i)
	}
}

// past returns the dossier as the axes let it be seen, or nil where the treaty
// was not known.
func (d *Dossier) past(axes Axes) *Dossier {
	before := &Dossier{versions: d.versions, revision: d.revision, derived: new(derived)}
	if !axes.KnownAt.Everything() {
		before.versions = versionsUpTo(d.versions, axes.KnownAt)
	}
	if len(before.versions) == 0 {
		return nil
	}
	for _, s := range statementsThatStand(d.coverage, axes.KnownAt) {
		before.coverage = append(before.coverage, coverageEntry{id: s.ID, statement: s.Statement})
	}
	before.versions = beforePublication(before.versions, axes.ReceivedBy)
	for _, p := range d.participations {
		if records := recordsThatStand(actsAsTheyStand(p.records, axes)); len(records) > 0 {
			before.participations = append(before.participations, &Participation{Participant: p.Participant, records: records})
			before.keys = append(before.keys, sortKey(p.Participant))
		}
	}
	return before
}

// beforePublication leaves out a published day of entry into force that lies
// after what had been received: it could not have been published.
func beforePublication(versions []version[*Treaty], receivedBy Date) []version[*Treaty] {
	t := versions[len(versions)-1].value
	if receivedBy.IsZero() || t.Stated == nil || !t.Stated.InForce.After(receivedBy) {
		return versions
	}
	unpublished := *t
	unpublished.Stated = nil
	versions = slices.Clone(versions)
	versions[len(versions)-1].value = &unpublished
	return versions
}

// recordsThatStand writes acts as they stand down as records: each under its
// first record's id, and beside it what contradicts it.
func recordsThatStand(acts []Act) []*Record {
	var records []*Record
	for _, a := range acts {
		records = append(records, &Record{ID: a.ID, Op: OpRecorded, Action: a.Version.Action, Reason: a.Version.Reason, Answered: a.Version.Answered})
		for _, c := range a.Contested {
			id := c.ID
			if id == a.ID { // what was recorded first has been overruled
				id = a.Version.ID
			}
			records = append(records, &Record{ID: id, Op: OpContested, Target: a.ID, Action: c.Action, Reason: c.Reason, Answered: c.Answered})
		}
	}
	slices.SortFunc(records, func(a, b *Record) int { return cmp.Or(a.ID.Compare(b.ID), int(a.Op)-int(b.Op)) })
	return records
}

func versionsUpTo[T any](versions []version[T], known Moment) []version[T] {
	n := 0
	for n < len(versions) && known.Has(versions[n].since) {
		n++
	}
	return slices.Clip(versions[:n])
}

// upTo returns the registry as it was known at a moment.
func (r *registry) upTo(known Moment) *registry {
	before := newRegistry()
	copyUpTo(before.participants, r.participants, known)
	copyUpTo(before.groups, r.groups, known)
	copyUpTo(before.weights, r.weights, known)
	return before
}

func copyUpTo[K comparable, V any](to, from map[K][]version[V], known Moment) {
	for key, versions := range from {
		if before := versionsUpTo(versions, known); len(before) > 0 {
			to[key] = before
		}
	}
}
