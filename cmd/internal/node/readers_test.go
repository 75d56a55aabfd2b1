package node

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"depositary/api/apitest"
	"depositary/domain"
	"depositary/eventstore/ledger"
)

// Of the node that is killed while it publishes notices.
const (
	publishFolder  = "DEPOSITARY_TEST_PUBLISH_FOLDER"
	publishAddress = "DEPOSITARY_TEST_PUBLISH_ADDRESS"
	publishDay     = "DEPOSITARY_TEST_PUBLISH_DAY"
)

// publishUntilKilled serves a node, on a day, that is open to readers. It prints
// where it serves and where readers reach it.
func publishUntilKilled(folder string) {
	day, err := time.Parse(time.DateOnly, os.Getenv(publishDay))
	if err == nil {
		begun := time.Now()
		o := ServeOptions{Listen: "127.0.0.1:0", Options: Options{Data: folder, BeginDay: domain.DateOf(day), Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: func() time.Time { return day.Add(12 * time.Hour).Add(time.Since(begun)) },
			Readers: &ledger.Listen{Address: os.Getenv(publishAddress), User: "reader", Password: "secret"}}}
		err = Serve(context.Background(), o, func(s Serving) {
			if s.FirstToken != "" {
				_, _ = KeepFirstToken(folder, s.FirstToken)
			}
			fmt.Println(s.Address, s.Readers)
		})
	}
	fmt.Println("failed", err)
	os.Exit(1)
}

// publishing is a node in a process of its own.
type publishing struct {
	folder, readers, address string
	process                  *exec.Cmd
}

func (p *publishing) start(t *testing.T, day string) {
	t.Helper()
	p.process = exec.Command(os.Args[0], "-test.run=^$")
	p.process.Env = append(os.Environ(), publishFolder+"="+p.folder, publishAddress+"="+p.readers, publishDay+"="+day)
	p.process.Stderr = os.Stderr
	out, err := p.process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.process.Start())
	process := p.process
	t.Cleanup(func() { _ = process.Process.Kill(); _ = process.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	_, err = fmt.Sscan(line, &p.address, &p.readers)
	require.NoError(t, err, line)
	require.Contains(t, p.address, "http://", line)
}

func (p *publishing) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, p.process.Process.Kill())
	_ = p.process.Wait()
}

func (p *publishing) post(t *testing.T, path, mediaType, body string) {
	t.Helper()
	token, err := os.ReadFile(filepath.Join(p.folder, firstTokenFile))
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.address+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Idempotency-Key", t.Name()+path)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Less(t, answer.StatusCode, 300, "%s", text)
}

// notices returns all notices that a query asks for, by HTTP.
func (p *publishing) notices(t *testing.T, query string) (lines []string) {
	t.Helper()
	for after, more := "0", true; more; {
		answer, err := http.Get(p.address + "/v1/notices?backfill=true&limit=1000&after=" + after + query)
		require.NoError(t, err)
		var page struct {
			Notices []struct{ ID, Kind, Title string }
			Through string
			More    bool
		}
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&page))
		require.NoError(t, answer.Body.Close())
		for _, n := range page.Notices {
			lines = append(lines, strings.Join([]string{n.ID, n.Kind, n.Title}, " "))
		}
		after, more = page.Through, page.More
	}
	return lines
}

// following is a reader in a process of its own, and what it has printed.
type following struct {
	mu    sync.Mutex
	lines []string
}

func (f *following) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string{}, f.lines...)
}

// read starts a reader, which ends with stop or the test.
func (f *following) read(t *testing.T, address string, command ...string) (stop func()) {
	t.Helper()
	c := exec.Command(command[0], command[1:]...)
	c.Env = append(os.Environ(), "NATS_URL=nats://"+address, "NATS_USER=reader", "NATS_PASSWORD=secret")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			f.mu.Lock()
			f.lines = append(f.lines, lines.Text())
			f.mu.Unlock()
		}
	}()
	stop = sync.OnceFunc(func() { _ = c.Process.Kill(); <-ended; _ = c.Wait() })
	t.Cleanup(stop)
	return stop
}

func (f *following) requireReads(t *testing.T, want []string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(f.all()) >= len(want) }, time.Minute, 20*time.Millisecond, "%v", f)
	require.Equal(t, want, f.all())
}

// awaitNotices waits until there is a stream with a message.
func awaitNotices(t *testing.T, address string) jetstream.Stream {
	t.Helper()
	connection, err := nats.Connect("nats://"+address, nats.UserInfo("reader", "secret"), nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond))
	require.NoError(t, err)
	t.Cleanup(connection.Close)
	js, err := jetstream.New(connection)
	require.NoError(t, err)
	var stream jetstream.Stream
	require.Eventually(t, func() bool {
		stream, err = js.Stream(t.Context(), ledger.NoticesName)
		return err == nil && stream.CachedInfo().State.Msgs > 0
	}, time.Minute, 10*time.Millisecond)
	return stream
}

// readerOf returns the command of a reader of the documentation.
func readerOf(t *testing.T, name string) []string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), name)
	text, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, documents+"go").CombinedOutput()
	require.NoError(t, err, "%s", text)
	return []string{binary}
}

const documents = "../../../docs/readers/"

const germans = "depositary.notices.*.DEU.>"

// A reader in another process sees what is bundled, an import, an accession and the
// day on which it takes effect: every notice once and in order, although the node
// is killed while it publishes and just after it has recorded.
func TestReaderInAnotherProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("starts several processes")
	}
	t.Parallel()
	reader := readerOf(t, "reader")
	p := &publishing{folder: t.TempDir(), readers: "127.0.0.1:0"}
	p.start(t, "2026-11-29")
	stream := awaitNotices(t, p.readers)
	p.kill(t) // while it publishes
	p.start(t, "2026-11-29")

	german := append(reader, "-state", filepath.Join(t.TempDir(), "state"), "-filter", germans)
	var f following
	stop := f.read(t, p.readers, german...)
	p.post(t, "/v1/imports/acts?file=acts.csv", "text/csv", "treaty,participant,action,date\nISTANBUL,DEU,ratification,2017-10-12\nISTANBUL,FRA,ratification,2014-07-04\n")
	p.post(t, "/v1/treaties/ICMW/actions", "application/json", `{"actions":[{"participant":"DEU","action":"accession","date":"2026-11-23"}]}`)
	f.requireReads(t, p.notices(t, "&participant=DEU"))
	requireAtEnd(t, stream, german[2])
	stop()
	f.read(t, p.readers, german...)
	p.kill(t) // perhaps before it has published
	p.start(t, "2027-03-01")
	want := p.notices(t, "&participant=DEU")
	require.Contains(t, want[len(want)-1], "participant.bound Germany is bound by ICMW")
	f.requireReads(t, want)

	late := append(reader, "-state", filepath.Join(t.TempDir(), "late"), "-filter", germans, "-after", "195")
	var l following
	l.read(t, p.readers, late...)
	l.requireReads(t, behind(want, 195))
	requireWholeStream(t, stream, p)
	for name, command := range map[string]func(*testing.T, string) []string{"JavaScript": inJavaScript, "Python": inPython, "nats": byCommand} {
		t.Run(name, func(t *testing.T) {
			var f following
			f.read(t, p.readers, command(t, p.readers)...)
			f.requireReads(t, want)
		})
	}
}

// requireAtEnd waits until a reader has written down that it has come to the end.
func requireAtEnd(t *testing.T, stream jetstream.Stream, state string) {
	t.Helper()
	last, err := stream.GetLastMsgForSubject(t.Context(), germans)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(state)
		return err == nil && string(text) == fmt.Sprint(last.Sequence)
	}, time.Minute, 5*time.Millisecond)
}

func inJavaScript(t *testing.T, _ string) []string {
	folder := apitest.Packages(t, "testdata/reader", documents+"node/reader.mjs")
	return []string{"node", filepath.Join(folder, "reader.mjs"), filepath.Join(folder, "state"), germans}
}

func inPython(t *testing.T, _ string) []string {
	if exec.CommandContext(t.Context(), "python3", "-c", "import nats").Run() != nil {
		t.Skip("there is no python3 with the package nats-py here")
	}
	return []string{"python3", documents + "python/reader.py", filepath.Join(t.TempDir(), "state"), germans}
}

// byCommand makes a consumer with the command nats, as the document shows, and prints
// of each event what the other readers print.
func byCommand(t *testing.T, address string) []string {
	for _, tool := range []string{"nats", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s here", tool)
		}
	}
	return []string{"sh", "-c", `nats="nats --server nats://` + address + ` --user reader --password secret"
$nats consumer add NOTICES germany --pull --filter '` + germans + `' --defaults > /dev/null
while $nats consumer next NOTICES germany --raw --ack --timeout 2s; do echo; done | jq -r '"\(.id) \(.data.kind) \(.data.title)"'`}
}

// behind returns the notices of commits after a position.
func behind(lines []string, position int) []string {
	for i, line := range lines {
		var p int
		if _, err := fmt.Sscanf(line, "%d.", &p); err == nil && p > position {
			return lines[i:]
		}
	}
	return nil
}

// requireWholeStream compares every message with what HTTP serves.
func requireWholeStream(t *testing.T, stream jetstream.Stream, p *publishing) {
	t.Helper()
	want := p.notices(t, "")
	consumer, err := stream.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{})
	require.NoError(t, err)
	messages, err := consumer.Messages()
	require.NoError(t, err)
	defer messages.Stop()
	var got []string
	previous := ""
	for range want {
		m, err := messages.Next(jetstream.NextMaxWait(time.Minute))
		require.NoError(t, err)
		var event struct {
			ID, Type, Previous string
			Data               struct{ ID, Kind, Title, Treaty, Participant string }
		}
		require.NoError(t, json.Unmarshal(m.Data(), &event))
		got = append(got, strings.Join([]string{event.ID, event.Data.Kind, event.Data.Title}, " "))
		token := func(id string) string {
			if id == "" {
				return "_"
			}
			return id
		}
		require.Equal(t, "depositary.notices."+token(event.Data.Treaty)+"."+token(event.Data.Participant)+"."+event.Data.Kind, m.Subject())
		require.Equal(t, event.ID, m.Headers().Get("Nats-Msg-Id"))
		require.Equal(t, "depositary."+event.Data.Kind, event.Type)
		require.Equal(t, previous, event.Previous)
		previous = event.ID
	}
	require.Equal(t, want, got)
	_, err = messages.Next(jetstream.NextMaxWait(50 * time.Millisecond))
	require.Error(t, err, "nothing else")
}
