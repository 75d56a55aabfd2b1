package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startPatience = 5 * time.Minute // a machine may be busy with other things
	askPatience   = 15 * time.Second
)

// program is a running node.
type program struct {
	data    string
	address string // with http://
	cmd     *exec.Cmd
	client  *http.Client
	ended   chan struct{}
	output  *tail
}

// tail keeps the end of what a process says.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// endedError says that a node ended instead of serving.
type endedError struct {
	code   int
	output string
}

func (e *endedError) Error() string {
	return fmt.Sprintf("the node ended with %d:\n%s", e.code, e.output)
}

// launch starts a node and does not wait for it.
func (s *suite) launch(data string, args ...string) (*program, <-chan string, error) {
	return s.execute(data, append([]string{"serve", "--data", data, "--empty", "--listen", "127.0.0.1:0", "--rate", "0", "--no-delivery", "--webhook-allow-http", "--webhook-allow", "127.0.0.0/8"}, args...))
}

// execute starts the program with these arguments.
func (s *suite) execute(data string, args []string) (*program, <-chan string, error) {
	p := &program{data: data, ended: make(chan struct{}), output: new(tail)}
	p.client = &http.Client{Timeout: askPatience, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	p.cmd = exec.Command(s.binary, args...)
	p.cmd.Stderr = p.output
	if s.keep {
		file, err := os.OpenFile(data+".log", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, nil, err
		}
		go func() { <-p.ended; _ = file.Close() }()
		p.cmd.Stderr = io.MultiWriter(p.output, file)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, nil, err
	}
	serving := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "http://") {
				serving <- lines.Text()
			}
		}
		_ = p.cmd.Wait() // how it ended is in its state
		close(p.ended)
	}()
	return p, serving, nil
}

// start starts a node and waits until it serves.
func (s *suite) start(data string, args ...string) (*program, error) {
	p, serving, err := s.launch(data, args...)
	if err != nil {
		return nil, err
	}
	return p, p.await(serving)
}

// await waits until a node serves.
func (p *program) await(serving <-chan string) error {
	select {
	case p.address = <-serving:
		return nil
	case <-p.ended:
		return &endedError{p.cmd.ProcessState.ExitCode(), p.output.String()}
	case <-time.After(startPatience):
		p.kill()
		return fmt.Errorf("the node did not serve within %v:\n%s", startPatience, p.output)
	}
}

// kill ends a node without a word.
func (p *program) kill() { p.end(syscall.SIGKILL) }

// stop lets a node end in order, or kills it where it does not.
func (p *program) stop() { p.end(syscall.SIGTERM) }

func (p *program) end(signal syscall.Signal) {
	_ = p.cmd.Process.Signal(signal) // one that has ended is what is wanted
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	p.client.CloseIdleConnections()
}

func (p *program) signal(signal syscall.Signal) { _ = p.cmd.Process.Signal(signal) }

// running reports whether the node has not ended.
func (p *program) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// reply is what came back; status 0 means that nothing did.
type reply struct {
	status int
	body   []byte
}

// request is a request of the owner of a token.
type request struct {
	method, path, token, key string
	body                     []byte
	media                    string
}

// ask sends a request.
func (p *program) ask(ctx context.Context, r request) reply {
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	out, err := http.NewRequestWithContext(ctx, method, p.address+r.path, strings.NewReader(string(r.body)))
	if err != nil {
		return reply{}
	}
	if r.token != "" {
		out.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.body != nil {
		out.Header.Set("Content-Type", cmpOr(r.media, "application/json"))
	}
	if r.key != "" {
		out.Header.Set("Idempotency-Key", r.key)
	}
	in, err := p.client.Do(out)
	if err != nil {
		return reply{}
	}
	defer in.Body.Close()
	body, err := io.ReadAll(in.Body)
	if err != nil {
		return reply{}
	}
	return reply{in.StatusCode, body}
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// fine reports whether something was done.
func (r reply) fine() bool { return r.status >= 200 && r.status < 300 }

// notRecorded reports whether the answer says that certainly nothing was done.
func (r reply) notRecorded() bool {
	return (r.status == http.StatusServiceUnavailable || r.status == http.StatusInsufficientStorage) &&
		(strings.Contains(string(r.body), "urn:depositary:not-recorded") || strings.Contains(string(r.body), "the node is starting"))
}

// decided reports whether the answer is a refusal.
func (r reply) decided() bool { return r.status >= 400 && r.status < 500 }

// command runs a command of the program to its end.
func (s *suite) command(data string, args ...string) (string, int) {
	c := exec.Command(s.binary, append(args, "--data", data)...)
	out, err := c.CombinedOutput()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return string(out), failed.ExitCode()
	}
	if err != nil {
		return err.Error(), -1
	}
	return string(out), 0
}

// freePort returns a port of an address that nobody used a moment ago.
func freePort(host string) (int, error) {
	listener, err := net.Listen("tcp", host+":0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// copyFolder copies files and folders; holes stay holes.
func copyFolder(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", "--sparse=always", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copying %s: %w: %s", from, err, out)
	}
	return nil
}
