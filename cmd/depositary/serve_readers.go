package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"depositary/eventstore/ledger"
)

// readerFlags are the flags by which NATS is opened to readers of notices.
type readerFlags struct {
	ledger.Listen
	passwordFile, tokenFile string
}

func (f *readerFlags) flags(s *pflag.FlagSet) {
	s.StringVar(&f.Address, "nats-listen", "", "address and port at which readers of notices reach the embedded NATS server, such as 127.0.0.1:4222 (default: it is closed)")
	s.StringVar(&f.User, "nats-listen-user", "", "user that readers show")
	s.StringVar(&f.passwordFile, "nats-listen-password-file", "", "file of that user's password")
	s.StringVar(&f.tokenFile, "nats-listen-token-file", "", "file of a token that readers show instead")
	s.StringVar(&f.Cert, "nats-listen-cert", "", "file of the certificate that the server shows readers, required unless it listens on loopback")
	s.StringVar(&f.Key, "nats-listen-cert-key", "", "file of the key of that certificate")
}

// options returns what the flags say; nil where the server stays closed.
func (f *readerFlags) options(cluster string) (*ledger.Listen, error) {
	if f.Address == "" {
		return nil, nil
	}
	if cluster != "" {
		return nil, wrongf("--nats-listen opens the embedded server, and --nats names a cluster: readers reach its servers")
	}
	l := f.Listen
	var err error
	if l.Password, err = secretIn("--nats-listen-password-file", f.passwordFile); err != nil {
		return nil, err
	}
	if l.Token, err = secretIn("--nats-listen-token-file", f.tokenFile); err != nil {
		return nil, err
	}
	if err := l.Check(); err != nil {
		return nil, wrongf("--nats-listen: %w", err)
	}
	return &l, nil
}

// secretIn reads a file that a flag names; nothing where the flag is not set.
func secretIn(flag, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		return "", wrongf("%s: the file %s is empty", flag, file)
	}
	return secret, nil
}
