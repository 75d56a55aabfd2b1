package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"depositary/cmd/internal/node"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/boltstore"
	"depositary/eventstore/codec"
	"depositary/eventstore/ledger"
	"depositary/eventstore/recorder"
	"depositary/projections"
)

const (
	startSteps   = 5
	startTarget  = 4 * time.Second
	peakTarget   = 1 << 30
	smallTarget  = 100 << 20
	diskTarget   = 1200 // bytes per event, both copies
	participants = 200
)

// opened is what a child tells of its start.
type opened struct {
	Took          time.Duration
	Events        uint64
	Peak, After   uint64 // resident bytes: the most so far, and after a collection
	Own           uint64 // of After, what is no page of a file
	Stream, Store int64  // bytes on disk
}

// start measures the start after SIGKILL of a node with many events.
func start(ctx context.Context, b *bench) error {
	treaties := pick(b, 1000, 20)
	big, small := filepath.Join(b.folder, "big"), filepath.Join(b.folder, "small")
	defer os.RemoveAll(big)
	b.progress("start: making a ledger of %s acts", count(treaties*participants*startSteps))
	if _, err := killed(ctx, "build", big, strconv.Itoa(treaties)); err != nil {
		return err
	}
	var many, few []opened
	for round := range pick(b, 3, 1) {
		b.progress("start, round %d", round+1)
		one, err := killed(ctx, "open", big)
		if err != nil {
			return err
		}
		many = append(many, one)
		if one, err = killed(ctx, "open", small); err != nil {
			return err
		}
		few = append(few, one)
	}
	perEvent, perParticipation, err := viewsMemory(treaties)
	if err != nil {
		return err
	}
	b.reportStart(many, few[min(1, len(few)-1):], perEvent, perParticipation)
	return nil
}

func (b *bench) reportStart(many, few []opened, perEvent, perParticipation float64) {
	took := func(o opened) float64 { return o.Took.Seconds() }
	peak := func(o opened) float64 { return float64(o.Peak) }
	after := func(o opened) float64 { return float64(o.After) }
	own := func(o opened) float64 { return float64(o.Own) }
	last := many[len(many)-1]
	disk := float64(last.Stream+last.Store) / float64(last.Events)
	mib := func(f float64) string { return mebibytes(uint64(f)) }
	b.report.heading("Start after SIGKILL")
	b.report.text("A node with %s commits of one act each, of %d participants, killed while it recorded; %d starts, each in a new process, until reads and writes are served. The disk's cache is warm. The kill comes within two minutes of the start, so NATS has not yet noted the state of its stream, and reads all of it again.", count(last.Events), participants, len(many))
	b.report.table([]string{"figure", "", "target", ""}, [][]string{
		{"time until node.Open returns", fmt.Sprintf("%.2f s", of(many, took)), "< 4 s", b.verdict(of(many, took) < startTarget.Seconds())},
		{"resident memory, peak", mib(of(many, peak)), "< 1 GiB", b.verdict(of(many, peak) < peakTarget)},
		{"resident memory after", fmt.Sprintf("%s, of which %s are no pages of files", mib(of(many, after)), mib(of(many, own))), "", ""},
		{"time with the bundled data", fmt.Sprintf("%.2f s", of(few, took)), "", ""},
		{"resident memory with the bundled data, peak", mib(of(few, peak)), "< 100 MiB", b.verdict(of(few, peak) < smallTarget)},
		{"disk per event, both copies", fmt.Sprintf("%.0f B (stream %.0f, store %.0f)", disk, float64(last.Stream)/float64(last.Events), float64(last.Store)/float64(last.Events)),
			"≤ 1.2 KB", b.verdict(disk <= diskTarget)},
		{"memory of the views per event", fmt.Sprintf("%.0f B", perEvent), "", ""},
		{fmt.Sprintf("memory of the views per participation (of %d acts)", startSteps), fmt.Sprintf("%.0f B", perParticipation), "", ""},
	})
	b.report.limits(limitsStart)
}

func of(all []opened, figure func(opened) float64) float64 {
	var figures []float64
	for _, o := range all {
		figures = append(figures, figure(o))
	}
	return median(figures)
}

// viewsMemory returns what the views of a ledger take, per act and per
// participation: the heap after a collection with them, less without.
func viewsMemory(treaties int) (perEvent, perParticipation float64, err error) {
	w := newWorld(participants, treaties)
	p := projections.NewProjection()
	before := heap()
	err = w.each(startSteps, 1000, func(commits []eventstore.Commit) error {
		for _, c := range commits {
			if err := p.Load(c); err != nil {
				return err
			}
		}
		return nil
	})
	p.Loaded()
	used := float64(heap() - before)
	pairs := float64(participants * treaties)
	runtime.KeepAlive(p)
	runtime.KeepAlive(w)
	return used / (pairs * startSteps), used / pairs, err
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one had only marked
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func childCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	c := exec.CommandContext(ctx, self, append([]string{"-child", name}, args...)...)
	c.Stderr = os.Stderr
	return c
}

// killed runs a child until it has told its figures and recorded for a while,
// and kills it.
func killed(ctx context.Context, name string, args ...string) (o opened, err error) {
	c := childCommand(ctx, name, args...)
	out, err := c.StdoutPipe()
	if err != nil {
		return o, err
	}
	if err := c.Start(); err != nil {
		return o, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &o)
	}
	time.Sleep(200 * time.Millisecond)
	killing := c.Process.Kill() // SIGKILL, while it records
	_ = c.Wait()                // says that it was killed
	return o, errors.Join(err, killing)
}

// childBuild writes a ledger straight into stream and store, and goes on as a
// node that records.
func childBuild(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("build: folder, treaties")
	}
	treaties, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	if err := build(ctx, args[0], newWorld(participants, treaties)); err != nil {
		return err
	}
	return childOpen(ctx, args[:1])
}

func build(ctx context.Context, folder string, w world) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	stream, err := ledger.Open(ctx, ledger.Options{Dir: filepath.Join(folder, "nats"), Name: "bench"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	store, err := boltstore.Open(filepath.Join(folder, "store.bolt"), boltstore.Options{Participants: codec.Participants})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	streaming := make(chan []eventstore.Commit, 8)
	streamed := make(chan error, 1)
	go func() {
		var err error
		for commits := range streaming {
			if err == nil {
				_, err = stream.Append(ctx, commits)
			}
		}
		streamed <- err
	}()
	err = w.each(startSteps, 1000, func(commits []eventstore.Commit) error {
		streaming <- commits
		return store.Append(commits)
	})
	close(streaming)
	return errors.Join(err, <-streamed)
}

// childOpen starts a node, tells its figures, and records until it is killed.
func childOpen(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("open: folder")
	}
	begun := time.Now()
	release := node.BoundMemory(args[0]) // as the program does
	if err := keyIn(args[0]); err != nil {
		return err
	}
	n, err := node.Open(ctx, node.Options{Data: args[0]})
	release()
	if err != nil {
		return err
	}
	o := opened{Took: time.Since(begun), Events: uint64(n.Position())}
	runtime.GC()
	const self = "/proc/self/status"
	o.Peak, o.After, o.Own = kilobytesOf(self, "VmHWM"), kilobytesOf(self, "VmRSS"), kilobytesOf(self, "RssAnon")
	o.Stream = folderSize(filepath.Join(args[0], "nats"))
	o.Store = folderSize(args[0]) - o.Stream
	if err := json.NewEncoder(os.Stdout).Encode(o); err != nil {
		return err
	}
	treaty := n.Views().State.Treaties(domain.Everything())[0].ID
	participant := n.Views().State.Participants(domain.Everything())[0].ID
	command := &domain.RecordActions{Treaty: treaty, Reason: "the bench", Actions: []domain.Action{{Participant: participant, Kind: domain.Communication,
		Date: domain.MustDate("2020-01-01"), Statement: &domain.Statement{Text: "a communication"}}}}
	for i := 0; ; i++ {
		id := fmt.Sprintf("until-killed:%d:%d", begun.UnixNano(), i)
		if _, err := n.Recorder().Record(ctx, recorder.Request{ID: id, Actor: "bench", Command: command}); err != nil {
			return err
		}
	}
}
