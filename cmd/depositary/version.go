package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what the program says of itself.
type build struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	System   string `json:"system"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Changed  bool   `json:"changed,omitempty"`
}

func thisBuild() build {
	settings := buildSettings()
	return build{version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, settings["vcs.revision"], settings["vcs.time"], settings["vcs.modified"] == "true"}
}

func (a *app) versionCommand() *cobra.Command {
	c := &cobra.Command{Use: "version", Short: "Version of the program, of Go and of the sources", Args: cobra.NoArgs,
		Example: "  depositary version -o json",
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if a.form == formJSON {
				return json.NewEncoder(a.out).Encode(b)
			}
			fmt.Fprintf(a.out, "depositary %s\ngo         %s\n", b.Version, b.Go)
			if b.Revision != "" {
				changed := map[bool]string{true: " with changes"}[b.Changed]
				fmt.Fprintf(a.out, "revision   %s%s of %s\n", b.Revision, changed, b.Time)
			}
			return nil
		}}
	a.forms(c, formTable, formJSON)
	return c
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
