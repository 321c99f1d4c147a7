package symphony

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	sym "switchboard/api/symphony"
	"switchboard/store"
)

// Bounds on what is made of one message.
const (
	maxMarkup  = 2 << 20   // bytes of PresentationML that are read
	maxText    = 200 << 10 // bytes of text that are made of it
	maxQuotes  = 3         // messages forwarded in one another
	maxNested  = 6         // lists and quotations within one another
	maxMention = 200       // bytes of a name
)

// textOf is what a message says, in the store's marks, with what it forwards as a
// quotation, and who and what is mentioned.
func textOf(m sym.Message) (text string, mentions []store.Mention) {
	r := reader{}
	r.message(m, 0)
	return strings.Join(r.out, "\n"), r.mentions
}

// reader turns messages into lines.
type reader struct {
	out      []string
	size     int
	mentions []store.Mention
	named    map[string]bool // ids in mentions
}

func (r *reader) message(m sym.Message, quotes int) {
	w := writer{r: r, quote: quotes, entities: entitiesOf(m.Data)}
	if markup := m.Message[:min(len(m.Message), maxMarkup)]; plain(markup) {
		w.scan(markup)
	} else {
		w.read(markup)
	}
	if m.Message == "" && m.Diagnostic != "" {
		w.say("(the service could not read this message: " + m.Diagnostic + ")")
		w.end()
	}
	if m.SharedMessage == nil {
		return
	}
	if quotes >= maxQuotes {
		w.say("(a message is forwarded)")
		w.end()
		return
	}
	by := "A message was forwarded:"
	if name := store.CleanLine(m.SharedMessage.User.Name()); name != "" {
		by = "Forwarded from " + name
		if t := m.SharedMessage.Timestamp; !t.IsZero() {
			by += ", " + t.UTC().Format("2006-01-02 15:04") + " UTC"
		}
		by += ":"
	}
	q := writer{r: r, quote: quotes + 1}
	q.say(by)
	q.end()
	r.message(*m.SharedMessage, quotes+1)
}

// writer reads the markup of one message. Its state is small and flat, so that no nesting
// of elements, however deep or wrong, costs more than its length.
type writer struct {
	r        *reader
	entities map[string]entity
	quote    int

	line    []run
	indent  string // of the next line, once: the sign of a list
	blank   bool   // a line of a list has begun and has no text yet
	styles  [4]int // how many elements ask for bold, italic, struck, mono
	lists   []list
	quotes  int // blockquotes
	pre     int
	code    []string // lines of pre
	skip    int      // elements whose text is no text
	links   []link
	spans   []bool   // of open spans: whether they are an entity
	mention *mention // the entity whose text is being read
	cells   int      // cells so far in this row
	gap     bool     // white space is due before the next word
}

type list struct {
	ordered bool
	n       int
}

type link struct {
	href string
	at   int // runs of the line before it
}

type mention struct {
	entity
	text strings.Builder
}

// read goes through the markup.
func (w *writer) read(markup string) {
	z := html.NewTokenizer(strings.NewReader(markup))
	z.SetMaxBuf(maxMarkup)
	for w.r.size < maxText {
		switch z.Next() {
		case html.ErrorToken:
			w.finish()
			return
		case html.TextToken:
			if w.skip == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken:
			t := z.Token()
			if t.DataAtom != atom.Script && t.DataAtom != atom.Style {
				z.NextIsNotRawText() // it is XHTML: <textarea/> is all of it
			}
			w.element(t)
		case html.SelfClosingTagToken:
			z.NextIsNotRawText()
			w.element(z.Token())
		case html.EndTagToken:
			t := z.Token()
			w.close(t)
		}
	}
	w.say("(the rest is left out)")
	w.finish()
}

// element is the beginning of an element, or all of one.
func (w *writer) element(t html.Token) {
	w.start(t, t.Type == html.SelfClosingTagToken)
	if t.Type == html.SelfClosingTagToken && t.DataAtom != atom.Br && t.DataAtom != atom.Img && t.DataAtom != atom.Hr && t.DataAtom != atom.Input {
		w.close(t)
	}
}

func (w *writer) finish() {
	w.endMention()
	for len(w.links) > 0 {
		w.endLink()
	}
	w.endCode()
	w.end()
}

// text is character data.
func (w *writer) text(s string) {
	s = cut(s, max(maxText-w.r.size, 0)+1)
	if w.mention != nil {
		if room := maxMention - w.mention.text.Len(); room > 0 {
			w.mention.text.WriteString(s[:min(len(s), room)])
		}
		return
	}
	if w.pre > 0 {
		w.preText(s)
		return
	}
	s = strings.ToValidUTF8(s, "")
	words := strings.Fields(s)
	if len(words) == 0 {
		w.gap = w.gap || s != ""
		return
	}
	if strings.ContainsAny(s[:1], " \t\n\r\f") {
		w.gap = true
	}
	w.put(strings.Join(words, " "), w.style())
	w.gap = strings.ContainsAny(s[len(s)-1:], " \t\n\r\f")
}

// preText is text whose lines stay as they are.
func (w *writer) preText(s string) {
	parts := strings.Split(strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), ""), "\n")
	if len(w.code) == 0 {
		w.code = []string{""}
	}
	w.code[len(w.code)-1] += parts[0]
	w.code = append(w.code, parts[1:]...)
	w.r.size += len(s)
}

// say is a remark of ours.
func (w *writer) say(s string) { w.put(s, 0) }

// put adds a piece to the line.
func (w *writer) put(s string, st style) {
	if s == "" {
		return
	}
	if w.gap && len(w.line) > 0 {
		w.line = append(w.line, run{" ", w.line[len(w.line)-1].style & w.style() &^ asIs})
	}
	w.gap, w.blank = false, false
	w.line = append(w.line, run{s, st})
	w.r.size += len(s)
}

func (w *writer) style() (st style) {
	for i, n := range w.styles {
		if n > 0 {
			st |= 1 << i
		}
	}
	return st
}

// end ends a line, if there is something on it.
func (w *writer) end() {
	w.gap = false
	if len(w.line) == 0 {
		return
	}
	text := strings.TrimRight(lineOf(w.line), " ")
	w.line, w.cells = nil, 0
	for i := range w.links {
		w.links[i].at = 0
	}
	if text == "" {
		return
	}
	lead := w.indent
	if lead == "" {
		text = lineStart(text)
		lead = strings.Repeat("  ", min(len(w.lists), maxNested))
	}
	w.indent = ""
	w.emit(lead + text)
}

func (w *writer) emit(line string) {
	depth := w.quote + min(w.quotes, maxNested)
	w.r.out = append(w.r.out, strings.Repeat("> ", depth)+line)
	w.r.size += 1 + 2*depth
}

// endCode writes what stood in a pre. In a quotation there are no fences.
func (w *writer) endCode() {
	lines := w.code
	w.code = nil
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return
	}
	if w.quote+w.quotes > 0 {
		for _, l := range lines {
			w.emit(lineOf([]run{{strings.TrimRight(l, " \t"), mono}}))
		}
		return
	}
	w.emit("```")
	for _, l := range lines {
		w.emit(strings.ReplaceAll(strings.TrimRight(l, " \t"), "```", "'''"))
	}
	w.emit("```")
}
