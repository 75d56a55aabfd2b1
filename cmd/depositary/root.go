package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"depositary/eventstore/ledger"
)

// now is the clock of everything that runs in this process.
var now = time.Now

// app is one run of the command line: its streams, and the flags that all
// commands share.
type app struct {
	in  io.Reader
	out *screen
	err io.Writer

	server    string
	data      string
	cluster   string
	reached   ledger.Access // how the cluster is reached, by flags
	tokenFile string
	actor     string
	form      string // table, json or csv
	still     bool   // the command begins no day in a data folder that it opens

	use     use  // what the command does with the ledger
	running bool // the command line was understood
}

// use is what a command does with a ledger, and so what becomes of it where no
// ledger exists yet.
type use int

const (
	asks       use = iota // answered from the bundled data
	records               // begins a ledger
	usesLedger            // needs one that exists
)

// useOf returns what a command that was called does with the ledger: a dry run
// only asks.
func useOf(c *cobra.Command) use {
	top := c
	for top.HasParent() && top.Parent().HasParent() {
		top = top.Parent()
	}
	dryRun := c.Flags().Lookup("dry-run")
	switch {
	case dryRun != nil && dryRun.Value.String() == "true":
		return asks
	case dryRun != nil, top.GroupID == "write":
		return records
	case top.GroupID == "run":
		return usesLedger
	}
	return asks
}

func run(args []string, in io.Reader, out, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	a := &app{in: in, out: screenFor(out), err: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	if err != nil && !a.running {
		err = &usageError{err, command.CommandPath()}
	}
	return a.report(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "depositary",
		Short: "Records what a treaty's depositary receives, and computes what follows from it in law",
		Long: "Depositary records what a treaty's depositary receives, tells what follows from it in law, and lets everyone see and ask.\n\n" +
			"A command talks to a server (--server), or to the server that holds the data folder (--data), or, where none runs, opens the data folder itself.",
		SilenceErrors: true, SilenceUsage: true, Version: version(),
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.server, "server", "", "address of a running server (default $DEPOSITARY_SERVER)")
	flags.StringVar(&a.data, "data", "", "data folder (default $DEPOSITARY_DATA, or ./data)")
	flags.StringVar(&a.cluster, "nats", "", "addresses of a JetStream cluster, with commas (default $DEPOSITARY_NATS; without, the server is embedded)")
	flags.StringVar(&a.reached.Creds, "nats-creds", "", "file of credentials for the cluster (or DEPOSITARY_NATS_CREDS)")
	flags.StringVar(&a.reached.NKey, "nats-nkey", "", "file of the nkey seed for the cluster (or DEPOSITARY_NATS_NKEY)")
	flags.StringVar(&a.reached.User, "nats-user", "", "user of the cluster (or DEPOSITARY_NATS_USER); the password is in DEPOSITARY_NATS_PASSWORD or a file")
	flags.StringVar(&a.reached.PasswordFile, "nats-password-file", "", "file of that password (or DEPOSITARY_NATS_PASSWORD_FILE)")
	flags.StringVar(&a.reached.CA, "nats-ca", "", "file of the certificates that vouch for the servers of the cluster (or DEPOSITARY_NATS_CA)")
	flags.StringVar(&a.reached.Cert, "nats-cert", "", "file of the certificate with which this node shows the cluster who it is (or DEPOSITARY_NATS_CERT)")
	flags.StringVar(&a.reached.Key, "nats-cert-key", "", "file of the key of that certificate (or DEPOSITARY_NATS_CERT_KEY)")
	flags.StringVar(&a.tokenFile, "token-file", "", "file with the token for a running server (default: the token is in $DEPOSITARY_TOKEN)")
	flags.StringVar(&a.actor, "actor", "", "who acts, as it stands in the ledger, where the data folder is opened by this command (default local:USER)")
	root.MarkFlagsMutuallyExclusive("server", "data")
	root.AddGroup(&cobra.Group{ID: "ask", Title: "Ask:"}, &cobra.Group{ID: "write", Title: "Record and define:"}, &cobra.Group{ID: "run", Title: "Run:"})
	a.add(root, "ask", a.gapCommand(), a.briefCommand(), a.corridorsCommand(), a.statusCommand(), a.coverageCommand(), a.entryCommand(), a.timelineCommand(), a.matrixCommand(), a.statementsCommand(), a.relationsCommand(),
		a.changesCommand(), a.noticesCommand(), a.comingCommand(), a.whatIfCommand(), a.whoNextCommand(), a.actionCommand(), a.ledgerCommand(),
		a.treatyCommand(), a.participantCommand(), a.territoriesCommand(), a.groupCommand(), a.weightsCommand(), a.exportCommand())
	a.add(root, "write", a.recordCommand(), a.correctCommand(), a.annulCommand(), a.importCommand(), a.catalogueCommand(), a.proposalCommand())
	a.add(root, "run", a.serveCommand(), a.verifyCommand(), a.backupCommand(), a.restoreCommand(), a.tokenCommand(), a.nodeCommand(), a.auditCommand(), a.proofCommand(), a.watchCommand(), a.webhookCommand(), a.healthCommand(), a.openapiCommand(), a.manCommand(), a.versionCommand())
	root.SetHelpCommandGroupID("run")
	root.SetCompletionCommandGroupID("run")
	root.AddCommand(exitCodesTopic())
	root.SetFlagErrorFunc(nearFlag)
	a.mark(root)
	a.complete(root)
	return root
}

func (a *app) add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

// mark notes when a command begins to run: an error before that is one of the
// command line.
func (a *app) mark(c *cobra.Command) {
	if work := c.RunE; work != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			a.running, a.use = true, useOf(c)
			return work(c, args)
		}
	}
	for _, sub := range c.Commands() {
		a.mark(sub)
	}
}

// family is a command that only has commands below it: called alone, it shows
// what they are.
func family(use, short string, below ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(below...)
	return c
}
