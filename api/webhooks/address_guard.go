package webhooks

import (
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard keeps requests away from addresses that are not public: the maker of
// a subscription must not reach into the network of the server by it. It looks
// at the address that is about to be dialled, after every look-up of the name.
type guard struct{ addresses *ssrf.Guardian }

func newGuard(allowed []netip.Prefix) *guard {
	var v4, v6 []netip.Prefix
	for _, p := range allowed {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	return &guard{ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))}
}

// addressError refuses an address.
type addressError struct{ address string }

func (e *addressError) Error() string { return "the address " + e.address + " is not allowed" }

// control is for net.Dialer: it runs before each connection is made.
func (g *guard) control(network, address string, c syscall.RawConn) error {
	if err := g.addresses.Safe(network, address, c); err != nil {
		if to, parsed := netip.ParseAddrPort(address); parsed == nil {
			address = to.Addr().String()
		}
		return &addressError{address}
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return &addressError{address}
	}
	return g.check(to.Addr())
}

// check refuses an address that must not be called. Behind an address of
// NAT64, where that is allowed, it is the one inside that counts.
func (g *guard) check(a netip.Addr) error {
	if err := g.addresses.SafeAddr(a); err != nil {
		return &addressError{a.String()}
	}
	if ssrf.IPv6NAT64Prefix.Contains(a) {
		b := a.As16()
		if g.addresses.SafeAddr(netip.AddrFrom4([4]byte(b[12:]))) != nil {
			return &addressError{a.String()}
		}
	}
	return nil
}
