package node

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
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

var installing sync.Mutex

// packages installs what tests in JavaScript need into the user's cache, once for
// each lock file, and gives the folder. It skips where there is no npm.
func packages(t *testing.T, name string) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skipf("there is no npm here: the packages of %s are not there", name)
	}
	installing.Lock()
	defer installing.Unlock()
	from := filepath.Join("testdata", name)
	lock, err := os.ReadFile(filepath.Join(from, "package-lock.json"))
	require.NoError(t, err)
	digest := sha256.Sum256(lock)
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "depositary-test", name+"-"+hex.EncodeToString(digest[:6]))
	if _, err := os.Stat(filepath.Join(folder, "done")); err == nil {
		return folder
	}
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o600))
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = folder
	if text, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm ci fails, so the packages of %s are not there: %s", name, text)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "done"), nil, 0o600))
	return folder
}

// beside copies a program to where its packages are.
func beside(t *testing.T, folder, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	copied, err := os.CreateTemp(folder, "*-"+filepath.Base(file))
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.Remove(copied.Name()) })
	_, err = copied.Write(text)
	require.NoError(t, err)
	require.NoError(t, copied.Close())
	return copied.Name()
}

// subscribeProgram subscribes a program's address with the secret that it has
// got: it is started when the secret is known.
func (d *door) subscribeProgram(t *testing.T, command func(t *testing.T) []string) (*program, v1.WebhookMade) {
	t.Helper()
	args := command(t) // first, as it may skip
	var made v1.WebhookMade
	d.must(t, http.StatusCreated, ask{path: "/v1/webhooks", token: "all", body: `{"url":"http://127.0.0.1:9/","treaties":["ICMW"],"rate":500}`}).into(t, &made)
	p := start(t, made.Secrets.Secret, args...)
	address := "/v1/webhooks/" + made.Subscription.ID
	d.must(t, 200, ask{method: "PUT", path: address, token: "all", body: fmt.Sprintf(`{"url":%q,"treaties":["ICMW"],"rate":500}`, p.url),
		header: map[string]string{"If-Match": fmt.Sprint(made.Subscription.Revision)}}).into(t, &made.Subscription)
	var v v1.WebhookVerified
	d.must(t, 200, ask{method: "POST", path: address + "/verify", token: "all"}).into(t, &v)
	require.True(t, v.Verified, "%+v", v.Attempt)
	return p, made
}

// history is acts with names that are not ASCII, a correction and an annulment.
func (d *door) history(t *testing.T) {
	t.Helper()
	d.accede(t, "DEU", "2026-06-29", "german") // corrected below
	record := d.notices(t, "participant=DEU&kind=action.recorded").Notices[0].Record
	d.must(t, 201, ask{path: fmt.Sprintf("/v1/actions/%s/correction", record), token: "record",
		body: `{"action":{"participant":"DEU","action":"accession","date":"2026-06-30"},"reason":"the day of receipt – reçu le 30 juin"}`})
	d.must(t, 201, ask{path: "/v1/treaties/ICMW/actions", token: "record",
		body: `{"actions":[{"participant":"TUR","action":"communication","date":"2026-06-30","statement":{"text":"Türkiye’nin görüşü: 條約 معاهدة"}},
			{"participant":"CIV","action":"communication","date":"2026-06-30","statement":{"text":"Côte d’Ivoire"}}]}`})
}

// The receivers of the documentation take everything, verified, in order and
// without a hole.
func TestReceiversOfTheDocumentation(t *testing.T) {
	const documents = "../../../docs/receivers/"
	for name, command := range map[string]func(t *testing.T) []string{
		"Go": func(t *testing.T) []string {
			binary := filepath.Join(t.TempDir(), "receiver")
			text, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, documents+"go/main.go").CombinedOutput()
			require.NoError(t, err, "%s", text)
			return []string{binary}
		},
		"Node": func(t *testing.T) []string {
			return []string{"node", beside(t, packages(t, "receiver"), documents+"node/receiver.mjs")}
		},
		"Python": func(t *testing.T) []string {
			if _, err := exec.LookPath("python3"); err != nil {
				t.Skip("there is no python3 here")
			}
			return []string{"python3", documents + "python/receiver.py"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDoor(t, onLoopback)
			p, made := d.subscribeProgram(t, command)
			d.history(t)
			want := d.expected(t, made.Subscription)
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
	d := openDoor(t, onLoopback)
	p, made := d.subscribeProgram(t, func(t *testing.T) []string {
		return []string{"node", beside(t, packages(t, "receiver"), "testdata/receiver/receiver.mjs")}
	})
	d.history(t)
	d.must(t, 200, ask{method: "POST", path: "/v1/webhooks/" + made.Subscription.ID + "/rotate", token: "all"})
	d.accede(t, "FRA", "2026-06-29", "") // signed with both
	want := d.expected(t, made.Subscription)
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
