package apitest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
)

func TestServer(t *testing.T) {
	s := apitest.Open(t)
	require.EqualValues(t, 74, s.Position())
	s.Accede(t, "DEU", "2026-06-01", "key")
	_, err := s.Verify(t.Context())
	require.NoError(t, err)
}

func TestDeliveries(t *testing.T) {
	s := apitest.Open(t, apitest.Webhooks)
	r := apitest.NewReceiver(t)
	subscription := s.Subscribe(t, r, "ordered")
	s.Accede(t, "DEU", "2026-06-01", "")
	s.Delivered(t, r, subscription)
}
