package coding_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"depositary/api/coding"
)

func TestForms(t *testing.T) {
	text := []byte(strings.Repeat("Mexico ratified on 8 March 1999. ", 100))
	for _, b := range []coding.Body{coding.Of(text), coding.Best(text)} {
		for header, want := range map[string]string{
			"": "", "identity": "", "br": "", "gzip": "gzip", "zstd": "zstd", "gzip, deflate, br, zstd": "zstd", "GZIP": "gzip",
			"zstd;q=0.5, gzip": "gzip", "zstd;q=0, gzip;q=0": "", "zstd;q=0, gzip": "gzip",
		} {
			form := b.For(header)
			require.Equal(t, want, form.Name, header)
			require.Equal(t, text, plain(t, form), header)
			require.True(t, want == "" || len(form.Body) < len(text)/4)
		}
		require.Greater(t, b.Size(), len(text))
	}
}

func TestWhatIsNotWorthwhile(t *testing.T) {
	short := []byte(`{"alive":true}`)
	require.Equal(t, coding.Coded{Body: short}, coding.Of(short).For("zstd, gzip"))
}

func plain(t *testing.T, c coding.Coded) []byte {
	t.Helper()
	var from io.Reader = bytes.NewReader(c.Body)
	var err error
	switch c.Name {
	case coding.Gzip:
		from, err = gzip.NewReader(from)
	case coding.Zstd:
		from, err = zstd.NewReader(from)
	}
	require.NoError(t, err)
	text, err := io.ReadAll(from)
	require.NoError(t, err)
	return text
}
