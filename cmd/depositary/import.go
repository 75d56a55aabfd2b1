package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"depositary/api/imports"
	"depositary/api/imports/formats"
	"depositary/api/imports/mtdsg"
	v1 "depositary/api/v1"
	"depositary/cmd/internal/node"
	"depositary/eventstore"
)

const formText = "text"

// filesAtOnce is how many files are on their way together: enough to share the
// batches of the ledger, few enough to stay small in memory.
const filesAtOnce = 12

// listed is how many changes of the record a report shows where not all are
// asked for; examples is the same for findings of one code.
const (
	listed   = 20
	examples = 3
)

// importing is one run of the import command.
type importing struct {
	*app
	format  formats.Format
	inputs  []importFile
	query   url.Values
	dryRun  bool
	all     bool // findings are shown, not only counted
	key     string
	written int // reports
	sum     importSum
	broken  []*problemError
}

// importSum adds up what became of the files.
type importSum struct {
	Files     int                     `json:"files"`
	Rows      int                     `json:"rows"`
	Cells     int                     `json:"cells"`
	Treaties  int                     `json:"treatiesAdded"`
	Commits   int                     `json:"commits"`
	Proposals []string                `json:"proposals,omitempty"`
	Outcomes  map[imports.Outcome]int `json:"outcomes"`
	Findings  map[imports.Code]int    `json:"findings"`

	changes []string
	changed int
	groups  *imports.Groups
	limits  []string
	restsOn []string // treaties in force by their published day, which the deposits held do not have
}

func (a *app) importCommand() *cobra.Command {
	im := &importing{app: a, query: url.Values{}}
	var edition, source, accept, treaty, verification string
	var rank int
	var names []string
	for _, f := range formats.All() {
		names = append(names, fmt.Sprintf("  %-9s %s", f.Name, f.Title))
	}
	c := &cobra.Command{Use: "import FORMAT PATH…", Short: "Take tables of others in: files, or folders of files", Args: cobra.MinimumNArgs(2),
		Long: "Reads every file first and records nothing before all of them are understood. Then it records what is new, corrects what the same source\n" +
			"says differently by now, keeps what another source contradicts beside what is recorded, and reports every cell. What was imported before is\n" +
			"not recorded again.\n\nThe forms:\n\n" + strings.Join(names, "\n") + "\n" +
			fmt.Sprintf("  %-9s %s", formNDJSON, "The lines of depositary export, into a data folder that is empty or holds their beginning") + "\n\n" +
			"Of the form mtdsg a folder holds tables/*.csv, index.csv with the titles, and declarations/*.txt, which are reported and not recorded.",
		Example: "  depositary import mtdsg tables/ --edition 2015-03 --dry-run\n  depositary import normlex C097.txt --rank 1\n  depositary import ndjson ledger.ndjson --data new",
		RunE: func(c *cobra.Command, args []string) error {
			for name, value := range map[string]string{"edition": edition, "source": source, "accept": accept, "treaty": treaty, "verification": verification} {
				set(im.query, name, value)
			}
			if rank != 0 {
				im.query.Set("rank", strconv.Itoa(rank))
			}
			if strings.EqualFold(args[0], formNDJSON) {
				return im.restore(c, args[1:])
			}
			return im.run(c, args[0], args[1:])
		}}
	f := c.Flags()
	f.StringVar(&edition, "edition", "", "edition of the source, or the day it is as at (default what the file states)")
	f.StringVar(&source, "source", "", "name of the source (default that of the form)")
	f.StringVar(&accept, "accept", "usual", "queries that pass: "+imports.AcceptForms)
	f.StringVar(&treaty, "treaty", "", "treaty that a file is about, where neither its content nor its name says so")
	f.StringVar(&verification, "verification", "", "how far the files were checked (default unverified)")
	f.IntVar(&rank, "rank", 0, "of the source: 1 the depositary itself, 2 a table that it publishes, 3 a compilation of others (default 2)")
	f.BoolVar(&im.dryRun, "dry-run", false, "say what would become of the files, and record nothing")
	f.BoolVar(&im.all, "findings", false, "show all findings and changes, not only examples")
	a.forms(c, formText, formJSON, formCSV)
	return c
}

// restore makes a ledger of its exported lines.
func (im *importing) restore(c *cobra.Command, files []string) error {
	if len(files) != 1 || im.dryRun {
		return &usageError{wrongf("one file of lines expected, and no --dry-run: it is checked before anything is written"), c.CommandPath()}
	}
	progress := newProgress(im.err)
	defer progress.end()
	restored, added, err := node.RestoreLines(c.Context(), files[0], im.dataFolder(), progress.tell)
	var wrong *eventstore.LinesError
	if errors.As(err, &wrong) {
		return refusedInput(files[0], wrong.Error(), "the whole of what depositary export has written")
	}
	if err == nil {
		fmt.Fprintf(im.out, "%s: %s added, up to position %d, hash %s\n", im.dataFolder(), plural(int(added), "commit", "commits"), restored.Position, restored.Hash)
	}
	return err
}

func (im *importing) run(c *cobra.Command, format string, paths []string) (err error) {
	var ok bool
	if im.format, ok = formats.Find(format); !ok {
		names := []string{formNDJSON}
		for _, f := range formats.All() {
			names = append(names, f.Name)
		}
		return refusedInput("FORMAT", fmt.Sprintf("%q is no form of tables", format), strings.Join(names, ", "))
	}
	if im.inputs, err = im.gather(paths); err != nil {
		return err
	}
	im.key = uuid.Must(uuid.NewV7()).String()
	im.sum = importSum{Outcomes: map[imports.Outcome]int{}, groups: imports.NewGroups(examples)}
	if im.all {
		im.sum.groups = imports.NewGroups(0)
	}
	return im.through(c.Context(), func(d *door) error { return im.carryOut(c.Context(), d) })
}

// carryOut reads all files, and when all of them are understood records them.
func (im *importing) carryOut(ctx context.Context, d *door) error {
	progress := newProgress(im.err)
	defer progress.end()
	take := func(r *imports.Report) error { return r.Balance() }
	if im.dryRun {
		take = im.take
	}
	if err := im.each(ctx, d, true, "reading the files", progress, take); err != nil {
		return err
	}
	if len(im.broken) > 0 {
		return im.notUnderstood()
	}
	if !im.dryRun {
		if err := im.each(ctx, d, false, "recording the files", progress, im.take); err != nil {
			return err
		}
	}
	progress.end()
	return im.finish()
}

// notUnderstood makes one problem of all files of which nothing is understood.
func (im *importing) notUnderstood() error {
	first := im.broken[0].Problem
	first.Detail = fmt.Sprintf("%s of %d cannot be understood; nothing was recorded", plural(len(im.broken), "file", "files"), len(im.inputs))
	first.Findings = nil
	for _, p := range im.broken {
		first.Findings = append(first.Findings, p.Findings...)
	}
	raw, _ := json.Marshal(first) // plain data cannot fail
	return &problemError{first, raw}
}

// each sends every file, several at a time, and takes the reports in the order
// of the files. Files that cannot be understood are kept aside.
func (im *importing) each(ctx context.Context, d *door, dryRun bool, what string, progress *progress, take func(*imports.Report) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		report *imports.Report
		err    error
	}
	queue := make(chan chan result, filesAtOnce-1) // bounds what is on its way
	go func() {
		defer close(queue)
		for i := range im.inputs {
			answer := make(chan result, 1)
			select {
			case queue <- answer:
			case <-ctx.Done():
				return
			}
			go func() {
				report, err := im.send(ctx, d, i, dryRun)
				answer <- result{report, err}
			}()
		}
	}()
	done := 0
	for answer := range queue {
		r := <-answer
		var problem *problemError
		switch {
		case errors.As(r.err, &problem) && problem.Type == "urn:depositary:file" && dryRun:
			im.broken = append(im.broken, problem)
		case r.err != nil:
			return r.err
		default:
			if err := take(r.report); err != nil {
				return err
			}
		}
		done++
		progress.tell(what, uint64(done), uint64(len(im.inputs)))
	}
	return ctx.Err()
}

// send sends one file to the server. Texts stay here: they have no day.
func (im *importing) send(ctx context.Context, d *door, i int, dryRun bool) (*imports.Report, error) {
	input := im.inputs[i]
	content, err := im.readFile(input.path)
	if err != nil {
		return nil, err
	}
	if input.text {
		return keptOut(im.format.Name, input.name, content), nil
	}
	query := maps.Clone(im.query)
	set(query, "file", input.name)
	set(query, "title", input.title)
	if dryRun {
		query.Set("dryRun", "true")
	}
	header := http.Header{"Content-Type": {"application/octet-stream"}, "Idempotency-Key": {fmt.Sprintf("%s-%d", im.key, i+1)}}
	response, err := d.do(ctx, http.MethodPost, path("/v1/imports/%s", im.format.Name), query, header, content)
	if err != nil {
		return nil, naming(input.name, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, naming(input.name, err)
	}
	report, err := decoded[imports.Report](raw)
	return &report, err
}

// keptOut reports a file of texts that is not recorded.
func keptOut(format, name string, content []byte) *imports.Report {
	participants := bytes.Count(append([]byte{'\n'}, content...), []byte("\n#"))
	return &imports.Report{File: name, Format: format, Findings: []imports.Finding{{Place: imports.Place{File: name}, Code: imports.TextKeptOut,
		Message: fmt.Sprintf("texts of %s, without a day and without a division into declarations and reservations", plural(participants, "participant", "participants")),
		Done:    "not recorded; each can be recorded as an act with its day"}}}
}

// take adds a report to the sum, and writes it where it is asked for.
func (im *importing) take(r *imports.Report) error {
	im.add(r)
	first := im.written == 0
	im.written++
	switch im.form {
	case formCSV:
		return v1.WriteReportCSV(im.out, first, r)
	case formJSON:
		raw, err := json.MarshalIndent(r, "    ", "  ")
		if err != nil {
			return err
		}
		before := ",\n    "
		if first {
			before = "{\n  \"files\": [\n    "
		}
		return im.write(append([]byte(before), raw...))
	}
	return nil
}

func (im *importing) add(r *imports.Report) {
	s := &im.sum
	if r.Proposal != "" {
		s.Proposals = append(s.Proposals, r.Proposal)
	}
	s.Files, s.Rows, s.Cells, s.Commits = s.Files+1, s.Rows+r.Rows, s.Cells+r.Cells, s.Commits+len(r.Positions)
	for outcome, n := range r.Outcomes {
		s.Outcomes[outcome] += n
	}
	for _, f := range r.AllFindings() {
		s.groups.Add(f)
	}
	for _, limit := range r.Limits {
		if !slices.Contains(s.limits, limit) {
			s.limits = append(s.limits, limit)
		}
	}
	for _, t := range r.Treaties {
		if t.Defined {
			s.Treaties++
		}
		if t.RestsOn != "" {
			s.restsOn = append(s.restsOn, string(t.Treaty)+": "+t.RestsOn)
		}
		for _, act := range t.Acts {
			im.addChange(string(t.Treaty), act)
		}
	}
}

// addChange keeps the changes of what is held; new acts are many, and counted.
func (im *importing) addChange(treaty string, act imports.ActReport) {
	if act.Outcome != imports.Corrected && act.Outcome != imports.Contested {
		return
	}
	im.sum.changed++
	if im.all || len(im.sum.changes) < listed {
		im.sum.changes = append(im.sum.changes, fmt.Sprintf("%s: %s, %s of %s, %s (record %s)", act.Outcome, treaty, act.Action, act.Written, act.Date, act.Record))
	}
}

// finish ends the reports, with what they add up to.
func (im *importing) finish() error {
	im.sum.Findings = im.sum.groups.Counts()
	switch im.form {
	case formCSV:
		return nil
	case formJSON:
		raw, err := json.MarshalIndent(im.sum, "  ", "  ")
		if err != nil {
			return err
		}
		return im.write(fmt.Appendf(nil, "\n  ],\n  \"sum\": %s\n}\n", raw))
	}
	var page bytes.Buffer
	im.show(im.out.onto(&page))
	return im.write(page.Bytes())
}

func (im *importing) show(w io.Writer) {
	s := &im.sum
	fmt.Fprintf(w, "%s, %s, %s. %s\n", plural(s.Files, "file", "files"), plural(s.Rows, "row", "rows"), plural(s.Cells, "cell", "cells"), imports.Tally(s.Outcomes))
	switch {
	case im.dryRun:
		fmt.Fprintln(w, "Dry run: nothing was recorded; recorded means that it would be.")
	case len(s.Proposals) > 0:
		for _, id := range s.Proposals {
			showProposed(w, id)
		}
	case s.Commits == 0:
		fmt.Fprintln(w, "Nothing was recorded.")
	default:
		fmt.Fprintf(w, "Recorded in %s.\n", plural(s.Commits, "commit", "commits"))
	}
	if s.Treaties > 0 {
		fmt.Fprintf(w, "%s added, with unknown clauses.\n", plural(s.Treaties, "treaty", "treaties"))
	}
	for _, change := range s.changes {
		paragraph(w, "  ", change)
	}
	if rest := s.changed - len(s.changes); rest > 0 {
		fmt.Fprintf(w, "  and %d more; --findings shows all\n", rest)
	}
	for _, line := range s.restsOn {
		paragraph(w, "  ", line)
	}
	s.groups.Text(w)
	if len(s.limits) > 0 {
		fmt.Fprintln(w, "\nLimits of the form:")
	}
	for _, limit := range s.limits {
		paragraph(w, "  - ", limit)
	}
}

// importFile is one file that is to be taken in.
type importFile struct {
	path, name string
	title      string // of its treaty, from an index beside it
	text       bool   // it holds texts only
}

// gather finds the files that paths name, in order.
func (im *importing) gather(paths []string) (inputs []importFile, err error) {
	titles := make(map[string]map[string]string) // by folder
	for _, named := range paths {
		files, err := im.filesOf(named)
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, refusedInput(named, "the folder holds no file of this form", "files that end in "+strings.Join(im.format.Extensions, ", "))
		}
		for _, f := range files {
			if im.format.Name == mtdsg.Format && !f.text && f.path != "-" {
				if f.title, err = titleOf(f.path, titles); err != nil {
					return nil, err
				}
			}
			inputs = append(inputs, f)
		}
	}
	return inputs, nil
}

func (im *importing) filesOf(named string) (files []importFile, err error) {
	if named == "-" {
		return []importFile{{path: "-", name: "standard input"}}, nil
	}
	info, err := os.Stat(named)
	if err != nil {
		return nil, refusedInput(named, err.Error(), "a file or a folder that is there")
	}
	if !info.IsDir() {
		return []importFile{{path: named, name: filepath.Base(named)}}, nil
	}
	folder, texts := named, ""
	if tables := filepath.Join(named, "tables"); im.format.Name == mtdsg.Format && isFolder(tables) {
		folder, texts = tables, filepath.Join(named, "declarations")
	}
	if files, err = filesIn(folder, im.format.Extensions, false); err != nil || texts == "" || !isFolder(texts) {
		return files, err
	}
	kept, err := filesIn(texts, []string{".txt"}, true)
	return append(files, kept...), err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// indexFile lists the titles of the tables beside it.
const indexFile = "index.csv"

func filesIn(folder string, extensions []string, text bool) (files []importFile, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() && e.Name() != indexFile && slices.Contains(extensions, strings.ToLower(filepath.Ext(e.Name()))) {
			files = append(files, importFile{path: filepath.Join(folder, e.Name()), name: e.Name(), text: text})
		}
	}
	return files, nil
}

// titleOf looks a file up in the index in its folder or in the one above.
func titleOf(file string, indexes map[string]map[string]string) (string, error) {
	folder := filepath.Dir(file)
	titles, known := indexes[folder]
	for _, candidate := range []string{filepath.Join(folder, indexFile), filepath.Join(folder, "..", indexFile)} {
		if known || titles != nil {
			break
		}
		content, err := os.ReadFile(candidate)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			titles, err = mtdsg.Index(content)
		}
		if err != nil {
			return "", refusedInput(candidate, err.Error(), "an index of titles, as it lies beside the tables")
		}
	}
	indexes[folder] = titles
	return titles[filepath.Base(file)], nil
}
