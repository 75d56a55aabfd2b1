package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// located states from which address a request comes: behind proxies that are
// trusted, the one that they name. Limits, the audit log and failed logins count by
// it.
func (s *server) located(next http.Handler) http.Handler {
	if len(s.Proxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = clientOf(r, s.Proxies)
		next.ServeHTTP(w, r)
	})
}

// clientOf reads X-Forwarded-For from its right end: each proxy puts there from whom
// it has the request, so what stands left of one that is not trusted is anybody's word.
func clientOf(r *http.Request, trusted []netip.Prefix) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !within(trusted, peer.Addr()) {
		return r.RemoteAddr
	}
	client := peer.Addr()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, ok := addressOf(hop)
		if !ok {
			break
		}
		if client = a; !within(trusted, a) {
			break
		}
	}
	return netip.AddrPortFrom(client, 0).String()
}

// addressOf reads an address as proxies write it: with a port or without.
func addressOf(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if a, err := netip.ParseAddr(text); err == nil {
		return a, true
	}
	a, err := netip.ParseAddrPort(text)
	return a.Addr(), err == nil
}

func within(trusted []netip.Prefix, a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
}
