package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

// manCommand writes manual pages. Packages call it when they are built.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{Use: "man FOLDER", Short: "Write the manual pages of all commands into a folder", Args: cobra.ExactArgs(1),
		Long:    "Writes one manual page for each command, in section 1, into the folder. The folder is created if it does not exist.",
		Example: "  depositary man /usr/local/share/man/man1",
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			released := released()
			header := &doc.GenManHeader{Section: "1", Source: "depositary " + version(), Manual: "Depositary", Date: &released}
			return doc.GenManTree(c.Root(), header, args[0])
		}}
}

// released returns the instant of the sources that were built, so that two
// builds of the same sources write the same pages.
func released() time.Time {
	if instant, err := time.Parse(time.RFC3339, buildSettings()["vcs.time"]); err == nil {
		return instant
	}
	return time.Unix(0, 0).UTC()
}

// flagTable returns the flags that c declares as a Markdown table: flag,
// variable, default, meaning.
func flagTable(c *cobra.Command) string {
	var table strings.Builder
	table.WriteString("| flag | variable | default | meaning |\n|---|---|---|---|\n")
	ownFlags(c, func(f *pflag.Flag) {
		standard := f.DefValue
		switch {
		case standard == "" || standard == "[]":
			standard = "–"
		default:
			standard = "`" + standard + "`"
		}
		meaning := strings.TrimSuffix(f.Usage, " ($"+variable(f.Name)+")")
		fmt.Fprintf(&table, "| `--%s` | `%s` | %s | %s |\n", f.Name, variable(f.Name), standard, strings.ReplaceAll(meaning, "|", "\\|"))
	})
	return table.String()
}
