package pages

import (
	"depositary/api/audit"
	"depositary/api/auth"
)

// The audit log at the desk: who signed in, and who made, revoked and approved what.

func (s *Site) routesDeskAudit() {
	s.desk("GET", "/audit", roles{auth.Operate}, s.deskAudit)
}

// auditLines is how many entries the page shows; all are exported.
const auditLines = 200

type auditBody struct {
	Entries []audit.Entry
	More    bool
}

func (s *Site) deskAudit(c *clerk) (view, error) {
	entries, err := s.Audit.Entries(c.Context(), audit.Question{Limit: auditLines + 1})
	b := auditBody{Entries: entries, More: len(entries) > auditLines}
	if b.More {
		b.Entries = entries[:auditLines]
	}
	return view{template: "desk_audit", title: c.Lang.Text("desk.audit"), body: b}, err
}
