package mail

import (
	"net"
	"net/mail"
	"strings"
	"unicode"
)

const acceptedAddress = "one address such as reader@example.org, of at most 254 bytes, without a name beside it"

// checkAddress returns an address as it is written to, or says with a
// *FieldError what is wrong with it. Forms that mail allows and no reader types
// are refused: names beside the address, quoted and bracketed parts, several
// addresses, hosts without a domain. So nothing that was typed can become a
// header or a second recipient.
func checkAddress(text string) (string, error) {
	wrong := func(problem string) (string, error) {
		return "", &FieldError{"address", problem, acceptedAddress}
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return wrong("it is empty")
	case len(text) > 254:
		return wrong("it is too long")
	case strings.ContainsFunc(text, func(r rune) bool {
		return r == unicode.ReplacementChar || !unicode.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune(`"<>()[]\,;:%!`, r)
	}):
		return wrong("it has characters that an address here cannot have")
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Name != "" || parsed.Address != text {
		return wrong("it is not an address")
	}
	local, domain, _ := strings.Cut(text, "@")
	switch {
	case len(local) > 64:
		return wrong("what stands before @ is longer than 64 bytes")
	case !strings.Contains(domain, ".") || net.ParseIP(domain) != nil:
		return wrong("what stands behind @ is not a domain")
	}
	return local + "@" + strings.ToLower(domain), nil
}
