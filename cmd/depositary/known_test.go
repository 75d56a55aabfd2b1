package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain"
)

// askedOf are the arguments with which each command that asks is asked about a
// treaty; a command that is not here fails the test, so that it is thought of. None
// are those that say nothing that follows from the acts of a treaty.
func askedOf(treaty string) map[string][][]string {
	return map[string][][]string{
		"gap": {{treaty}}, "corridors": {{treaty}, {treaty, "Mexico"}, {treaty, "Mexico", "USA"}, {treaty, "--ratify", "ESP"}}, "status": {{treaty}, {treaty, "Germany"}, {treaty, "Spain"}},
		"coverage": {{treaty}}, "entry": {{treaty}}, "timeline": {{treaty}}, "matrix": {{treaty}, {treaty, "--group", "EU"}, {treaty, "--group", "EU", "--show", "gaps"}, {treaty, "--show", "signed"}},
		"statements": {{treaty}, {treaty, "--by-article"}}, "relations": {{treaty, "Germany"}, {treaty, "Germany", "Mexico"}}, "changes": {{treaty, "--from", "2020-01-01"}},
		"coming": {{"--treaty", treaty}}, "what-if": {{treaty, "Spain"}}, "who-next": {{treaty}},
		"notices": nil, "action show": nil, "ledger": nil, "export": nil, "coverage state": nil, "treaty list": nil, "treaty show": nil, "treaty add": nil,
		"participant list": nil, "participant show": nil, "participant status": nil, "brief": nil, "participant add": nil, "group list": nil, "group show": nil, "group add": nil,
		"weights list": nil, "weights show": nil, "weights add": nil, "territories": nil,
	}
}

// asking lists the commands that ask, by their names.
func asking() (names []string) {
	var below func(prefix string, c *cobra.Command)
	below = func(prefix string, c *cobra.Command) {
		name := strings.TrimSpace(prefix + " " + c.Name())
		if c.Runnable() && (!c.HasSubCommands() || c.Flags().Lookup("output") != nil) {
			names = append(names, name)
		}
		for _, sub := range c.Commands() {
			below(name, sub)
		}
	}
	for _, c := range (&app{}).root().Commands() {
		if c.GroupID == "ask" {
			below("", c)
		}
	}
	return names
}

// No command turns what is not known into a zero, a share or a denial.
func TestEveryCommandSaysWhatIsNotKnown(t *testing.T) {
	d := apitest.Open(t)
	for _, p := range d.PartlyRecorded(t) {
		asked := askedOf(p.Short)
		require.Len(t, asking(), len(asked), "a command that is no more")
		for _, name := range asking() {
			questions, thought := asked[name]
			require.True(t, thought, "with which arguments shall %s be asked?", name)
			for _, args := range questions {
				for _, form := range []string{formTable, formJSON, formCSV} {
					requireCommand(t, d, p, append(append(strings.Fields(name), args...), "-o", form), form)
				}
			}
		}
	}
}

func requireCommand(t *testing.T, d *apitest.Server, p apitest.Partial, args []string, form string) {
	t.Helper()
	where := "depositary " + strings.Join(args, " ")
	var out, stderr bytes.Buffer
	code := run(append(args, "--server", d.URL), strings.NewReader(""), &out, &stderr)
	switch {
	case code == exitUsage:
		require.Equal(t, formCSV, form, "%s: %s", where, &stderr)
		require.Regexp(t, "no CSV|no form as (a table|CSV)", stderr.String(), where)
	case code != 0:
		require.Contains(t, stderr.String(), "ACTS_NOT_RECORDED", where)
		require.NotEqual(t, domain.ExtentTable, p.Extent, where)
		require.Empty(t, out.String(), where)
	case form == formTable:
		p.RequireKnown(t, where, out.String())
	case form == formJSON:
		p.RequireJSON(t, where, out.Bytes(), true, apitest.KnownZeros...)
	case form == formCSV && args[0] != "coming": // its rows are days that follow from single acts
		p.RequireCSV(t, where, out.String(), true, apitest.KnownColumns...)
	}
}
