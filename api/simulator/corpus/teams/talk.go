package teams

import "strings"

// dialogues are what a sitting says, line by line. The people are at work.
var dialogues = [][]string{
	{"{last} called again about the {drug} refill, that's {n} times since {weekday}", "Did the pharmacy get our fax?", "Sent at {time}, no confirmation page", "I'll call them. Which location?", "{town}, {phone}", "Done, they have it now 👍"},
	{"Who has the hotline until {time}?", "me", "Can you take {weekday} too?", "Only after {time}, I'm at {town} in the morning", "ok I'll ask {first}", "{first} says yes"},
	{"Voicemail from {phone}, no name, asks for test results", "That is probably {first} {last}", "Please check the date of birth before you call back", "of course", "Called back at {time}, all done", "✅"},
	{"Fax machine in {town} is eating paper again", "Is it jammed or just out of toner?", "Jammed. Page {n} of {n}", "I opened ticket {code}", "Use the one at reception meanwhile", "that one prints sideways 🙃"},
	{"Delivery for {code} is at the dock", "How many boxes?", "{n}, one is wet", "Take a photo please before you sign", "did that", "Thanks. Returning that one to the sender"},
	{"Patient is here for {doctor} but is booked for {weekday}", "{doctor} can squeeze them in at {time}", "They'll wait", "room {n} is free", "On it", "thank you!!"},
	{"Invoice {code} went out twice", "Which amount is right?", "{amount}", "Voiding the other one", "Can somebody text {first} {last} about it? {phone}", "texted"},
	{"Reminder: huddle at {time}, {topic}", "running {n} min late", "no worries", "dial in is in the invite", "Notes are up", "👏"},
	{"Did anybody get hold of {first} {last}?", "Left a voicemail at {time}", "Second try now", "Wrong number, it's a pizza place in {town} 🍕", "lol", "Found the right one: {phone}"},
	{"We are down to {n} boxes of {drug}", "Ordered on {weekday}, arrives {weekday}", "Borrow from {town}?", "They have {n}", "Courier leaves at {time}", "🚚"},
	{"Anyone know why the queue shows {n} missed calls?", "Lunch. Two of us were out", "Let's stagger from tomorrow", "+1", "I'll put it in the plan", "Thanks {first}"},
	{"New voicemail in Spanish, {phone}", "I can take it", "Gracias {first}!", "She needs a new date for her cleaning, {weekday} works", "Booked {weekday} {time}", "perfect"},
	{"The after hours greeting still says {weekday}", "Changing it", "Please listen to it once before you hang up", "Done, and I sound like a robot 🤖", "you always do", "😂"},
}

// markdown are texts with what chats can show.
var markdown = []string{
	"> {last} asked whether we are open on {weekday}\n\nYes, until {time}. See the [holiday hours](https://harborstreet.example/hours)",
	"**Today**\n* call {first} {last}\n* refill for {last}, _{drug}_\n* fax {code} to {town}",
	"Steps for the new phones:\n1. press *Menu*\n2. choose **Directory**\n3. dial {n}",
	"Log from the fax server:\n```\nERR {code} line busy\nretry {n} of 3\n```\nLooks like `NoAnswer` again",
	"https://harborstreet.example/tickets/{num} is the one, and ~~{code}~~ is closed",
	"> **{first}:** can it wait until {weekday}?\n> _no_\n\nIt cannot. [Ticket {num}](https://harborstreet.example/tickets/{num})",
	"#{num} | {amount} | paid\n---\nsee also <https://harborstreet.example/bill?id={num}&x=1>",
}

var foreign = []string{
	"Здравствуйте! Пациентка из Pacifica просит перезвонить после обеда.", "Buenos días, la señora Cárdenas llega 10 minutos tarde.", "您好,配送员在后门等。",
	"お疲れさまです。午後の予約を確認しました。", "صباح الخير، المريض في غرفة الانتظار", "안녕하세요, 팩스 두 장 더 왔어요.", "שלום, הפקס התקבל", "Καλημέρα σε όλους!", "ขอบคุณค่ะ 🙏",
	"नमस्ते, डॉक्टर दस मिनट में आएँगे।",
}

// hostileTexts attack terminals, and whoever reads Markdown or mentions.
var hostileTexts = []string{
	"Please read \x1b[2J\x1b[H\x1b]0;pwned\x07 now",
	"invoice \u202Efdp.exe\u202C from \u2066accounting\u2069",
	"paid\rNOT PAID   \x08\x08\x08\x08 ok\x07",
	"\x1b]8;;https://example.invalid/login\x1b\\your portal\x1b]8;;\x1b\\ and \x1b]52;c;cm0gLXJmIH4K\x07",
	"![:Person](not-an-id) ![:Person](" + strings.Repeat("9", 400) + ") ![:Rocket](5) ![:Person]( ![:Person]",
	"[click](javascript:alert(1)) [\x1b[31mred](https://ok.example) <file:///etc/passwd>",
	strings.Repeat("A", 4000),
	strings.Repeat("[", 300) + strings.Repeat("*", 300) + strings.Repeat("> ", 200) + "deep",
	"Z" + strings.Repeat("\u0335\u0321\u0358", 60) + "algo " + strings.Repeat("👩‍👩‍👧‍👦", 200),
	strings.Repeat("line\n", 300) + "end",
	"nul\x00 c1\u009b31m zero\u200bwidth\ufeff tag\U000E0041",
	"![:Person](178009114)![:Person](178009114)![:Team](1)[![:Person](178009114)](https://x.example)",
}

var hostileNames = []string{"\x1b[31mOps\x1b[0m", "Team \u202Eevil", "a\rb\nc", strings.Repeat("Long ", 49)}

var hostileFiles = []string{"../../../etc/cron.d/evil.jpg", "CON.jpg", "photo\x1b[2J\x00.jpg", "invoice\u202Egpj.exe", strings.Repeat("very-long-name-", 20) + ".jpg"}
