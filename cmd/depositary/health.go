package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"depositary/cmd/internal/node"
)

// healthPatience is how long a server may take to answer.
const healthPatience = 5 * time.Second

func (a *app) healthCommand() *cobra.Command {
	return &cobra.Command{Use: "health", Short: "Report whether a server is ready", Args: cobra.NoArgs,
		Long: "Asks a running server whether it is ready (/readyz), prints the answer, and ends with code 0 if it is ready and 6 if it is not.\n" +
			"The server is the one that --server or $DEPOSITARY_SERVER names, or else the one that serves the data folder. The command opens and creates nothing.",
		Example: "  depositary health --server http://127.0.0.1:8480",
		RunE:    func(c *cobra.Command, _ []string) error { return a.health(c.Context()) }}
}

func (a *app) health(ctx context.Context) error {
	d, err := a.runningServer()
	if err != nil {
		return err
	}
	defer d.close()
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return unreached("no server answers at %s: %w", d.base, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return unreached("the answer of %s is cut off: %w", d.base, err)
	}
	fmt.Fprintln(a.out, strings.TrimSpace(string(answer)))
	if response.StatusCode != http.StatusOK {
		return unreached("the server at %s is not ready", d.base)
	}
	return nil
}

// runningServer returns the server that the flags or the environment name, or
// the one that announced itself in the data folder. It never opens the folder.
func (a *app) runningServer() (*door, error) {
	if server := a.namedServer(); server != "" {
		return a.remote(server)
	}
	announced, err := node.ServerOf(a.dataFolder())
	if err != nil {
		return nil, unreached("no server is named, and none serves the data folder %s: use --server, --data, DEPOSITARY_SERVER or DEPOSITARY_DATA", a.dataFolder())
	}
	return a.remote(announced.Address)
}

// namedServer returns the address that --server or the environment names;
// --data outweighs the environment.
func (a *app) namedServer() string {
	if a.server == "" && a.data == "" {
		return os.Getenv("DEPOSITARY_SERVER")
	}
	return a.server
}
