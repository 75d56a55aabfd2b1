package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"depositary/api/mail"
)

// Mail subscriptions belong to readers, who make and end them on a page; these
// commands ask a running server what it has.

const mailPath = "/v1/mail"

func (a *app) mailCommand() *cobra.Command {
	return family("mail", "Digests by mail: subscriptions, without their addresses", a.mailListCommand(), a.mailRemoveCommand())
}

func (a *app) mailListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All mail subscriptions", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return answer(c.Context(), a, mailPath, nil, func(w io.Writer, body struct{ Subscriptions []mail.Subscriber }) {
				if len(body.Subscriptions) == 0 {
					fmt.Fprintln(w, "There are no mail subscriptions.")
					return
				}
				g := newGrid("ID", "STATE", "EVERY", "ABOUT", "SENT")
				for _, s := range body.Subscriptions {
					g.row(s.ID, strings.TrimSpace(string(s.State)+" "+s.Reason), string(s.Every), mailedAbout(s), strconv.Itoa(s.Sent))
				}
				g.write(w)
			})
		}}
	a.forms(c, formTable, formJSON, formCSV)
	return c
}

// mailedAbout says what a subscription asks for.
func mailedAbout(s mail.Subscriber) string {
	var about []string
	for _, id := range s.Filter.Treaties {
		about = append(about, string(id))
	}
	for _, id := range s.Filter.Participants {
		about = append(about, string(id))
	}
	for _, id := range s.Filter.Groups {
		about = append(about, string(id))
	}
	if len(about) == 0 {
		return "everything"
	}
	return strings.Join(about, ", ")
}

func (a *app) mailRemoveCommand() *cobra.Command {
	return &cobra.Command{Use: "remove ID", Short: "End a mail subscription and forget its address", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.operate(c.Context(), http.MethodDelete, path(mailPath+"/%s", args[0]), nil, nil, nil); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "Mail subscription %s is removed.\n", args[0])
			return nil
		}}
}
