package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	v1 "depositary/api/v1"
)

func (a *app) openapiCommand() *cobra.Command {
	return &cobra.Command{Use: "openapi", Short: "Print the description of the API (OpenAPI 3.1, JSON)", Args: cobra.NoArgs,
		Long:    "Prints what a server of this version answers at /openapi.json, for generators of clients and for linters. It needs no server and no data folder.",
		Example: "  depositary openapi > openapi.json",
		RunE: func(*cobra.Command, []string) error {
			encoder := json.NewEncoder(a.out)
			encoder.SetIndent("", " ")
			return encoder.Encode(v1.Description(version()))
		}}
}
