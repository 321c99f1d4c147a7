package corpus

// dialogues are conversations by text; a line starts with < when it comes in
// and with > when the desk sends it.
var dialogues = [][]string{
	{"<Hi, can I move my {exam} from {weekday} to {weekday}?", ">Hi {first}, we have {weekday} at {time}. Does that work?", "<Perfect 👍", ">You're booked. Please bring your {insurer} card.", "<Will do, thanks!"},
	{"<Is my {drug} ready?", ">Not yet, waiting on the pharmacy. We'll text you.", "<ok. I only have {n} pills left 😬", ">Sent to {biz} just now.", "<thank you!!"},
	{">Reminder: {first}, you have an appointment with {doctor} on {date} at {time}. Reply C to confirm.", "<C", ">Thank you, see you then.", "<what's the address again", ">The {street} office, second floor. Parking in back."},
	{"<I'm here, where do I check in?", ">Front desk, door on {street} 🙂", "<It's locked", ">On our way down!", "<👍"},
	{"<running {n} min late sorry, traffic in {town}", ">No problem, drive safely.", "<thx", ">Room {n} when you get here.", "<parked"},
	{"<did you get my fax? {n} pages", ">We got 2 pages, could you resend the rest?", "<resent just now", ">Got it, thank you.", "<👌"},
	{">Your {part} has shipped, tracking {code}.", "<When will it get here?", ">{weekday} between 9 and {time}.", "<Can they leave it at the {color} door?", ">We told the driver."},
	{"<Driver here. {n} boxes for {biz}. Gate code?", ">#{n}{n}{n}{n}, then left to the dock.", "<thanks. need a signature", ">Sending {first2} out.", "<done"},
	{"<{first2} can't make it {weekday}, {rel} is sick 🤒", ">Sorry to hear! We'll call to reschedule.", "<Thank you for understanding ❤️", ">{date} at {time}?", "<yes please"},
	{"<Do you accept {insurer}?", ">We do! Please send a photo of your card, front and back.", "<ok one sec", ">Thank you, you're all set.", "<🙏"},
	{"<I got a bill for {amount}. I thought my copay was $30?", ">Let me check with billing and get back to you.", "<It's invoice {code}", ">It was sent before {insurer} paid. Please ignore it.", "<Great, thank you"},
	{"<Is it normal to have {symptom} after a {exam}?", ">I'm asking {doctor}, please call us if it gets worse.", "<ok it's a bit better with ice", ">Good. Keep it elevated tonight.", "<will do"},
	{">Hi {first}, it's {doctor}'s office. Please call us about your {exam}.", "<I'm at work, can you text it?", ">We can't by text, sorry. Any time before {time}.", "<ok calling at lunch", ">Thanks!"},
	{"<STOP", ">You have been unsubscribed and will get no more messages.", "<START", ">Welcome back.", "<lol"},
	{"<can someone call me about my {rel}'s {brand}", ">Of course. Which number is best?", "<{num}", ">Calling in {n} minutes.", "<ok"},
	{"<hey its {first}. temp crown fell out AGAIN 😩", ">Oh no! Can you come {weekday} at {time}?", "<yes", ">Keep the piece please", "<its in my pocket 😂"},
	{"<The {brand} rep was here, left samples in the {color} cabinet", ">Thanks {first}.", "<also dock 2 is blocked till {time}", ">Noted, told dispatch.", "<👍🏽"},
	{"<Is the {town} office open on {date}?", ">Yes, 8 to {time}.", "<walk ins ok?", ">Until noon.", "<great"},
	{"<wrong order, I asked for {part} and got {part} 🙄", ">So sorry! We'll swap it on {weekday}.", "<{street} {n}, ring twice", ">Got it.", "<thx"},
	{"<Who is this?", ">Harbor Street Health Group, about your appointment on {date}.", "<oh ok sorry!", ">No worries 🙂", "<see you then"},
}

var foreignTexts = []string{
	"Здравствуйте! Можно перенести приём на пятницу?", "Καλημέρα, το ραντεβού μου είναι στις τρεις;", "您好,我的药好了吗?", "予約を明日の10時に変更できますか?",
	"مرحبا، هل يمكنني تغيير موعدي إلى الغد؟", "안녕하세요, 처방전 언제 찾을 수 있나요?", "¿A qué hora cierran? Mañana no llego antes de las 5 🙏", "שלום, אפשר לקבל תור ליום שני?",
	"नमस्ते, मेरी रिपोर्ट आ गई क्या?",
}

var emojiTexts = []string{"👍", "🙏🙏🙏", "❤️", "👍🏽", "😂😂", "✅", "🦷😬", "👩‍⚕️🙌", "🇲🇽🎉", "1️⃣0️⃣ 🕙"}

var pictureTexts = []string{
	"Here's my card, front", "this is what was in the box", "photo of the label", "see attached", "", "is this the right form?",
	"receipt from the pharmacy", "took this off the whiteboard before they wiped it", "damaged on arrival 😡", "here you go", "the swelling is about the same",
}

var pagerTexts = []string{
	"{first} {last} on line 2 about {drug}", "room {n} is ready", "pls call {biz} re {part}, ref {code}", "{doctor} running {n} min behind",
	"lunch order by {time}", "{insurer} on hold, auth {code}", "freezer alarm again, dock {n}", "can someone cover phones {time}", "walk-in with {symptom}, front desk",
}

var coverTexts = []string{
	"Please find attached the referral for your patient.", "Records as requested. Please confirm receipt.", "Signed orders, all pages including this one.",
	"Prior authorization, urgent.", "Corrected invoice; please disregard the earlier one.", "", "Lab results for your review.",
}
