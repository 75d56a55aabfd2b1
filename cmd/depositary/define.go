package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"

	"github.com/spf13/cobra"

	v1 "depositary/api/v1"
	"depositary/domain"
	"depositary/projections/model"
)

// addCommand defines what files state, each in the form of the catalogue: one
// object, or an array of them. All files are read and checked before anything is
// recorded, and every mistake in them is shown with its file, line and field.
func addCommand(a *app, what, address string) *cobra.Command {
	var reason, key string
	var dryRun bool
	c := &cobra.Command{Use: "add FILE…", Short: fmt.Sprintf("Add or correct %s from files (JSON, one or an array; - is standard input)", what), Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var files []definitionFile
			for _, name := range args {
				data, err := a.readFile(name)
				if err != nil {
					return err
				}
				files = append(files, definitionFile{name, data})
			}
			return a.through(c.Context(), func(d *door) error {
				o := order{dryRun: dryRun, key: key, query: url.Values{}}
				set(o.query, "reason", reason)
				return a.define(c.Context(), d, address, files, o)
			})
		}}
	c.Flags().StringVar(&reason, "reason", "", "why it is added or corrected")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would follow, and record nothing")
	c.Flags().StringVar(&key, "idempotency-key", "", "id of the command, where one definition is added: sent again it is recorded once (default a new one)")
	a.forms(c, formTable, formJSON)
	return c
}

// definitionFile is a file of definitions.
type definitionFile struct {
	name string
	data []byte
}

// define sends one file after the other.
func (a *app) define(ctx context.Context, d *door, address string, files []definitionFile, o order) error {
	if len(files) > 1 {
		if err := checkFiles(ctx, d, address, files, o); err != nil {
			return err
		}
	}
	for _, f := range files {
		raw, err := d.send(ctx, http.MethodPost, address, o, asSent(f.data))
		if err != nil {
			return inFile(f.name, err)
		}
		if err := shown(a, raw, showDefined); err != nil {
			return err
		}
	}
	return nil
}

// checkFiles tries all files and returns everything that is wrong in any of them. What
// a file refers to may stand in one before it, and is not missed.
func checkFiles(ctx context.Context, d *door, address string, files []definitionFile, o order) error {
	o.dryRun = true
	var all *problemError
	for _, f := range files {
		_, err := d.send(ctx, http.MethodPost, address, o, asSent(f.data))
		var p *problemError
		switch {
		case err == nil:
			continue
		case !errors.As(inFile(f.name, err), &p) || p.Status != http.StatusUnprocessableEntity:
			return err
		}
		p.Findings = slices.DeleteFunc(p.Findings, func(f model.Finding) bool {
			return slices.Contains([]domain.Code{domain.CodeUnknownTreaty, domain.CodeUnknownParticipant, domain.CodeUnknownGroup, domain.CodeNothingChanged}, f.Code)
		})
		switch {
		case len(p.Findings) == 0:
		case all == nil:
			all = p
		default:
			all.Findings = append(all.Findings, p.Findings...)
			all.Detail = fmt.Sprintf("the documents have %d mistakes; nothing was recorded", len(all.Findings))
		}
	}
	if all == nil {
		return nil
	}
	all.raw, _ = json.Marshal(all.Problem) // plain data cannot fail
	return all
}

// inFile says in which file and line a problem's findings are.
func inFile(name string, err error) error {
	var p *problemError
	if !errors.As(err, &p) {
		return err
	}
	for i, f := range p.Findings {
		switch {
		case f.Line > 0:
			p.Findings[i].Field = fmt.Sprintf("%s, line %d, column %d: %s", name, f.Line, f.Column, f.Field)
		case f.Field == "body":
			p.Findings[i].Field = name
		}
	}
	return p
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

// naming says of which of several things an error tells.
func naming(address string, err error) error {
	var problem *problemError
	if !errors.As(err, &problem) {
		return fmt.Errorf("%s: %w", address, err)
	}
	problem.Detail = address + ": " + problem.Detail
	return err
}

// showDefined shows what became of each definition of a file.
func showDefined(w io.Writer, answer definedAnswer) {
	for _, d := range answer.Definitions {
		switch r := d.Receipt; {
		case d.Unchanged:
			fmt.Fprintf(w, "%s  recorded already, in these words\n", d.Address)
		case r == nil || r.DryRun:
			fmt.Fprintf(w, "%s  dry run: nothing was recorded\n", d.Address)
		case r.Proposal != "":
			showProposed(w, r.Proposal)
		default:
			fmt.Fprintf(w, "%s  recorded at position %d, hash %s\n", d.Address, r.Position, r.Hash.Short())
		}
		if d.Receipt != nil {
			writeFindings(w, d.Receipt.Queries)
		}
	}
}

// definedAnswer is the answer to a document of definitions.
type definedAnswer struct {
	Definitions []v1.Defined `json:"definitions"`
}
