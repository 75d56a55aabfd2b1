package main

import (
	"fmt"
	"io"
	"net/http"

	v1 "depositary/api/v1"

	"github.com/spf13/cobra"
)

// The forms of an export.
const (
	formNDJSON = "ndjson"
	formMTDSG  = "mtdsg"
	formHTML   = "html"
	formActs   = "acts"
)

func (a *app) exportCommand() *cobra.Command {
	var x axes
	c := &cobra.Command{Use: "export [TREATY]", Short: "Export the whole ledger, all acts, or the status table of a treaty", Args: cobra.MaximumNArgs(1),
		Long: "Without a treaty it writes the ledger as it was published, line by line (ndjson), from which depositary import ndjson makes the same\n" +
			"ledger again, to the hash. With a treaty it writes its status table as the United Nations publish it: as comma-separated values\n" +
			"(mtdsg), or as a page to be read or printed (html). With -o acts it writes the acts as they stand, one in a row, of all treaties or\n" +
			"of one; depositary import acts reads them.",
		Example: "  depositary export > ledger.ndjson\n  depositary export ICMW --as-of 2003-07-01 > 4-13.csv\n  depositary export ICMW -o html > icmw.html\n  depositary export -o acts > acts.csv",
		RunE: func(c *cobra.Command, args []string) error {
			if a.form == formActs {
				query := x.query()
				if len(args) > 0 {
					query.Set("treaty", args[0])
				}
				return a.copyOut(c, "/v1/acts.csv", query, "text/csv")
			}
			if len(args) == 0 {
				if (a.form != "" && a.form != formNDJSON) || x != (axes{}) {
					return &usageError{wrongf("a table is the table of a treaty: name one, or choose -o acts, or export the whole ledger without --as-of and the like"), c.CommandPath()}
				}
				a.still = true
				return a.copyOut(c, "/v1/export", nil, "application/x-ndjson")
			}
			media, ok := map[string]string{"": "text/csv", formMTDSG: "text/csv", formHTML: "text/html"}[a.form]
			if !ok {
				return &usageError{wrongf("the table of a treaty has the forms %s and %s", formMTDSG, formHTML), c.CommandPath()}
			}
			return a.copyOut(c, path("/v1/treaties/%s/table", args[0]), x.query(), media)
		}}
	x.flags(c)
	a.forms(c, formNDJSON, formMTDSG, formHTML, formActs)
	return c
}

// copyOut writes an answer as it comes, however long it is.
func (a *app) copyOut(c *cobra.Command, path string, query map[string][]string, media string) error {
	return a.through(c.Context(), func(d *door) error {
		response, err := d.do(c.Context(), http.MethodGet, path, query, http.Header{"Accept": {media}}, nil)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if _, err := io.Copy(a.out, response.Body); err != nil {
			return fmt.Errorf("the export is not whole: %w", err)
		}
		if n := response.Header.Get(v1.HeaderOmitted); n != "" && n != "0" {
			fmt.Fprintf(a.err, "depositary: the form has no room for %s things, such as days of effect and withdrawals; with -o html each is a footnote\n", n)
		}
		return nil
	})
}
