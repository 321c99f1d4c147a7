package corpus

import (
	"sort"
	"time"
)

// The clock of an office: how many messages come in during each hour of a
// weekday and of a day of the weekend. Ages in a list look right only when
// nights are quiet and Monday mornings are not.
var (
	weekdayHours = [24]float64{.2, .1, .1, .1, .2, .4, 1, 4, 12, 15, 14, 12, 7, 11, 13, 12, 10, 6, 2, 1, .7, .5, .3, .2}
	weekendHours = [24]float64{.1, .1, .1, .1, .1, .2, .3, .6, 1, 1.4, 1.5, 1.2, 1, 1, .9, .8, .7, .6, .5, .4, .3, .2, .2, .1}
)

const weekHours = 7 * 24

// weekBefore[h] is how many messages come in before hour h of a week that
// starts on Monday.
var weekBefore = func() (sum [weekHours + 1]float64) {
	for h := range weekHours {
		rate := weekdayHours[h%24]
		if h >= 5*24 {
			rate = weekendHours[h%24]
		}
		sum[h+1] = sum[h] + rate
	}
	return sum
}()

// monday is a midnight from which weeks are counted.
var monday = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// activityUntil counts the messages of an average office up to local time t.
func activityUntil(t time.Time) float64 {
	hours := float64(t.Sub(monday)) / float64(time.Hour)
	weeks := float64(int(hours / weekHours))
	in := hours - weeks*weekHours
	h := int(in)
	return weeks*weekBefore[weekHours] + weekBefore[h] + (in-float64(h))*(weekBefore[h+1]-weekBefore[h])
}

// timeOf is the inverse of activityUntil.
func timeOf(activity float64) time.Time {
	week := weekBefore[weekHours]
	weeks := int(activity / week)
	in := activity - float64(weeks)*week
	h := sort.Search(weekHours-1, func(h int) bool { return weekBefore[h+1] > in })
	hours := float64(h) + (in-weekBefore[h])/(weekBefore[h+1]-weekBefore[h])
	return monday.AddDate(0, 0, 7*weeks).Add(time.Duration(hours * float64(time.Hour)))
}

// time is when message i came in: strictly later than message i-1, exactly Now
// for the newest, and between two neighbours by chance.
func (c *Corpus) time(i int) time.Time {
	d := i - (c.messages - 1)
	if d == 0 {
		return c.now
	}
	r := stream(c.seed, forTime, uint64(i))
	if d > 0 {
		// Messages to come keep on coming, whatever the hour.
		return c.now.Add(time.Duration(d)*40*time.Second - time.Duration(r.n(30_000))*time.Millisecond)
	}
	t := timeOf(c.activity + float64(d) + .9*float64(r.n(1000))/1000)
	return t.Add(-c.offset).Truncate(time.Millisecond).In(c.now.Location())
}
