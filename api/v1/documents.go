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

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections/model"
)

// Documents prove acts. An act names them by digest; they are brought before it.

const DocumentsPath = "/v1/documents"

func (s *API) routesDocuments() {
	huma.Register(s.api, huma.Operation{Method: http.MethodPost, Path: DocumentsPath, OperationID: "bringDocument", Tags: []string{"Recording"},
		Summary:     "Bring a document that an act is to name; it is held for a week, and kept from when an act names it",
		Description: "The body is the document, of the content type that it has.",
		Security:    []map[string][]string{{"token": {string(auth.Record)}}}, DefaultStatus: http.StatusCreated,
		Errors: []int{400, 401, 403, 406, 408, 413, 422, 429, 503}, MaxBodyBytes: commands.MaxDocument, BodyReadTimeout: time.Minute,
		Middlewares: huma.Middlewares{s.require(auth.Record)},
	}, func(ctx context.Context, in *struct {
		Name    string `query:"name" required:"true" minLength:"1" maxLength:"200" doc:"Name of the file" example:"instrument.pdf"`
		Type    string `header:"Content-Type"`
		RawBody []byte
	}) (*output[model.Document], error) {
		doc, err := s.Secretariat.Bring(ctx, in.Name, in.Type, bytes.NewReader(in.RawBody))
		if err != nil {
			return nil, s.failed("bringDocument", err)
		}
		return &output[model.Document]{model.Document(doc)}, nil
	})
	read := huma.Operation{Method: http.MethodGet, Path: DocumentsPath + "/{digest}", OperationID: "document", Tags: []string{"Ledger"},
		Summary: "A document that an act names, as it was brought", Errors: []int{404, 406, 429, 503}}
	read.Responses = map[string]*huma.Response{"200": {Description: "Its bytes; their SHA-256 is the digest", Content: map[string]*huma.MediaType{"*/*": {}}}}
	huma.Register(s.api, read, func(ctx context.Context, in *struct {
		Digest string `path:"digest" doc:"SHA-256 of the document, in hexadecimal" example:"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`
	}) (*huma.StreamResponse, error) {
		doc, data, err := s.Secretariat.Document(ctx, in.Digest, false)
		if err != nil {
			return nil, s.failed("document", err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) { sendDocument(ctx, doc, data) }}, nil
	})
}

// sendDocument sends what somebody brought: to be kept, never to be run here.
func sendDocument(ctx huma.Context, doc domain.Document, data []byte) {
	r, w := humago.Unwrap(ctx)
	h := w.Header()
	h.Set("Content-Type", doc.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": doc.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("ETag", fmt.Sprintf("%q", doc.Digest))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}
