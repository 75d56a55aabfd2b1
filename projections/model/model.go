// Package model has the forms in which the values of the law stand in questions
// and in answers: the names of their members in JSON, and what the API's
// description says of them, bounds included. Answers of the projections are
// made of them, the API reads and writes them, and so do the files that the
// command line reads.
//
// Each form has the fields of the domain's type of its name. Conversions go
// from the domain (From…, or a plain conversion of Go where no field has a form
// of its own) and, for what may be asked to be recorded, to it (ToDomain). The
// forms of the ledger's bytes and of the bundled files are others; changing one
// changes none of the others.
package model

import "depositary/domain"

// each converts a list; one that is absent stays absent.
func each[A, B any](all []A, convert func(A) B) []B {
	if all == nil {
		return nil
	}
	converted := make([]B, len(all))
	for i, v := range all {
		converted[i] = convert(v)
	}
	return converted
}

// list converts a list of an answer, where none is an empty list.
func list[A, B any](all []A, convert func(A) B) []B {
	if all == nil {
		return []B{}
	}
	return each(all, convert)
}

// FromFindings converts findings; none stay none.
func FromFindings(all []domain.Finding) []Finding {
	return each(all, func(f domain.Finding) Finding {
		return Finding{Code: f.Code, Kind: f.Kind, Field: f.Field, Message: f.Message, Article: f.Article, Accepted: f.Accepted}
	})
}
