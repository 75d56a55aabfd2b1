package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/gate"
)

// A flood of dear questions from one address is refused politely, question by
// question. What is kept is answered meanwhile, whatever is put behind its address,
// and acts are recorded; when it is over there is nothing left of it.
func TestFlood(t *testing.T) {
	d := apitest.Open(t, func(o *apitest.Options) {
		o.Gate = gate.Options{Room: 2, PerAddress: 4, Waiting: 8, Patience: time.Minute}
	})
	var running sync.WaitGroup
	var answered, refused atomic.Int32
	flood := func(each string) {
		for i := range 40 {
			running.Go(func() {
				r := d.Ask(t, apitest.Request{Path: fmt.Sprintf(each, i%40)})
				switch r.Status {
				case http.StatusOK:
					answered.Add(1)
				case http.StatusServiceUnavailable:
					refused.Add(1)
					require.NotEmpty(t, r.Header.Get("Retry-After"))
					require.Equal(t, "urn:depositary:busy", r.Problem(t).Type)
				default:
					require.Fail(t, "neither answered nor refused", "%d %s", r.Status, r.Body)
				}
			})
		}
	}
	kept := d.Must(t, 200, apitest.Request{Path: "/en/gap/ICMW"}).Body
	flood("/en/figures/map/ICMW.png?asOf=20%02d-01-01")
	flood("/v1/treaties/ICMW/what-if?ratify=DEU&asOf=20%02d-02-01")
	for i := range 20 {
		require.Equal(t, kept, d.Must(t, 200, apitest.Request{Path: fmt.Sprintf("/en/gap/ICMW?utm_source=%d", i)}).Body)
	}
	running.Wait()
	d.Accede(t, "DEU", "2026-01-14", "x")
	require.Positive(t, answered.Load())
	require.EqualValues(t, 80, answered.Load()+refused.Load())
	d.Must(t, 200, apitest.Request{Path: "/en/figures/map/ICMW.png?asOf=2004-01-02"})
}
