package v1

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"depositary/api/feeds"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/projections"
	"depositary/projections/notices"
	"depositary/projections/wording"
)

// What feeds, calendar and stream show; package feeds writes them.

// FeedInput chooses the notices of a feed.
type FeedInput struct {
	NoticesInput
	Before string `query:"before" doc:"Notices before this one: an id; a position for its notices and those before" example:"812.1"`
	Cursor string `query:"cursor" doc:"Where the page begins: named by the link next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many notices at most"`
}

func (s *API) feed(ctx context.Context, in *FeedInput) (page feeds.Notices, err error) {
	f, err := s.noticeFilter(in.NoticesInput)
	if err != nil {
		return page, err
	}
	views := s.Projection.Current()
	before, err := placeAmongNotices(in.Cursor, "before", in.Before)
	if err != nil {
		return page, err
	}
	if in.Cursor == "" && in.Before == "" {
		before.Position = views.Position + 1
	}
	var through notices.ID
	var more bool
	ledger, err := s.Ledger.ID()
	if err != nil {
		return page, err
	}
	page = feeds.Notices{Ledger: ledger, Title: "Treaty notices", Filter: filterQuery(f)}
	if page.Page, page.Alternate = feeds.PageOfAll, Address("listNotices"); len(page.Filter) > 0 {
		page.Page += "?" + page.Filter.Encode()
		page.Alternate += "?" + page.Filter.Encode()
	}
	if page.Notices, through, more, err = s.Notices.LatestBefore(ctx, f, before, in.Limit); err != nil {
		return page, err
	}
	if more {
		page.Next = through.String()
	}
	if about := s.about(f.Treaties, f.Participants, f.Groups); about != "" {
		page.Title += ": " + about
	}
	page.Says = s.recordedOf(f.Treaties)
	if len(f.Kinds) > 0 {
		page.Title += " (" + strings.Join(f.Kinds, ", ") + ")"
	}
	page.Begun, _ = views.RecordedAt(1)
	return page, nil
}

// filterQuery writes a filter as parameters, with ids in the place of names.
func filterQuery(f notices.NoticeFilter) url.Values {
	q := url.Values{}
	for name, words := range map[string]string{"kind": strings.Join(f.Kinds, ","), "treaty": joinIDs(f.Treaties), "participant": joinIDs(f.Participants), "group": joinIDs(f.Groups)} {
		if words != "" {
			q.Set(name, words)
		}
	}
	if f.Backfill {
		q.Set("backfill", "true")
	}
	return q
}

func joinIDs[T ~string](ids []T) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return strings.ReplaceAll(wording.Join(slices.Compact(ids), ", "), ", ", ",")
}

func (s *API) atomFeed(ctx context.Context, in *FeedInput) (document, error) {
	page, err := s.feed(ctx, in)
	return document{page.Atom, page.Next}, err
}

func (s *API) jsonFeed(ctx context.Context, in *FeedInput) (document, error) {
	page, err := s.feed(ctx, in)
	return document{page.JSON, page.Next}, err
}

func (s *API) calendar(_ context.Context, in *ComingInput) (document, error) {
	on, q, err := s.comingQuestion(*in)
	if err != nil {
		return document{}, err
	}
	views := s.Projection.Current()
	q.Since = on.AddDays(-feeds.CalendarPast)
	coming := notices.UpcomingOf(views, on, q)
	ledger, err := s.Ledger.ID()
	if err != nil {
		return document{}, err
	}
	c := feeds.Calendar{Name: "Treaties: what is to come", Ledger: ledger, Dates: coming[:min(len(coming), feeds.CalendarMax)]}
	if about := s.about(q.Treaties, q.Participants, q.Groups); about != "" {
		c.Name = "Treaties: " + about
	}
	c.Says = s.recordedOf(q.Treaties)
	c.Stamp = func(revision uint64) time.Time {
		recorded, _ := views.RecordedAt(eventstore.Position(revision))
		return recorded
	}
	return document{write: c.Write}, nil
}

// recordedOf says which acts of treaties are recorded, and until when: a feed
// without entries does not say that nothing was done.
func (s *API) recordedOf(treaties []domain.TreatyID) string {
	views := s.Projection.Current()
	on := projections.QueryOf(views.State, s.Today(), views.Position)
	var says []string
	for _, id := range treaties {
		if h := on.History(id); h != nil {
			says = append(says, h.Treaty.Short+": "+on.CoverageOn(h).Says)
		}
	}
	return strings.Join(says, " ")
}

// about names what a filter chooses, for titles.
func (s *API) about(treaties []domain.TreatyID, participants []domain.ParticipantID, groups []domain.GroupID) string {
	state := s.Projection.Current().State
	var names []string
	for _, id := range treaties {
		if t, ok := state.Treaty(id, domain.Everything()); ok {
			names = append(names, t.Short)
		}
	}
	for _, id := range participants {
		if p, ok := state.Participant(id, domain.Everything()); ok {
			names = append(names, p.Name(s.Today()))
		}
	}
	for _, id := range groups {
		names = append(names, string(id))
	}
	return strings.Join(names, ", ")
}

// StreamInput chooses a reader's notices, and from where on.
type StreamInput struct {
	NoticesInput
	After       string `query:"after" doc:"Begin behind this notice: an id, or a position for behind all of its commit; where absent, with what comes from now on" example:"812.1"`
	LastEventID string `header:"Last-Event-ID" doc:"The id of the last event that was received, sent by a reader that connects again; it wins over after" example:"812.1"`
}

// follow admits a reader and returns what serves it.
func (s *API) follow(_ context.Context, in *StreamInput) (func(huma.Context), error) {
	f, err := s.noticeFilter(in.NoticesInput)
	if err != nil {
		return nil, err
	}
	cursor, err := s.streamFrom(in)
	if err != nil {
		return nil, err
	}
	serve, err := s.streams.Follow(f, cursor)
	return func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		serve(w, r)
	}, err
}

// streamFrom returns the id behind which a reader begins.
func (s *API) streamFrom(in *StreamInput) (notices.ID, error) {
	field, text := "Last-Event-ID", in.LastEventID
	if text == "" {
		field, text = "after", in.After
	}
	if text == "" {
		text = fmt.Sprint(s.Projection.Current().Position)
	}
	id, err := notices.ParseID(text)
	if err != nil {
		return id, problem.Invalid(field, err.Error(), "the id of a notice, such as 812.1, or a position")
	}
	return id, nil
}

const streamDescription = "Each event has the notice's id, its kind as the event's name, and the notice in JSON as its data. An event with an id alone says how far was looked. " +
	"A reader that connects again with the header Last-Event-ID misses nothing and gets nothing twice. A comment comes every 15 seconds; a reader that does not read is cut off."
