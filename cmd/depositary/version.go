package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Version of the program, of Go and of the sources", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(a.out, "depositary %s\n", version())
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return nil
			}
			fmt.Fprintf(a.out, "go         %s\n", info.GoVersion)
			settings := map[string]string{}
			for _, s := range info.Settings {
				settings[s.Key] = s.Value
			}
			if revision := settings["vcs.revision"]; revision != "" {
				if settings["vcs.modified"] == "true" {
					revision += " with changes"
				}
				fmt.Fprintf(a.out, "revision   %s of %s\n", revision, settings["vcs.time"])
			}
			return nil
		}}
}

// version is the module's version, or devel for a build from a working copy.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
