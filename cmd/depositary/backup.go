package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"depositary/cmd/internal/node"
	"depositary/internal/wholefile"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{Use: "backup FILE", Short: "Write a consistent copy of the store, checked, while it is in use", Args: cobra.ExactArgs(1),
		Long: "Writes a consistent copy of the whole store, as of one moment, while it is in use; reads it back and checks its chain. It overwrites nothing.",
		RunE: func(c *cobra.Command, args []string) error {
			a.still = true
			return a.through(c.Context(), func(d *door) error {
				progress := newProgress(a.err)
				defer progress.end()
				var copied node.Copy
				err := wholefile.CreateChecked(args[0], func(w io.Writer) error {
					response, err := d.do(c.Context(), http.MethodGet, "/v1/operate/backup", nil, nil, nil)
					if err != nil {
						return err
					}
					defer response.Body.Close()
					_, err = io.Copy(w, response.Body)
					return err
				}, func(path string) (err error) {
					copied, err = node.CheckCopy(path, progress.tell)
					return err
				})
				if err == nil {
					fmt.Fprintf(a.out, "%s: a copy up to position %d, hash %s\n", args[0], copied.Position, copied.Hash)
				}
				return err
			})
		}}
}
