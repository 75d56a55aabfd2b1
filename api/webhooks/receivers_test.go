package webhooks_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"depositary/api/apitest"
	v1 "depositary/api/v1"

	"github.com/stretchr/testify/require"
)

// told by a receiver that is a program: a line for each notice that it took.
type program struct {
	url   string
	mu    sync.Mutex
	lines []map[string]any
}

func (p *program) all() []map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]map[string]any{}, p.lines...)
}

// start runs a receiver that says on standard error where it listens, until the
// test ends.
func start(t *testing.T, secret string, command ...string) *program {
	t.Helper()
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Env = append(os.Environ(), "WEBHOOK_SECRET="+secret, "PORT=0")
	c.WaitDelay = 5 * time.Second
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	notes, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	p := new(program)
	var reading sync.WaitGroup
	t.Cleanup(func() { _ = c.Process.Kill(); reading.Wait(); _ = c.Wait() })
	listening := make(chan string, 1)
	reading.Go(func() {
		for lines := bufio.NewScanner(notes); lines.Scan(); {
			if _, address, ok := strings.Cut(lines.Text(), "listening on "); ok {
				listening <- address
			}
		}
		close(listening)
	})
	reading.Go(func() {
		lines := bufio.NewScanner(out)
		for lines.Buffer(nil, 1<<20); lines.Scan(); {
			var line map[string]any
			if json.Unmarshal(lines.Bytes(), &line) == nil {
				p.mu.Lock()
				p.lines = append(p.lines, line)
				p.mu.Unlock()
			}
		}
	})
	select {
	case address := <-listening:
		require.NotEmpty(t, address, "the receiver ended before it listened")
		p.url = "http://" + address
	case <-time.After(time.Minute):
		t.Fatal("the receiver does not listen")
	}
	return p
}

// inNode is the command of a program that finds the packages of receivers.
func inNode(t *testing.T, program string) []string {
	t.Helper()
	return []string{"node", filepath.Join(apitest.Packages(t, "testdata/receiver", program), filepath.Base(program))}
}

// today returns a server the time of the machine, by which the programs verify
// when a delivery was signed.
func today(o *apitest.Options) { o.Clock = apitest.ClockAt(time.Now()) }

// subscribeProgram subscribes a program's address with the secret that it has
// got: it is started when the secret is known.
func subscribeProgram(t *testing.T, d *apitest.Server, command func(t *testing.T) []string) (*program, v1.WebhookMade) {
	t.Helper()
	args := command(t) // first, as it may skip
	var made v1.WebhookMade
	d.Must(t, http.StatusCreated, apitest.Request{Path: "/v1/webhooks", Token: "all", Body: `{"url":"http://127.0.0.1:9/","treaties":["ICMW"],"rate":500}`}).Into(t, &made)
	p := start(t, made.Secrets.Secret, args...)
	address := "/v1/webhooks/" + made.Subscription.ID
	d.Must(t, 200, apitest.Request{Method: "PUT", Path: address, Token: "all", Body: fmt.Sprintf(`{"url":%q,"treaties":["ICMW"],"rate":500}`, p.url),
		Header: map[string]string{"If-Match": fmt.Sprint(made.Subscription.Revision)}}).Into(t, &made.Subscription)
	var v v1.WebhookVerified
	d.Must(t, 200, apitest.Request{Method: "POST", Path: address + "/verify", Token: "all"}).Into(t, &v)
	require.True(t, v.Verified, "%+v", v.Attempt)
	return p, made
}

// history is acts with names that are not ASCII, a correction and an annulment.
func history(t *testing.T, d *apitest.Server) {
	t.Helper()
	d.Accede(t, "DEU", "2026-06-29", "german") // corrected below
	record := d.NoticesOf(t, "participant=DEU&kind=action.recorded").Notices[0].Record
	d.Must(t, 201, apitest.Request{Path: fmt.Sprintf("/v1/actions/%s/correction", record), Token: "record",
		Body: `{"action":{"participant":"DEU","action":"accession","date":"2026-06-30"},"reason":"the day of receipt – reçu le 30 juin"}`})
	d.Must(t, 201, apitest.Request{Path: "/v1/treaties/ICMW/actions", Token: "record",
		Body: `{"actions":[{"participant":"TUR","action":"communication","date":"2026-06-30","statement":{"text":"Türkiye’nin görüşü: 條約 معاهدة"}},
			{"participant":"CIV","action":"communication","date":"2026-06-30","statement":{"text":"Côte d’Ivoire"}}]}`})
}

// The receivers of the documentation take everything, verified, in order and
// without a hole.
func TestReceiversOfTheDocumentation(t *testing.T) {
	const documents = "../../docs/receivers/"
	for name, command := range map[string]func(t *testing.T) []string{
		"Go": func(t *testing.T) []string {
			binary := filepath.Join(t.TempDir(), "receiver")
			text, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, documents+"go/main.go").CombinedOutput()
			require.NoError(t, err, "%s", text)
			return []string{binary}
		},
		"Node": func(t *testing.T) []string {
			return inNode(t, documents+"node/receiver.mjs")
		},
		"Python": func(t *testing.T) []string {
			if _, err := exec.LookPath("python3"); err != nil {
				t.Skip("there is no python3 here")
			}
			return []string{"python3", documents + "python/receiver.py"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := apitest.Open(t, today, apitest.Webhooks)
			p, made := subscribeProgram(t, d, command)
			history(t, d)
			want := d.Expected(t, made.Subscription)
			require.Eventually(t, func() bool { return len(p.all()) >= len(want) }, time.Minute, 10*time.Millisecond)
			for i, line := range p.all() {
				require.Equal(t, want[i], line["id"])
				require.Equal(t, false, line["hole"])
			}
		})
	}
}

// A receiver with the packages standardwebhooks, svix and cloudevents verifies
// and reads every delivery, also while the secret rotates.
func TestReceiverWithPackages(t *testing.T) {
	d := apitest.Open(t, today, apitest.Webhooks)
	p, made := subscribeProgram(t, d, func(t *testing.T) []string {
		return inNode(t, "testdata/receiver/receiver.mjs")
	})
	history(t, d)
	d.Must(t, 200, apitest.Request{Method: "POST", Path: "/v1/webhooks/" + made.Subscription.ID + "/rotate", Token: "all"})
	d.Accede(t, "FRA", "2026-06-29", "") // signed with both
	want := d.Expected(t, made.Subscription)
	require.Eventually(t, func() bool { return len(p.all()) >= len(want) }, time.Minute, 10*time.Millisecond)
	previous, titles := "", ""
	for i, line := range p.all() {
		require.NotContains(t, line, "problem")
		require.Equal(t, want[i], line["id"])
		require.Equal(t, want[i], line["webhook"])
		require.Equal(t, previous, line["previous"])
		require.True(t, strings.HasPrefix(line["subject"].(string), "IV-13"))
		previous, titles = want[i], titles+line["title"].(string)
	}
	require.Contains(t, titles, "Côte d'Ivoire")
	require.Contains(t, titles, "Türkiye")
}
