package v1

import (
	"context"

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

func (s *API) catalogueDifference(context.Context, *struct{}) (CatalogueChanges, error) {
	changes, _, err := s.Secretariat.CatalogueDifference("")
	return CatalogueChanges{changes}, err
}

func (s *API) recordCatalogue(ctx context.Context, in *catalogueInput) (commands.CatalogueReceipt, error) {
	return s.Secretariat.AdoptCatalogue(ctx, commands.Actor{Identity: identityOf(ctx)}, in.Body.Reason, in.DryRun)
}
