package eventstore_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"depositary/eventstore"
)

var update = flag.Bool("update", false, "write the golden files anew; a recorded commit's bytes never change, so only to add one")

const golden = "commit-1.txt"

// sample is what the golden file holds.
func sample(t testing.TB) eventstore.Commit {
	t.Helper()
	c, err := eventstore.Seal(eventstore.Header{
		Position:    7,
		Previous:    eventstore.Hash{0xab, 0xcd, 31: 0xef},
		Command:     "01936f3e-0001-7001-8a5b-000000000001",
		Actor:       "secretary@example.int",
		Recorded:    time.Date(2026, 11, 23, 20, 15, 9, 120_456_789, time.FixedZone("", 3600)),
		Treaty:      "paris-agreement",
		Participant: "FR",
	}, [][]byte{[]byte(`{"event":"deposited"}`), []byte(`{"event":"déclaration"}`)})
	require.NoError(t, err)
	return c
}

func TestGolden(t *testing.T) {
	path := filepath.Join("testdata", golden)
	c := sample(t)
	if *update {
		require.NoError(t, os.WriteFile(path, c.Raw(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(c.Raw()))
}

// A commit that two persons made names both, and its hash covers both; one that
// one person made is written as ever.
func TestApprover(t *testing.T) {
	h := sample(t).Header
	h.Approver = "second@example.int"
	two, err := eventstore.Seal(h, [][]byte{[]byte(`{"event":"deposited"}`), []byte(`{"event":"déclaration"}`)})
	require.NoError(t, err)
	path := filepath.Join("testdata", "commit-2.txt")
	if *update {
		require.NoError(t, os.WriteFile(path, two.Raw(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(two.Raw()))
	got, err := eventstore.Parse(two.Raw())
	require.NoError(t, err)
	require.Equal(t, two, got)
	require.Equal(t, "second@example.int", got.Approver)
	require.NotEqual(t, sample(t).Hash(), two.Hash())
	require.NotContains(t, string(sample(t).Raw()), "approver")
	_, err = eventstore.Parse(bytes.Replace(two.Raw(), []byte("second@example.int"), nil, 1))
	require.Error(t, err, "an approver without a name is another spelling of none")
}

func TestRoundTrip(t *testing.T) {
	c := sample(t)
	got, err := eventstore.Parse(c.Raw())
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.Equal(t, 2, got.Events)
	require.Equal(t, "2026-11-23T19:15:09.120456Z", got.Recorded.Format(time.RFC3339Nano))
	require.Equal(t, c.Raw(), bytes.Join([][]byte{got.HeaderLine(), []byte("\n"), got.EventLines()}, nil))
	require.Equal(t, c.Hash(), got.Hash())
}

func TestSealRefuses(t *testing.T) {
	good := sample(t).Header
	event := [][]byte{[]byte("{}")}
	for name, change := range map[string]func(*eventstore.Header){
		"no command":         func(h *eventstore.Header) { h.Command = "" },
		"a long command":     func(h *eventstore.Header) { h.Command = strings.Repeat("x", 129) },
		"a blank":            func(h *eventstore.Header) { h.Actor = "a b" },
		"a quote":            func(h *eventstore.Header) { h.Treaty = `a"b` },
		"a backslash":        func(h *eventstore.Header) { h.Treaty = `a\b` },
		"a blank approver":   func(h *eventstore.Header) { h.Approver = "a b" },
		"a newline":          func(h *eventstore.Header) { h.Participant = "a\nb" },
		"beyond ASCII":       func(h *eventstore.Header) { h.Participant = "é" },
		"no participant":     func(h *eventstore.Header) { h.Participant = "" },
		"a delete character": func(h *eventstore.Header) { h.Command = "a\x7f" },
	} {
		h := good
		change(&h)
		_, err := eventstore.Seal(h, event)
		require.Error(t, err, name)
	}
	_, err := eventstore.Seal(good, nil)
	require.Error(t, err)
	_, err = eventstore.Seal(good, [][]byte{[]byte("a\nb")})
	require.Error(t, err)
}

// TestAnyAlterationIsNoticed changes every byte in every way: what still
// parses has another hash, and so no place in the chain.
func TestAnyAlterationIsNoticed(t *testing.T) {
	c := sample(t)
	for i := range c.Raw() {
		for b := range 256 {
			raw := bytes.Clone(c.Raw())
			if raw[i] == byte(b) {
				continue
			}
			raw[i] = byte(b)
			if altered, err := eventstore.Parse(raw); err == nil {
				require.NotEqual(t, c.Hash(), altered.Hash(), "byte %d became %q", i, b)
				requireOneSpelling(t, altered)
			}
		}
	}
	for n := range len(c.Raw()) {
		_, err := eventstore.Parse(c.Raw()[:n])
		require.Error(t, err, "cut to %d bytes", n)
	}
	for _, tail := range []string{"\n", "x", "{}\n"} {
		_, err := eventstore.Parse(append(bytes.Clone(c.Raw()), tail...))
		require.Error(t, err)
	}
}

// requireOneSpelling: what parses is what Seal would have written.
func requireOneSpelling(t testing.TB, c eventstore.Commit) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSuffix(c.EventLines(), []byte{'\n'}), []byte{'\n'})
	again, err := eventstore.Seal(c.Header, lines)
	require.NoError(t, err)
	require.Equal(t, string(c.Raw()), string(again.Raw()))
}

func FuzzParse(f *testing.F) {
	raw, err := os.ReadFile(filepath.Join("testdata", golden))
	require.NoError(f, err)
	f.Add(raw)
	for _, change := range [][2]string{
		{`"position":7`, `"position":07`}, {`"position":7`, `"position":+7`}, {`"position":7`, `"position":`},
		{"abcd", "ABCD"}, {"09.120456Z", "09,120456Z"}, {"T19", "T9"}, {"-11-23", "-02-30"},
		{`"events":2`, `"events":3`}, {`"FR"`, `""`}, {"\n", ""}, {"\n", "\n\n"},
	} {
		f.Add(bytes.Replace(raw, []byte(change[0]), []byte(change[1]), 1))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := eventstore.Parse(raw); err == nil {
			require.Equal(t, string(raw), string(c.Raw()))
			requireOneSpelling(t, c)
		}
	})
}

func TestFollows(t *testing.T) {
	c := sample(t)
	require.NoError(t, c.Follows(6, c.Previous, c.Recorded))
	require.Error(t, c.Follows(5, c.Previous, c.Recorded))
	require.Error(t, c.Follows(7, c.Previous, c.Recorded))
	require.Error(t, c.Follows(6, eventstore.Hash{}, c.Recorded))
	require.Error(t, c.Follows(6, c.Previous, c.Recorded.Add(time.Microsecond)))
}

func TestHashText(t *testing.T) {
	h := sample(t).Hash()
	text, err := h.MarshalText()
	require.NoError(t, err)
	var back eventstore.Hash
	require.NoError(t, back.UnmarshalText(text))
	require.Equal(t, h, back)
	require.Equal(t, string(text[:12]), h.Short())
	for _, bad := range []string{"", string(text[1:]), "x" + string(text[1:]), string(text) + "0", strings.ToUpper(string(text))} {
		require.Error(t, back.UnmarshalText([]byte(bad)), bad)
	}
}
