package model

import "depositary/domain"

// DepositaryNotification is what is issued about acts of one participant.
type DepositaryNotification struct {
	Records  []domain.RecordID  `json:"records" doc:"The acts, each by any of its records" minItems:"1" maxItems:"200"`
	Corrects domain.RecordID    `json:"corrects,omitzero" doc:"Of a corrigendum: the record of the notification that it corrects"`
	Texts    []NotificationText `json:"texts" doc:"In each language once" minItems:"1" maxItems:"20"`
}

// NotificationText is a notification in one language.
type NotificationText struct {
	Language string `json:"language" doc:"BCP 47 tag" maxLength:"35" example:"en"`
	Title    string `json:"title" maxLength:"2000"`
	Text     string `json:"text" doc:"The text, without its reference, which it gets when it is issued" maxLength:"200000"`
}

// NotificationTemplate is from what a notification is drafted.
type NotificationTemplate struct {
	Of string `json:"of,omitempty" doc:"A kind of act, or corrigendum; absent: every act without a template of its own"`
	NotificationText
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
