package corpus

import (
	"fmt"
	"strings"
)

func (f *form) patient() string { return f.pick("first2") + " " + f.pick("last2") }

func (f *form) referral() {
	f.letterhead("Referral")
	f.row("PATIENT NAME", f.patient(), "DATE OF BIRTH", f.birthday(), true)
	f.row("ADDRESS", fmt.Sprintf("%d %s, %s", f.between(2, 4400), f.pick("street"), f.pick("town")), "PHONE", "(650) 555-01"+fmt.Sprint(f.between(10, 99)), true)
	f.row("INSURANCE", f.pick("insurer"), "MEMBER ID", f.say("{code}"), false)
	f.section("REFERRED TO")
	f.row("PROVIDER / SERVICE", f.say("{doctor}, {exam}"), "VISITS", fmt.Sprint(f.between(1, 12)), true)
	f.section("REASON")
	f.y += 60
	for range 3 {
		f.hand(left+20, f.y, 46, f.say("[Pt c/o|Has|Reports|Hx of] [{symptom}|pain in {body}], x {n} [wks|days|mos]"))
		f.fill(left, f.y+16, inner, 2, 120)
		f.y += 78
	}
	f.section("PLEASE")
	f.y += 64
	for i, t := range []string{"Evaluate and treat", "Consult only", "Imaging", "Send report", "Call with results", "Prior auth needed"} {
		f.check(left+20+i%3*500, f.y+i/3*70, f.percent(40), t)
	}
	f.y += 150
	f.signature("Referring clinician")
}

func (f *form) lab() {
	f.letterhead("Laboratory Report")
	f.row("PATIENT", f.say("{last2}, {first2}"), "DOB / SEX", f.birthday()+f.say("  [F|M]"), false)
	f.row("ORDERED BY", f.say("{doctor}"), "ACCESSION", f.say("{code}"), false)
	f.y += 50
	columns := []int{left, left + 560, left + 800, left + 1000, left + 1280}
	for i, t := range []string{"TEST", "RESULT", "FLAG", "REFERENCE", "UNITS"} {
		f.sheet.text(columns[i], f.y, 28, bold, t)
	}
	f.fill(left, f.y+14, inner, 4, 0)
	f.y += 62
	tests := []struct {
		name, unit string
		low, high  int
	}{
		{"Glucose, fasting", "mg/dL", 70, 99},
		{"Hemoglobin A1c", "%", 4, 6},
		{"Sodium", "mmol/L", 135, 145},
		{"Potassium", "mmol/L", 3, 5},
		{"Creatinine", "umol/L", 53, 106},
		{"ALT", "U/L", 7, 56},
		{"AST", "U/L", 8, 48},
		{"Cholesterol, total", "mg/dL", 120, 199},
		{"LDL calculated", "mg/dL", 50, 129},
		{"HDL", "mg/dL", 40, 85},
		{"Triglycerides", "mg/dL", 40, 149},
		{"TSH", "mIU/L", 1, 4},
		{"White cell count", "10^3/uL", 4, 11},
		{"Hematocrit", "%", 36, 48},
		{"Platelets", "10^3/uL", 150, 400},
		{"Vitamin D, 25-OH", "ng/mL", 30, 100},
	}
	for i, t := range tests[:f.between(9, len(tests))] {
		v := f.between(t.low*4/5, t.high*6/5)
		flag := ""
		if v < t.low {
			flag = "L"
		} else if v > t.high {
			flag = "H"
		}
		if i%2 == 1 {
			for y := f.y - 34; y < f.y+14; y += 4 { // the pale stripes of a printout
				f.fill(left, y, inner, 1, 150)
			}
		}
		for k, s := range []string{t.name, fmt.Sprintf("%d.%d", v, f.between(0, 9)), flag, fmt.Sprintf("%d - %d", t.low, t.high), t.unit} {
			st := mono
			if flag != "" && k > 0 && k < 3 {
				st = bold
			}
			f.sheet.text(columns[k], f.y, 30, st, s)
		}
		f.y += 52
	}
	f.y += 40
	f.box(left, f.y, inner, 170, 2)
	f.sheet.text(left+14, f.y+36, 24, bold, "COMMENT")
	f.sheet.paragraph(left+14, f.y+80, inner-28, 28, regular, f.say("Specimen [received|collected] on {date} at {time}. [Slightly hemolyzed.|Fasting not stated.|Repeat in {n} weeks suggested.] Reviewed by {doctor}."))
}

func (f *form) refill() {
	f.letterhead("Refill Authorization Request")
	f.row("PATIENT", f.patient(), "DATE OF BIRTH", f.birthday(), false)
	f.row("PRESCRIBER", f.say("{doctor}"), "RX NUMBER", f.say("{code}"), false)
	f.section("MEDICATION")
	f.row("DRUG AND STRENGTH", f.say("{drug} [5|10|20|25|50] mg [tab|cap]"), "QTY", fmt.Sprint(f.between(1, 6)*15), false)
	f.row("DIRECTIONS", f.say("Take one by mouth [daily|twice a day|at bedtime|as needed]"), "LAST FILLED", f.say("{date}"), false)
	f.row("ALTERNATIVE COVERED BY PLAN", f.say("{brand}"), "PLAN", f.pick("insurer"), false)
	f.y += 90
	f.sheet.text(left, f.y, 36, bold, "PRESCRIBER: please complete and fax back")
	f.y += 80
	answer := f.between(0, 3)
	for i, t := range []string{"Approved, refills:", "Denied, patient needs appointment", "Approved with changes:", "Patient no longer under our care"} {
		f.check(left+30, f.y, i == answer, t)
		if i%2 == 0 && i == answer {
			f.hand(left+440, f.y, 52, fmt.Sprint(f.between(1, 5)))
		}
		f.y += 84
	}
	f.sheet.text(left, f.y+6, 28, regular, "Notes:")
	for i := range 3 {
		f.fill(left+110, f.y+16+i*80, inner-110, 2, 0)
	}
	f.hand(left+140, f.y, 50, f.say("[needs labs first|see in {n} wks|ok x {n}|change to {drug}]"))
	f.y += 240
	f.signature("Prescriber signature")
}

func (f *form) invoice() {
	f.letterhead("Statement " + f.say("{code}"))
	f.sheet.text(left, f.y+40, 30, bold, "Bill to")
	f.sheet.text(left, f.y+84, 30, regular, f.patient())
	f.sheet.text(left, f.y+124, 30, regular, fmt.Sprintf("%d %s", f.between(2, 4400), f.pick("street")))
	f.sheet.text(left, f.y+164, 30, regular, f.pick("town"))
	f.y += 230
	f.banner(left, f.y, inner, 56, 28, "DATE")
	f.ink(left+260, f.y+38, f.face(bold, 28), "DESCRIPTION", 255)
	f.ink(rightEdge-150, f.y+38, f.face(bold, 28), "AMOUNT", 255)
	f.y += 56
	total := 0
	for range f.between(4, 10) {
		cents := f.between(900, 42000)
		total += cents
		f.sheet.text(left+16, f.y+42, 28, mono, fmt.Sprintf("%02d/%02d/%d", f.between(1, 12), f.between(1, 28), f.when.Year()))
		f.sheet.text(left+260, f.y+42, 30, regular, f.say("[Office visit|{exam}|{part}|Delivery, {street}|Lab, {exam}|{brand} injection]"))
		f.right(rightEdge-16, f.y+42, 30, mono, fmt.Sprintf("%d.%02d", cents/100, cents%100))
		f.fill(left, f.y+60, inner, 1, 0)
		f.y += 62
	}
	paid := total * f.between(0, 60) / 100
	for _, t := range []struct {
		label string
		cents int
	}{{"Total", total}, {"Paid by insurance", -paid}, {"Please pay", total - paid}} {
		f.right(rightEdge-300, f.y+50, 32, bold, t.label)
		f.right(rightEdge-16, f.y+50, 32, mono, fmt.Sprintf("%.2f", float64(t.cents)/100))
		f.y += 58
	}
	f.box(rightEdge-500, f.y-50, 500, 66, 5)
	if f.percent(50) {
		f.stamped(left+180, f.y+60, f.say("[PAST DUE|RECEIVED|COPY|SECOND NOTICE]"))
	}
	f.y += 150
	f.paragraph(left, f.y, inner, 26, regular, f.say("Payment is due by {date}. Questions: {num}. Please write the statement number on your check. Claims to {insurer} were filed on {date}."))
}

// stamped is a rubber stamp, with the gaps of one that is running dry.
func (f *form) stamped(x, y int, t string) {
	w := f.width(90, bold, t) + 60
	f.box(x, y-90, w, 120, 7)
	f.sheet.text(x+30, y, 90, bold, t)
	for range 900 {
		f.fill(x+f.between(0, w), y-f.between(-30, 90), f.between(1, 6), f.between(1, 4), 255)
	}
}

func (f *form) notes() {
	f.letterhead("Progress Note")
	f.row("PATIENT", f.patient(), "MRN", f.say("{code}"), false)
	f.y += 50
	for _, part := range []struct{ title, text string }{
		{"SUBJECTIVE", "Patient is a [forty|fifty|sixty|seventy]-{digitword} year old seen for {symptom}, {n} days. Reports [pain in the {body}|no fever|trouble with stairs|relief with {drug}]. Lives in {town} with {rel}. Denies {symptom}."},
		{"OBJECTIVE", "BP 1[1|2|3|4]{n}/8{n}, pulse 7{n}, afebrile. {body}: [tender to palpation|full range of motion|mild effusion|no erythema]. {exam} on {date}: [unremarkable|as per report|mild degenerative change]."},
		{"ASSESSMENT", "[Stable|Improving|Not at goal]. Consider {brand} if there is no response to {drug} within {n} weeks. Rule out reaction to {drug}."},
		{"PLAN", "Continue {drug}. {exam} ordered, {insurer} to authorize. Physical therapy at {biz}, {n} visits. Return in {n} weeks or sooner with {symptom}. Discussed with {rel}, who agrees. Records to {doctor}."},
	} {
		f.sheet.text(left, f.y, 32, bold, part.title)
		f.y = f.paragraph(left, f.y+48, inner, 30, mono, f.say(part.text)) + 34
	}
	f.y = f.paragraph(left, f.y, inner, 30, mono, f.say("Addendum {date}: {rel} called, [{symptom} since {weekday}|asks about {brand}|needs letter for work]. Advised to [rest|stop {drug}|go to urgent care if worse]. Call back {num}."))
	f.y += 60
	f.signature(f.say("{doctor}, electronically reviewed"))
}

func (f *form) approval() {
	f.letterhead("Prior Authorization")
	f.row("MEMBER", f.patient(), "MEMBER ID", f.say("{code}"), false)
	f.row("PLAN", f.pick("insurer"), "REFERENCE", f.say("{code}"), false)
	f.row("SERVICE", f.say("[{exam}|{brand}, {n} doses|{part}]"), "UNITS", fmt.Sprint(f.between(1, 24)), false)
	f.y += 90
	f.sheet.text(left, f.y, 34, regular, "Dear Provider,")
	f.y += 70
	verdict := f.say("[APPROVED|DENIED|MORE INFORMATION NEEDED]")
	for _, t := range []string{
		"We received your request on {date} for the service named above and have completed our review. The decision is:", "",
		"[This decision rests on|The reviewer considered] the clinical notes of {doctor} dated {date} and the plan's policy {code}. The member has tried {drug} and {drug} for {n} weeks.",
		"You may ask for a peer to peer conversation within {n} business days by calling {num}, reference {code}. The member has been told by mail at {n}{n} {street}, {town}.",
		"This is not a guarantee of payment. Benefits are subject to eligibility on the day of service.",
	} {
		if t == "" {
			f.sheet.text(left+60, f.y+20, 54, bold, verdict)
			f.box(left+30, f.y-40, f.width(54, bold, verdict)+60, 84, 4)
			f.y += 110
			continue
		}
		f.y = f.paragraph(left, f.y, inner, 33, regular, f.say(t)) + 30
	}
	f.sheet.text(left, f.y+10, 33, regular, "Sincerely,")
	f.y += 50
	f.signature(f.say("{first2} {last2}, Utilization Review"))
}

func (f *form) freight() {
	f.letterhead("Delivery Receipt")
	f.row("SHIP TO", f.say("Harbor Street Health, {street}"), "ORDER", f.say("{code}"), false)
	f.row("CARRIER", f.pick("biz"), "ROUTE / STOP", fmt.Sprintf("%d / %d", f.between(10, 80), f.between(1, 30)), false)
	f.y += 40
	f.bars(rightEdge-560, f.y, 560, 110)
	f.sheet.text(left, f.y+60, 40, mono, f.say("PRO {code}"))
	f.y += 150
	f.banner(left, f.y, inner, 50, 26, "QTY")
	for i, t := range []string{"ITEM", "LOT", "RECEIVED"} {
		f.ink(left+[...]int{130, 960, 1300}[i], f.y+34, f.face(bold, 26), t, 255)
	}
	f.y += 50
	for range f.between(5, 11) {
		f.box(left, f.y, inner, 66, 1)
		f.sheet.text(left+20, f.y+44, 30, mono, fmt.Sprint(f.between(1, 40)))
		f.sheet.text(left+130, f.y+44, 30, regular, f.say("{part}, {color} [|, box of {n}|{brand}]"))
		f.sheet.text(left+960, f.y+44, 28, mono, f.say("{code}"))
		if f.percent(80) {
			f.check(rightEdge-110, f.y+46, true, "")
		}
		f.y += 65
	}
	f.y += 80
	f.hand(left+30, f.y, 54, f.say("[1 box wet, {date}|short {n}, will call|all ok|left at {color} door|pallet returned]"))
	f.y += 60
	f.signature("Received in good order except as noted")
}

// bars looks like a bar code.
func (f *form) bars(x, y, w, h int) {
	for end := x + w; x < end; {
		n := f.between(1, 4) * 4
		f.fill(x, y, min(n, end-x), h, 0)
		x += n + f.between(1, 3)*4
	}
}

func (f *form) release() {
	f.letterhead("Authorization to Release Records")
	f.row("NAME", f.patient(), "DATE OF BIRTH", f.birthday(), true)
	f.row("RELEASE TO", f.from.Name, "FAX", f.number, true)
	f.section("RECORDS REQUESTED")
	f.y += 66
	for i, t := range []string{"Chart notes", "Laboratory", "Imaging reports", "X-rays on disc", "Immunizations", "Dental records", "Billing", "All of these"} {
		f.check(left+20+i%4*380, f.y+i/4*72, f.percent(45), t)
	}
	f.y += 150
	f.sheet.text(left, f.y, 30, regular, "From")
	f.hand(left+100, f.y, 46, f.birthday()[:6]+"2019")
	f.sheet.text(left+480, f.y, 30, regular, "through")
	f.hand(left+640, f.y, 46, "present")
	f.y += 80
	for _, t := range []string{
		"I authorize the office named above to release the records marked on this form. I understand that I may withdraw this authorization in writing at any time, except where it has already been relied upon, and that it ends one year after the date of my signature.",
		"I understand that treatment and payment do not depend on whether I sign. Copies of this form, sent by fax, are as good as the original.",
		"Purpose: [continued care|legal|insurance|personal|transfer to {doctor}, {town}].",
	} {
		f.y = f.paragraph(left, f.y, inner, 29, regular, f.say(t)) + 24
	}
	f.y += 40
	f.signature("Patient or guardian")
	f.signature("Witness")
}

// memo is a page by hand: what comes out of a machine when somebody writes on
// the paper in the tray.
func (f *form) memo() {
	f.y = 220
	for y := 200; y < faxHeight-160; y += 88 {
		f.fill(60, y+18, faxWidth-120, 1, 140)
	}
	f.fill(220, 60, 2, faxHeight-200, 140)
	t := f.say("[To|Attn]: {doctor} / RE: {full}, dob {date} / Pt [called|came by] {weekday}, {symptom} x {n} days. / Needs {drug} sent to {biz}, {street}. / {insurer} says no to {brand} - please try {drug} instead. / {rel} will pick up {date}, around {time}. / Also [needs note for work|copy of {exam}|new {part}]. / Call me w/ questions, {num}. / [Thanks!|Sorry for the mess, printer is down.]")
	for _, line := range strings.Split(t, " / ") {
		words := ""
		for _, w := range strings.Fields(line) {
			if f.width(60, italic, words+w) > inner-180 {
				f.hand(260, f.y, 60, words)
				f.y += 88
				words = "   "
			}
			words += w + " "
		}
		f.hand(260, f.y, 60, words)
		f.y += 88
	}
	f.y += 70
	f.scribble(900, float64(f.y), 380, 64)
}
