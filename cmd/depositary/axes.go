package main

import (
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"depositary/projections"
)

// axes are the flags of the three axes on which a question is put.
type axes struct{ asOf, receivedBy, knownAt string }

func (x *axes) flags(c *cobra.Command) {
	c.Flags().StringVar(&x.asOf, "as-of", "", "the legal day for which to answer, such as 2003-07-01 (default today)")
	c.Flags().StringVar(&x.receivedBy, "received-by", "", "answer of what the depositary had received by this day (default everything)")
	c.Flags().StringVar(&x.knownAt, "known-at", "", "answer of what the ledger held by then: a position, an instant or a day (default everything)")
}

func (x *axes) query() url.Values {
	q := url.Values{}
	set(q, "asOf", x.asOf)
	set(q, "receivedBy", x.receivedBy)
	set(q, "knownAt", x.knownAt)
	return q
}

func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// writeAxes says for which day and of which knowledge an answer holds.
func writeAxes(w io.Writer, x projections.Axes) {
	text := "as of " + x.AsOf.String()
	if !x.ReceivedBy.IsZero() {
		text += ", of what was received by " + x.ReceivedBy.String()
	}
	fmt.Fprintf(w, "%s, known at position %d\n", text, x.KnownAt)
}

// writeHead names the treaty that an answer is about.
func writeHead(w io.Writer, t projections.TreatyHead, x projections.Axes) {
	paragraph(w, "", fmt.Sprintf("%s (%s)  %s", t.Short, t.ID, t.Title))
	writeAxes(w, x)
	paragraph(w, "Note: ", t.RestsOn)
}
