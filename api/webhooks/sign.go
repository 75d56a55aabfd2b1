package webhooks

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"depositary/api/cloudevent"
)

// signature of a message by one secret, with its scheme before it.
func signature(scheme Scheme, secret []byte, id string, at time.Time, body []byte) (string, error) {
	if scheme == Asymmetric {
		signed := fmt.Appendf(nil, "%s.%d.%s", id, at.Unix(), body)
		return string(Asymmetric) + "," + base64.StdEncoding.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(secret), signed)), nil
	}
	signer, err := standardwebhooks.NewWebhookRaw(secret)
	if err != nil {
		return "", err
	}
	return signer.Sign(id, at, body)
}

// signatures returns those of all secrets that sign now, the newest first.
func (s *Service) signatures(r *record, m message, now time.Time) (string, error) {
	var all []string
	for _, x := range r.Sealed {
		if !x.signs(now) || !slices.Contains(r.Schemes, x.Scheme) {
			continue
		}
		secret, err := s.open(r.ID, x)
		if err != nil {
			return "", err
		}
		one, err := signature(x.Scheme, secret, m.id, now, m.body)
		if err != nil {
			return "", fmt.Errorf("webhooks: signing: %w", err)
		}
		all = append(all, one)
	}
	return strings.Join(all, " "), nil
}

// headers of a request that carries the message now.
func (s *Service) headers(r *record, m message, now time.Time) (http.Header, error) {
	signed, err := s.signatures(r, m, now)
	if err != nil {
		return nil, err
	}
	h := make(http.Header)
	h.Set(standardwebhooks.HeaderWebhookID, m.id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, signed)
	h.Set("Content-Type", cloudevent.MediaType)
	return h, nil
}
