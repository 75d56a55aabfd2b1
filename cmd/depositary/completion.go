package main

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"depositary/domain"
)

// completionPatience is how long the server may take for a completion: a shell
// that waits longer only annoys.
const completionPatience = time.Second

// lister returns what completes a word, with a description behind a tab.
type lister func(context.Context, *door) ([]string, error)

// completed are the words of a command's use, and the flags, that name
// something of the ledger.
var completed = map[string]lister{
	"TREATY": treatyNames, "treaty": treatyNames,
	"PARTICIPANT": participantNames, "ORIGIN": participantNames, "DESTINATION": participantNames, "OTHER": participantNames, "participant": participantNames,
	"GROUP": groupNames, "group": groupNames,
	"ACTION": actionNames,
}

func treatyNames(ctx context.Context, d *door) (all []string, err error) {
	list, err := pages(ctx, d, "/v1/treaties", url.Values{}, (*treatyPage).add)
	for _, t := range list.Treaties {
		all = append(all, t.Short+"\t"+t.Title)
	}
	return all, err
}

func participantNames(ctx context.Context, d *door) (all []string, err error) {
	list, err := pages(ctx, d, "/v1/participants", url.Values{}, (*participantPage).add)
	for _, p := range list.Participants {
		all = append(all, string(p.ID)+"\t"+p.Name)
	}
	return all, err
}

func groupNames(ctx context.Context, d *door) (all []string, err error) {
	list, err := get[groupList](ctx, d, "/v1/groups", nil)
	for _, g := range list.Groups {
		all = append(all, string(g.ID)+"\t"+g.Name)
	}
	return all, err
}

func actionNames(context.Context, *door) (all []string, err error) {
	for _, kind := range domain.ActionKinds() {
		all = append(all, string(kind))
	}
	return all, nil
}

// complete adds to every command below root the completion of its arguments and
// flags. Names come from a server that runs: completing opens and creates
// nothing.
func (a *app) complete(c *cobra.Command) {
	if words := argumentWords(c.Use); len(words) > 0 && c.ValidArgsFunction == nil {
		c.ValidArgsFunction = func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			word := words[min(len(args), len(words)-1)]
			if len(args) >= len(words) && !strings.HasSuffix(c.Use, "…") && !strings.Contains(c.Use, word+"…") {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completions(c.Context(), word)
		}
	}
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if _, known := completed[f.Name]; known {
			_ = c.RegisterFlagCompletionFunc(f.Name, func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
				return a.completions(c.Context(), f.Name)
			})
		}
	})
	for _, sub := range c.Commands() {
		a.complete(sub)
	}
}

// argument is a word in capitals that stands for an argument, not for the
// value of a flag.
var argument = regexp.MustCompile(`^[\[(]*([A-Z]+)(…|\.\.\.)?[\])]*$`)

// argumentWords returns the arguments that a command's use names, in their order.
func argumentWords(use string) (words []string) {
	fields := strings.Fields(use)
	for i, field := range fields {
		if i > 0 && strings.HasPrefix(fields[i-1], "--") {
			continue
		}
		if found := argument.FindStringSubmatch(field); found != nil {
			words = append(words, found[1])
		}
	}
	return words
}

// completions returns the names for a word; files where the word names none.
func (a *app) completions(ctx context.Context, word string) ([]string, cobra.ShellCompDirective) {
	list, known := completed[word]
	if !known {
		return nil, cobra.ShellCompDirectiveDefault
	}
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	d, err := a.runningServer()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer d.close()
	all, err := list(ctx, d)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// nearFlag adds to the error of an unknown flag those that may be meant.
func nearFlag(c *cobra.Command, err error) error {
	const unknown = "unknown flag: --"
	wrong, found := strings.CutPrefix(err.Error(), unknown)
	if !found {
		return err
	}
	var all []string
	c.Flags().VisitAll(func(f *pflag.Flag) { all = append(all, f.Name) })
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) { all = append(all, f.Name) })
	slices.Sort(all)
	near := domain.Nearest(wrong, slices.Compact(all), 3)
	if len(near) == 0 {
		return err
	}
	return fmt.Errorf("%w; did you mean --%s?", err, strings.Join(near, ", --"))
}
