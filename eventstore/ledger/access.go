package ledger

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/nats-io/nats.go"
)

// Access is how a node shows a cluster who it is, and knows the cluster. All of it
// is optional.
type Access struct {
	Creds        string // file of credentials: a JWT with its nkey
	NKey         string // file of an nkey's seed
	User         string
	Password     string
	PasswordFile string // instead of Password
	CA           string // file of the certificates, PEM, of those who vouch for the servers; the system's where empty
	Cert, Key    string // files of the client's certificate and its key, PEM
}

// options returns what the connection needs. Its errors name the field.
func (a Access) options() (options []nats.Option, err error) {
	if (a.Cert == "") != (a.Key == "") {
		return nil, errors.New("the certificate of the NATS client and its key go together: one of the two files is not named")
	}
	password := a.Password
	if a.PasswordFile != "" {
		text, err := os.ReadFile(a.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("password for NATS: %w", err)
		}
		password = strings.TrimSpace(string(text))
	}
	if a.Creds != "" {
		if _, err := os.Stat(a.Creds); err != nil {
			return nil, fmt.Errorf("credentials for NATS: %w", err)
		}
		options = append(options, nats.UserCredentials(a.Creds))
	}
	if a.NKey != "" {
		option, err := nats.NkeyOptionFromSeed(a.NKey)
		if err != nil {
			return nil, fmt.Errorf("nkey for NATS, %s: %w", a.NKey, err)
		}
		options = append(options, option)
	}
	if a.User != "" {
		options = append(options, nats.UserInfo(a.User, password))
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	if a.Cert != "" {
		options = append(options, nats.ClientCert(a.Cert, a.Key))
	}
	return options, nil
}
