package corpus

// topic is one reason to call: how the caller comes to it, what there is to
// say about it, and what is asked for in the end. Details are told in any
// order, as people do.
type topic struct {
	reasons, details, asks []string
}

var topics = []topic{
	{ // refill
		[]string{
			"[I need|I'm calling to get] a refill on my {drug}[, please|].",
			"I'm [almost|completely] out of my {drug} and the pharmacy says there are no refills left.",
			"I'm calling about the prescription for {drug} for my {rel}.",
		},
		[]string{
			"I take it [once|twice] a day and I have maybe {n} left.", "The pharmacy is {biz} on {street}.",
			"They said they faxed you [on {weekday}|twice already] and haven't heard back.",
			"It's the [ten|twenty|forty|five] milligram [tablets|capsules], not the [old|generic] ones.",
			"Last time {doctor} gave me a ninety day supply.", "My insurance, {insurer}, won't cover {brand} anymore.",
			"I [tried|was switched to] {brand} for a while but it gave me {symptom}.",
		},
		[]string{"Could you [please |]send it over today?", "Can somebody call that in before {weekday}?", "Just let me know when it's been sent."},
	},
	{ // appointment
		[]string{
			"I'd like to [make|set up] an appointment with {doctor}[, the sooner the better|].",
			"I have to [cancel|move] my appointment [on|this coming] {weekday} at {time}.",
			"I'm calling to reschedule my {rel}'s {exam}.", "I [missed|just missed] a call from you about my {exam}.",
		},
		[]string{
			"I've had {symptom} and my {body} is not getting better.", "[Mornings|Afternoons|Any day but {weekday}] work best for me.",
			"I work until {time} so it'd have to be late.", "I'm a new patient, {doctor} over in {town} referred me.",
			"I'd [rather|prefer to] come to the {street} office, parking is easier.", "It's been about {n} weeks now.",
			"They told me to come back in {n} weeks.", "I don't drive anymore, so my {rel} has to bring me.",
		},
		[]string{"Please call me back with a time.", "Do you have anything on {weekday}?", "If somebody cancels, I can be there in {n} minutes."},
	},
	{ // invoice
		[]string{
			"I got a bill for {amount} and I [don't understand it|think there's a mistake].",
			"This is regarding invoice number {code}.", "I'm calling about my account, there's a balance I don't recognize.",
		},
		[]string{
			"It says {exam} on {date}, and I wasn't [even there|in town] that day.", "{insurer} told me they paid it in {month}.",
			"I already paid {amount} at the front desk.", "The statement has my old address on {street}.",
			"I've called {n} times about this already.", "My copay is supposed to be thirty dollars.",
			"The reference on the letter is {code}.",
		},
		[]string{"Could somebody from billing [please |]call me?", "I'd like [an itemized statement|someone to explain it to me].", "Please don't send it to collections until we've talked."},
	},
	{ // delivery
		[]string{
			"I'm calling about the delivery of the {part}.", "This is the driver with [a pallet|{n} boxes|a package] for you, I'm at the {street} [dock|entrance].",
			"We were supposed to get the {part} on {weekday} and nothing came.", "The {part} you sent is [the wrong size|broken|not what we ordered].",
		},
		[]string{
			"The tracking number is {code}.", "The order was placed on {date}.", "The box says {brand} on the side, model {code}.",
			"The gate was locked and nobody answered the bell.", "I left it with the neighbor, the [house|building] with the {color} door.",
			"It has to stay cold, it can't sit out there.", "There's a {color} truck blocking the ramp.", "The packing slip says {n} but there are only two in the box.",
		},
		[]string{"Could you tell me where it is?", "I'll [try|come by] again tomorrow around {time}.", "I need a signature from someone, so please call me.", "Please send a replacement to the {town} office."},
	},
	{ // insurance
		[]string{
			"I'm calling from {insurer} about a prior authorization.", "My insurance changed, I'm with {insurer} now.",
			"I wanted to know if you [take|accept] {insurer}.", "{insurer} denied the claim for my {exam}.",
		},
		[]string{
			"The authorization number is {code}.", "The member ID starts with {code}.", "They want a letter of medical necessity from {doctor}.",
			"They say the diagnosis code is missing.", "The peer to peer has to happen by {date}.", "I've still got the old card, the {color} one.",
			"It's for {brand}, the injection.", "The deductible starts over in {month}, that's why I'm asking.",
		},
		[]string{"Please call me with the information.", "Could you fax that to us [today|by {weekday}]?", "What else do you need from me?"},
	},
	{ // results
		[]string{
			"I'm calling for the results of my {exam}.", "I had [blood drawn|an {exam}] on {weekday} and haven't heard anything.",
			"The portal says my {exam} results are in but I can't open them.", "This is the lab with a [critical|corrected] value on one of your patients.",
		},
		[]string{
			"{doctor} said it would take {n} days.", "I'm a little worried because of the {body}.", "It was done at {biz}.",
			"The portal keeps asking for a code, {code} or something.", "If it's normal you can just leave a message.",
			"I still have {symptom}.", "My {rel} had the same thing, that's why I'm nervous.",
		},
		[]string{"Could [the nurse|{doctor}|someone] call me?", "Please leave the results on this number, it's private.", "Should I keep taking the {drug} until then?"},
	},
	{ // records
		[]string{
			"I need a copy of my [records|x-rays|immunization records].", "I'm calling from {biz}, we sent a records request for a patient on {date}.",
			"We're waiting on the chart notes for {first2} {last2}.",
		},
		[]string{
			"The date of birth is {date}, nineteen [fifty|sixty|seventy|eighty]-{digitword}.", "I'm moving to {town} and the new doctor wants everything.",
			"We only got {n} of the pages, the rest was blank.", "I signed the release at the {street} office.", "The request number is {code}.",
			"They can go by fax or on a disc, whatever's easier.", "The attorney's office needs them before the deposition on {date}.",
		},
		[]string{"Can you let me know when they're ready?", "Please fax them to the number on the form.", "I can pick them up on {weekday}."},
	},
	{ // symptoms, wants the nurse
		[]string{
			"I've got {symptom} and I don't know if I should come in.", "My {rel} [has|woke up with] {symptom}.",
			"I had the {exam} on {weekday} and now there's {symptom}.", "I think I'm having a reaction to the {drug}.",
		},
		[]string{
			"It started [last night|on {weekday}|about {n} hours ago].", "The {body} is [swollen|really sore|hot to the touch].",
			"I took {drug} but it didn't help.", "The temperature is a hundred and one point {digitword}.", "I put ice on it like you said.",
			"We're out near {town}, so it's a long drive.", "I also use {brand}, the over the counter thing.",
		},
		[]string{"Could the nurse call me, please?", "Should we go to urgent care?", "If I don't hear from you I'll go to the emergency room."},
	},
	{ // dental
		[]string{
			"My [crown|filling|temporary|bridge] came off [last night|while I was eating].", "I chipped a tooth and it's sharp.",
			"I'm calling from {biz} about the case for {first2} {last2}.",
		},
		[]string{
			"It's the {body}, same side as before.", "It doesn't hurt unless I drink something cold.", "I've still got the piece in a little bag.",
			"The shade on the slip says {code}, can you confirm?", "The impression for the {part} came out distorted.",
			"I have a wedding on {weekday}, I can't go like this.", "The {brand} paste you recommended helped a bit.",
		},
		[]string{"Can you squeeze me in?", "We need a new scan before {weekday}.", "What can I do until then?"},
	},
	{ // shift, warehouse, staff
		[]string{
			"I'm not going to make it in [today|tomorrow], I've got {symptom}.", "It's about the schedule for {weekday}.",
			"The {part} in room {n} is [down again|making a noise|throwing error {code}].", "This is dispatch, your {time} pickup is running late.",
		},
		[]string{
			"I asked {first2} to cover for me.", "The technician from {brand} can't come before {weekday}.", "There's an accident on the highway by {town}.",
			"The keys are in the {color} cabinet.", "I'll have my phone on me.", "The freezer alarm went off around {time}.", "The route sheet has {street} twice.",
		},
		[]string{"Let me know if that's a problem.", "Somebody needs to sign for it.", "Please pass it on to {first2}."},
	},
	{ // complaint or thanks
		[]string{
			"I wanted to [say thank you to|leave a message for] {doctor}.", "I waited {n} hours on {weekday} and nobody [told me anything|called my name].",
			"I'm returning a call from [{first2}|somebody at this number].",
		},
		[]string{
			"The {rel} of the lady at the desk was very kind.", "I've been coming there for {n} years.", "I left my {color} umbrella in the waiting room.",
			"The music in your waiting room is awfully loud, by the way.", "My {rel} recommended you.", "The door on {street} doesn't open for a wheelchair.",
		},
		[]string{"I'd appreciate a call.", "No need to call back.", "Just wanted you to know."},
	},
	{ // forms
		[]string{
			"I need [a form|a letter|a note] for [work|school|the airline|my landlord].", "Did you get the disability paperwork I dropped off?",
			"The school says my {rel}'s [vaccination|physical] form is missing a signature.",
		},
		[]string{
			"It has to say I can't lift anything because of the {body}.", "{doctor} filled it out last {month}.", "They need it by {date}.",
			"Page {n} isn't signed.", "The fax number is on the top, and attention {last2}.", "It's the {color} form, two sides.",
		},
		[]string{"Can I pick it up on {weekday}?", "Please fax it straight to them.", "Let me know what it costs."},
	},
}

// repayment is what the search tests look for; no other template has the word.
var repayment = topic{
	[]string{
		"I'm calling about a refund for the {part} I returned.", "I was told I'd get a refund of {amount} and I haven't seen it.",
		"I paid twice for my {exam} and I'd like a refund.",
	},
	[]string{
		"I sent it back on {date}, the slip says {code}.", "It was charged to my card ending in {n}{n}.", "{first2} told me it takes {n} business days.",
		"{insurer} says they paid you in full.", "I spoke to somebody at the {town} office about it.",
	},
	[]string{"Could you check on that and call me back?", "Please just put it back on the card.", "I'd like to know when to expect it."},
}

var (
	greetings = []string{
		"Hi[,| there,]", "Hello,", "Good [morning|afternoon],", "Yes, hello,", "Hey,", "Uh, hi,", "Hi, um,", "Hello? Okay,", "Yeah, hi,", "",
	}
	introductions = []string{
		"this is {full}.", "my name is {full}.", "it's {first} {last}.", "this is {first} calling[ from {from}|].", "{full} here.",
		"this is {full}, [that's|spelled|um,] {spelled}.", "I'm calling for {full}.", "it's {first}[ again|].",
	}
	hesitations = []string{"Um,", "Uh,", "So,", "Let's see,", "Okay so,", "Well,", "Anyway,", "And also,", "Oh, and", "I mean,", "You know,", "Actually,"}
	callbacks   = []string{
		"My number is {num}.", "You can reach me at {num}.", "Call me back at {num}[, please|].", "I'm at {num}.", "The best number is {num}.",
		"My cell is {num}, again that's {num}.", "It's {num}, [anytime|after {time}|before {time}].",
	}
	closings = []string{
		"Thank you.", "Thanks, bye.", "Thank you so much, bye-bye.", "Okay, thanks.", "Have a good one.", "Appreciate it.", "Alright, bye.",
		"Talk to you soon.", "Thank you and have a blessed day.", "Bye.", "Okay. Um, yeah. Bye.",
	}
	shorts = []string{
		"Hi, it's {first}, call me back.", "Yeah, {first} {last}, {num}. Thanks.", "Hey, give me a call when you get this.", "Sorry, wrong number.",
		"Hi, this is {first} from {from}, please call me at {num}.", "Hello? [Hello?|Anybody there?]", "It's {first} about the {part}. Thanks.",
		"Confirming {weekday} at {time}. {full}.", "{first2}? It's me. Call me.", "Just calling back. {num}.",
	}
	fillers = []string{
		"[Um, |Uh, |]{pet}.", "Where was I.", "I [left|think I left] a message on {weekday} too.", "I know you're busy over there.",
		"I'd do it online but the website wouldn't let me in.", "I'm over on {street}, near the {color} church.", "My {rel} is helping me with this call.",
		"It used to be so easy with {doctor}.", "They keep advertising that {brand} stuff on TV.", "I should be home until {time}.",
		"I tried the other line but it just rings.", "If I don't pick up, you can talk to my {rel}, {first2}.", "It's {last2} with a [B|P|D], as in [boy|Peter|dog].",
		"I wrote it all down here somewhere.", "The lady with the {brand} lanyard told me to call this number.", "I'm going to {town} on {weekday}.",
	}
)
