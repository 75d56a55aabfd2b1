package domain

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Draft is a state in the making. It is used by one goroutine, and shares
// nothing that it changes with the state it began from.
type Draft struct {
	State
	id           *draftID
	ownsTop      bool
	ownsRegistry bool
	records      []Record // allocated ahead, as records are never freed one by one
}

// draftID tells what one draft made, and may change, from what it shares. It
// is not empty, so that each has an address of its own.
type draftID struct{ _ byte }

// Edit begins a draft of the next state.
func (s *State) Edit() *Draft {
	return &Draft{State: *s, id: new(draftID)}
}

// Freeze returns the draft as a state; the draft must not be used afterwards.
func (d *Draft) Freeze() *State {
	s := d.State
	return &s
}

// Apply folds one event into the draft. It refuses an event that it does not
// know, and one about a treaty that is not defined.
func (d *Draft) Apply(e Entry) error {
	d.position = max(d.position, e.ID.Position)
	switch event := e.Event.(type) {
	case *ActionRecorded:
		return d.addRecord(e, event.Action.Participant,
			Record{ID: e.ID, Op: OpRecorded, Action: &event.Action, Reason: event.Reason, Answered: event.Answered})
	case *ActionCorrected:
		return d.addRecord(e, event.Action.Participant,
			Record{ID: e.ID, Op: OpCorrected, Target: event.Record, Action: &event.Action, Reason: event.Reason, Answered: event.Answered})
	case *ActionContested:
		return d.addRecord(e, event.Action.Participant,
			Record{ID: e.ID, Op: OpContested, Target: event.Record, Action: &event.Action, Reason: event.Reason, Answered: contested})
	case *CoverageStated:
		return d.addCoverage(e, coverageEntry{id: e.ID, target: event.Corrects, statement: &event.Coverage, reason: event.Reason})
	case *RecordAnnulled:
		if event.Participant == "" { // of a statement of coverage, which concerns everybody
			return d.addCoverage(e, coverageEntry{id: e.ID, target: event.Record, reason: event.Reason})
		}
		return d.addRecord(e, event.Participant, Record{ID: e.ID, Op: OpAnnulled, Target: event.Record, Reason: event.Reason})
	case *TreatyDefined:
		d.defineTreaty(e, &event.Treaty)
	case *ParticipantDefined:
		r := d.ownRegistry(e.ID.Position)
		r.participants[event.Participant.ID] = with(r.participants[event.Participant.ID], e.ID.Position, &event.Participant)
	case *GroupDefined:
		r := d.ownRegistry(e.ID.Position)
		r.groups[event.Group.ID] = with(r.groups[event.Group.ID], e.ID.Position, &event.Group)
	case *WeightsDefined:
		r := d.ownRegistry(e.ID.Position)
		key := WeightsKey{event.Weights.ID, event.Weights.Edition}
		r.weights[key] = with(r.weights[key], e.ID.Position, &event.Weights)
	case *ArrivalRegistered:
		d.registered(e, event)
	case *ArrivalDecided:
		return d.decidedOn(e, event)
	case *NotificationIssued:
		return d.issued(e, event)
	case *TemplateDefined:
		d.templates = append(slices.Clip(d.templates), &event.Template)
	case *DayBegun:
		d.days = append(slices.Clip(d.days), begunDay{e.ID.Position, event.Day})
	case *NodeAdded:
		d.nodes = append(slices.Clip(d.nodes), Node{Key: event.Key, Name: event.Name, Added: e.ID})
	case *NodeRevoked:
		i := d.nodeAt(event.Key)
		if i < 0 {
			return fmt.Errorf("record %s: no node has the key %s", e.ID, event.Key)
		}
		d.nodes = slices.Clone(d.nodes)
		d.nodes[i].Revoked = e.ID
	default:
		return fmt.Errorf("record %s: the fold does not know the event %T", e.ID, e.Event)
	}
	return nil
}

// contested is the query that every contest has passed.
var contested = []Code{CodeSourceConflict}

func (d *Draft) addCoverage(e Entry, c coverageEntry) error {
	i, ok := d.index[e.Treaty]
	if !ok {
		return fmt.Errorf("record %s: treaty %q is not defined", e.ID, e.Treaty)
	}
	dossier := d.ownDossier(i)
	dossier.revision = e.ID.Position
	dossier.coverage = append(slices.Clip(dossier.coverage), c)
	d.forget(i)
	return nil
}

func (d *Draft) addRecord(e Entry, p ParticipantID, r Record) error {
	i, ok := d.index[e.Treaty]
	if !ok {
		return fmt.Errorf("record %s: treaty %q is not defined", e.ID, e.Treaty)
	}
	dossier := d.ownDossier(i)
	dossier.revision = e.ID.Position
	at, found := dossier.search(p)
	if !found {
		dossier.participations = slices.Insert(dossier.participations, at, &Participation{Participant: p, owner: d.id})
		dossier.keys = slices.Insert(dossier.keys, at, sortKey(p))
	}
	part := dossier.participations[at]
	if part.owner != d.id {
		part = &Participation{Participant: p, records: slices.Clip(part.records), owner: d.id}
		dossier.participations[at] = part
	}
	part.records = append(part.records, d.keep(r))
	d.forget(i)
	return nil
}

// keep returns the record a place. A draft of a few events allocates little, one
// of a rebuild in pages.
func (d *Draft) keep(r Record) *Record {
	if len(d.records) == cap(d.records) {
		d.records = make([]Record, 0, min(max(2*cap(d.records), 1), 256))
	}
	d.records = append(d.records, r)
	return &d.records[len(d.records)-1]
}

func (d *Draft) defineTreaty(e Entry, t *Treaty) {
	i, ok := d.index[t.ID]
	if !ok {
		d.ownTop()
		i = len(d.dossiers)
		d.dossiers = append(d.dossiers, &Dossier{derived: new(derived), owner: d.id})
		d.index = maps.Clone(d.index)
		d.index[t.ID] = i
	}
	dossier := d.ownDossier(i)
	dossier.versions = with(dossier.versions, e.ID.Position, t)
	dossier.revision = e.ID.Position
	if t.Parent != "" && !slices.Contains(d.children[t.Parent], i) {
		d.children = maps.Clone(d.children)
		d.children[t.Parent] = append(slices.Clip(d.children[t.Parent]), i)
	}
	d.names = maps.Clone(d.names)
	d.names[strings.ToLower(string(t.ID))] = t.ID
	d.names[strings.ToLower(t.Short)] = t.ID
	d.forget(i)
}

// forget drops the derived history of a dossier and of the protocols that wait
// for it. Only this goroutine can have computed what an owned dossier derives,
// so an owned one that was not asked for needs nothing.
func (d *Draft) forget(i int) {
	dossier := d.ownDossier(i)
	if dossier.derived.computed.Load() {
		dossier.derived = new(derived)
	}
	if len(d.children) == 0 {
		return
	}
	for _, child := range d.children[dossier.treaty().ID] {
		d.forget(child)
	}
}

func (d *Dossier) treaty() *Treaty { return d.versions[len(d.versions)-1].value }

func (d *Draft) ownTop() {
	if !d.ownsTop {
		d.dossiers = slices.Clone(d.dossiers)
		d.ownsTop = true
	}
}

func (d *Draft) ownDossier(i int) *Dossier {
	d.ownTop()
	if dossier := d.dossiers[i]; dossier.owner == d.id {
		return dossier
	}
	before := d.dossiers[i]
	dossier := &Dossier{
		versions:       before.versions,
		participations: slices.Clone(before.participations),
		keys:           slices.Clone(before.keys),
		coverage:       before.coverage,
		revision:       before.revision,
		derived:        new(derived),
		owner:          d.id,
	}
	d.dossiers[i] = dossier
	return dossier
}

// ownRegistry returns the draft a registry of its own. Every history may depend
// on it, so all of them are forgotten.
func (d *Draft) ownRegistry(position uint64) *registry {
	if !d.ownsRegistry {
		d.registry = d.registry.clone()
		d.ownsRegistry = true
	} else if d.registry.spellings != nil {
		d.registry = d.registry.clone()
	}
	d.registry.revision = position
	for i := range d.dossiers {
		d.forget(i)
	}
	return d.registry
}
