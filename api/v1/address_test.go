package v1

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPublicAddress(t *testing.T) {
	for _, good := range []string{"", "https://depositary.example", "http://10.0.0.1:8480/", "https://example.org/treaties"} {
		require.NoError(t, CheckPublic(good), good)
	}
	for _, bad := range []string{"depositary.example", "ftp://x", "https://", "https://x/?a=b", "https://u:p@x", "https://x/#a", "\x00", "javascript:alert(1)"} {
		require.Error(t, CheckPublic(bad), bad)
	}
}
