package commands_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/auth"
	"depositary/domain"
)

// Which nodes may record is a matter for two persons too, where recording is.
func TestANodeTakesTwoPersons(t *testing.T) {
	d := apitest.Open(t, fourEyes)
	admin := token(t, d, "admin", auth.Identity{Actor: "first start", SetsUp: true})
	token(t, d, "anna", admin)
	token(t, d, "bert", admin)
	key := domain.NodeKey(strings.Repeat("ab", 32))
	mayRecord := func() bool { return d.Views().State.MayRecord(key) }

	id := d.Propose(t, apitest.Request{Path: "/v1/nodes", Token: "anna", Body: `{"key":"` + string(key) + `","name":"geneva-2"}`, Header: map[string]string{"Idempotency-Key": "add"}})
	require.False(t, mayRecord())
	decide(t, d, 403, id, "approval", "", "anna")
	require.False(t, mayRecord())
	decide(t, d, 200, id, "approval", "", "bert")
	require.True(t, mayRecord())

	id = d.Propose(t, apitest.Request{Path: "/v1/nodes/" + string(key) + "/revocation", Token: "bert", Body: `{"reason":"its disk was stolen"}`, Header: map[string]string{"Idempotency-Key": "revoke"}})
	decide(t, d, 403, id, "approval", "", "bert")
	require.True(t, mayRecord())
	decide(t, d, 200, id, "approval", "", "anna")
	require.False(t, mayRecord())
}
