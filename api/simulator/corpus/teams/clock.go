package teams

import "time"

// Offices talk from 8 to 17 on weekdays. An office time counts the
// milliseconds of those hours only, so that posts which are minutes apart on
// that clock never are in the night.
const (
	opens   = 8
	dayMS   = int64(9 * time.Hour / time.Millisecond)
	weekMS  = 5 * dayMS
	postGap = 90_000 // between two posts of a sitting, ms
	perTalk = 6      // posts of a sitting
)

// monday is a midnight from which weeks are counted, wherever.
func monday(loc *time.Location) time.Time { return time.Date(1990, 1, 1, 0, 0, 0, 0, loc) }

// officeTime is when it was by that clock: the last moment it was open.
func officeTime(t time.Time) int64 {
	y, m, d := t.Date()
	days := int64(time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Sub(time.Date(1990, 1, 1, 12, 0, 0, 0, time.UTC)) / (24 * time.Hour))
	weeks, day := days/7, days%7
	if day > 4 {
		return (weeks+1)*weekMS - 1
	}
	h, m2, sec := t.Clock()
	in := (int64(h-opens)*3600 + int64(m2)*60 + int64(sec)) * 1000
	if in < 0 {
		return weeks*weekMS + day*dayMS - 1
	}
	return weeks*weekMS + day*dayMS + min(in, dayMS-1)
}

// wallTime is the inverse.
func wallTime(ms int64, loc *time.Location) time.Time {
	weeks, in := ms/weekMS, ms%weekMS
	day, in := in/dayMS, in%dayMS
	start := monday(loc).AddDate(0, 0, int(weeks*7+day))
	y, m, d := start.Date()
	return time.Date(y, m, d, opens, 0, 0, 0, loc).Add(time.Duration(in) * time.Millisecond)
}

// At is when the n-th post of a chat was made: later than the one before it,
// and, for those of the start, not after Now.
func (t *Teams) At(chat, n int) time.Time {
	count := t.posts(chat)
	talks := (count + perTalk - 1) / perTalk
	gap := int64(min(30+20*chat, 600)) * 60_000
	r := t.stream(forTime, uint64(chat)<<perChat|uint64(n))
	ms := t.now - t.lag(chat) - int64(talks-1-n/perTalk)*gap - int64(perTalk-1-n%perTalk)*postGap - int64(r.n(80_000))
	return wallTime(ms, t.loc)
}

// lag is for how long a chat has been silent, in office milliseconds.
func (t *Teams) lag(chat int) int64 {
	r := t.stream(forLag, uint64(chat))
	quiet := int64(chat) * int64(chat+8) * 60_000 / 3 // minutes for the first ones, days for the twentieth
	if chat > 60 {
		quiet = 60*68*60_000/3 + int64(chat-60)*25*60_000
	}
	return quiet + int64(r.n(60_000))
}
