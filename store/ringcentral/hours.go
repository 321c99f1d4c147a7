package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.HoursService = (*Mailbox)(nil)

// Hours implements store.HoursService (readUserBusinessHours, readCompanyBusinessHours).
func (m *Mailbox) Hours(ctx context.Context) (own, company store.Hours, err error) {
	h, err := m.client.BusinessHours(ctx)
	if err != nil && !refused(err) {
		return own, company, err
	}
	if err == nil {
		own = hours(h)
	}
	all, companyErr := m.client.CompanyHours(ctx)
	switch {
	case companyErr == nil:
		return own, hours(all), nil
	case refused(companyErr) && err == nil:
		return own, company, nil
	}
	return own, company, companyErr
}

// refused reports whether something may not be read by this user, or is not there.
func refused(err error) bool {
	var e *api.Error
	return api.IsNotFound(err) || errors.As(err, &e) && e.Status == http.StatusForbidden
}

// hours translates a schedule. A range that cannot be read is left out.
func hours(h rc.BusinessHours) (out store.Hours) {
	if h.Weekly == nil {
		return store.Hours{Always: true}
	}
	for d := range time.Weekday(7) {
		for _, r := range h.Weekly.Day(d) {
			from, err := minute(r.From)
			to, err2 := minute(r.To)
			if to == 0 {
				to = 24 * 60
			}
			if err == nil && err2 == nil && from < to {
				out.Week[d] = append(out.Week[d], store.HourRange{From: from, To: to})
			}
		}
	}
	return out
}

// minute is a time of day, "09:30", in minutes after midnight.
func minute(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("time of day %.10q is not of the form 09:30", s)
	}
	return t.Hour()*60 + t.Minute(), nil
}
