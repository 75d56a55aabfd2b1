package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"depositary/api/mail"
)

// mailFlags are the flags of the SMTP server through which digests are sent.
type mailFlags struct {
	mail.Server
	passwordFile, ca, security string
}

func (f *mailFlags) flags(s *pflag.FlagSet) {
	s.StringVar(&f.Address, "smtp", "", "SMTP server through which readers get digests by mail, such as smtp.ministry.example:587; needs --public with https://")
	s.StringVar(&f.From, "smtp-from", "", "sender of the mail, such as \"Depositary <treaties@ministry.example>\"")
	s.StringVar(&f.User, "smtp-user", "", "user at the SMTP server")
	s.StringVar(&f.passwordFile, "smtp-password-file", "", "file of the user's password")
	s.StringVar(&f.security, "smtp-security", string(mail.StartTLS), "starttls, tls, or none for a server on this machine")
	s.StringVar(&f.ca, "smtp-ca", "", "file of the certificates that the SMTP server's must come from (default: those of the system)")
}

// options returns what the flags say; nil where no mail is sent.
func (f *mailFlags) options(public string) (*mail.Server, error) {
	if f.Address == "" {
		return nil, nil
	}
	if !strings.HasPrefix(public, "https://") {
		return nil, errors.New("--smtp: the links in messages need --public with an address that begins with https://")
	}
	o := f.Server
	o.Security = mail.Security(f.security)
	if f.passwordFile != "" {
		password, err := os.ReadFile(f.passwordFile)
		if err != nil {
			return nil, fmt.Errorf("--smtp-password-file: %w", err)
		}
		o.Password = strings.TrimSpace(string(password))
	}
	if f.ca != "" {
		certificates, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("--smtp-ca: %w", err)
		}
		o.RootCAs = x509.NewCertPool()
		if !o.RootCAs.AppendCertsFromPEM(certificates) {
			return nil, wrongf("--smtp-ca: %s has no certificate in PEM form", f.ca)
		}
	}
	var wrong *mail.FieldError
	if err := o.Check(); errors.As(err, &wrong) {
		flag := map[string]string{"address": "--smtp", "from": "--smtp-from", "security": "--smtp-security"}[wrong.Field]
		return nil, wrongf("%s: %s; accepted: %s", flag, wrong.Problem, wrong.Accepted)
	}
	return &o, nil
}
