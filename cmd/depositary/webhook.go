package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	v1 "depositary/api/v1"
	"depositary/api/webhooks"
	"depositary/projections/wording"
)

// Subscriptions are kept by a running server; these commands ask it.

const webhooksPath = "/v1/webhooks"

func (a *app) webhookCommand() *cobra.Command {
	return family("webhook", "Webhooks: subscriptions and their deliveries",
		a.webhookAddCommand(), a.webhookListCommand(), a.webhookShowCommand(), a.webhookVerifyCommand(), a.webhookTestCommand(), a.webhookRotateCommand(),
		a.webhookStateCommand("enable ID", "Go on from where it stopped", "/enable"), a.webhookDisableCommand(), a.webhookRemoveCommand(),
		a.webhookDeliveriesCommand(), a.webhookParkedCommand(), a.webhookReplayCommand(), a.webhookLagCommand(), a.webhookListenCommand())
}

func (a *app) webhookAddCommand() *cobra.Command {
	var spec v1.WebhookWish
	var order, after string
	var schemes []string
	c := &cobra.Command{Use: "add URL", Short: "Subscribe an address; its secret is shown once", Args: cobra.ExactArgs(1),
		Long: "Subscribes an address to notices and shows the secret this once. Nothing is sent before the address has answered a challenge:\n" +
			"depositary webhook verify ID sends it.",
		Example: "  depositary webhook add https://ministry.example/treaties --treaty ICMW --kind 'participant.*,treaty.*'",
		RunE: func(c *cobra.Command, args []string) error {
			spec.URL, spec.Order = args[0], webhooks.Order(order)
			for _, s := range schemes {
				spec.Schemes = append(spec.Schemes, webhooks.Scheme(s))
			}
			body := struct {
				v1.WebhookWish
				After *uint64 `json:"after,omitempty"`
			}{WebhookWish: spec}
			if after != "" {
				n, err := strconv.ParseUint(after, 10, 63)
				if err != nil {
					return &usageError{wrongf("--after %q: a position such as 812 expected", after), c.CommandPath()}
				}
				body.After = &n
			}
			return a.operate(c.Context(), http.MethodPost, webhooksPath, nil, body, showMade)
		}}
	f := c.Flags()
	f.StringVar(&spec.Note, "note", "", "what it is for")
	f.StringSliceVar(&spec.Kinds, "kind", nil, "kinds of notices, or all of a subject as in 'participant.*' (default all)")
	f.StringSliceVar(&spec.Treaties, "treaty", nil, "of these treaties (default all)")
	f.StringSliceVar(&spec.Participants, "participant", nil, "about one of these participants")
	f.StringSliceVar(&spec.Groups, "group", nil, "about who belongs to one of these groups on the day of the change")
	f.BoolVar(&spec.Backfill, "backfill", false, "also history that is recorded afterwards")
	f.StringVar(&order, "order", "", "ordered: one after the other; parallel: a failing one holds up no other (default ordered)")
	f.IntVar(&spec.Rate, "rate", 0, "requests a second at most, 1 to 500 (default 50)")
	f.StringSliceVar(&schemes, "scheme", nil, "signatures: v1 (shared secret), v1a (published key) (default v1)")
	f.StringVar(&after, "after", "", "deliver notices of commits after this position (default: the end of the ledger)")
	a.forms(c, formTable, formJSON)
	return c
}

func showMade(w io.Writer, made v1.WebhookMade) {
	showSubscription(w, made.Subscription)
	g := newGrid()
	if made.Secrets.Secret != "" {
		g.row("secret", made.Secrets.Secret)
	}
	if made.Secrets.PublicKey != "" {
		g.row("public key", made.Secrets.PublicKey)
	}
	g.write(w)
	if made.Secrets.Secret != "" {
		fmt.Fprintln(w, "The secret is shown this once.")
	}
	if made.Subscription.State == webhooks.Unverified {
		fmt.Fprintf(w, "Nothing is sent before the address has answered: depositary webhook verify %s\n", made.Subscription.ID)
	}
}

func showSubscription(w io.Writer, s webhooks.Subscription) {
	g := newGrid()
	g.row("id", s.ID)
	g.row("address", s.URL)
	if s.Note != "" {
		g.row("note", s.Note)
	}
	state := string(s.State)
	if s.Reason != "" {
		state += ": " + s.Reason
	}
	g.row("state", state+", since "+minute(s.Since))
	g.row("notices", toldOf(s))
	g.row("order", fmt.Sprintf("%s, at most %d requests a second", s.Order, s.Rate))
	g.row("signed", wording.Join(s.Schemes, ", "))
	g.row("after", fmt.Sprintf("position %d", s.After))
	g.row("made", minute(s.Created)+" by "+s.Creator)
	g.write(w)
}

// toldOf says what a subscription asks for.
func toldOf(s webhooks.Subscription) string {
	var parts []string
	add := func(what, words string) {
		if words != "" {
			parts = append(parts, what+" "+words)
		}
	}
	add("kinds", strings.Join(s.Filter.Kinds, ", "))
	add("treaties", wording.Join(s.Filter.Treaties, ", "))
	add("participants", wording.Join(s.Filter.Participants, ", "))
	add("groups", wording.Join(s.Filter.Groups, ", "))
	if len(parts) == 0 {
		parts = append(parts, "everything")
	}
	if s.Filter.Backfill {
		parts = append(parts, "history too")
	}
	return strings.Join(parts, "; ")
}

func minute(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func (a *app) webhookListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All subscriptions", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answer(c.Context(), a, webhooksPath, nil, func(w io.Writer, body struct{ Webhooks []webhooks.Subscription }) {
				if len(body.Webhooks) == 0 {
					fmt.Fprintln(w, "There are no subscriptions.")
					return
				}
				g := newGrid("ID", "STATE", "ADDRESS", "TOLD OF")
				for _, s := range body.Webhooks {
					g.row(s.ID, string(s.State), s.URL, toldOf(s))
				}
				g.write(w)
			})
		}}
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func (a *app) webhookShowCommand() *cobra.Command {
	c := &cobra.Command{Use: "show ID", Short: "One subscription", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path(webhooksPath+"/%s", args[0]), nil, showSubscription)
		}}
	a.forms(c, formTable, formJSON)
	return c
}

// operate does something about subscriptions and shows the answer.
func (a *app) operate(ctx context.Context, method, address string, query url.Values, body any, show any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		content = nil
	}
	return a.through(ctx, func(d *door) error {
		response, err := d.do(ctx, method, address, query, nil, content)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		switch show := show.(type) {
		case func(io.Writer, v1.WebhookMade):
			return shown(a, raw, show)
		case func(io.Writer, webhooks.Subscription):
			return shown(a, raw, show)
		case func(io.Writer, webhooks.Attempt):
			return shown(a, raw, show)
		}
		return nil
	})
}

func (a *app) webhookStateCommand(use, short, action string) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.operate(c.Context(), http.MethodPost, path(webhooksPath+"/%s", args[0])+action, nil, nil, showSubscription)
		}}
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) webhookDisableCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{Use: "disable ID", Short: "Stop telling it; it goes on from there when it is enabled", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q := url.Values{}
			set(q, "reason", reason)
			return a.operate(c.Context(), http.MethodPost, path(webhooksPath+"/%s/disable", args[0]), q, nil, showSubscription)
		}}
	c.Flags().StringVar(&reason, "reason", "", "why, for those who look at it later")
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) webhookVerifyCommand() *cobra.Command {
	c := &cobra.Command{Use: "verify ID", Short: "Send the challenge; its answer makes the subscription active", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.through(c.Context(), func(d *door) error {
				raw, err := d.send(c.Context(), http.MethodPost, path(webhooksPath+"/%s/verify", args[0]), order{}, struct{}{})
				if err != nil {
					return err
				}
				v, err := decoded[v1.WebhookVerified](raw)
				if err != nil {
					return err
				}
				if !v.Verified {
					return &codedError{exitRefused, fmt.Errorf("the address has not answered the challenge: %s", failureOf(v.Attempt))}
				}
				return shown(a, raw, func(w io.Writer, v v1.WebhookVerified) { showSubscription(w, v.Subscription) })
			})
		}}
	a.forms(c, formTable, formJSON)
	return c
}

// failureOf says what came of an attempt, in one line.
func failureOf(at webhooks.Attempt) string {
	words := at.Error
	if words == "" {
		words = at.Outcome
	}
	if at.Answer != "" {
		words += fmt.Sprintf("; it answered %q", at.Answer)
	}
	return words
}

func (a *app) webhookTestCommand() *cobra.Command {
	c := &cobra.Command{Use: "test ID", Short: "Send a signed ping that is no notice", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.operate(c.Context(), http.MethodPost, path(webhooksPath+"/%s/ping", args[0]), nil, nil, func(w io.Writer, at webhooks.Attempt) {
				showAttempts(w, []webhooks.Attempt{at})
			})
		}}
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) webhookRotateCommand() *cobra.Command {
	c := &cobra.Command{Use: "rotate ID", Short: "New secrets, shown once; the old ones sign beside them for a day", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.operate(c.Context(), http.MethodPost, path(webhooksPath+"/%s/rotate", args[0]), nil, nil, showMade)
		}}
	a.forms(c, formTable, formJSON)
	return c
}

func (a *app) webhookRemoveCommand() *cobra.Command {
	return &cobra.Command{Use: "remove ID", Short: "Forget a subscription with all that is kept of it", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.operate(c.Context(), http.MethodDelete, path(webhooksPath+"/%s", args[0]), nil, nil, nil); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "Subscription %s is removed.\n", args[0])
			return nil
		}}
}

func showAttempts(w io.Writer, attempts []webhooks.Attempt) {
	if len(attempts) == 0 {
		fmt.Fprintln(w, "No attempts.")
		return
	}
	g := newGrid("BEGAN", "WHAT", ">ATTEMPT", "OUTCOME", ">STATUS", ">MS", "ERROR", "NEXT", ">SEQUENCE")
	for _, at := range attempts {
		status, next := "", ""
		if at.Status != 0 {
			status = strconv.Itoa(at.Status)
		}
		if !at.Next.IsZero() {
			next = minute(at.Next)
		}
		g.row(at.Began.UTC().Format("2006-01-02 15:04:05"), orElse(at.Notice, at.Purpose), strconv.Itoa(at.Number), at.Outcome, status, fmt.Sprint(at.Millis), at.Error, next, fmt.Sprint(at.Sequence))
	}
	g.write(w)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func (a *app) webhookDeliveriesCommand() *cobra.Command {
	var limit int
	var before uint64
	c := &cobra.Command{Use: "deliveries ID", Short: "The last attempts, newest first", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q := url.Values{"limit": {strconv.Itoa(limit)}}
			if before > 0 {
				q.Set("before", fmt.Sprint(before))
			}
			return answer(c.Context(), a, path(webhooksPath+"/%s/attempts", args[0]), q, func(w io.Writer, body struct{ Attempts []webhooks.Attempt }) { showAttempts(w, body.Attempts) })
		}}
	c.Flags().IntVar(&limit, "limit", 50, "how many at most, up to 500")
	c.Flags().Uint64Var(&before, "before", 0, "those before this sequence")
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func (a *app) webhookParkedCommand() *cobra.Command {
	c := &cobra.Command{Use: "parked ID", Short: "Notices that were not taken within the schedule of retries", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path(webhooksPath+"/%s/parked", args[0]), nil, func(w io.Writer, body struct{ Parked []webhooks.Parked }) {
				if len(body.Parked) == 0 {
					fmt.Fprintln(w, "Nothing is parked.")
					return
				}
				g := newGrid("NOTICE", "SINCE", ">ATTEMPTS", "WHAT", "ERROR")
				for _, p := range body.Parked {
					g.row(p.Notice.String(), minute(p.Since), strconv.Itoa(p.Attempts), p.Title, p.Error)
				}
				g.write(w)
			})
		}}
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

func (a *app) webhookReplayCommand() *cobra.Command {
	var what v1.WebhookReplay
	c := &cobra.Command{Use: "replay ID", Short: "Send notices again: one, a range, all since a position, or what is parked", Args: cobra.ExactArgs(1),
		Example: "  depositary webhook replay ID --notice 812.1\n" +
			"  depositary webhook replay ID --after 800 --through 812\n" +
			"  depositary webhook replay ID --parked",
		RunE: func(c *cobra.Command, args []string) error { return a.replay(c, args[0], what) }}
	c.Flags().StringVar(&what.Notice, "notice", "", "this one notice")
	c.Flags().StringVar(&what.After, "after", "", "those behind this notice, or behind all of a position")
	c.Flags().StringVar(&what.Through, "through", "", "up to and with this notice, or all of a position (default: as far as the subscription has come)")
	c.Flags().BoolVar(&what.Parked, "parked", false, "only what is parked")
	return c
}

// replay sends page by page, until there is no more or one fails.
func (a *app) replay(c *cobra.Command, id string, what v1.WebhookReplay) error {
	return a.through(c.Context(), func(d *door) error {
		sent := 0
		for {
			raw, err := d.send(c.Context(), http.MethodPost, path(webhooksPath+"/%s/replay", id), order{}, what)
			if err != nil {
				return err
			}
			done, err := decoded[webhooks.Replayed](raw)
			if err != nil {
				return err
			}
			sent += done.Sent
			if done.Failed > 0 {
				fmt.Fprintf(a.out, "%d sent, through %s.\n", sent, done.Through)
				return &codedError{exitFailure, fmt.Errorf("the notice after %s was not accepted; see depositary webhook deliveries %s", done.Through, id)}
			}
			if !done.More || what.Notice != "" {
				fmt.Fprintf(a.out, "%d sent.\n", sent)
				return nil
			}
			what.After = done.Through.String()
			fmt.Fprintf(a.err, "%d sent, through %s\n", sent, done.Through)
		}
	})
}

func (a *app) webhookLagCommand() *cobra.Command {
	c := &cobra.Command{Use: "lag ID", Short: "How far a subscription is behind the ledger", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return answer(c.Context(), a, path(webhooksPath+"/%s/lag", args[0]), nil, func(w io.Writer, lag webhooks.Lag) {
				g := newGrid()
				g.row("commits", fmt.Sprint(lag.Commits))
				g.row("parked", strconv.Itoa(lag.Parked))
				g.row("next attempt", minute(lag.Next))
				g.write(w)
			})
		}}
	a.forms(c, formTable, formJSON)
	return c
}
