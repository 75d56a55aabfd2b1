package webhooks

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// specialPurpose are the registries of IANA (iana-ipv4-special-registry,
// iana-ipv6-special-registry) with multicast, and what is not assigned as
// unicast: a first, a last and another address of each.
var specialPurpose = map[string][]string{
	"this network":           {"0.0.0.0", "0.255.255.255", "0.1.2.3"},
	"private 10/8":           {"10.0.0.0", "10.255.255.255", "10.1.2.3"},
	"shared":                 {"100.64.0.0", "100.127.255.255", "100.100.100.200"},
	"loopback":               {"127.0.0.0", "127.255.255.255", "127.0.0.1", "127.0.0.53"},
	"link local":             {"169.254.0.0", "169.254.255.255", "169.254.169.254"},
	"private 172.16/12":      {"172.16.0.0", "172.31.255.255", "172.17.0.1"},
	"IETF assignments":       {"192.0.0.0", "192.0.0.255", "192.0.0.8", "192.0.0.170", "192.0.0.171"},
	"documentation 1":        {"192.0.2.0", "192.0.2.255"},
	"AS112":                  {"192.31.196.0", "192.31.196.255"},
	"AMT":                    {"192.52.193.0", "192.52.193.255"},
	"6to4 relay":             {"192.88.99.0", "192.88.99.255", "192.88.99.2"},
	"private 192.168/16":     {"192.168.0.0", "192.168.255.255", "192.168.1.1"},
	"AS112 direct":           {"192.175.48.0", "192.175.48.255"},
	"benchmarking":           {"198.18.0.0", "198.19.255.255"},
	"documentation 2":        {"198.51.100.0", "198.51.100.255"},
	"documentation 3":        {"203.0.113.0", "203.0.113.255"},
	"multicast":              {"224.0.0.0", "239.255.255.255"},
	"reserved and broadcast": {"240.0.0.0", "255.255.255.254", "255.255.255.255"},

	"loopback v6":             {"::1"},
	"unspecified v6":          {"::"},
	"IPv4-compatible":         {"::7f00:1", "::8.8.8.8"},
	"IPv4-mapped":             {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"},
	"IPv4-translated":         {"::ffff:0:127.0.0.1"},
	"NAT64":                   {"64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::808:808"},
	"NAT64 local":             {"64:ff9b:1::", "64:ff9b:1::7f00:1", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"},
	"discard":                 {"100::", "100::ffff:ffff:ffff:ffff"},
	"dummy":                   {"100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"},
	"IETF assignments v6":     {"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"Teredo":                  {"2001::1", "2001:0:7f00:1::", "2001:0:ffff:ffff:ffff:ffff:80ff:fffe"},
	"anycast, TURN, DNS-SD":   {"2001:1::1", "2001:1::2", "2001:1::3"},
	"benchmarking v6":         {"2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"},
	"AMT v6":                  {"2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"},
	"AS112 v6":                {"2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff"},
	"ORCHID":                  {"2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"},
	"ORCHIDv2":                {"2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"},
	"DETs":                    {"2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"},
	"documentation v6":        {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
	"6to4":                    {"2002::", "2002:7f00:1::", "2002:a00:1::1", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"AS112 direct v6":         {"2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"},
	"documentation v6, newer": {"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"SRv6":                    {"5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"unique local":            {"fc00::", "fd00::1", "fd00:ec2::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"link local v6":           {"fe80::", "fe80::1", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"site local":              {"fec0::1", "feff::1"},
	"multicast v6":            {"ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	"with a zone":             {"fe80::1%eth0", "2606:4700::1111%eth0", "::1%lo"},
}

func controlled(g *guard, address string, port string) error {
	network := "tcp4"
	if a := netip.MustParseAddr(address); a.Is6() {
		network = "tcp6"
	}
	return g.control(network, net.JoinHostPort(address, port), nil)
}

func TestGuardRefusesSpecialPurpose(t *testing.T) {
	g := newGuard(nil)
	for name, addresses := range specialPurpose {
		for _, a := range addresses {
			for _, port := range []string{"80", "443", "8443", "1"} {
				err := controlled(g, a, port)
				require.Error(t, err, "%s: %s", name, a)
				require.Equal(t, "the address "+netip.MustParseAddr(a).String()+" is not allowed", err.Error())
			}
		}
	}
	for _, a := range []string{"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "198.17.255.255", "223.255.255.255",
		"2000::1", "2001:200::1", "2606:4700:4700::1111", "2a00:1450:4001::1", "3ffe:ffff::"} {
		require.NoError(t, controlled(g, a, "4711"), a)
	}
	for _, network := range []string{"udp4", "unix", "ip4", "tcp"} {
		require.Error(t, g.control(network, "8.8.8.8:443", nil))
	}
	require.Error(t, g.control("tcp4", "nowhere", nil))
}

func TestGuardAllowsWhatIsConfigured(t *testing.T) {
	g := newGuard([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32"), netip.MustParsePrefix("64:ff9b::/96")})
	for _, a := range []string{"10.1.2.3", "fd00:1::5", "64:ff9b::808:808", "64:ff9b::a01:203"} {
		require.NoError(t, controlled(g, a, "443"), a)
	}
	for _, a := range []string{"10.2.0.1", "127.0.0.1", "::1", "fd00:2::1", "::ffff:10.1.2.3", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"} {
		require.Error(t, controlled(g, a, "443"), a)
	}
}

// TestHostsInAnotherForm: forms of addresses that some resolvers understand
// are refused in a spec, and where they are looked up all the same it is the
// address behind them that counts.
func TestHostsInAnotherForm(t *testing.T) {
	s := New(Options{})
	defer s.Close()
	for _, host := range []string{"2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "0x7F.0x0.0x0.0x1",
		"127.0.0.1.", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25eth0]", "169.254.169.254", "1.1.1.999", "a..b"} {
		_, err := s.checked(Spec{URL: "https://" + host + "/hook"})
		require.IsType(t, &SpecError{}, err, host)
	}
	for _, host := range []string{"receiver.example", "RECEIVER.example.", "xn--bcher-kva.example", "bücher.example", "8.8.8.8", "[2606:4700::1111]:8443", "3com.example", "x0.0x.example"} {
		_, err := s.checked(Spec{URL: "https://" + host + "/hook"})
		require.NoError(t, err, host)
	}
	var dns names
	dns.addresses = func(int) string { return "127.0.0.1" }
	sender := newSender(Options{Resolver: dns.resolver()}, newGuard(nil))
	defer sender.close()
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1.example"} {
		a := sender.send(context.Background(), "http://"+host+":9/", http.Header{}, nil)
		require.Contains(t, []string{"the address 127.0.0.1 is not allowed", "there is no host " + host}, a.fault, host)
	}
}

// TestNameThatChangesItsAddress: what was public when it was looked up first
// is not dialled when it is not any more.
func TestNameThatChangesItsAddress(t *testing.T) {
	dns := names{addresses: func(asked int) string {
		if asked == 1 {
			return "8.8.8.8"
		}
		return "127.0.0.1"
	}}
	resolver := dns.resolver()
	first, err := resolver.LookupNetIP(t.Context(), "ip4", "receiver.example")
	require.NoError(t, err)
	g := newGuard(nil)
	require.NoError(t, g.check(first[0]))

	s := newSender(Options{Resolver: resolver}, g)
	defer s.close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	a := s.send(t.Context(), "http://receiver.example:"+port+"/?secret", http.Header{}, nil)
	require.Equal(t, "the address 127.0.0.1 is not allowed", a.fault)
	require.GreaterOrEqual(t, dns.asked.Load(), int64(2))
	require.NoError(t, listener.(*net.TCPListener).SetDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = listener.Accept()
	require.Error(t, err, "nobody has called")
}

// names answers questions of DNS in process.
type names struct {
	addresses func(asked int) string
	asked     atomic.Int64 // for an address of IPv4
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go n.serve(there)
		return here, nil
	}}
}

func (n *names) serve(c net.Conn) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		answer := n.answer(question)
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// answer returns one address to a question for type A, none to others.
func (n *names) answer(question []byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	answer := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[12:end]...)
	if binary.BigEndian.Uint16(question[end-4:]) != 1 {
		return answer
	}
	answer[7] = 1
	address := netip.MustParseAddr(n.addresses(int(n.asked.Add(1)))).As4()
	return append(append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4), address[:]...)
}

func TestFaultsInWords(t *testing.T) {
	require.Equal(t, "no answer: something new", inWords(errors.New("something new")))
	require.Equal(t, "there is no host a.example", inWords(&net.DNSError{Name: "a.example", IsNotFound: true}))
	require.Equal(t, "the host a.example could not be looked up", inWords(&net.DNSError{Name: "a.example"}))
}
