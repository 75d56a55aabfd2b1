package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"depositary/eventstore/publiclog"
)

func (a *app) proofCommand() *cobra.Command {
	return family("proof", "Proofs that a record stands in the public log", a.proofGetCommand(), a.proofCheckCommand(), a.proofStatusCommand(), a.proofKeyCommand())
}

func (a *app) proofGetCommand() *cobra.Command {
	return &cobra.Command{Use: "get RECORD", Short: "Print the proof that a record stands in the public log", Args: cobra.ExactArgs(1),
		Example: "  depositary proof get 69.1 > proof.json",
		RunE: func(c *cobra.Command, args []string) error {
			a.still = true
			return a.copyOut(c, path("/v1/actions/%s/proof", args[0]), nil, "application/json")
		}}
}

func (a *app) proofKeyCommand() *cobra.Command {
	return &cobra.Command{Use: "key", Short: "Print the public key of the public log", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a.still = true
			return a.copyOut(c, "/log/key", nil, "text/plain")
		}}
}

func (a *app) proofCheckCommand() *cobra.Command {
	var key string
	c := &cobra.Command{Use: "check FILE --key KEY", Short: "Check a proof with the public key of the log alone", Args: cobra.ExactArgs(1),
		Long: "Checks a proof without any server or data folder: that the key signed the checkpoint, that the commit stands in the log of the checkpoint, and\n" +
			"that the record stands in the commit. FILE may be - for standard input. A proof that does not hold ends with the code 7.",
		Example: "  depositary proof check proof.json --key depositary.example+8a3f05c2+AQ…",
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := a.readProof(args[0])
			if err != nil {
				return err
			}
			proven, err := publiclog.CheckProof(text, key)
			if err != nil {
				return ofLog(fmt.Errorf("the proof does not hold: %w", err))
			}
			fmt.Fprintf(a.out, "The proof holds. In the log %s, of %s, stands at position %d, recorded %s:\n%s\n", proven.Origin, plural(int(proven.Tree.N), "commit", "commits"),
				proven.Commit.Position, proven.Commit.Recorded.UTC().Format("2006-01-02 15:04:05 UTC"), proven.Event)
			return nil
		}}
	c.Flags().StringVar(&key, "key", "", "public key of the log, as depositary proof key or /log/key shows it")
	_ = c.MarkFlagRequired("key") // fails only for a flag that is not there
	return c
}

// maxProof bounds a file with a proof: a commit of some megabytes, and its proof.
const maxProof = 128 << 20

func (a *app) readProof(file string) ([]byte, error) {
	in := a.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, &codedError{exitRefused, err}
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxProof+1))
	if err == nil && len(text) > maxProof {
		err = &codedError{exitRefused, fmt.Errorf("%s has more than %d bytes and is no proof", file, maxProof)}
	}
	return text, err
}

// ofLog adds its exit code to what a check of the public log found.
func ofLog(err error) error {
	var key *publiclog.KeyError
	var unanswered *publiclog.FetchError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &key):
		return &codedError{exitUsage, err}
	case errors.As(err, &unanswered):
		return &codedError{exitUnreached, err}
	}
	return &codedError{exitDamage, err}
}
