package apitest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/domain"
)

// Scenario is a request, and what its answer must be.
type Scenario struct {
	Name string
	Request
	Status   int
	Contains []string
	Lacks    []string
	Code     domain.Code // of the first finding
	Field    string      // of the first finding
}

// Play plays scenarios; none may change the ledger.
func (c *Client) Play(t *testing.T, scenarios []Scenario) {
	t.Helper()
	before := c.position()
	for _, s := range scenarios {
		name := s.Name
		if name == "" {
			name = s.Path
		}
		t.Run(name, func(t *testing.T) {
			r := c.Ask(t, s.Request)
			require.Equal(t, s.Status, r.Status, "%s", r.Body)
			for _, text := range s.Contains {
				require.Contains(t, string(r.Body), text)
			}
			for _, text := range s.Lacks {
				require.NotContains(t, string(r.Body), text)
			}
			if s.Code != "" {
				p := r.Problem(t)
				require.NotEmpty(t, p.Findings, "%s", r.Body)
				require.Equal(t, s.Code, p.Findings[0].Code, "%s", r.Body)
				require.Equal(t, s.Field, p.Findings[0].Field, "%s", r.Body)
				require.NotEmpty(t, p.Findings[0].Message)
			}
			require.Equal(t, before, c.position(), "the ledger has changed")
		})
	}
}
