package main

import (
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	v1 "depositary/api/v1"
	"depositary/cmd/internal/node"
	"depositary/domain"
)

type serveFlags struct {
	node.ServeOptions
	zone, log, level string
	beginDay         string
	webhooks         node.WebhookOptions
	signIn           signInFlags
	mail             mailFlags
	readers          readerFlags
	allowed, proxies []string
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{Use: "serve", Short: "Serve the ledger: API and pages", Args: cobra.NoArgs,
		Long: "Opens the data folder, which is made where there is none, and serves it until it is stopped (SIGINT, SIGTERM).\n" +
			"An empty ledger gets the bundled treaties, participants and acts. The very first start makes a token, which is shown once.",
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c, f) }}
	flags := c.Flags()
	flags.StringVar(&f.Listen, "listen", "127.0.0.1:8480", "address and port; port 0 takes a free one")
	flags.StringVar(&f.Key, "node-key", "", "file of the key with which this node signs what it records (default node.key in the data folder, made where there is none)")
	flags.IntVar(&f.Replicas, "replicas", 0, "copies of the stream on a cluster, counted when it is made (default 1)")
	flags.BoolVar(&f.Empty, "empty", false, "leave an empty ledger empty")
	flags.StringVar(&f.Tokens, "tokens", "", "file of tokens (default tokens.json in the data folder)")
	flags.StringVar(&f.zone, "zone", "", "zone of the depositary's calendar, such as America/New_York (default UTC)")
	flags.StringVar(&f.beginDay, "begin-day", "", "day, such as 2026-11-29, that begins although it is more than 35 days after the last one: the clock is right")
	flags.Float64Var(&f.Rate, "rate", defaultRate, "computed answers a second of one address: a view counts 1, a picture 4, a what-if 8, what is kept nothing; 0: not limited")
	flags.StringSliceVar(&f.proxies, "trusted-proxies", nil, "networks of proxies whose X-Forwarded-For names the client, such as 127.0.0.0/8 (may be repeated)")
	flags.BoolVar(&f.FourEyes, "four-eyes", false, "require approval by a second person for every write and every token, also in later starts; --four-eyes=false ends it")
	flags.StringVar(&f.Checkpoint, "checkpoint", "", "file of a checkpoint, or of a watcher, that the ledger has to cover: an older past is not served")
	flags.StringVar(&f.Public, "public", "", "public address, such as https://depositary.example, for the links of feeds and calendars (default: the one at which they are asked for)")
	flags.IntVar(&f.Streams.Readers, "stream-readers", 20_000, "readers that may follow notices as they come")
	flags.IntVar(&f.Streams.Each, "stream-readers-each", 100, "readers of one address that may follow notices as they come")
	flags.StringVar(&f.webhooks.Key, "webhook-key", "", "file of the key that seals the secrets of webhooks, the same for all nodes of a cluster (default webhook.key in the data folder, made where there is none)")
	flags.BoolVar(&f.webhooks.AllowHTTP, "webhook-allow-http", false, "also call addresses without TLS")
	flags.StringSliceVar(&f.allowed, "webhook-allow", nil, "non-public networks that webhooks may reach, such as 10.1.0.0/16 (may be repeated)")
	flags.BoolVar(&f.webhooks.Still, "no-delivery", false, "leave the delivery of webhooks to other nodes")
	flags.StringVar(&f.log, "log", "text", "form of the log on standard error: text or json")
	flags.StringVar(&f.level, "log-level", "info", "least level of the log: debug, info, warn or error")
	f.readers.flags(flags)
	f.signIn.flags(flags)
	f.mail.flags(flags)
	fromEnvironment(c)
	return c
}

func (a *app) serve(c *cobra.Command, f serveFlags) (err error) {
	o := f.ServeOptions
	o.Access = a.access()
	o.Data, o.NATS, o.Now, o.Version = a.dataFolder(), a.clusterAddresses(), now, version()
	o.TwoEyes = c.Flags().Changed("four-eyes") && !f.FourEyes
	o.Burst = int(math.Ceil(burstSeconds * o.Rate))
	if o.Zone, err = zone(f.zone); err != nil {
		return &usageError{err, c.CommandPath()}
	}
	if f.beginDay != "" {
		if o.BeginDay, err = domain.ParseDate(f.beginDay); err != nil {
			return &usageError{wrongf("--begin-day: %w", err), c.CommandPath()}
		}
	}
	if err := v1.CheckPublic(o.Public); err != nil {
		return &usageError{wrongf("--public: %w", err), c.CommandPath()}
	}
	if o.Proxies, err = prefixes("--trusted-proxies", f.proxies); err != nil {
		return &usageError{err, c.CommandPath()}
	}
	if f.webhooks.Allowed, err = prefixes("--webhook-allow", f.allowed); err != nil {
		return &usageError{err, c.CommandPath()}
	}
	o.Webhooks = &f.webhooks
	if o.Readers, err = f.readers.options(o.NATS); err != nil {
		return &usageError{err, c.CommandPath()}
	}
	if o.SignIn, err = f.signIn.options(); err != nil {
		return &usageError{err, c.CommandPath()}
	}
	if o.Mail, err = f.mail.options(o.Public); err != nil {
		return &usageError{err, c.CommandPath()}
	}
	if o.Logger, err = a.logger(f); err != nil {
		return &usageError{err, c.CommandPath()}
	}
	progress := newProgress(a.err)
	defer progress.end()
	o.Progress = progress.tell
	release := sync.OnceFunc(node.BoundMemory(o.Data))
	defer release()
	return node.Serve(c.Context(), o, func(s node.Serving) {
		release()
		progress.end()
		a.greet(o.Data, s)
		if s.Readers != "" {
			fmt.Fprintf(a.err, "NATS   nats://%s\n", s.Readers)
		}
		fmt.Fprintln(a.out, s.Address)
		tellSupervisor(c.Context(), s.Address, o.Logger)
	})
}

// greet writes where to look first; the address itself goes to standard output.
func (a *app) greet(data string, s node.Serving) {
	fmt.Fprintf(a.err, "Pages  %s/\nDesk   %s/en/desk\n", s.Address, s.Address)
	if s.FirstToken != "" {
		a.tellFirstToken(data, s.FirstToken)
	}
}

// tellFirstToken shows the first token to a person at a terminal. Where nobody
// looks, as under a supervisor, it would stay in a log: it goes into a file
// that only the owner can read.
func (a *app) tellFirstToken(data, token string) {
	fmt.Fprintf(a.err, "The token of %s has all roles and is for setting up: it expires in %d days. Create a token for each person with it, at the desk or with `depositary token create`.\n",
		node.FirstActor, node.FirstTokenTime/(24*time.Hour))
	if isTerminal(a.err) {
		fmt.Fprintf(a.err, "It is shown this once:\nexport DEPOSITARY_TOKEN=%s\n", token)
		return
	}
	path, err := node.KeepFirstToken(data, token)
	if err != nil {
		fmt.Fprintf(a.err, "depositary: the token cannot be put into a file (%v): create another with `depositary token create`\n", err)
		return
	}
	fmt.Fprintf(a.err, "Remove its file when you have it:\nexport DEPOSITARY_TOKEN=$(cat %s)\n", path)
}

// An address may have half a second of one processor's time a second on the long run,
// and ten times as much at once.
const (
	defaultRate  = 50
	burstSeconds = 10
)

func prefixes(flag string, texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, wrongf("%s %q: a network such as 10.1.0.0/16 or ::1/128 expected", flag, text)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// zone finds the zone of the depositary's calendar: what is today there counts
// for every rule, also for commands that open the data folder themselves.
func zone(name string) (*time.Location, error) {
	if name == "" {
		name = os.Getenv("DEPOSITARY_ZONE")
	}
	location, err := time.LoadLocation(name) // UTC where empty
	if err != nil {
		return nil, wrongf("zone of the calendar: %w", err)
	}
	return location, nil
}

func (a *app) logger(f serveFlags) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return nil, wrongf("--log-level %q: debug, info, warn or error expected", f.level)
	}
	o := &slog.HandlerOptions{Level: level}
	switch f.log {
	case "text":
		return slog.New(slog.NewTextHandler(a.err, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.err, o)), nil
	}
	return nil, wrongf("--log %q: text or json expected", f.log)
}
