package formats_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"depositary/api/exchange"
	"depositary/api/exchange/formats"
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
		_, err := f.Read(exchange.Source{File: "page.html"}, []byte("<!DOCTYPE html><html></html>"))
		var refused *exchange.FileError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, exchange.NotThisFormat, refused.Code)
	}
	require.Equal(t, []string{"mtdsg", "untc", "unts", "normlex", "climate", "acts"}, names)
	_, ok := formats.Find("pdf")
	require.False(t, ok)
}
