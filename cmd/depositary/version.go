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
			settings := buildSettings()
			if revision := settings["vcs.revision"]; revision != "" {
				if settings["vcs.modified"] == "true" {
					revision += " with changes"
				}
				fmt.Fprintf(a.out, "revision   %s of %s\n", revision, settings["vcs.time"])
			}
			return nil
		}}
}

// buildSettings returns what the build recorded of itself, by name.
func buildSettings() map[string]string {
	settings := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
	}
	return settings
}

// release is the version that the build of a release sets by -ldflags.
var release string

// version returns the version of the release or of the module, or devel for a
// build from a working copy.
func version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
