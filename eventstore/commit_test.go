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
	"depositary/eventstore/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew; a recorded commit's bytes never change, so only to add one")

// frozen are the golden files: of form 1 with and without an approver, and of
// form 2 with one command and with two.
var frozen = []string{"commit-1.txt", "commit-2.txt", "commit-3.txt", "commit-4.txt"}

var (
	previous = eventstore.Hash{0xab, 0xcd, 31: 0xef}
	recorded = time.Date(2026, 11, 23, 20, 15, 9, 120_456_789, time.FixedZone("", 3600))
)

// one returns the first command of the samples, with an approver or without.
func one(approver string) eventstore.Decided {
	return storetest.Decided(eventstore.Command{ID: "01936f3e-0001-7001-8a5b-000000000001", Actor: "secretary@example.int", Approver: approver,
		Treaty: "paris-agreement", Participant: "FR"}, `{"event":"deposited"}`, `{"event":"déclaration"}`)
}

// two returns the second one.
func two() eventstore.Decided {
	return storetest.Decided(eventstore.Command{ID: "01936f3e-0001-7001-8a5b-000000000002", Actor: "anna", Treaty: "IV-13", Participant: eventstore.Many}, `{"event":"defined"}`)
}

// samples are what the golden files hold.
func samples(t testing.TB) []eventstore.Commit {
	t.Helper()
	form1 := func(d eventstore.Decided) eventstore.Commit {
		var lines []string
		for _, line := range d.Lines {
			lines = append(lines, string(line))
		}
		return storetest.SealForm1(eventstore.Header{Position: 7, Previous: previous, Recorded: recorded}, d.Command, lines...)
	}
	form2 := func(commands ...eventstore.Decided) eventstore.Commit {
		c, err := eventstore.Seal(7, previous, recorded, commands, storetest.Signer("golden"))
		require.NoError(t, err)
		return c
	}
	return []eventstore.Commit{form1(one("")), form1(one("second@example.int")), form2(one("")), form2(one("second@example.int"), two())}
}

// sample is the first of them.
func sample(t testing.TB) eventstore.Commit { return samples(t)[0] }

func TestGolden(t *testing.T) {
	for i, c := range samples(t) {
		path := filepath.Join("testdata", frozen[i])
		if *update {
			require.NoError(t, os.WriteFile(path, c.Raw(), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(c.Raw()), frozen[i])
		got, err := eventstore.Parse(want)
		require.NoError(t, err)
		require.Equal(t, c, got, frozen[i])
	}
}

// A commit that two persons made names both, and its hash covers both; one that
// one person made is written as ever.
func TestApprover(t *testing.T) {
	all := samples(t)
	for _, c := range []eventstore.Commit{all[1], all[3]} {
		require.Equal(t, "second@example.int", c.Commands[0].Approver)
		_, err := eventstore.Parse(bytes.Replace(c.Raw(), []byte("second@example.int"), nil, 1))
		require.Error(t, err, "an approver without a name is another spelling of none")
	}
	require.NotEqual(t, all[0].Hash(), all[1].Hash())
	require.NotContains(t, string(all[0].Raw())+string(all[2].Raw()), "approver")
}

// Commands of a commit are found by their ids and by their events.
func TestCommandsOfACommit(t *testing.T) {
	c := samples(t)[3]
	require.Equal(t, 3, c.Events)
	require.Equal(t, eventstore.Many, c.Treaty())
	require.Equal(t, eventstore.Many, c.Participant())
	require.Equal(t, "paris-agreement", samples(t)[2].Treaty())
	for n, want := range map[int]int{1: 0, 2: 0, 3: 1} {
		command, before, ok := c.CommandOf(n)
		require.True(t, ok)
		require.Equal(t, c.Commands[want], command)
		require.Equal(t, []int{0, 2}[want], before)
		_, again, ok := c.ByID(command.ID)
		require.True(t, ok)
		require.Equal(t, before, again)
	}
	for _, n := range []int{0, 4} {
		_, _, ok := c.CommandOf(n)
		require.False(t, ok)
	}
	require.Equal(t, "{\"event\":\"defined\"}\n", string(c.Commands[1].EventLines()))
}

func TestRoundTrip(t *testing.T) {
	c := sample(t)
	got, err := eventstore.Parse(c.Raw())
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.Equal(t, 2, got.Events)
	require.Equal(t, "2026-11-23T19:15:09.120456Z", got.Recorded.Format(time.RFC3339Nano))
	require.Equal(t, c.Raw(), bytes.Join([][]byte{got.HeaderLine(), []byte("\n"), got.Body()}, nil))
	require.Equal(t, c.Hash(), got.Hash())
}

func TestSealRefuses(t *testing.T) {
	seal := func(commands ...eventstore.Decided) error {
		_, err := eventstore.Seal(7, previous, recorded, commands, storetest.Signer("golden"))
		return err
	}
	for name, change := range map[string]func(*eventstore.Decided){
		"no command":         func(d *eventstore.Decided) { d.ID = "" },
		"a long command":     func(d *eventstore.Decided) { d.ID = strings.Repeat("x", 129) },
		"a blank":            func(d *eventstore.Decided) { d.Actor = "a b" },
		"a quote":            func(d *eventstore.Decided) { d.Treaty = `a"b` },
		"a backslash":        func(d *eventstore.Decided) { d.Treaty = `a\b` },
		"a blank approver":   func(d *eventstore.Decided) { d.Approver = "a b" },
		"a newline":          func(d *eventstore.Decided) { d.Participant = "a\nb" },
		"beyond ASCII":       func(d *eventstore.Decided) { d.Participant = "é" },
		"no participant":     func(d *eventstore.Decided) { d.Participant = "" },
		"a delete character": func(d *eventstore.Decided) { d.ID = "a\x7f" },
		"no event":           func(d *eventstore.Decided) { d.Lines = nil },
		"two lines":          func(d *eventstore.Decided) { d.Lines = [][]byte{[]byte("a\nb")} },
		"a command's line":   func(d *eventstore.Decided) { d.Lines = [][]byte{[]byte(`{"command":"x"`)} },
	} {
		bad := one("")
		change(&bad)
		require.Error(t, seal(bad), name)
		require.Error(t, seal(two(), bad), name)
	}
	require.Error(t, seal())
	require.ErrorContains(t, seal(two(), one(""), two()), "stands twice")
}

// TestAnyAlterationIsNoticed changes every byte in every way: what still
// parses has another hash, and so no place in the chain.
func TestAnyAlterationIsNoticed(t *testing.T) {
	storetest.OneGoroutine(t)
	for i, c := range samples(t) {
		t.Run(frozen[i], func(t *testing.T) { anyAlterationIsNoticed(t, c) })
	}
}

func anyAlterationIsNoticed(t *testing.T, c eventstore.Commit) {
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
	var commands []eventstore.Decided
	var lines []string
	for _, command := range c.Commands {
		lines = strings.Split(strings.TrimSuffix(string(command.EventLines()), "\n"), "\n")
		commands = append(commands, storetest.Decided(command, lines...))
	}
	if c.Form == 1 {
		require.Equal(t, string(c.Raw()), string(storetest.SealForm1(c.Header, c.Commands[0], lines...).Raw()))
		return
	}
	again, err := eventstore.Seal(c.Position, c.Previous, c.Recorded, commands, storetest.Signer("golden"))
	require.NoError(t, err)
	written := bytes.ReplaceAll(again.Raw(), []byte(again.Key.String()), []byte(c.Key.String()))
	require.Equal(t, string(c.Raw()), strings.Replace(string(written), again.Signature.String(), c.Signature.String(), 1))
}

func FuzzParse(f *testing.F) {
	for _, file := range frozen {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(f, err)
		f.Add(raw)
	}
	raw := sample(f).Raw()
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
