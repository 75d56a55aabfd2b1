package formats_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/imports"
	"depositary/api/imports/formats"
)

func TestEveryFormatIsFound(t *testing.T) {
	var names []string
	for _, f := range formats.All() {
		names = append(names, f.Name)
		require.NotEmpty(t, f.Title)
		require.NotEmpty(t, f.Extensions)
		require.NotEmpty(t, f.Limits)
		found, ok := formats.Find(" " + f.Name + " ")
		require.True(t, ok)
		require.Equal(t, f.Title, found.Title)
		_, err := f.Read(imports.Source{File: "page.html"}, []byte("<!DOCTYPE html><html></html>"))
		var refused *imports.FileError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, imports.NotThisFormat, refused.Code)
	}
	require.Equal(t, []string{"mtdsg", "untc", "unts", "normlex", "coe", "climate", "acts"}, names)
	_, ok := formats.Find("pdf")
	require.False(t, ok)
}
