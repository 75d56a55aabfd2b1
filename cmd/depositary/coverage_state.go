package main

import (
	"context"
	"io"
	"net/http"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections"
	"depositary/projections/model"
)

// coverageFlags are the flags that say which acts of a treaty are recorded.
type coverageFlags struct {
	extent, asAt, missing, corrects string
	participants                    []string
	act                             actFlags // how the command is carried out
}

func (a *app) coverageStateCommand() *cobra.Command {
	var f coverageFlags
	c := &cobra.Command{Use: "state TREATY --extent EXTENT", Short: "State which acts of a treaty are recorded, and until when",
		Long: "States which acts of a treaty are recorded. table: every act up to a day; continuous: every act from a day on, as the depositary itself\n" +
			"records them; some: what is missing is not known. With --corrects, what is given replaces and the rest of that statement stays.",
		Example: "  depositary coverage state ICMW --extent continuous --as-at 2026-02-04\n" +
			"  depositary coverage state C190 --extent some --missing \"ratifications after November 2024\" --dry-run\n" +
			"  depositary coverage state ICMW --corrects 102.1 --as-at 2026-02-02 --reason \"the page states the day before\"",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.through(c.Context(), func(d *door) error {
				body, err := f.body(c.Context(), d, args[0], c.Flags())
				if err != nil {
					return err
				}
				raw, err := d.send(c.Context(), http.MethodPost, path("/v1/treaties/%s/coverage", args[0]), f.act.order(), body)
				if err != nil {
					return err
				}
				return shown(a, raw, showStated)
			})
		}}
	f.flags(c)
	a.forms(c, formTable, formJSON)
	return c
}

func (f *coverageFlags) flags(c *cobra.Command) {
	s := c.Flags()
	s.StringVar(&f.extent, "extent", "", "table, some or continuous")
	_ = c.RegisterFlagCompletionFunc("extent", cobra.FixedCompletions([]string{"table", "some", "continuous"}, cobra.ShellCompDirectiveNoFileComp))
	s.StringVar(&f.asAt, "as-at", "", "of a table: its last day; of continuous: the first day from which every act is recorded")
	s.StringVar(&f.missing, "missing", "", "what is not listed, in words")
	s.StringArrayVar(&f.participants, "participant", nil, "one whose acts are listed, where it is not everybody (may be repeated)")
	s.StringVar(&f.corrects, "corrects", "", "record of the statement that is corrected, as coverage TREATY shows it")
	s.Uint64Var(&f.act.seen, "seen", 0, "revision of the treaty that you had seen; refused if it has changed since")
	f.act.carryOut(c)
	c.MarkFlagsOneRequired("extent", "corrects")
}

// showStated shows what was recorded. Counts are left out: the statement adds no
// act, and those of a treaty without acts would be zeros that nobody knows.
func showStated(w io.Writer, r commands.Receipt) {
	showPlace(w, r)
	writeFindings(w, r.Queries)
	showNoticesThatFollow(w, r.Notices)
}

// coverageBody is a statement of coverage, whole.
type coverageBody struct {
	Coverage model.CoverageStatement `json:"coverage"`
	Corrects domain.RecordID         `json:"corrects,omitzero"`
	Reason   string                  `json:"reason,omitempty"`
	Seen     uint64                  `json:"seen,omitempty"`
}

func (f *coverageFlags) body(ctx context.Context, d *door, treaty string, given *pflag.FlagSet) (coverageBody, error) {
	body := coverageBody{Reason: f.act.reason, Seen: f.act.seen}
	if given.Changed("corrects") {
		if err := body.Corrects.UnmarshalText([]byte(f.corrects)); err != nil {
			return body, refusedInput("--corrects", err.Error(), "the id of a record, such as 102.1")
		}
		if err := body.begin(ctx, d, treaty); err != nil {
			return body, err
		}
	}
	return body, f.apply(ctx, d, given, &body.Coverage)
}

// begin begins a correction with the statement as it stands, and refuses it
// where the treaty has changed since. File and line are left behind: they no
// longer say what is stated.
func (b *coverageBody) begin(ctx context.Context, d *door, treaty string) error {
	t, err := get[projections.TreatyCoverage](ctx, d, path("/v1/treaties/%s/coverage", treaty), nil)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(t.Sources, func(s projections.CoverageSource) bool { return s.Record == b.Corrects })
	if i < 0 {
		return refusedInput("--corrects", t.Treaty.Short+" has no statement of coverage "+b.Corrects.String()+" that stands", "a record that depositary coverage "+t.Treaty.Short+" lists")
	}
	b.Coverage = asStated(t.Sources[i])
	if b.Seen == 0 {
		b.Seen = t.Treaty.Revision
	}
	return nil
}

// asStated is what a source says, in the form in which it is stated.
func asStated(s projections.CoverageSource) model.CoverageStatement {
	c := model.CoverageStatement{Extent: s.Extent, AsAt: s.AsAt, Participants: s.Participants, Missing: s.Missing}
	if s.Signatories != nil && s.Parties != nil {
		c.Published = &model.PublishedCounts{Signatories: *s.Signatories, Parties: *s.Parties}
	}
	if s.Source != "" || s.Edition != "" || s.Verification != "" {
		c.Provenance = &model.Provenance{Attestation: model.Attestation{Source: s.Source, Verification: s.Verification}, Edition: s.Edition}
	}
	return c
}

// apply puts what was given into a statement and leaves the rest.
func (f *coverageFlags) apply(ctx context.Context, d *door, given *pflag.FlagSet, c *model.CoverageStatement) (err error) {
	if given.Changed("extent") {
		if c.Extent, err = domain.ParseExtent(f.extent); err != nil {
			return refusedInput("--extent", err.Error(), "table, some or continuous")
		}
	}
	if given.Changed("as-at") {
		if c.AsAt, err = parseDay("--as-at", f.asAt); err != nil {
			return err
		}
	}
	if given.Changed("missing") {
		c.Missing = f.missing
	}
	if !given.Changed("participant") {
		return nil
	}
	c.Participants = nil
	for _, name := range withoutEmpty(f.participants) {
		id, err := participantID(ctx, d, name, c.AsAt)
		if err != nil {
			return err
		}
		c.Participants = append(c.Participants, id)
	}
	return nil
}
