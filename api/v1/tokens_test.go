package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/api/audit"
	"depositary/api/auth"
	"depositary/api/commands"
)

// Who operates makes, lists and revokes tokens; who made a token stands beside
// it, and all of it in the audit log.
func TestTokensOfTheAPI(t *testing.T) {
	d := apitest.Open(t)
	wish := `{"actor":"carl@depositary","roles":["operate"],"days":7}`
	require.Equal(t, 401, d.Ask(t, apitest.Request{Path: "/v1/tokens", Body: wish}).Status)
	require.Equal(t, 403, d.Ask(t, apitest.Request{Path: "/v1/tokens", Body: wish, Token: "record"}).Status)
	for _, wrong := range []string{`{"actor":"a b","roles":["operate"]}`, `{"actor":"carl","roles":[]}`, `{"actor":"carl","roles":["record"]}`, `{"actor":"carl","roles":["operate"],"days":-1}`} {
		require.Equal(t, 422, d.Ask(t, apitest.Request{Path: "/v1/tokens", Body: wrong, Token: "operate"}).Status, wrong)
	}
	var made commands.TokenMade
	d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/tokens", Body: wish, Token: "operate"}).Into(t, &made)
	require.Equal(t, []auth.Maker{{Actor: "anna@operate"}}, made.Token.Makers)
	who, err := d.Tokens().Check(made.Text)
	require.NoError(t, err)
	require.Equal(t, "carl@depositary", who.Actor)

	list := d.Must(t, 200, apitest.Request{Path: "/v1/tokens?format=csv", Token: "operate"})
	require.Contains(t, string(list.Body), made.Token.ID+",carl@depositary,operate,")
	require.NotContains(t, string(list.Body), made.Text)
	require.NotContains(t, string(list.Body), auth.Digest(made.Text))

	revoke := apitest.Request{Method: "DELETE", Path: "/v1/tokens/" + made.Token.ID, Token: "operate"}
	d.Must(t, 204, revoke)
	_, err = d.Tokens().Check(made.Text)
	require.ErrorIs(t, err, auth.ErrUnknown)
	d.Must(t, 404, revoke)

	require.Equal(t, 403, d.Ask(t, apitest.Request{Path: "/v1/audit", Token: "record"}).Status)
	var log struct{ Entries []audit.Entry }
	d.Must(t, 200, apitest.Request{Path: "/v1/audit?since=2026-06-30&until=2026-06-30", Token: "operate"}).Into(t, &log)
	require.Len(t, log.Entries, 2)
	require.Equal(t, audit.TokenRevoked, log.Entries[0].Kind)
	require.Equal(t, audit.TokenMade, log.Entries[1].Kind)
	require.Equal(t, "anna@operate", log.Entries[1].Actor)
	require.Equal(t, made.Token.ID, log.Entries[1].Subject)
	require.True(t, strings.HasPrefix(log.Entries[1].From, "127.0.0.1"), log.Entries[1].From)
	d.Must(t, 200, apitest.Request{Path: "/v1/audit?until=2026-06-29", Token: "operate"}).Into(t, &log)
	require.Empty(t, log.Entries)
	d.Must(t, 422, apitest.Request{Path: "/v1/audit?since=yesterday", Token: "operate"})
	d.Must(t, 200, apitest.Request{Path: "/v1/audit?kind=token-made&format=csv&limit=1", Token: "operate"})
}
