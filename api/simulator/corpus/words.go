package corpus

import "strconv"

// writer fills in templates. In a template {name} stands for something looked
// up or invented, and [a|b|] for one of the alternatives, which may hold
// further {names} but no further brackets.
type writer struct {
	rng
	c   *Corpus
	who person
}

func (w *writer) text(template string) string { return string(w.add(make([]byte, 0, 160), template)) }

func (w *writer) add(to []byte, t string) []byte {
	for i := 0; i < len(t); i++ {
		switch t[i] {
		case '{':
			end := i + 1
			for t[end] != '}' {
				end++
			}
			to = w.name(to, t[i+1:end])
			i = end
		case '[':
			end, choices := i+1, 1
			for t[end] != ']' {
				if t[end] == '|' {
					choices++
				}
				end++
			}
			to = w.add(to, choice(t[i+1:end], w.n(choices)))
			i = end
		default:
			to = append(to, t[i])
		}
	}
	return to
}

// choice is the n-th of the alternatives in s.
func choice(s string, n int) string {
	start := 0
	for i := range len(s) {
		if s[i] == '|' {
			if n == 0 {
				return s[start:i]
			}
			n--
			start = i + 1
		}
	}
	return s[start:]
}

var lists = map[string][]string{
	"drug": drugs, "exam": exams, "body": bodyParts, "insurer": insurers, "rel": relatives, "street": streets,
	"part": parts, "symptom": symptoms, "weekday": weekdays, "month": months, "color": colors, "biz": businesses,
	"last2": lastNames, "first2": firstNames, "town": towns, "pet": asides,
}

func (w *writer) name(to []byte, name string) []byte {
	switch name {
	case "first":
		return append(to, w.who.first...)
	case "last":
		return append(to, w.who.last...)
	case "full":
		return append(append(append(to, w.who.first...), ' '), w.who.last...)
	case "from":
		if w.who.company == "" {
			return append(to, "home"...)
		}
		return append(to, w.who.company...)
	case "num":
		return w.number(to)
	case "doctor":
		return append(append(to, "Dr. "...), pick(&w.rng, lastNames[:40])...)
	case "time":
		to = strconv.AppendInt(to, int64(w.between(1, 12)), 10)
		return append(to, pick(&w.rng, []string{" o'clock", ":15", ":30", ":45", ":30", " PM"})...)
	case "date":
		to = append(append(to, pick(&w.rng, months)...), ' ')
		to = strconv.AppendInt(to, int64(w.between(1, 28)), 10)
		return append(to, pick(&w.rng, []string{"th", "", ""})...)
	case "n":
		return strconv.AppendInt(to, int64(w.between(2, 12)), 10)
	case "amount":
		to = append(to, '$')
		to = strconv.AppendInt(to, int64(w.between(12, 940)), 10)
		to = append(to, '.')
		return append(to, '0'+byte(w.n(10)), '0'+byte(w.n(10)))
	case "code":
		to = append(to, 'A'+byte(w.n(26)), 'A'+byte(w.n(26)), ' ')
		return strconv.AppendInt(to, int64(w.between(1000, 99999)), 10)
	case "brand":
		return w.brand(to)
	case "digitword":
		return append(to, digits[w.between(1, 9)]...)
	case "spelled":
		for i := range len(w.who.last) {
			if i > 0 {
				to = append(to, '-')
			}
			to = append(to, capital(w.who.last[i]))
		}
		return to
	}
	return append(to, pick(&w.rng, lists[name])...)
}

// number says the caller's number the way people and transcribers do.
func (w *writer) number(to []byte) []byte {
	d := w.who.number[2:]
	switch w.n(5) {
	case 0:
		to = append(append(append(append(to, d[:3]...), ", "...), d[3:6]...), ", "...)
		return append(append(append(to, d[6:8]...), ' '), d[8:]...)
	case 1:
		for i := range len(d) {
			if i == 3 || i == 6 {
				to = append(to, ',')
			}
			if i > 0 {
				to = append(to, ' ')
			}
			if d[i] == '0' {
				to = append(to, pick(&w.rng, []string{"oh", "zero"})...)
				continue
			}
			to = append(to, digits[d[i]-'0']...)
		}
		return to
	case 2:
		return append(append(append(append(append(append(to, '('), d[:3]...), ") "...), d[3:6]...), '-'), d[6:]...)
	}
	return append(append(append(append(append(to, d[:3]...), '-'), d[3:6]...), '-'), d[6:]...)
}

var (
	digits   = [10]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	onsets   = []string{"b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "k", "l", "m", "n", "p", "pr", "qu", "r", "s", "st", "t", "tr", "v", "w", "z", "th"}
	nuclei   = []string{"a", "e", "i", "o", "u", "ai", "ea", "io", "ou"}
	codas    = []string{"", "l", "n", "r", "s", "x", "m", "nd", "rt", "st"}
	suffixes = []string{"ex", "ol", "ine", "ara", "ium", "on", "is", "ela", "or", "ity", "ane", "ox"}
)

// brand invents a product. There are about as many as there are products, so
// that an index built from the transcripts has its long tail of rare words.
func (w *writer) brand(to []byte) []byte {
	r := stream(w.c.seed, forBrand, uint64(w.n(200)*w.n(200)))
	at := len(to)
	for range 1 + r.n(2) {
		to = append(append(append(to, pick(&r, onsets)...), pick(&r, nuclei)...), pick(&r, codas)...)
	}
	to = append(append(to, pick(&r, onsets)...), pick(&r, suffixes)...)
	to[at] -= 'a' - 'A'
	return to
}

func capital(b byte) byte {
	if b >= 'a' && b <= 'z' {
		b -= 'a' - 'A'
	}
	return b
}
