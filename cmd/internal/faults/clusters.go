package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

const (
	members = 3

	perCluster = 20 // faults of one cluster; its history is checked then

	unreadyWithin = 3 * time.Second // for writing, without quorum
	readyWithin   = 5 * time.Second // after its return
)

// cluster is three NATS servers and three nodes, with clients that never rest.
type cluster struct {
	suite   *suite
	o       *outcome
	house   *house
	servers []*natsServer
	folders []string
	addr    []string // of the servers, as each node reaches them

	mu    sync.Mutex
	nodes []*program

	history *history
	key     atomic.Int64
}

// clusters breaks clusters.
func clusters(ctx context.Context, s *suite, o *outcome) error {
	for n := 0; s.more(o); n++ {
		if err := s.oneCluster(ctx, o, n); err != nil {
			return err
		}
		progress("cluster: %d of %d", o.done, o.wanted)
	}
	return nil
}

func (s *suite) oneCluster(ctx context.Context, o *outcome, n int) error {
	folder := filepath.Join(s.folder, fmt.Sprintf("cluster-%d", n))
	c := &cluster{suite: s, o: o, history: newHistory()}
	defer c.end()
	if err := c.begin(folder); err != nil {
		return err
	}
	before := len(o.wrong)
	running, stop := context.WithCancel(ctx)
	var clients sync.WaitGroup
	for client := range 2 * members {
		random := s.random(o, 1000*(n+1)+client)
		clients.Go(func() { c.client(running, client, random) })
	}
	for range perCluster {
		if !s.more(o) {
			break
		}
		c.fault(s.random(o, o.done))
		o.done++
	}
	stop()
	clients.Wait()
	if err := c.conclude(); err != nil {
		o.blame("after the faults: %v", err)
	}
	o.close(c.house.book)
	if len(o.wrong) == before || !s.keep {
		c.end()
		_ = os.RemoveAll(folder)
	}
	return nil
}

// begin starts servers and nodes.
func (c *cluster) begin(folder string) (err error) {
	if c.servers, err = newServers(folder, members); err != nil {
		return err
	}
	for _, server := range c.servers {
		c.addr = append(c.addr, fmt.Sprintf("nats://127.0.0.1:%d", server.clients.port()))
	}
	tokens := filepath.Join(folder, "tokens.json")
	c.house = &house{book: newBook(), chosen: map[*entry]bool{}}
	for name, text := range map[string]*string{"anna": &c.house.anna, "bob": &c.house.bob} {
		if *text, err = c.suite.makeToken(folder, tokens, name); err != nil {
			return err
		}
	}
	for i := range members {
		c.folders = append(c.folders, filepath.Join(folder, fmt.Sprintf("node-%d", i)))
		p, err := c.startNode(i)
		if err != nil {
			return err
		}
		c.nodes = append(c.nodes, p)
		if i == 0 {
			if err := c.house.define(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// startNode starts a node. All sign with one key: they are one signer.
func (c *cluster) startNode(i int) (*program, error) {
	shared := filepath.Dir(c.folders[0])
	return c.suite.start(c.folders[i], "--nats", strings.Join(c.addr, ","), "--replicas", fmt.Sprint(members),
		"--tokens", filepath.Join(shared, "tokens.json"), "--node-key", filepath.Join(shared, "node.key"), "--webhook-key", filepath.Join(shared, "webhook.key"))
}

// end stops everything that runs.
func (c *cluster) end() {
	for _, p := range c.nodes {
		p.signal(syscall.SIGCONT)
		p.kill()
	}
	for _, server := range c.servers {
		server.signal(syscall.SIGCONT)
		server.kill()
		_ = server.clients.listener.Close()
		_ = server.routes.listener.Close()
	}
	c.nodes, c.servers = nil, nil
}

func (c *cluster) node(i int) *program {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nodes[i]
}

// client asks one node after the other: about accessions, and now and then what a
// secretariat asks else.
func (c *cluster) client(ctx context.Context, client int, random *rand.Rand) {
	for ctx.Err() == nil {
		p := c.node(random.IntN(members))
		if random.IntN(4) == 0 {
			c.house.write(p, random)
		} else {
			c.history.ask(p, c.house.anna, client, fmt.Sprintf("h-%d", c.key.Add(1)), random)
		}
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
	}
}

// fault breaks something for a while, and mends it.
func (c *cluster) fault(random *rand.Rand) {
	i, j := random.IntN(members), 0
	if j = random.IntN(members - 1); j >= i {
		j++
	}
	pause := func() { time.Sleep(time.Duration(500+random.IntN(2500)) * time.Millisecond) }
	short := random.IntN(2) == 0
	switch random.IntN(8) {
	case 0:
		c.o.count("pauses of a server (SIGSTOP)")
		c.servers[i].signal(syscall.SIGSTOP)
		pause()
		c.servers[i].signal(syscall.SIGCONT)
	case 1:
		c.o.count("pauses of a node (SIGSTOP)")
		p := c.node(i)
		p.signal(syscall.SIGSTOP)
		pause()
		p.signal(syscall.SIGCONT)
	case 2:
		c.o.count("kills of a server (SIGKILL)")
		c.servers[i].kill()
		pause()
		c.must(c.servers[i].start())
	case 3:
		c.o.count("kills of a node (SIGKILL)")
		c.restart(i, pause)
	case 4:
		c.o.count("partitions of a server from the others")
		c.isolate(i, short)
		pause()
		c.join()
	case 5:
		c.o.count("partitions of two servers from each other")
		c.servers[i].routes.sever(short, c.servers[j].options.Name)
		c.servers[j].routes.sever(short, c.servers[i].options.Name)
		pause()
		c.join()
	case 6:
		c.o.count("partitions of a server from the nodes")
		c.servers[i].clients.sever(short)
		pause()
		c.join()
	case 7:
		c.o.count("losses of the quorum")
		c.loseQuorum(i, j, random.IntN(2) == 0)
	}
	time.Sleep(300 * time.Millisecond)
}

func (c *cluster) must(err error) {
	if err != nil {
		c.o.blame("starting again: %v", err)
	}
}

// restart kills a node and starts it again.
func (c *cluster) restart(i int, pause func()) {
	c.node(i).kill()
	pause()
	p, err := c.startNode(i)
	if err != nil {
		c.o.blame("a node that was killed does not serve again: %v", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes[i] = p
}

// isolate cuts a server off from the other servers, in both directions.
func (c *cluster) isolate(i int, silent bool) {
	for j, server := range c.servers {
		if j == i {
			server.routes.sever(silent)
		} else {
			server.routes.sever(silent, c.servers[i].options.Name)
		}
	}
}

func (c *cluster) join() {
	for _, server := range c.servers {
		server.routes.join()
		server.clients.join()
	}
}

// loseQuorum stops two servers, and looks how soon the nodes say so, and how soon
// they write again.
func (c *cluster) loseQuorum(i, j int, killed bool) {
	for _, n := range []int{i, j} {
		if killed {
			c.servers[n].kill()
		} else {
			c.servers[n].signal(syscall.SIGSTOP)
		}
	}
	c.await("without quorum a node says that it writes", unreadyWithin, false)
	for _, n := range []int{i, j} {
		if killed {
			c.must(c.servers[n].start())
		} else {
			c.servers[n].signal(syscall.SIGCONT)
		}
	}
	c.await("with its quorum again a node does not say that it writes", readyWithin, true)
}

// await waits until all nodes are ready, or not ready, for writing. A machine that is
// busy is no fault: what is late is counted, and blamed where it does not come.
func (c *cluster) await(what string, within time.Duration, ready bool) {
	begun := time.Now()
	for i := range members {
		for {
			r := c.node(i).ask(context.Background(), request{path: "/readyz?for=writing"})
			if r.status != 0 && r.fine() == ready {
				break
			}
			if time.Since(begun) > time.Minute {
				c.o.blame("%s after %v: %s", what, time.Since(begun).Round(time.Second), r.body)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	key := "slowest to say that it does not write"
	if ready {
		key = "slowest to write again"
	}
	c.o.slowest(key, time.Since(begun))
	if time.Since(begun) > within {
		c.o.count(fmt.Sprintf("times later than %v: %s", within, what))
	}
}

// conclude waits until all nodes are at the same position, and checks everything.
func (c *cluster) conclude() error {
	c.await("at the end a node does not say that it writes", readyWithin, true)
	if err := c.same(); err != nil {
		return err
	}
	places, err := c.house.recorded(c.node(0))
	if err != nil {
		return err
	}
	for _, key := range c.history.settle(places) {
		c.o.blame("command %s is in the ledger twice", key)
	}
	for _, key := range c.history.missing(places) {
		c.o.blame("command %s was answered in one way and stands in another in the ledger", key)
	}
	switch result, wrong := c.history.linearizable(); result {
	case porcupine.Illegal:
		c.o.blame("the history is not linearizable:\n%s", strings.Join(wrong, "\n"))
	case porcupine.Unknown:
		c.o.count("histories that could not be checked in time")
	default:
		c.o.count("linearizable histories")
	}
	c.o.add("operations in histories", len(c.history.operations))
	c.o.add("refusals in histories", c.history.refused)
	for i := range members {
		c.house.check(c.node(i), c.o.blame)
		if r := c.house.ask(c.node(i), request{path: "/v1/operate/verification", body: []byte{}}); !r.fine() {
			c.o.blame("verify at node %d: %d %s", i, r.status, r.body)
		}
	}
	return nil
}

// same waits until all nodes have the same ledger.
func (c *cluster) same() error {
	for begun := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		exports := map[string]bool{}
		var last string
		for i := range members {
			r := c.node(i).ask(context.Background(), request{path: "/v1/export"})
			if !r.fine() {
				break
			}
			last = string(r.body)
			exports[last] = true
		}
		if len(exports) == 1 && last != "" {
			return nil
		}
		if time.Since(begun) > 30*time.Second {
			return errors.New("the nodes do not have the same ledger")
		}
	}
}
