package v1

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"depositary/domain"
	"depositary/projections/model"
)

// Documents prove acts. An act names them by digest; they are brought before it.

const DocumentsPath = "/v1/documents"

// sendDocument sends what somebody brought: to be kept, never to be run here.
func sendDocument(ctx huma.Context, doc domain.Document, data []byte) {
	r, w := humago.Unwrap(ctx)
	h := w.Header()
	h.Set("Content-Type", doc.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": doc.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("ETag", fmt.Sprintf("%q", doc.Digest))
	h.Set("Cache-Control", "public, no-cache") // an act may be annulled, and bytes withdrawn
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func (s *API) bringDocument(ctx context.Context, in *struct {
	Name    string `query:"name" required:"true" minLength:"1" maxLength:"200" doc:"Name of the file" example:"instrument.pdf"`
	Type    string `header:"Content-Type"`
	RawBody []byte
}) (model.Document, error) {
	doc, err := s.Secretariat.Bring(ctx, in.Name, in.Type, bytes.NewReader(in.RawBody))
	return model.Document(doc), err
}

func (s *API) document(ctx context.Context, in *struct {
	Digest string `path:"digest" doc:"SHA-256 of the document, in hexadecimal" example:"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`
}) (func(huma.Context), error) {
	doc, data, err := s.Secretariat.Document(ctx, in.Digest, false)
	return func(ctx huma.Context) { sendDocument(ctx, doc, data) }, err
}

type withdrawalOutput struct {
	Status   int
	Location string `header:"Location" doc:"The proposal, where it takes two persons"`
}

func (s *API) withdrawDocument(ctx context.Context, in *struct {
	Digest string `path:"digest" doc:"SHA-256 of the document, in hexadecimal"`
	Body   struct {
		Why string `json:"why" minLength:"1" maxLength:"2000" doc:"Why its bytes are withdrawn; everybody can read it"`
	}
}) (*withdrawalOutput, error) {
	proposal, err := s.Secretariat.Withdraw(ctx, identityOf(ctx), in.Digest, in.Body.Why)
	if err != nil || proposal == "" {
		return &withdrawalOutput{Status: http.StatusNoContent}, err
	}
	return &withdrawalOutput{http.StatusAccepted, ProposalsPath + "/" + proposal}, nil
}
