package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain/catalogue"
)

// CatalogueChanges says in what the ledger differs from the tables that the
// program brings along.
type CatalogueChanges struct {
	Changes []catalogue.Change `json:"changes"`
}

type catalogueInput struct {
	DryRun bool `query:"dryRun" doc:"Answer as if it were recorded, and record nothing"`
	Body   struct {
		Reason string `json:"reason" doc:"Why the ledger takes over what the tables state"`
	}
}

func (s *API) routesCatalogue() {
	const path, tag = "/v1/operate/catalogue", "Definitions"
	huma.Register(s.api, huma.Operation{Method: http.MethodGet, Path: path, OperationID: "catalogueDifference", Tags: []string{tag},
		Summary: "In what the ledger differs from the bundled tables"},
		func(context.Context, *struct{}) (*output[CatalogueChanges], error) {
			changes, _, err := s.Secretariat.CatalogueDifference("")
			if err != nil {
				return nil, s.failed("catalogueDifference", err)
			}
			return &output[CatalogueChanges]{CatalogueChanges{changes}}, nil
		})
	huma.Register(s.api, huma.Operation{Method: http.MethodPost, Path: path, OperationID: "recordCatalogue", Tags: []string{tag},
		Summary: "Record what the bundled tables state and the ledger does not", Security: []map[string][]string{{"token": {string(auth.Define)}}},
		Errors: []int{400, 401, 403, 406, 408, 412, 413, 415, 422, 429, 503}, Middlewares: huma.Middlewares{s.require(auth.Define), withoutDeadline}},
		func(ctx context.Context, in *catalogueInput) (*output[commands.CatalogueReceipt], error) {
			receipt, err := s.Secretariat.AdoptCatalogue(ctx, commands.Writer{Identity: identityOf(ctx)}, in.Body.Reason, in.DryRun)
			if err != nil {
				return nil, s.failed("recordCatalogue", err)
			}
			return &output[commands.CatalogueReceipt]{receipt}, nil
		})
}
