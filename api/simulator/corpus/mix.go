package corpus

// period is the length of the schedule: any so many messages in a row hold
// every slot once.
const period = 100

type kind uint8

const (
	voicemail kind = iota
	fax
	sms
	pager
)

// trait is what is out of the ordinary about a message.
type trait uint8

const (
	plain trait = iota

	vmPartial    // longer than the minute that is transcribed
	vmFailed     // transcription failed
	vmWaiting    // transcription still under way
	vmTimedOut   // transcription given up
	vmNone       // account without transcription
	vmUnknown    // transcription status not told
	vmHangUp     // under three seconds
	vmPrivate    // must not be forwarded
	vmUrgent     // high priority
	vmBlocked    // no caller at all
	vmNameOnly   // a name and no number
	vmForeign    // a name in another script
	vmHostile    // a caller's name that attacks the terminal
	vmRefund     // the word of the search tests
	knownCaller  // a number ending in 5551234
	faxTIFFG3    // T.4 one-dimensional
	faxTIFFG32D  // T.4 two-dimensional
	faxTIFFLSB   // T.6, least significant bit first
	faxTIFFG4    // T.6
	faxLong      // six pages
	faxHostile   // a file name that attacks the file system
	faxSent      // outgoing
	faxFailed    // outgoing, with a reason
	faxQueued    // outgoing, no pages yet
	mmsJPEG      // a photo
	mmsPNG       // a screenshot
	mmsTwo       // two photos, the second without name and size
	mmsCard      // a contact
	mmsText      // a text file
	mmsHostile   // a file name that attacks the file system
	smsHostile   // a text that attacks the terminal
	smsForeign   // a text in another script
	smsFailed    // outgoing, not delivered
	smsGroup     // several recipients
	smsEmojiOnly // nothing but emoji
)

// slot is one position of the schedule.
type slot struct {
	kind  kind
	trait trait
	nth   uint8 // of its kind, in order of time
	like  uint8 // the how-manieth with the same trait, in no order
}

type share struct {
	kind  kind
	trait trait
	count int
}

// shares add up to period: 38 voicemails, 20 faxes, 39 texts, 3 pager messages.
var shares = []share{
	{voicemail, plain, 10},
	{voicemail, vmPartial, 5},
	{voicemail, vmFailed, 2},
	{voicemail, vmWaiting, 2},
	{voicemail, vmTimedOut, 1},
	{voicemail, vmNone, 2},
	{voicemail, vmUnknown, 1},
	{voicemail, vmHangUp, 2},
	{voicemail, vmPrivate, 1},
	{voicemail, vmUrgent, 1},
	{voicemail, vmBlocked, 2},
	{voicemail, vmNameOnly, 1},
	{voicemail, vmForeign, 4},
	{voicemail, vmHostile, 1},
	{voicemail, vmRefund, 1},
	{voicemail, knownCaller, 2},
	{fax, plain, 6},
	{fax, faxTIFFG3, 2},
	{fax, faxTIFFG32D, 1},
	{fax, faxTIFFLSB, 1},
	{fax, faxTIFFG4, 2},
	{fax, faxLong, 1},
	{fax, faxHostile, 1},
	{fax, faxSent, 3},
	{fax, faxFailed, 2},
	{fax, faxQueued, 1},
	{sms, plain, 14},
	{sms, mmsJPEG, 3},
	{sms, mmsPNG, 2},
	{sms, mmsTwo, 1},
	{sms, mmsCard, 1},
	{sms, mmsText, 1},
	{sms, mmsHostile, 5},
	{sms, smsHostile, 6},
	{sms, smsForeign, 1},
	{sms, smsFailed, 2},
	{sms, smsGroup, 1},
	{sms, smsEmojiOnly, 1},
	{sms, knownCaller, 1},
	{pager, plain, 3},
}

// turn places one text of the schedule in a conversation.
type turn struct {
	thread, line uint8
}

// schedule shuffles the shares by seed and arranges the texts as conversations
// that run side by side.
func schedule(seed uint64) (plan [period]slot, threads []turn) {
	r := stream(seed, forSchedule, 0)
	n := 0
	for _, s := range shares {
		for like := range s.count {
			plan[n] = slot{kind: s.kind, trait: s.trait, like: uint8(like)}
			n++
		}
	}
	for i := len(plan) - 1; i > 0; i-- {
		j := r.n(i + 1)
		plan[i], plan[j] = plan[j], plan[i]
	}
	var count [pager + 1]uint8
	for i := range plan {
		plan[i].nth = count[plan[i].kind]
		count[plan[i].kind]++
	}
	lengths := []uint8{3, 1, 4, 2, 1, 5, 2, 3, 1, 4, 2, 3, 1, 5, 2}
	open := []turn{}
	next := uint8(0)
	for len(threads) < int(count[sms]) {
		for len(open) < 3 {
			open = append(open, turn{thread: next})
			next++
		}
		k := r.n(len(open))
		threads = append(threads, open[k])
		open[k].line++
		if open[k].line == lengths[int(open[k].thread)%len(lengths)] {
			open = append(open[:k], open[k+1:]...)
		}
	}
	return plan, threads
}
