package node

import (
	"testing"

	"depositary/api/apitest"
)

// served is a node that serves its clients over HTTP.
type served struct {
	*Node
	*apitest.Client
}

// serve serves an opened node. The clock is that of its deliveries; the
// machine's where nil.
func serve(t *testing.T, n *Node, clock *apitest.Clock) *served {
	t.Helper()
	return &served{n, apitest.Connect(t, n.Handler(), n.Tokens(), clock, n.Position)}
}
