package pages

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/domain"
	"depositary/projections"
)

// Proposals at the desk, where it takes two persons to record.

func (s *Site) routesDeskProposals() {
	s.desk("GET", "/proposals", roles{auth.Record, auth.Define, auth.Operate}, s.deskProposals)
	s.desk("GET", "/proposals/{proposal}", roles{auth.Record, auth.Define, auth.Operate}, func(c *clerk) (view, error) { return s.deskProposal(c, &proposalBody{}) })
	s.desk("POST", "/proposals/{proposal}", roles{auth.Record, auth.Define, auth.Operate}, s.decideProposal)
}

type proposalsBody struct {
	All      []commands.Proposal
	FourEyes bool
}

func (s *Site) deskProposals(c *clerk) (view, error) {
	all, err := s.Secretariat.ListProposals(c.Context())
	return view{template: "desk_proposals", title: c.Lang.Text("desk.proposals"), body: proposalsBody{all, s.Secretariat.FourEyes}}, err
}

// ProposalSays is a proposal in a sentence: what it would record, of whom, in respect
// of which treaty.
func (a *ask) ProposalSays(p commands.Proposal) string {
	what := a.Lang.Text("desk.proposal." + string(p.Kind))
	switch {
	case len(p.Actions) > 0:
		act := p.Actions[0]
		said := a.actSays(string(p.Treaty), act.Participant, act.Kind, act.Date)
		if p.Kind == commands.RecordProposal {
			return said
		}
		return what + ": " + said
	case p.Arrival != nil:
		return what + ": " + a.Lang.Participant(p.Arrival.Participant, p.Arrival.Received, a.official(p.Arrival.Participant)) + ", " + a.Lang.Day(p.Arrival.Received)
	case p.Notification != nil:
		return what + ": " + p.Notification.Texts[0].Title
	case !p.Record.IsZero():
		return what + ": " + a.short(string(p.Treaty)) + ", " + p.Record.String()
	case p.Treaty != "":
		return what + ": " + a.short(string(p.Treaty))
	}
	return what
}

type proposalBody struct {
	commands.Proposal
	Receipt  *commands.Receipt // what approving would do now
	Report   *reportBody
	Adoption *commands.CatalogueReceipt
	Problems []domain.Finding
	Queries  []domain.Finding
	Seen     uint64           // revision of the treaty on which the effects are shown
	Fields   []commands.Field // that would be recorded, beside what stands
	Compared bool             // something stands
	Mine     bool
	Waits    bool
	Why      string
}

// deskProposal shows a proposal with what approving it would do now.
func (s *Site) deskProposal(c *clerk, b *proposalBody) (view, error) {
	id := c.PathValue("proposal")
	p, err := s.Secretariat.Proposal(c.Context(), id)
	if errors.Is(err, commands.ErrNoProposal) {
		return view{}, missing("proposal", id)
	}
	if err != nil {
		return view{}, err
	}
	b.Proposal, b.Mine = p, auth.SamePerson(p.Proposer, c.Identity.Actor)
	b.Waits = p.State == commands.Open || p.State == commands.Approving
	v := view{template: "desk_proposal", title: c.ProposalSays(p), body: b}
	if len(b.Problems) > 0 {
		v.status = http.StatusConflict
	}
	if !b.Waits {
		return v, nil
	}
	if b.Fields, err = s.Secretariat.Fields(p); err != nil {
		return v, err
	}
	b.Compared = slices.ContainsFunc(b.Fields, func(f commands.Field) bool { return f.Before != "" })
	b.Seen = s.Projection.Current().State.Revision(p.Treaty)
	preview, err := s.Secretariat.PreviewProposal(c.Context(), p, b.Seen)
	switch {
	case err != nil && len(b.Problems) == 0:
		return v, b.take(err)
	case err == nil:
		b.Receipt, b.Adoption = preview.Receipt, preview.Catalogue
		if preview.Report != nil {
			b.Report = &reportBody{preview.Report}
		}
	}
	return v, nil
}

// take puts what stands in the way of a proposal into its page.
func (b *proposalBody) take(err error) error {
	act := actForm{}
	err = act.take(err)
	b.Problems, b.Queries = act.Problems, act.Queries
	return err
}

// decideProposal approves or rejects.
func (s *Site) decideProposal(c *clerk) (view, error) {
	id, why := c.PathValue("proposal"), c.PostForm.Get("why")
	b := &proposalBody{Why: why}
	var err error
	switch c.PostForm.Get("do") {
	case "approve":
		seen, _ := strconv.ParseUint(c.PostForm.Get("seen"), 10, 64) // of the form, which has one
		_, err = s.Secretariat.Approve(c.Context(), c.Identity, id, commands.Shown{Digest: c.PostForm.Get("digest"), Revision: seen})
	case "reject":
		_, err = s.Secretariat.Reject(c.Context(), c.Identity, id, why)
	default:
		return view{}, &projections.InputError{Field: "do", Reason: "nothing says what is decided", Accepted: "approve, reject"}
	}
	var role *commands.RoleError
	switch {
	case err == nil:
		return view{redirect: "/" + c.Lang.Tag + "/desk/proposals/" + id}, nil
	case errors.Is(err, commands.ErrNoProposal):
		return view{}, missing("proposal", id)
	case auth.IsRelated(err), errors.Is(err, commands.ErrNotShown), errors.Is(err, commands.ErrDecided), errors.As(err, &role):
		b.Problems = []domain.Finding{{Kind: domain.Rejected, Field: "do", Message: err.Error()}}
	default:
		if err := b.take(err); err != nil {
			return view{}, err
		}
	}
	return s.deskProposal(c, b)
}
