package corpus

import (
	"sort"
	"strconv"
	"strings"
	"time"
)

// Call is one call of the log, in the service's own words.
type Call struct {
	Number    int64 // place in the account's log; later calls have higher ones
	ID        string
	SessionID int64
	Own       bool // of Front Desk's extension, not of a colleague's
	Type      string
	Direction string
	Action    string
	Result    string
	Reason    string
	Start     time.Time
	Duration  int // seconds
	From, To  Party
	Extension string // whose it is
	Transport string
	Internal  string
	Message   int64  // id of the voicemail or the fax that it left, 0: none
	Kind      string // of that message: VoiceMail Fax
	Recording string // Automatic OnDemand, "": none
	Short     bool   // too short for its recording to be kept
	Queue     Party  // that it came through, if any
	Finished  bool
}

// callTrait is what becomes of a call.
type callTrait uint8

const (
	leftMessage callTrait = iota // a voicemail or a fax: the message says it all

	answered
	answeredQueue    // came through a queue
	answeredRecorded // recorded from the beginning
	answeredOnDemand // recorded when somebody pressed the key
	answeredShort    // recorded, but too short
	answeredInside   // from a colleague
	answeredMasked   // a number that is not told in full
	answeredForward  // and handed on to a colleague
	missed
	missedReturned // called back later
	missedAgain    // who later called again, and was answered
	missedBlocked  // no caller at all
	missedNameOnly
	missedHostile
	missedForeign
	abandoned
	hungUp
	rejected
	blockedCall
	returned // the call back
	again    // the one who called again
	dialed
	dialedRecorded
	dialedBusy
	dialedNoAnswer
	dialedWrong
	dialedInside
	dialedRingOut
	dialedAbroad
	othersAnswered // a colleague's calls, in the company's log only
	othersDialed
	othersMissed
)

// callPlan is what happens between the messages of one period, besides the
// calls that leave them, in the order of time. A call that is returned comes
// before the one that returns it.
var callPlan = []callTrait{
	answered, missedReturned, answeredQueue, dialed, othersAnswered, missed, answeredRecorded, returned,
	dialedNoAnswer, answeredInside, abandoned, othersDialed, answered, missedAgain, dialedRecorded, answeredForward,
	again, missedBlocked, othersMissed, answered, hungUp, dialedBusy, answeredOnDemand, missedReturned, othersAnswered,
	dialed, rejected, answeredQueue, returned, answeredMasked, othersDialed, missed, dialedInside, answeredShort,
	missedForeign, dialedRingOut, answered, othersAnswered, missedHostile, blockedCall, dialedRecorded, missedNameOnly,
	dialedWrong, othersMissed, answered, missed, answeredRecorded, dialedAbroad, othersDialed, dialed, answeredQueue,
	missedAgain, answered, again, missed, othersAnswered,
}

// callItem is one call of a period.
type callItem struct {
	slot  int // of the period, whose message comes next
	trait callTrait
	nth   int // of its trait
	part  int // of the calls before the same message
	of    int
}

// Calls is the account's call log, computed where it is looked at. Calls that
// left a message come with it; the others lie between. The log goes back
// further than the messages do when more calls are asked for, as a real one
// does, because messages are deleted and calls are not.
type Calls struct {
	c     *Corpus
	items []callItem // of one period
	own   []int      // indices into items of the extension's own calls
	first int64      // own number of the oldest call
	count int
}

// Calls makes the log of the newest n calls of the extension. A negative n
// takes those since the oldest message.
func (c *Corpus) Calls(n int) *Calls {
	k := &Calls{c: c}
	next := 0
	count := map[callTrait]int{}
	for slot := range period {
		begin := len(k.items)
		for ; next*period/len(callPlan) <= slot && next < len(callPlan); next++ {
			k.items = append(k.items, callItem{slot: slot, trait: callPlan[next]})
		}
		if kind := c.plan[slot].kind; kind == voicemail || kind == fax {
			k.items = append(k.items, callItem{slot: slot, trait: leftMessage})
		}
		for i := begin; i < len(k.items); i++ {
			it := &k.items[i]
			it.part, it.of = i-begin, len(k.items)-begin
			it.nth = count[it.trait]
			count[it.trait]++
			if it.trait < othersAnswered {
				k.own = append(k.own, i)
			}
		}
	}
	end := k.before(c.messages)
	k.first, k.count = end-int64(max(n, 0)), max(n, 0)
	if n < 0 {
		k.first, k.count = 0, int(end)
	}
	return k
}

// before is how many own calls there are before those that come with message
// i; the oldest message's are the first.
func (k *Calls) before(i int) int64 {
	block, slot := split(int64(i), period)
	w := sort.Search(len(k.own), func(w int) bool { return k.items[k.own[w]].slot >= slot })
	return block*int64(len(k.own)) + int64(w)
}

// split divides rounding down, so that there is a place before the first, too.
func split(n int64, by int) (block int64, rest int) {
	block, rest = n/int64(by), int(n%int64(by))
	if rest < 0 {
		block, rest = block-1, rest+by
	}
	return block, rest
}

// Len is how many calls the extension's log has.
func (k *Calls) Len() int { return k.count }

// Own makes the i-th call of the extension's log, 0 being the oldest.
func (k *Calls) Own(i int) Call { return k.At(k.Number(i)) }

// Number is the i-th call's place in the account's log, which holds the calls of
// colleagues as well.
func (k *Calls) Number(i int) int64 {
	block, w := split(k.first+int64(i), len(k.own))
	return block*int64(len(k.items)) + int64(k.own[w])
}

// Company gives the numbers that the account's log has, the second not
// included.
func (k *Calls) Company() (first, end int64) {
	if k.count == 0 {
		return 0, 0
	}
	return k.Number(0), k.Number(k.count-1) + 1
}

// Left is the number of the call that left message i; ok is false for texts.
func (k *Calls) Left(i int) (number int64, ok bool) {
	block, slot := split(int64(i), period)
	for a := range k.items {
		if k.items[a].slot == slot && k.items[a].trait == leftMessage {
			return block*int64(len(k.items)) + int64(a), true
		}
	}
	return 0, false
}

const (
	callBase    = int64(1) << 40 // numbers may be negative, ids not
	sessionBase = int64(400_000_000_000)
)

// ID is the id of the call with that number.
func (k *Calls) ID(number int64) string {
	return "IV" + strings.ToUpper(strconv.FormatInt((number+callBase)*1009+int64(k.c.seed>>54)%1009, 36)) + "EA"
}

// Find gives the number of the call with that id, whether or not the log still
// has it.
func (k *Calls) Find(id string) (number int64, ok bool) {
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(id, "IV"), "EA"), 36, 64)
	if err != nil {
		return 0, false
	}
	number = n/1009 - callBase
	return number, k.ID(number) == id
}

// FindSession gives the number of the call of a session.
func (k *Calls) FindSession(session int64) (number int64, ok bool) {
	n := session - sessionBase
	return n/4 - 1<<30, n%4 == 0 && n >= 0 && n < 1<<40
}

// Session is the session of the call with that number. They count in fours.
func (k *Calls) Session(number int64) int64 { return sessionBase + (number+1<<30)*4 }

// Start is when a call began, without making all of it.
func (k *Calls) Start(number int64) time.Time {
	block, a := split(number, len(k.items))
	it := &k.items[a]
	i := int(block)*period + it.slot
	before, after := k.c.time(i-1), k.c.time(i)
	gap := after.Sub(before)
	if it.trait != leftMessage {
		return before.Add(gap * time.Duration(it.part*6+3) / time.Duration(it.of*10)).Truncate(time.Millisecond)
	}
	// It cannot begin before the calls that come first, even if the message
	// is longer than that.
	_, length := k.message(i, it.slot)
	start := after.Add(-time.Duration(length) * time.Second)
	if least := before.Add(gap * 6 / 10); start.Before(least) {
		start = least
	}
	return start.Truncate(time.Millisecond)
}

// message is the message that a call left, and how long the call was. Those
// from before the oldest message are made up from the schedule alone.
func (k *Calls) message(i, slot int) (m Message, seconds int) {
	if i >= 0 {
		m = k.c.Message(i)
	} else {
		m = Message{Index: i, Direction: "Inbound", Type: "Fax", slot: k.c.plan[slot], Status: "Received", Pages: 1}
		r := stream(k.c.seed, forCall, uint64(int64(i)+callBase)|1<<50)
		m.From, m.To = k.c.somebody(&r).party(), []Party{owner()}
		if m.slot.kind == voicemail {
			m.Type, m.Duration = "VoiceMail", 8+r.n(50)
		}
	}
	if m.Type == "VoiceMail" {
		return m, m.Duration + 18 + int(m.slot.nth)%9
	}
	return m, 20 + 34*max(m.Pages, 1)
}
