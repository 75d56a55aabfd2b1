package v1

import "depositary/domain"

// Names of the events about depositary notifications.
const (
	NameNotificationIssued = "notification.issued/v1"
	NameTemplateDefined    = "template.defined/v1"
)

// DepositaryNotification is what is issued about acts of one participant.
type DepositaryNotification struct {
	Records  []domain.RecordID  `json:"records"`
	Corrects domain.RecordID    `json:"corrects,omitzero"`
	Texts    []NotificationText `json:"texts"`
}

// NotificationText is a notification in one language.
type NotificationText struct {
	Language string `json:"language"`
	Title    string `json:"title"`
	Text     string `json:"text"`
}

// NotificationTemplate is from what a notification is drafted.
type NotificationTemplate struct {
	Of string `json:"of,omitempty"`
	NotificationText
}

// NotificationIssued is the line of domain.NotificationIssued.
type NotificationIssued struct {
	Type         string                 `json:"type"`
	Reference    string                 `json:"reference"`
	Number       int                    `json:"number"`
	Day          domain.Date            `json:"day"`
	Participant  domain.ParticipantID   `json:"participant"`
	Notification DepositaryNotification `json:"notification"`
}

// TemplateDefined is the line of domain.TemplateDefined.
type TemplateDefined struct {
	Type     string               `json:"type"`
	Template NotificationTemplate `json:"template"`
	Reason   string               `json:"reason,omitempty"`
}

// FromNotification converts a notification of the domain.
func FromNotification(n domain.DepositaryNotification) DepositaryNotification {
	return DepositaryNotification{n.Records, n.Corrects, each(n.Texts, func(t domain.NotificationText) NotificationText { return NotificationText(t) })}
}

// ToDomain converts the notification to the domain's.
func (n DepositaryNotification) ToDomain() domain.DepositaryNotification {
	return domain.DepositaryNotification{Records: n.Records, Corrects: n.Corrects,
		Texts: each(n.Texts, func(t NotificationText) domain.NotificationText { return domain.NotificationText(t) })}
}

// FromTemplate converts a template of the domain.
func FromTemplate(t domain.NotificationTemplate) NotificationTemplate {
	return NotificationTemplate{t.Of, NotificationText(t.NotificationText)}
}

// ToDomain converts the template to the domain's.
func (t NotificationTemplate) ToDomain() domain.NotificationTemplate {
	return domain.NotificationTemplate{Of: t.Of, NotificationText: domain.NotificationText(t.NotificationText)}
}

// ToDomain converts the line to its event.
func (v NotificationIssued) ToDomain() domain.Event {
	return &domain.NotificationIssued{Reference: v.Reference, Number: v.Number, Day: v.Day, Participant: v.Participant, Notification: v.Notification.ToDomain()}
}

// ToDomain converts the line to its event.
func (v TemplateDefined) ToDomain() domain.Event {
	return &domain.TemplateDefined{Template: v.Template.ToDomain(), Reason: v.Reason}
}
