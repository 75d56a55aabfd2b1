package webhooks

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"depositary/projections/notices"
)

// Bounds of a spec.
const (
	longestURL  = 2048
	longestNote = 500
	highestRate = 500
	defaultRate = 50
	mostChosen  = 1000 // of each kind in a filter
)

// checked returns the spec with what was left out, or says with a *SpecError
// which part of it cannot be had.
func (s *Service) checked(w Spec) (Spec, error) {
	if w.Order == "" {
		w.Order = Ordered
	}
	if w.Rate == 0 {
		w.Rate = defaultRate
	}
	if len(w.Schemes) == 0 {
		w.Schemes = []Scheme{Symmetric}
	}
	w.Schemes = slices.Compact(slices.Sorted(slices.Values(w.Schemes)))
	for _, check := range []func(Spec) *SpecError{s.checkURL, checkNote, checkFilter, checkOrder, checkRate, checkSchemes} {
		if err := check(w); err != nil {
			return w, err
		}
	}
	return w, nil
}

func (s *Service) checkURL(w Spec) *SpecError {
	schemes := "https://"
	if s.AllowHTTP {
		schemes = "https:// or http://"
	}
	wrong := func(problem string) *SpecError {
		return &SpecError{Field: "url", Problem: problem, Accepted: "an address of at most 2,048 bytes with " + schemes + " and a host, without user, password and #fragment"}
	}
	if len(w.URL) > longestURL {
		return wrong(fmt.Sprintf("it has %d bytes", len(w.URL)))
	}
	u, err := url.Parse(w.URL)
	switch {
	case err != nil:
		return wrong("it is not an address") // the cause would repeat it
	case u.Scheme != "https" && (u.Scheme != "http" || !s.AllowHTTP):
		return wrong(fmt.Sprintf("it begins with %q", u.Scheme+":"))
	case u.Hostname() == "":
		return wrong("it names no host")
	case u.User != nil:
		return wrong("it has a user or password in it")
	case u.Fragment != "" || strings.Contains(w.URL, "#"):
		return wrong("it has a fragment")
	case strings.ContainsFunc(w.URL, func(r rune) bool { return r <= ' ' || r == utf8.RuneError || unicode.IsControl(r) }):
		return wrong("it has characters that an address cannot have")
	}
	if err := s.checkHost(u.Hostname()); err != "" {
		return wrong(err)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return wrong("there is no port " + port)
		}
	}
	return nil
}

// checkHost says early what the guard would say at each attempt. Numbers that
// some resolvers take for addresses (2130706433, 0177.0.0.1, 0x7f.1) are
// refused whatever they mean.
func (s *Service) checkHost(host string) string {
	a, err := netip.ParseAddr(host)
	if err == nil {
		if err := s.guard.check(a); err != nil {
			return err.Error()
		}
		return ""
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	if _, err := strconv.ParseUint(labels[len(labels)-1], 0, 64); err == nil || isDigits(labels[len(labels)-1]) {
		return fmt.Sprintf("%q is a number, neither a name nor an address in its usual form", host)
	}
	if len(host) > 253 || slices.ContainsFunc(labels, func(l string) bool { return l == "" || len(l) > 63 }) {
		return "there can be no host of that name"
	}
	return ""
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

func checkNote(w Spec) *SpecError {
	wrong := func(problem string) *SpecError {
		return &SpecError{Field: "note", Problem: problem, Accepted: "at most 500 characters of plain text"}
	}
	if n := utf8.RuneCountInString(w.Note); n > longestNote {
		return wrong(fmt.Sprintf("it has %d characters", n))
	}
	if !utf8.ValidString(w.Note) || strings.ContainsFunc(w.Note, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return wrong("it has characters that cannot be printed")
	}
	return nil
}

func checkFilter(w Spec) *SpecError {
	f := w.Filter
	if err := notices.CheckKinds(f.Kinds); err != nil {
		return &SpecError{Field: "filter.kinds", Problem: err.Error(), Accepted: "kinds of notices, or all of a subject as in participant.*"}
	}
	for field, n := range map[string]int{"kinds": len(f.Kinds), "treaties": len(f.Treaties), "participants": len(f.Participants), "groups": len(f.Groups)} {
		if n > mostChosen {
			return &SpecError{Field: "filter." + field, Problem: fmt.Sprintf("there are %d", n), Accepted: "at most 1,000; none stands for all"}
		}
	}
	return nil
}

func checkOrder(w Spec) *SpecError {
	if w.Order == Ordered || w.Order == Parallel {
		return nil
	}
	return &SpecError{Field: "order", Problem: fmt.Sprintf("there is no order %q", w.Order), Accepted: "ordered or parallel"}
}

func checkRate(w Spec) *SpecError {
	if w.Rate >= 1 && w.Rate <= highestRate {
		return nil
	}
	return &SpecError{Field: "rate", Problem: fmt.Sprintf("%d requests a second", w.Rate), Accepted: "1 to 500"}
}

func checkSchemes(w Spec) *SpecError {
	for _, scheme := range w.Schemes {
		if scheme != Symmetric && scheme != Asymmetric {
			return &SpecError{Field: "schemes", Problem: fmt.Sprintf("there is no scheme %q", scheme), Accepted: "v1 or v1a, or both"}
		}
	}
	return nil
}
