// Command depositary records what a treaty's depositary receives, tells what
// follows from it in law, and serves both.
package main

import (
	"os"
	_ "time/tzdata" // --zone works where the system has no table of zones
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
