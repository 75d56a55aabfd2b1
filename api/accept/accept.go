// Package accept reads the headers by which a client says which form of an
// answer it can read (RFC 9110, 12.5).
package accept

import (
	"strconv"
	"strings"
)

// Quality returns the weight that a media type has in an Accept header: that of
// the most specific range in which it falls (RFC 9110, 12.5.1); 0: not accepted.
func Quality(accept, media string) float64 {
	kind, _, _ := strings.Cut(media, "/")
	best, q := 0, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		specific := 0
		switch strings.ToLower(strings.TrimSpace(name)) {
		case media:
			specific = 3
		case kind + "/*":
			specific = 2
		case "*/*":
			specific = 1
		}
		if specific > best {
			best, q = specific, weight(params)
		}
	}
	return q
}

// weight reads the parameter q: 1 where there is none, 0 where it is no weight.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}

// Coding returns the weight that an Accept-Encoding header names for a coding;
// 0 where it names none: what is not named is not sent.
func Coding(header, name string) float64 {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), name) {
			return weight(params)
		}
	}
	return 0
}
