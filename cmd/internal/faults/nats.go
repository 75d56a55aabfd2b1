package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// natsOptions are those of a NATS server that runs as a process of its own.
type natsOptions struct {
	Name              string
	Store             string
	Port, ClusterPort int
	Advertised        int      // the port at which the other servers reach it
	Routes            []string // to the other servers
}

// runNATS is a NATS server until it is ended.
func runNATS(ctx context.Context, args []string) error {
	var o natsOptions
	if err := json.Unmarshal([]byte(strings.Join(args, " ")), &o); err != nil {
		return err
	}
	s, err := server.NewServer(&server.Options{
		ServerName: o.Name, Host: "127.0.0.1", Port: o.Port, JetStream: true, StoreDir: o.Store, SyncAlways: true, NoSigs: true, NoLog: true,
		Cluster: server.ClusterOpts{Name: "faults", Host: "127.0.0.1", Port: o.ClusterPort, Advertise: fmt.Sprintf("127.0.0.1:%d", o.Advertised), NoAdvertise: true},
		Routes:  server.RoutesFromStr(strings.Join(o.Routes, ",")),
	})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		return errors.New("the server is not ready")
	}
	<-ctx.Done()
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// natsServer is a NATS server with a proxy in front of each of its doors.
type natsServer struct {
	options natsOptions
	cmd     *exec.Cmd
	routes  *proxy // through which the other servers reach it
	clients *proxy // through which nodes reach it
}

// newServers prepares servers that know each other, and starts them.
func newServers(folder string, count int) (all []*natsServer, err error) {
	var addresses []string
	for i := range count {
		n := &natsServer{options: natsOptions{Name: fmt.Sprintf("server-%d", i), Store: filepath.Join(folder, fmt.Sprintf("server-%d", i))}}
		for _, port := range []*int{&n.options.Port, &n.options.ClusterPort} {
			if *port, err = freePort("127.0.0.1"); err != nil {
				return all, err
			}
		}
		if n.routes, err = newProxy(n.options.ClusterPort); err != nil {
			return all, err
		}
		if n.clients, err = newProxy(n.options.Port); err != nil {
			return all, err
		}
		n.options.Advertised = n.routes.port()
		addresses = append(addresses, fmt.Sprintf("nats-route://127.0.0.1:%d", n.routes.port()))
		all = append(all, n)
	}
	for i, n := range all {
		for j, address := range addresses {
			if i != j {
				n.options.Routes = append(n.options.Routes, address)
			}
		}
		if err := n.start(); err != nil {
			return all, err
		}
	}
	return all, nil
}

func (n *natsServer) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	options, err := json.Marshal(n.options)
	if err != nil {
		return err
	}
	n.cmd = exec.Command(self, "-child", "nats", string(options))
	n.cmd.Stderr = os.Stderr
	return n.cmd.Start()
}

func (n *natsServer) signal(signal syscall.Signal) { _ = n.cmd.Process.Signal(signal) }

func (n *natsServer) kill() {
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait() // it was killed
}

// proxy passes TCP connections on, unless it is cut: then it passes nothing on, and
// ends those that it has, or leaves them silent.
type proxy struct {
	listener net.Listener
	to       string

	mu      sync.Mutex
	cut     map[string]bool // by who dials; "" for all
	silent  bool
	changed chan struct{} // closed when a cut ends
	passing map[net.Conn]string
}

func newProxy(port int) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: listener, to: fmt.Sprintf("127.0.0.1:%d", port), cut: map[string]bool{}, changed: make(chan struct{}), passing: map[net.Conn]string{}}
	go p.serve()
	return p, nil
}

func (p *proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

func (p *proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return // it was closed
		}
		go p.pass(c)
	}
}

// pass connects a dialer with the server. Who it is, a server says of itself in the
// first lines that it sends.
func (p *proxy) pass(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer to.Close()
	p.register(from, "")
	defer p.register(from, "gone")
	ended := make(chan struct{}, 2)
	go func() { p.copy(to, from, from, true); ended <- struct{}{} }()
	go func() { p.copy(from, to, from, false); ended <- struct{}{} }()
	<-ended
}

func (p *proxy) register(c net.Conn, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if name == "gone" {
		delete(p.passing, c)
		return
	}
	p.passing[c] = name
}

var saysName = regexp.MustCompile(`"(?:server_)?name":"(server-\d)"`)

// copy passes bytes on while the connection is not cut.
func (p *proxy) copy(to io.Writer, from io.Reader, dialer net.Conn, forth bool) {
	buffer := make([]byte, 32<<10)
	var head []byte
	for {
		n, err := from.Read(buffer)
		if n > 0 && forth && len(head) < 16<<10 {
			if head = append(head, buffer[:n]...); bytes.Contains(head, []byte("server-")) {
				if found := saysName.FindSubmatch(head); found != nil {
					p.register(dialer, string(found[1]))
				}
			}
		}
		if n > 0 && !p.mayPass(dialer) {
			return
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// mayPass reports whether bytes of a dialer may pass; in a silent cut it answers
// when that ends.
func (p *proxy) mayPass(dialer net.Conn) bool {
	for {
		p.mu.Lock()
		cut, silent, changed := p.cut[""] || p.cut[p.passing[dialer]], p.silent, p.changed
		p.mu.Unlock()
		if !cut {
			return true
		}
		if !silent {
			return false
		}
		<-changed
	}
}

// sever cuts the connections of those who dial, of all where none is named.
func (p *proxy) sever(silent bool, dialers ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(dialers) == 0 {
		dialers = []string{""}
	}
	for _, name := range dialers {
		p.cut[name] = true
	}
	p.silent = silent
	if silent {
		return
	}
	for c, name := range p.passing {
		if p.cut[""] || p.cut[name] {
			_ = c.Close()
		}
	}
}

// join ends all cuts.
func (p *proxy) join() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.cut)
	close(p.changed)
	p.changed = make(chan struct{})
}
