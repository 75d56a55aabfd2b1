package accept

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCoding(t *testing.T) {
	for header, want := range map[string]float64{
		"": 0, "gzip": 1, "GZIP": 1, "br, gzip": 1, "gzip;q=0": 0, "gzip; q=0.0": 0, "gzip;q=0.5": 0.5,
		"gzip;q=2": 0, "xgzip": 0, "identity": 0, "deflate, gzip;q=1.0, *;q=0.5": 1,
	} {
		require.Equal(t, want, Coding(header, "gzip"), header)
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
