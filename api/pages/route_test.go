package pages

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/gate"
)

// What a page does not read is no part of its address, so it cannot pass the answers
// that are kept; nor can the order of what it reads, or a second value of what has one.
func TestDeclared(t *testing.T) {
	s := New(Options{})
	for _, c := range []struct {
		address, query string
		class          gate.Class
	}{
		{"/en/gap/ICMW", "", gate.View},
		{"/en/?utm_source=x&fbclid=1&r1=2", "", gate.View},
		{"/fr/gap/ICMW?ratify=DEU&receiving=top5&ratify=FRA&receiving=top6&asOf=2003-07-01&r1=1", "asOf=2003-07-01&ratify=DEU&ratify=FRA&receiving=top5", gate.View},
		{"/en/treaties/ICMW?ratify=DEU&knownAt=5", "knownAt=5", gate.View},
		{"/en/corridors/ICMW?year=2020", "year=2020", gate.Assume},
		{"/en/figures/bars/ICMW.svg?edition=2020&form=tiles", "edition=2020", gate.View},
		{"/en/figures/map/ICMW.png?edition=2020&asOf=2003-07-01", "asOf=2003-07-01", gate.Picture},
		{"/en/nothing?x=1", "", gate.View},
		{"/en?utm_source=x", "", gate.View},
	} {
		class, query := s.Declared(httptest.NewRequest("GET", c.address, nil))
		require.Equal(t, c.query, query, c.address)
		require.Equal(t, c.class, class, c.address)
	}
}
