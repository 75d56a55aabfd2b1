package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"depositary/cmd/internal/node"
)

func (a *app) restoreCommand() *cobra.Command {
	var checkpoint string
	c := &cobra.Command{Use: "restore FILE", Short: "Put a backup into a data folder that has no store yet", Args: cobra.ExactArgs(1),
		Long: "Checks a backup and puts it into the data folder (--data), which must not have a store yet. The stream is filled from it on the next start.",
		RunE: func(c *cobra.Command, args []string) error {
			progress := newProgress(a.err)
			defer progress.end()
			copied, err := node.Restore(c.Context(), args[0], a.dataFolder(), checkpoint, progress.tell)
			if err == nil {
				fmt.Fprintf(a.out, "%s: restored up to position %d, hash %s\n", a.dataFolder(), copied.Position, copied.Hash)
				fmt.Fprintln(a.err, "To record there, put the node.key of a node that may record into the folder, or add its key on one: depositary node key, depositary node add")
			}
			return err
		}}
	c.Flags().StringVar(&checkpoint, "checkpoint", "", "file of a checkpoint, or of a watcher, that the backup has to cover: an older one is refused")
	return c
}
