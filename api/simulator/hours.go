package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

type hourRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type weekHours map[string][]hourRange

// weekHoursMost is how many ranges a day may have. The service names no number.
const weekHoursMost = 10

func weekdays() []string {
	return []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
}

// openHours are the business hours of the user and of the company; nil is
// around the clock.
type openHours struct {
	mu            sync.Mutex
	user, company weekHours
}

type hoursSchedule struct {
	Weekly weekHours `json:"weeklyRanges,omitempty"`
}

type wireHours struct {
	URI      string        `json:"uri"`
	Schedule hoursSchedule `json:"schedule"`
}

func hourRoutes() map[string]*op {
	const acct = "/restapi/v1.0/account/{account}"
	const ext = acct + "/extension/{extension}"
	read := op{group: "Light", app: "ReadAccounts"}
	edit := op{group: "Medium", app: "EditExtensions", user: "EditUserAnsweringRules", edit: true}
	own, ours := read, read
	own.user, ours.user = "ReadExtensions", "ReadCompanyAnsweringRules"
	return map[string]*op{
		"GET " + ext + "/business-hours":  own.as("readUserBusinessHours", (*call).readHours),
		"PUT " + ext + "/business-hours":  edit.as("updateUserBusinessHours", (*call).updateHours),
		"GET " + acct + "/business-hours": ours.as("readCompanyBusinessHours", (*call).readHours),
		"PUT " + acct + "/business-hours": edit.as("updateCompanyBusinessHours", (*call).updateHours),
	}
}

func (s *Server) newHours() {
	s.hours.user, s.hours.company = weekHours{}, weekHours{}
	for _, day := range weekdays()[:5] {
		s.hours.user[day] = []hourRange{{"08:00", "12:00"}, {"13:00", "17:30"}}
		s.hours.company[day] = []hourRange{{"08:00", "18:00"}}
	}
	s.hours.company["saturday"] = []hourRange{{"09:00", "13:00"}}
}

func (c *call) hoursOf() (hours *weekHours, uri string) {
	if c.company() {
		return &c.s.hours.company, c.s.platform.url + accountPath + "/business-hours"
	}
	return &c.s.hours.user, c.s.platform.url + basePath + "/business-hours"
}

func (c *call) readHours() *apiError {
	c.s.hours.mu.Lock()
	defer c.s.hours.mu.Unlock()
	hours, uri := c.hoursOf()
	writeJSON(c.w, http.StatusOK, wireHours{uri, hoursSchedule{*hours}})
	return nil
}

func (c *call) updateHours() *apiError {
	var req struct {
		Schedule *struct {
			Weekly map[string]json.RawMessage `json:"weeklyRanges"`
		} `json:"schedule"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	if req.Schedule == nil {
		return badParameter("schedule")
	}
	week, err := readWeek(req.Schedule.Weekly)
	if err != nil {
		return err
	}
	c.s.hours.mu.Lock()
	defer c.s.hours.mu.Unlock()
	hours, uri := c.hoursOf()
	*hours = week
	writeJSON(c.w, http.StatusOK, wireHours{uri, hoursSchedule{week}})
	return nil
}

// readWeek checks a schedule: nil for none, which is around the clock.
func readWeek(sent map[string]json.RawMessage) (weekHours, *apiError) {
	if sent == nil {
		return nil, nil
	}
	week := weekHours{}
	for day, raw := range sent {
		var list []hourRange
		if !slices.Contains(weekdays(), day) || json.Unmarshal(raw, &list) != nil {
			return nil, badParameter("schedule.weeklyRanges")
		}
		switch {
		case len(list) == 0:
			return nil, refuse(http.StatusBadRequest, "AWR-176", "At least one time range for ["+day+"] required")
		case len(list) > weekHoursMost:
			return nil, refuse(http.StatusBadRequest, "AWR-177", "Time ranges limit for ["+day+"] exceeded")
		}
		for _, r := range list {
			from, ok := dayMinute(r.From)
			to, fine := dayMinute(r.To)
			if to == 0 {
				to = 24 * 60
			}
			if !ok || !fine || from >= to {
				return nil, badParameter("schedule")
			}
		}
		week[day] = list
	}
	return week, nil
}

func dayMinute(s string) (int, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil && len(s) == 5
}
