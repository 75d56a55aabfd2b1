package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// variablePrefix begins the name of every environment variable of the program.
const variablePrefix = "DEPOSITARY_"

// variable returns the environment variable of a flag: --webhook-key is
// DEPOSITARY_WEBHOOK_KEY.
func variable(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnvironment lets every flag that c itself declares take its value from
// its variable where the command line does not set it. The help names the
// variable. Call it after the last flag is declared.
func fromEnvironment(c *cobra.Command) {
	ownFlags(c, func(f *pflag.Flag) { f.Usage += " ($" + variable(f.Name) + ")" })
	c.PreRunE = func(c *cobra.Command, _ []string) (err error) {
		ownFlags(c, func(f *pflag.Flag) {
			text := os.Getenv(variable(f.Name))
			if err != nil || f.Changed || text == "" {
				return
			}
			if wrong := c.Flags().Set(f.Name, text); wrong != nil {
				err = &usageError{fmt.Errorf("%s %q: %w", variable(f.Name), text, errors.Unwrap(wrong)), c.CommandPath()}
			}
		})
		return err
	}
}

// ownFlags calls each for the flags that c declares, in the order of their
// names; not for --help, nor for those that it inherits.
func ownFlags(c *cobra.Command, each func(*pflag.Flag)) {
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			each(f)
		}
	})
}
