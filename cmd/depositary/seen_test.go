package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/problem"
	"depositary/projections/model"
)

// What a terminal would obey is shown; what people read stays.
func TestSeen(t *testing.T) {
	require.Equal(t, "a<U+001B>[2Jb<U+202E>c<U+009B>\td\n", string(seen([]byte("a\x1b[2Jb\u202ec\u009b\td\n"))))
	require.Equal(t, "Côte d'Ivoire → الجزائر\n", string(seen([]byte("Côte d'Ivoire → الجزائر\n"))))
}

// Errors tell what others wrote: a terminal obeys nothing of it either.
func TestErrorsAreSeen(t *testing.T) {
	const hostile = "a\x1b[2Jb\u202ec"
	refused := &problemError{Problem: problem.Problem{Status: 422, Detail: hostile, Findings: []model.Finding{
		{Code: "X", Message: hostile, Article: hostile, Accepted: hostile}, {Code: "Y", Message: hostile}}}}
	for name, err := range map[string]error{"a problem": refused, "an error": errors.New(hostile), "usage": &usageError{errors.New(hostile), "depositary"}} {
		var printed bytes.Buffer
		a := &app{err: &printed}
		a.report(err)
		require.Contains(t, printed.String(), "a<U+001B>[2Jb<U+202E>c", name)
		require.NotContains(t, printed.String(), "\x1b[2J", name)
		require.NotContains(t, printed.String(), "\u202e", name)
	}
}
