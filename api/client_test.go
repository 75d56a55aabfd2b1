package api

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClientOf(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, c := range map[string]struct {
		peer string
		hops []string
		want string
	}{
		"no proxy":                         {"192.0.2.1:5", nil, "192.0.2.1:5"},
		"a stranger's word counts nothing": {"192.0.2.1:5", []string{"198.51.100.7"}, "192.0.2.1:5"},
		"one proxy":                        {"10.0.0.1:5", []string{"198.51.100.7"}, "198.51.100.7:0"},
		"the client's own header":          {"10.0.0.1:5", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7:0"},
		"in lines of their own":            {"10.0.0.1:5", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7:0"},
		"two proxies":                      {"10.0.0.1:5", []string{"203.0.113.9, 198.51.100.7,10.9.9.9"}, "198.51.100.7:0"},
		"all are trusted":                  {"10.0.0.1:5", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3:0"},
		"the proxy says nothing":           {"10.0.0.1:5", nil, "10.0.0.1:0"},
		"what is no address":               {"10.0.0.1:5", []string{"198.51.100.7, unknown"}, "10.0.0.1:0"},
		"with a port":                      {"[::1]:5", []string{"[2001:db8::7]:80"}, "[2001:db8::7]:0"},
		"IPv4 in IPv6":                     {"[::ffff:10.0.0.1]:5", []string{"198.51.100.7:80"}, "198.51.100.7:0"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for _, hop := range c.hops {
			r.Header.Add("X-Forwarded-For", hop)
		}
		require.Equal(t, c.want, clientOf(r, trusted), name)
	}
}
