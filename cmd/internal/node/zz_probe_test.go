package node

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"depositary/api/tokens"
)

func TestZZProbe(t *testing.T) {
	n, err := Open(context.Background(), Options{Data: t.TempDir(), Now: func() time.Time { return time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC) }})
	require.NoError(t, err)
	defer n.Close()
	srv := httptest.NewServer(n.Handler())
	defer srv.Close()
	tok, _, err := n.Tokens().Create("anna", tokens.Roles(), 0)
	require.NoError(t, err)
	data, _ := os.ReadFile("/tmp/probe/requests")
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		parts := strings.SplitN(line, "|", 4)
		var body io.Reader
		if len(parts) > 2 && parts[2] != "" {
			body = strings.NewReader(strings.ReplaceAll(parts[2], `\n`, "\n"))
		}
		req, err := http.NewRequest(parts[0], srv.URL+parts[1], body)
		if err != nil {
			fmt.Println(line, err)
			continue
		}
		req.Header.Set("Authorization", "Bearer "+tok)
		if body != nil { req.Header.Set("Content-Type", "application/json") }
		if len(parts) > 3 {
			for _, h := range strings.Split(parts[3], ";;") {
				k, v, _ := strings.Cut(h, ": ")
				req.Header.Set(k, v)
			}
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			fmt.Println(line, err)
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		if strings.HasPrefix(parts[1], "/openapi") {
			os.WriteFile("/tmp/probe/openapi.json", b, 0o600)
			b = nil
		}
		fmt.Printf("== %s\n%d %v\n%.900s\n", line, resp.StatusCode, resp.Header, b)
	}
	fmt.Println("position", n.Position())
}
