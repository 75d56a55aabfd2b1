package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/spf13/cobra"

	v1 "depositary/api/v1"
	"depositary/cmd/internal/node"
)

func (a *app) nodeCommand() *cobra.Command {
	return family("node", "Nodes that may record: list, add, revoke; this one's key, and a stream made anew",
		a.nodeListCommand(), a.nodeKeyCommand(), a.nodeAddCommand(), a.nodeRevokeCommand(), a.nodeTrustCommand(), a.nodeRebuildCommand())
}

func (a *app) nodeListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "The nodes that may record, and those that might", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answer(c.Context(), a, "/v1/nodes", nil, func(w io.Writer, all struct {
				Nodes []v1.NodeView `json:"nodes"`
			}) {
				g := newGrid("KEY", "NAME", "ADDED", "REVOKED")
				for _, n := range all.Nodes {
					revoked := ""
					if !n.Revoked.IsZero() {
						revoked = n.Revoked.String()
					}
					g.row(string(n.Key), n.Name, n.Added.String(), revoked)
				}
				g.write(w)
			})
		}}
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func (a *app) nodeKeyCommand() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "key", Short: "Print the public key with which the node of the data folder signs", Args: cobra.NoArgs,
		Long: "Prints the public key of the node, and makes its key where there is none yet. On a node that may record, depositary node add lets it record.",
		RunE: func(c *cobra.Command, _ []string) error {
			signer, err := node.LoadSigner(node.KeyFile(file, a.dataFolder()))
			if err == nil {
				fmt.Fprintln(a.out, signer.Key())
			}
			return err
		}}
	c.Flags().StringVar(&file, "node-key", "", "file of the key (default node.key in the data folder)")
	return c
}

func (a *app) nodeAddCommand() *cobra.Command {
	var f actFlags
	var name string
	c := &cobra.Command{Use: "add KEY --name NAME", Short: "Let a node record", Args: cobra.ExactArgs(1),
		Example: "  depositary node add fee5827115853012999da93c8f926fbd045f43f00528e487859a90e2bb074155 --name geneva-2",
		RunE: func(c *cobra.Command, args []string) error {
			return a.changeNode(c, "/v1/nodes", f, map[string]string{"key": args[0], "name": name, "reason": f.reason})
		}}
	f.carryOut(c)
	c.Flags().StringVar(&name, "name", "", "name of the node, for people")
	_ = c.MarkFlagRequired("name") // fails only for a flag that is not there
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) nodeRevokeCommand() *cobra.Command {
	var f actFlags
	c := &cobra.Command{Use: "revoke KEY --reason TEXT", Short: "Let a node record no more", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.changeNode(c, path("/v1/nodes/%s/revocation", args[0]), f, map[string]string{"reason": f.reason})
		}}
	f.carryOut(c)
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) changeNode(c *cobra.Command, address string, f actFlags, body map[string]string) error {
	return a.through(c.Context(), func(d *door) error {
		raw, err := d.send(c.Context(), http.MethodPost, address, f.order(), body)
		if err != nil {
			return err
		}
		return shown(a, raw, showReceipt)
	})
}

func (a *app) nodeTrustCommand() *cobra.Command {
	return &cobra.Command{Use: "trust KEY", Short: "Take what a key signs, whatever the ledger says of it", Args: cobra.ExactArgs(1),
		Long: "Writes the public key of a node into the file trusted-keys of the data folder, where every key was lost that the ledger lets sign. The node with this key\n" +
			"adds itself with the next commit. Every node, and whoever verifies the ledger, has to trust the key: to all others its commits are a stranger's.",
		RunE: func(_ *cobra.Command, args []string) error { return node.Trust(a.dataFolder(), args[0]) }}
}

func (a *app) nodeRebuildCommand() *cobra.Command {
	return &cobra.Command{Use: "rebuild", Short: "Make a stream anew that has what is no part of the ledger", Args: cobra.NoArgs,
		Long: "Removes the stream and makes it anew from the store of the data folder, where somebody wrote to it what no node of the ledger signed, or what\n" +
			"cannot be understood. What is removed is kept in the data folder, in refused-POSITION.ndjson. Stop all nodes first, and run it where the node is that\n" +
			"was furthest; keep whoever wrote to the stream from it.",
		RunE: func(c *cobra.Command, _ []string) error {
			progress := newProgress(a.err)
			defer progress.end()
			n, err := node.Open(c.Context(), node.Options{Data: a.dataFolder(), NATS: a.clusterAddresses(), Access: a.access(), Empty: true, Still: true, Now: now, Version: version(),
				Progress: progress.tell, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				return err
			}
			r, err := n.Rebuild(c.Context())
			progress.end()
			if closed := n.Close(); err == nil {
				err = closed
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "The stream was made anew up to position %d; %s removed, and kept in %s\n", r.Position, plural(r.Removed, "message was", "messages were"), r.File)
			return nil
		}}
}
