package accept

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.5": true,
		"gzip;q=2": false, "xgzip": false, "identity": false, "deflate, gzip;q=1.0, *;q=0.5": true,
	} {
		require.Equal(t, want, Gzip(header), header)
	}
}

// The most specific range decides (RFC 9110, 12.5.1).
func TestQuality(t *testing.T) {
	for _, c := range []struct {
		accept, media string
		want          float64
	}{
		{"text/csv", "text/csv", 1}, {"text/*;q=0.3", "text/csv", 0.3}, {"*/*;q=0.1", "text/csv", 0.1}, {"application/json", "text/csv", 0},
		{"*/*, text/csv;q=0", "text/csv", 0}, {"text/csv;q=0.2, text/*;q=0.9", "text/csv", 0.2}, {"TEXT/CSV", "text/csv", 1}, {"text/csv;q=x", "text/csv", 0},
	} {
		require.InDelta(t, c.want, Quality(c.accept, c.media), 1e-9, "%s for %s", c.media, c.accept)
	}
}
