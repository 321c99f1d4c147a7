package corpus

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Paper has margins of about half an inch; all pages are laid out for the fine
// resolution.
const (
	left      = 120
	rightEdge = faxWidth - 120
	inner     = rightEdge - left
	headLines = 48 // the sending machine's own line
)

// form is one page being drawn.
type form struct {
	*sheet
	writer
	m               *Message
	from, to        Party
	number, number2 string
	when            time.Time
	n, pages        int
	y               int
}

// page draws the n-th of a fax's pages: a cover when there are several, then
// what a desk gets, by turns.
func (c *Corpus) page(m *Message, n, pages int, r rng, asText bool) *sheet {
	story := stream(c.seed, forPages, uint64(m.Index)|1<<48)
	who := c.somebody(&story)
	f := &form{
		sheet: newSheet(faxWidth, faxHeight, r), writer: writer{rng: story, c: c, who: who},
		m: m, from: m.From, when: c.office(m.Created), n: n, pages: pages,
	}
	if asText {
		f.print = &print{}
	}
	if len(m.To) > 0 {
		f.to = m.To[0]
	}
	if m.From.Name == "" {
		f.from.Name = who.full()
	}
	f.number, f.number2 = pretty(f.from.Number), pretty(f.to.Number)
	first := f.writer.n(len(bodies))
	f.headLine()
	if n == 0 && pages > 1 {
		f.cover()
		return f.sheet
	}
	// Further pages of the same kind tell of somebody else.
	f.writer.rng = stream(c.seed, forPages, uint64(m.Index)<<8|uint64(n)|1<<50)
	bodies[(first+n)%len(bodies)](f)
	f.footer()
	return f.sheet
}

var bodies = [...]func(*form){(*form).referral, (*form).lab, (*form).refill, (*form).invoice, (*form).notes, (*form).approval, (*form).freight, (*form).release, (*form).memo}

func pretty(number string) string {
	if len(number) != 12 {
		return number
	}
	return "(" + number[2:5] + ") " + number[5:8] + "-" + number[8:]
}

func (f *form) headLine() {
	name := strings.ToUpper(f.from.Name)
	s := fmt.Sprintf("%s  FROM: %.24s  %s", strings.ToUpper(f.when.Format("Jan 02 2006 15:04")), name, f.number)
	f.sheet.text(40, 34, 26, mono, s)
	f.right(faxWidth-40, 34, 26, mono, fmt.Sprintf("P.%02d/%02d", f.n+1, f.pages))
}

func (f *form) footer() {
	f.fill(left, faxHeight-110, inner, 2, 0)
	f.sheet.paragraph(left, faxHeight-84, inner, 19, regular, "CONFIDENTIAL: This facsimile is meant only for the person named above. If you received it in error, please call the sender at once and destroy all pages. "+f.number)
}

// letterhead draws the sender's mark, name and address.
func (f *form) letterhead(title string) {
	mark := 150
	// The same sender has the same paper every time.
	own := writer{rng: stream(0, forPages, hashNumber(f.from.Number)), c: f.c}
	switch own.n(3) {
	case 0:
		f.box(left, mark-40, 90, 90, 8)
		f.fill(left+38, mark-22, 14, 54, 0)
		f.fill(left+18, mark-2, 54, 14, 0)
	case 1:
		for k := range 5 {
			f.fill(left+k*19, mark-40+k*9, 10, 90-k*18, 0)
		}
	default:
		f.fill(left, mark-40, 90, 90, 0)
		f.ink(left+20, mark+32, f.face(bold, 84), f.from.Name[:1], 255)
	}
	f.sheet.text(left+120, mark, 50, bold, f.from.Name)
	f.sheet.text(left+120, mark+42, 26, regular, strconv.Itoa(own.between(10, 990))+" "+own.text("{street}")+", "+f.place()+"   Tel/Fax "+f.number)
	f.fill(left, mark+66, inner, 4, 0)
	f.sheet.text(left, mark+134, 46, bold, title)
	f.right(rightEdge, mark+134, 28, regular, f.when.Format("January 2, 2006"))
	f.y = mark + 170
}

func (f *form) place() string {
	if f.from.Location == "" {
		return "San Mateo, CA"
	}
	return f.from.Location
}

func (f *form) pick(list string) string { return pick(&f.writer.rng, lists[list]) }

func (f *form) say(template string) string { return f.writer.text(template) }

// field is a labelled box across a part of the page, filled in by machine or
// by hand.
func (f *form) field(x, w int, label, value string, byHand bool) {
	f.box(x, f.y, w, 84, 2)
	f.sheet.text(x+10, f.y+24, 20, regular, label)
	if byHand {
		f.hand(x+22, f.y+70, 40, value)
	} else {
		f.sheet.text(x+14, f.y+68, 32, regular, value)
	}
}

// row is two fields side by side.
func (f *form) row(label1, value1, label2, value2 string, byHand bool) {
	f.field(left, inner*3/5, label1, value1, byHand)
	f.field(left+inner*3/5-2, inner*2/5+2, label2, value2, byHand)
	f.y += 82
}

func (f *form) section(title string) {
	f.y += 28
	f.banner(left, f.y, inner, 44, 26, title)
	f.y += 44
}

func (f *form) check(x, y int, on bool, label string) {
	f.box(x, y-26, 30, 30, 3)
	if on {
		f.stroke(float64(x-2), float64(y-18), float64(x+13), float64(y+2), 3)
		f.stroke(float64(x+13), float64(y+2), float64(x+42), float64(y-42), 3)
	}
	f.sheet.text(x+46, y, 28, regular, label)
}

func (f *form) signature(label string) {
	f.scribble(float64(left+60), float64(f.y+90), float64(f.between(240, 420)), 46)
	f.fill(left, f.y+104, 760, 2, 0)
	f.sheet.text(left, f.y+130, 22, regular, label)
	f.hand(left+880, f.y+92, 40, f.when.Format("1/2/06"))
	f.fill(left+840, f.y+104, 400, 2, 0)
	f.sheet.text(left+840, f.y+130, 22, regular, "Date")
	f.y += 160
}

func (f *form) birthday() string {
	return fmt.Sprintf("%02d/%02d/%d", f.between(1, 12), f.between(1, 28), f.between(1931, 2019))
}

func (f *form) cover() {
	f.sheet.text(left, 260, 150, bold, "FAX")
	f.right(rightEdge, 190, 40, bold, f.from.Name)
	f.right(rightEdge, 236, 28, regular, f.place())
	f.right(rightEdge, 276, 28, regular, f.number)
	f.fill(left, 310, inner, 8, 0)
	f.y = 400
	line := func(label, value string, byHand bool) {
		f.sheet.text(left, f.y, 38, bold, label)
		if byHand {
			f.hand(left+260, f.y, 50, value)
		} else {
			f.sheet.text(left+260, f.y, 38, regular, value)
		}
		f.fill(left+250, f.y+14, inner-250, 2, 0)
		f.y += 92
	}
	byHand := f.percent(60)
	line("To:", f.to.Name, byHand)
	line("Fax:", f.number2, byHand)
	line("From:", f.from.Name, byHand)
	line("Date:", f.when.Format("January 2, 2006  3:04 PM"), false)
	line("Pages:", fmt.Sprintf("%d including cover", f.pages), byHand)
	line("Re:", f.say("[{exam} order|Patient {last2}|Referral, {insurer}|Records request|Order {code}]"), byHand)
	for i, t := range []string{"Urgent", "For review", "Please reply", "As requested"} {
		f.check(left+20+i*360, f.y+10, f.percent(35), t)
	}
	f.y += 100
	f.sheet.text(left, f.y, 38, bold, "Comments:")
	f.y += 60
	comment := f.m.CoverText
	if comment == "" {
		comment = f.say("[Please|Kindly] [review and sign|see attached] and [return by {weekday}|call us at the number above]. Thank you.")
	}
	if byHand {
		for _, part := range strings.SplitAfter(comment, ". ") {
			f.hand(left+20, f.y, 52, part)
			f.y += 84
		}
		f.scribble(left+700, float64(f.y+90), 320, 50)
	} else {
		f.y = f.sheet.paragraph(left, f.y, inner, 36, regular, comment)
	}
	f.footer()
}
