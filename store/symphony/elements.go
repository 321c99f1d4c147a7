package symphony

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"switchboard/store"
)

// styled are the elements that only set their text apart.
func styled(t html.Token) int {
	switch t.DataAtom {
	case atom.B, atom.Strong, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Th:
		return 0
	case atom.I, atom.Em:
		return 1
	case atom.S, atom.Strike, atom.Del:
		return 2
	case atom.Code, atom.Tt, atom.Kbd, atom.Samp:
		return 3
	}
	return -1
}

// mute are the elements whose text is none.
func mute(t html.Token) bool {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Iframe, atom.Object, atom.Svg, atom.Math:
		return true
	}
	return false
}

// block are the elements that begin a line of their own.
func block(t html.Token) bool {
	switch t.DataAtom {
	case atom.Div, atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Tr, atom.Ul, atom.Ol, atom.Li,
		atom.Blockquote, atom.Pre, atom.Form, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Hr, atom.Caption:
		return true
	}
	switch t.Data {
	case "card", "body", "messageml", "expandable-card", "dialog":
		return true
	}
	return false
}

// start is the beginning of an element.
func (w *writer) start(t html.Token, closed bool) {
	if mute(t) && !closed {
		w.skip++
		return
	}
	if w.skip > 0 {
		return
	}
	if w.mention != nil && block(t) {
		w.endMention() // its span was never closed
	}
	if w.mention != nil { // nothing is set apart within a name
		if t.DataAtom == atom.Span && !closed {
			w.spans = append(w.spans, false)
		}
		return
	}
	if block(t) {
		w.end()
	}
	if i := styled(t); i >= 0 {
		w.styles[i]++
	}
	switch t.DataAtom {
	case atom.Br:
		if w.pre > 0 {
			w.preText("\n")
		} else {
			w.end()
		}
	case atom.Hr:
		w.emit("———")
	case atom.Ul, atom.Ol:
		w.lists = append(w.lists, list{ordered: t.DataAtom == atom.Ol})
	case atom.Li:
		w.item()
	case atom.Blockquote:
		w.quotes++
	case atom.Pre:
		w.pre++
	case atom.Td, atom.Th:
		if w.cells++; w.cells > 1 {
			w.gap = false
			w.put(" | ", 0)
		}
	case atom.A:
		w.gapNow()
		if len(w.links) >= maxNested {
			break // links do not stand in links
		}
		w.links = append(w.links, link{attr(t, "href"), len(w.line)})
	case atom.Span:
		w.span(t, closed)
	case atom.Img:
		w.picture(t)
	default:
		w.other(t)
	}
}

// other are the elements that only messages have.
func (w *writer) other(t html.Token) {
	switch t.Data {
	case "mention": // as they are written; messages that come have spans
		if id := attr(t, "uid"); id != "" {
			w.person(id, "")
		} else {
			w.put("@"+attr(t, "email"), 0)
		}
	case "hash":
		w.put("#"+tag(attr(t, "tag")), asIs)
	case "cash":
		w.put("$"+tag(attr(t, "tag")), asIs)
	case "emoji":
		w.put(":"+tag(attr(t, "shortcode"))+":", asIs)
	case "chime":
		w.say("(a chime)")
	case "button":
		w.gapNow()
		w.put("[", 0)
	case "option", "textarea":
		w.gap = true
	}
}

// close is the end of an element.
func (w *writer) close(t html.Token) {
	if mute(t) {
		w.skip = max(w.skip-1, 0)
		return
	}
	if w.skip > 0 {
		return
	}
	if w.mention != nil && t.DataAtom != atom.Span {
		if !block(t) {
			return
		}
		w.endMention() // its span was never closed
	}
	if i := styled(t); i >= 0 {
		w.styles[i] = max(w.styles[i]-1, 0)
	}
	switch t.DataAtom {
	case atom.Span:
		if n := len(w.spans); n > 0 {
			if w.spans[n-1] {
				w.endMention()
			}
			w.spans = w.spans[:n-1]
		}
	case atom.A:
		if len(w.links) > 0 {
			w.endLink()
		}
	case atom.Pre:
		if w.pre = max(w.pre-1, 0); w.pre == 0 {
			w.endCode()
		}
	case atom.Ul, atom.Ol:
		w.end()
		w.indent = ""
		if n := len(w.lists); n > 0 {
			w.lists = w.lists[:n-1]
		}
		return
	case atom.Blockquote:
		w.end()
		w.quotes = max(w.quotes-1, 0)
		return
	case atom.Button:
		w.gap = false
		w.put("]", 0)
	}
	if block(t) {
		w.end()
		if t.DataAtom == atom.Li {
			w.indent = ""
		}
	}
}

// item begins a line of a list.
func (w *writer) item() {
	n := len(w.lists)
	pad := strings.Repeat("  ", min(max(n-1, 0), maxNested))
	w.indent = pad + "- "
	if n > 0 && w.lists[n-1].ordered {
		w.lists[n-1].n++
		w.indent = pad + fmt.Sprintf("%d. ", w.lists[n-1].n%1000)
	}
}

// gapNow writes white space that is due before what comes.
func (w *writer) gapNow() {
	if w.gap && len(w.line) > 0 {
		w.line = append(w.line, run{" ", w.style()})
	}
	w.gap = false
}

// span is a mention, a tag or an emoji where the message's data say so, else only text.
func (w *writer) span(t html.Token, closed bool) {
	e, ok := w.entities[attr(t, "data-entity-id")]
	if closed {
		return
	}
	w.spans = append(w.spans, ok)
	if ok {
		w.mention = &mention{entity: e}
	}
}

func (w *writer) endMention() {
	m := w.mention
	if m == nil {
		return
	}
	w.mention = nil
	text := store.CleanLine(m.text.String())
	switch m.kind {
	case "mention":
		w.person(m.value, strings.TrimPrefix(text, "@"))
	case "hashtag":
		w.put("#"+tag(m.value), asIs)
	case "cashtag":
		w.put("$"+tag(m.value), asIs)
	default:
		if m.value != "" {
			text = store.CleanRaw(m.value)
		}
		w.put(text, w.style())
	}
}

// person is a mention of somebody.
func (w *writer) person(id, name string) {
	mark := "![:Person](" + id + ")"
	if typ, got, rest, ok := store.CutMention(mark); !ok || typ != "Person" || got != id || rest != "" {
		w.put("@"+name, 0)
		return
	}
	w.put(mark, asIs)
	if w.r.named == nil {
		w.r.named = map[string]bool{}
	}
	if !w.r.named[id] && len(w.r.mentions) < maxEntities {
		w.r.named[id] = true
		w.r.mentions = append(w.r.mentions, store.Mention{Type: "Person", ID: id, Name: name})
	}
}

// tag is the name of a hashtag: it is set as it is, so that no mark may be in it.
func tag(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_`[]()~\\<>!", r) && r != '_' || r <= ' ' {
			return -1
		}
		return r
	}, store.CleanLine(s))
}

// endLink ends a link: where it leads always stands beside what it is called.
func (w *writer) endLink() {
	l := w.links[len(w.links)-1]
	w.links = w.links[:len(w.links)-1]
	runs := w.line[min(l.at, len(w.line)):]
	var words strings.Builder
	for _, r := range runs {
		words.WriteString(r.text)
	}
	text := strings.TrimSpace(words.String())
	where, safe := address(l.href)
	switch {
	case where == "":
		return
	case !safe: // a program is never handed it
		if text != where {
			w.put(" ("+where+")", 0)
		}
		return
	}
	if text == "" || text == where || text == l.href {
		w.line = append(w.line[:len(w.line)-len(runs)], run{where, asIs})
	} else {
		w.line = append(w.line[:len(w.line)-len(runs)], run{"[" + label(text) + "](" + where + ")", asIs})
	}
	w.r.size += len(where)
	w.gap = w.gap || strings.HasSuffix(words.String(), " ")
}

// label is what a link is called, without what would end it.
func label(s string) string {
	s = strings.NewReplacer("[", "(", "]", ")", "\\", "/", "![:", "(").Replace(s)
	return cut(s, 300)
}

// cut is the beginning of s, of whole characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

const maxAddress = 800

// address is where a link leads, as it can stand in a mark; safe says that a program may
// be handed it. "" is no address.
func address(href string) (where string, safe bool) {
	href = strings.TrimSpace(href)
	u, err := url.Parse(href)
	if err != nil || href == "" || len(href) > maxAddress {
		return store.CleanLine(cut(href, 80)), false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host == "" || u.User != nil {
			return store.CleanLine(href), false
		}
	case "mailto", "tel":
	default:
		return store.CleanLine(href), false
	}
	where = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", "`", "%60", "\\", "%5C", "*", "%2A").Replace(store.CleanLine(u.String()))
	return where, true
}

// picture is an image that a message links to. It is not fetched.
func (w *writer) picture(t html.Token) {
	alt := store.CleanLine(attr(t, "alt"))
	if alt == "" {
		alt = "picture"
	}
	w.put("("+cut(alt, 200)+")", w.style())
}

// attr is an attribute of an element; "": it has none.
func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
