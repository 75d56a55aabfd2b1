package domain

import (
	"fmt"
	"regexp"
	"strings"
)

// The rules on depositary notifications: the depositary informs the parties of
// acts that it has received (VCLT 77(1)(e)), so that a notification does not
// come before its act. That a reference is unusual, or that of another act, is a
// query: how a depositary numbers is its own affair.

// reUNReference is the reference of a notification of the Secretary-General.
var reUNReference = regexp.MustCompile(`^C\.N\.\d{1,5}\.((?:19|20)\d{2})\.TREATIES(?:-[A-Za-z0-9./-]+(?: \([A-Za-z0-9 ]+\))?)?$`)

// reUNYear finds the year in a reference, whatever else is wrong with it.
var reUNYear = regexp.MustCompile(`^C\.?N\.?\s?\d{1,5}\.((?:19|20)\d{2})\b`)

// checkNotification checks that a notification is not older than its act.
func checkNotification(a *Action) (findings []Finding) {
	if !a.Notified.IsZero() && a.Notified.Before(a.ReceivedOn()) && a.Notified.Before(a.Date) {
		findings = append(findings, reject(CodeFieldInvalid, "notified", fmt.Sprintf("%s lies before the act of %s", a.Notified.Long(), a.Date.Long())).
			citing("VCLT 77(1)(e)").accepting("a day from "+a.Date.String()+" on"))
	}
	m := reUNYear.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(a.Notification)))
	if m != nil && !a.Date.IsZero() && atoi(m[1]) < min(a.Date.Year(), a.ReceivedOn().Year()) {
		findings = append(findings, reject(CodeFieldInvalid, "notification", fmt.Sprintf("the reference is of %s, before the act of %s", m[1], a.Date.Long())).
			citing("VCLT 77(1)(e)").accepting("a reference of "+fmt.Sprint(a.Date.Year())+" or later"))
	}
	return findings
}

// notificationForm: the references of the Secretary-General have a form; those of
// other depositaries have theirs.
func notificationForm(r *ruling) []Finding {
	reference := strings.TrimSpace(r.act.Notification)
	if !strings.HasPrefix(strings.ToUpper(reference), "C.N") || reUNReference.MatchString(reference) {
		return nil
	}
	return one(query(CodeNotificationMalformed, "notification", fmt.Sprintf("%q does not have the form of a depositary notification", reference)).
		accepting("a reference such as C.N.62.2017.TREATIES-XVIII.10, or this one with a reason"))
}

// notificationUnique: one notification tells of the acts of one participant.
func notificationUnique(r *ruling) []Finding {
	if r.act.Notification == "" {
		return nil
	}
	for _, p := range r.state.Participations(r.treaty.ID) {
		if p.Participant == r.participant.ID {
			continue
		}
		for _, a := range actsAsTheyStand(p.records, Axes{}) {
			if strings.EqualFold(a.Action().Notification, r.act.Notification) {
				return one(query(CodeNotificationReused, "notification", fmt.Sprintf("%s is that of record %s, an act of %s", r.act.Notification, a.ID, p.Participant)).
					citing("VCLT 77(1)(e)").accepting("the reference of its own notification"))
			}
		}
	}
	return nil
}
