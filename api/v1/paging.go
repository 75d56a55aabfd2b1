package v1

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"depositary/api/problem"
)

// One way of paging: a list takes the parameters cursor and limit, its answer has
// the member next, and the header Link leads to the page that follows and to the
// first one (RFC 8288). A cursor is what next was, and means nothing else to
// clients.

// PageInput chooses a page of a list that always is cut into pages.
type PageInput struct {
	Cursor string `query:"cursor" doc:"Where the page begins: next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"1000" doc:"How many entries at most"`
}

// PartInput chooses a page of a list that is answered whole unless a limit is named.
type PartInput struct {
	Cursor string `query:"cursor" doc:"Where the page begins: next of the page before"`
	Limit  int    `query:"limit" minimum:"0" maximum:"100000" doc:"How many entries at most; all where absent"`
}

// Following is part of the answer of every list in pages.
type Following struct {
	Next string `json:"next,omitempty" doc:"Cursor of the page that follows; absent on the last one"`
}

func (f Following) nextCursor() string { return f.Next }

// inPages is an answer that is a page of a list.
type inPages interface{ nextCursor() string }

// paged cuts a page out of a list; the cursor is the key of the entry before it.
// A limit of 0 is none.
func paged[T any](all []T, cursor string, limit int, key func(T) string) (page []T, following Following, err error) {
	start, page := 0, []T{}
	if cursor != "" {
		start = slices.IndexFunc(all, func(v T) bool { return key(v) == cursor }) + 1
		if start == 0 {
			return nil, following, noCursor(cursor)
		}
	}
	rest := all[start:]
	if limit > 0 && limit < len(rest) {
		rest = rest[:limit]
		following.Next = key(rest[limit-1])
	}
	return append(page, rest...), following, nil
}

// leadOn writes the header Link of a page. Its addresses are relative to that of
// the request, so that they hold behind every proxy.
func leadOn(h http.Header, asked url.URL, next string) {
	query := asked.Query()
	to := func(cursor, relation string) {
		if query.Del("cursor"); cursor != "" {
			query.Set("cursor", cursor)
		}
		h.Add("Link", fmt.Sprintf(`<?%s>; rel="%s"`, query.Encode(), relation))
	}
	later := query.Has("cursor")
	if next != "" {
		to(next, "next")
	}
	if next != "" || later {
		to("", "first")
	}
}

// pagedByPlace cuts a page out of a list whose entries have no key of their own: the
// cursor is the number of entries before the page.
func pagedByPlace[T any](all []T, cursor string, limit int) (page []T, following Following, err error) {
	start := 0
	if cursor != "" {
		if start, err = strconv.Atoi(cursor); err != nil || start < 0 || start > len(all) {
			return nil, following, noCursor(cursor)
		}
	}
	rest := all[start:]
	if limit > 0 && limit < len(rest) {
		rest = rest[:limit]
		following.Next = strconv.Itoa(start + limit)
	}
	return append([]T{}, rest...), following, nil
}

func noCursor(text string) error {
	return problem.Invalid("cursor", fmt.Sprintf("%q is no cursor of this list", problem.Clip(text)), "next of the page before")
}
