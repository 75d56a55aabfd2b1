package v1

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestSpoiledText(t *testing.T) {
	for text, want := range map[string]string{
		`"plain"`:                   "",
		`"é \u00e9 😀 \ud83d\ude00"`: "",
		`"\\u0000 \\ud800"`:         "",
		`"\u0000"`:                  "NUL",
		`"\ud83d"`:                  "surrogate",
		`"\ud83dx"`:                 "surrogate",
		`"\ud83d\u0041"`:            "surrogate",
		`"\ude00\ud83d"`:            "surrogate",
		"\"\xff\"":                  "UTF-8",
		"\"\xc3\"":                  "UTF-8",
		"\x00":                      "NUL",
		`"\u12"`:                    "", // no escape: the decoder says so
		`"\`:                        "",
	} {
		_, reason := spoiled([]byte(text))
		if want == "" {
			require.Empty(t, reason, "%q", text)
		} else {
			require.Contains(t, reason, want, "%q", text)
		}
	}
}

// What is let pass is kept as it was sent: no character is lost on the way.
func FuzzSpoiledText(f *testing.F) {
	for _, seed := range []string{`"a"`, `"\ud83d\ude00"`, `"\u0000"`, "\"\xff\"", `{"a":["\\u0000",1]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if unmarshalJSON(data, &v) != nil {
			return
		}
		again, err := json.Marshal(v)
		require.NoError(t, err)
		sent := strings.Contains(string(data), "\uFFFD") || strings.Contains(strings.ToLower(string(data)), `\ufffd`)
		require.True(t, sent || !strings.ContainsRune(string(again), utf8.RuneError), "%q became %q", data, again)
		_, reason := spoiled(again)
		require.Empty(t, reason)
	})
}

func TestHarmlessCells(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "Mali": "Mali", "-": "'-", "=1+1": "'=1+1", " =1": "' =1", "\u00a0@a": "'\u00a0@a", "＝1": "'＝1", "\t=": "'\t=", "\n=": "'\n=", "a=1": "a=1", "  ": "  ", "'=1": "'=1",
	} {
		require.Equal(t, want, harmless(cell), "%q", cell)
	}
}
