package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"depositary/api/problem"
	"depositary/cmd/internal/node"
	"depositary/domain"
	"depositary/eventstore"
	"depositary/eventstore/publiclog"
	"depositary/projections/model"
)

// The exit codes; exitCodesTopic documents them.
const (
	exitDone = iota
	exitFailure
	exitUsage
	exitRefused
	exitQueried
	exitChanged
	exitUnreached
	exitDamage
	exitToken
)

const exitCodesText = `Every command ends with one of these codes:

  0  done
  1  failure that has no code of its own; the message says what failed
  2  the command line is wrong; nothing was asked or recorded
  3  refused by a rule, or because what is named (a treaty, a participant, a
     record, a day, a word) does not exist; nothing was recorded
  4  queried: unusual, recorded only with a reason (--reason)
  5  changed in between: somebody else has written since (--seen), or the
     idempotency key belongs to another command
  6  no server or data folder reached, or it is not ready; try again later
  7  damage found: the copies of the ledger, or what is made of them, disagree
  8  no token, an unknown or expired one, or one without the role

Errors are written to standard error; with -o json as a problem document
(RFC 9457), when a server or the data folder answered with one.`

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "The exit codes of all commands", Long: exitCodesText}
}

// usageError says that the command line cannot be understood.
type usageError struct {
	cause   error
	command string
}

func (e *usageError) Error() string { return e.cause.Error() }
func (e *usageError) Unwrap() error { return e.cause }

func wrongf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// codedError carries its exit code.
type codedError struct {
	code  int
	cause error
}

func (e *codedError) Error() string { return e.cause.Error() }
func (e *codedError) Unwrap() error { return e.cause }

func unreached(format string, args ...any) error {
	return &codedError{exitUnreached, fmt.Errorf(format, args...)}
}

// problemError is a problem document that was answered.
type problemError struct {
	problem.Problem
	raw []byte
}

func (e *problemError) Error() string { return e.Problem.Error() }

// refusedInput is what this side refuses itself, in the form in which the
// server refuses.
func refusedInput(field, message, accepted string) error {
	p := problem.Problem{Type: "urn:depositary:input", Title: http.StatusText(http.StatusUnprocessableEntity), Status: http.StatusUnprocessableEntity,
		Detail:   "the command cannot be understood",
		Findings: []model.Finding{{Code: problem.CodeInputInvalid, Kind: domain.Rejected, Field: field, Message: message, Accepted: accepted}}}
	raw, _ := json.Marshal(p) // plain data cannot fail
	return &problemError{p, raw}
}

func exitCode(err error) int {
	var usage *usageError
	var coded *codedError
	var problem *problemError
	var corrupt *eventstore.CorruptError
	var broken *eventstore.BreakError
	var unreadable *eventstore.UnreadableError
	var value *eventstore.DamagedValueError
	var divergence *eventstore.DivergenceError
	var older *publiclog.OlderError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &problem):
		return problem.exitCode()
	case errors.As(err, &corrupt), errors.As(err, &broken), errors.As(err, &divergence), errors.As(err, &older), errors.As(err, &unreadable), errors.As(err, &value):
		return exitDamage
	case errors.Is(err, node.ErrHeld):
		return exitUnreached
	}
	return exitFailure
}

func (e *problemError) exitCode() int {
	switch strings.TrimPrefix(e.Type, "urn:depositary:") {
	case "queried":
		return exitQueried
	case "verification":
		return exitDamage
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return exitToken
	case http.StatusConflict, http.StatusPreconditionFailed:
		return exitChanged
	case http.StatusServiceUnavailable, http.StatusInsufficientStorage, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusGatewayTimeout:
		return exitUnreached
	case http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return exitRefused
	case http.StatusNotAcceptable: // a form that the answer does not have
		return exitUsage
	}
	return exitFailure
}

// report writes an error, if there is one, and returns the exit code.
func (a *app) report(err error) int {
	var usage *usageError
	var problem *problemError
	switch {
	case err == nil:
	case errors.As(err, &usage):
		fmt.Fprintf(a.err, "depositary: %s\nSee %s --help.\n", seen([]byte(usage.Error())), usage.command)
	case errors.As(err, &problem) && a.form == formJSON:
		var pretty bytes.Buffer
		if json.Indent(&pretty, problem.raw, "", "  ") != nil {
			pretty = *bytes.NewBuffer(problem.raw)
		}
		fmt.Fprintln(a.err, strings.TrimSpace(pretty.String()))
	case errors.As(err, &problem):
		a.reportProblem(problem)
	default:
		fmt.Fprintf(a.err, "depositary: %s\n", seen([]byte(err.Error())))
	}
	var uncertain *uncertainError
	if errors.As(err, &uncertain) {
		fmt.Fprintf(a.err, "Whether it was recorded is not known: sent again with --idempotency-key %s it is recorded once.\n", uncertain.key)
	}
	return exitCode(err)
}

// reportProblem shows each finding with its code, its rule and what would be
// accepted.
func (a *app) reportProblem(p *problemError) {
	headline := map[int]string{exitUsage: "wrong usage", exitRefused: "refused", exitQueried: "queried", exitChanged: "changed in between", exitUnreached: "not ready",
		exitDamage: "damage found", exitToken: "not allowed"}[p.exitCode()]
	if headline == "" {
		headline = "failed"
	}
	detail := p.Detail
	if len(p.Findings) == 1 && p.Findings[0].Message == detail {
		detail = ""
	}
	colour := red
	if p.exitCode() == exitQueried {
		colour = yellow
	}
	stderr := screenFor(a.err)
	fmt.Fprintf(stderr, "depositary: %s%s\n", painted(stderr, colour, headline), seen([]byte(strings.TrimSuffix(": "+detail, ": "))))
	writeFindings(stderr, p.Findings)
	if p.Status >= http.StatusInternalServerError && p.Instance != "" {
		fmt.Fprintf(a.err, "  request: %s\n", p.Instance)
	}
}
