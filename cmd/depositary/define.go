package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"depositary/api/commands"
	"depositary/domain/catalogue"
)

// addCommand defines what files state, each in the form of the catalogue: one
// object, or an array of them. All files are read before anything is sent.
func addCommand[T any](a *app, what string, address func(T) string) *cobra.Command {
	var reason, key string
	var dryRun bool
	c := &cobra.Command{Use: "add FILE…", Short: fmt.Sprintf("Add or correct %s from files (JSON, one or an array; - is standard input)", what), Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var all []T
			for _, name := range args {
				values, err := a.readDefinitions(name, func(data []byte) (int, error) {
					values, err := catalogue.Decode[T](name, data)
					all = append(all, values...)
					return len(values), err
				})
				if err != nil {
					return err
				}
				if values == 0 {
					return refusedInput(name, "the file states nothing", "one object, or an array of objects")
				}
			}
			return a.through(c.Context(), func(d *door) error {
				return define(c.Context(), a, d, all, address, reason, order{dryRun: dryRun, key: key})
			})
		}}
	c.Flags().StringVar(&reason, "reason", "", "why it is added or corrected")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would follow, and record nothing")
	c.Flags().StringVar(&key, "idempotency-key", "", "id of the command, where one definition is added: sent again it is recorded once (default a new one)")
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) readDefinitions(name string, decode func([]byte) (int, error)) (int, error) {
	data, err := a.readFile(name)
	if err != nil {
		return 0, err
	}
	n, err := decode(data)
	if err != nil {
		return 0, refusedInput(name, err.Error(), "a document in the form that show -o json prints")
	}
	return n, nil
}

// mostInput is what a file may have at most; the server takes no more either.
const mostInput = 32 << 20

// readFile reads a file, or standard input where the name is a hyphen. What is
// no file, such as a pipe or a device, may have no end and is refused.
func (a *app) readFile(name string) ([]byte, error) {
	if name == "-" {
		return readBounded("standard input", a.in)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refusedInput(name, "it is no regular file", "a file, or - for standard input")
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	return readBounded(name, file)
}

func readBounded(name string, r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, mostInput+1))
	if err == nil && len(content) > mostInput {
		return nil, refusedInput(name, fmt.Sprintf("it has more than %d MiB", mostInput>>20), "a file of up to 32 MiB")
	}
	return content, err
}

// define sends one definition after the other. Where one is refused, those
// before it stand, and the error says which it was.
func define[T any](ctx context.Context, a *app, d *door, all []T, address func(T) string, reason string, o order) error {
	o.query = url.Values{}
	set(o.query, "reason", reason)
	for _, value := range all {
		to := address(value)
		raw, err := d.send(ctx, http.MethodPut, to, o, value)
		if err != nil {
			return naming(to, err)
		}
		show := func(w io.Writer, r commands.Receipt) { showDefined(w, to, r) }
		if err := shown(a, raw, show); err != nil {
			return err
		}
	}
	return nil
}

// naming says of which of several definitions an error tells.
func naming(address string, err error) error {
	var problem *problemError
	if !errors.As(err, &problem) {
		return fmt.Errorf("%s: %w", address, err)
	}
	problem.Detail = address + ": " + problem.Detail
	return err
}

func showDefined(w io.Writer, address string, r commands.Receipt) {
	switch {
	case r.Proposal != "":
		showProposed(w, r.Proposal)
	case r.DryRun:
		fmt.Fprintf(w, "%s  dry run: nothing was recorded\n", address)
	default:
		fmt.Fprintf(w, "%s  recorded at position %d, hash %s\n", address, r.Position, r.Hash.Short())
	}
	writeFindings(w, r.Queries)
}
