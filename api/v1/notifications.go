package v1

import (
	"context"
	"slices"

	"depositary/api/notification"
	"depositary/api/problem"
	"depositary/domain"
	"depositary/projections/model"
)

// Depositary notifications: drafted from acts, and issued under a number.

// NotificationView is a notification that was issued.
type NotificationView struct {
	Reference   string               `json:"reference" example:"C.N.1.2026.TREATIES-IV.13"`
	Record      domain.RecordID      `json:"record"`
	Day         domain.Date          `json:"day" format:"date"`
	Treaty      domain.TreatyID      `json:"treaty"`
	Participant domain.ParticipantID `json:"participant"`
	CorrectedBy domain.RecordID      `json:"correctedBy,omitzero" doc:"Record of the corrigendum to it"`
	model.DepositaryNotification
}

func viewNotification(n *domain.IssuedNotification) NotificationView {
	return NotificationView{n.Reference, n.ID, n.Day, n.Treaty, n.Participant, n.CorrectedBy, model.FromNotification(n.Notification)}
}

type notificationsBody struct {
	Notifications []NotificationView `json:"notifications" doc:"The newest first"`
	Following
}

func (s *API) listNotifications(_ context.Context, in *struct {
	Treaty string `query:"treaty" doc:"Only those about a treaty" example:"ICMW"`
	PageInput
}) (body notificationsBody, err error) {
	body.Notifications = []NotificationView{}
	var treaty domain.TreatyID
	if in.Treaty != "" {
		if treaty, err = s.treaty(in.Treaty); err != nil {
			return body, err
		}
	}
	all := slices.DeleteFunc(slices.Clone(s.Projection.Current().State.Notifications()), func(n *domain.IssuedNotification) bool { return treaty != "" && n.Treaty != treaty })
	slices.Reverse(all)
	page, next, err := paged(all, in.Cursor, in.Limit, func(n *domain.IssuedNotification) string { return n.ID.String() })
	for _, n := range page {
		body.Notifications = append(body.Notifications, viewNotification(n))
	}
	body.Following = next
	return body, err
}

func (s *API) getNotification(_ context.Context, in *struct {
	Reference string `path:"reference" maxLength:"100" doc:"Reference of the notification; case does not matter" example:"C.N.1.2026.TREATIES-IV.13"`
}) (NotificationView, error) {
	n, ok := s.Projection.Current().State.Notification(in.Reference)
	if !ok {
		return NotificationView{}, problem.NotFound("reference", "notification", in.Reference, "a reference listed at /v1/notifications")
	}
	return viewNotification(n), nil
}

func (s *API) draftNotification(_ context.Context, in *struct {
	Record   domain.RecordID   `path:"record" doc:"First record of the act" example:"812.1"`
	With     []domain.RecordID `query:"with" doc:"Further acts, such as the reservations that came with a consent"`
	Corrects domain.RecordID   `query:"corrects" doc:"Of a corrigendum: the record of the notification that it would correct"`
}) (model.DepositaryNotification, error) {
	treaty, err := s.treatyOf(in.Record)
	if err != nil {
		return model.DepositaryNotification{}, err
	}
	n, err := notification.Draft(s.Projection.Current().Now(s.Today()), treaty, append([]domain.RecordID{in.Record}, in.With...), in.Corrects)
	return model.FromNotification(n), err
}

func (s *API) issueNotification(in *struct {
	Treaty string `path:"treaty" doc:"Id or short name of the treaty" example:"ICMW"`
	WriteInput
	Body struct {
		model.DepositaryNotification
		Seen uint64 `json:"seen,omitempty" doc:"Revision of the treaty that the writer had seen; refused if it has changed since"`
	}
}) (order, error) {
	treaty, err := s.treaty(in.Treaty)
	return order{in.WriteInput, &domain.IssueNotification{Treaty: treaty, Notification: in.Body.DepositaryNotification.ToDomain(), Seen: in.Body.Seen}}, err
}

type templatesBody struct {
	Fields    []string                     `json:"fields" doc:"What a template may name in braces"`
	Templates []model.NotificationTemplate `json:"templates" doc:"Those that count: of the secretariat, and bundled ones that it has not replaced"`
}

func (s *API) listTemplates(context.Context, *struct{}) (templatesBody, error) {
	body := templatesBody{Fields: domain.TemplateFields(), Templates: []model.NotificationTemplate{}}
	for _, t := range notification.Templates(s.Projection.Current().State) {
		body.Templates = append(body.Templates, model.FromTemplate(t))
	}
	return body, nil
}

func (s *API) defineTemplate(in *struct {
	WriteInput
	ReasonInput
	Body model.NotificationTemplate
}) (order, error) {
	return order{in.WriteInput, &domain.DefineTemplate{Template: in.Body.ToDomain(), Reason: in.Reason}}, nil
}
