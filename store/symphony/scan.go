package symphony

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// scanner reads the markup that nearly all messages are: elements and attributes in small
// letters, values in double quotes, nothing that is no element. The tokenizer of a browser
// reads whatever there is, but makes room for four kilobytes first, for a line of chat.
// What is not so plain is left to it, from the beginning.
type scanner struct {
	rest string
	text string // of a text token, as it stands there
	tok  html.Token
}

// plain reports whether all of it can be read so.
func plain(markup string) bool {
	for z := (scanner{rest: markup}); z.rest != ""; {
		if !z.next() {
			return false
		}
	}
	return true
}

// next reads a piece; ok is false where it is not plain.
func (z *scanner) next() (ok bool) {
	if z.rest[0] != '<' {
		end := strings.IndexByte(z.rest, '<')
		if end < 0 {
			end = len(z.rest)
		}
		z.tok.Type = html.TextToken
		z.text, z.rest = z.rest[:end], z.rest[end:]
		return !strings.ContainsAny(z.text, "\r\x00")
	}
	s := z.rest[1:]
	z.tok = html.Token{Type: html.StartTagToken, Attr: z.tok.Attr[:0]}
	if strings.HasPrefix(s, "/") {
		z.tok.Type, s = html.EndTagToken, s[1:]
	}
	if s = z.name(s); z.tok.Data == "" || raw(z.tok.DataAtom) {
		return false
	}
	for z.tok.Type == html.StartTagToken && strings.HasPrefix(s, " ") {
		if s = strings.TrimLeft(s, " "); s == "" || s[0] == '>' || s[0] == '/' {
			break
		}
		if s, ok = z.attribute(s); !ok {
			return false
		}
	}
	if z.tok.Type == html.StartTagToken && strings.HasPrefix(s, "/") {
		z.tok.Type, s = html.SelfClosingTagToken, s[1:]
	}
	if !strings.HasPrefix(s, ">") {
		return false
	}
	z.rest = s[1:]
	return true
}

// name reads what an element is called.
func (z *scanner) name(s string) (rest string) {
	n := letters(s)
	if n == 0 || s[0] < 'a' {
		return s
	}
	var b [32]byte
	if n <= len(b) {
		z.tok.DataAtom = atom.Lookup(b[:copy(b[:], s[:n])])
	}
	z.tok.Data = s[:n]
	return s[n:]
}

func (z *scanner) attribute(s string) (rest string, ok bool) {
	n := letters(s)
	if n == 0 || !strings.HasPrefix(s[n:], `="`) {
		return s, false
	}
	name, s := s[:n], s[n+2:]
	end := strings.IndexByte(s, '"')
	if end < 0 || strings.ContainsAny(s[:end], "&\r\x00") {
		return s, false
	}
	z.tok.Attr = append(z.tok.Attr, html.Attribute{Key: name, Val: s[:end]})
	return s[end+1:], true
}

// letters is how much of s is letters, digits and hyphens.
func letters(s string) (n int) {
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= '0' && s[n] <= '9' || s[n] == '-') {
		n++
	}
	return n
}

// raw are the elements in which a browser reads no elements.
func raw(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Textarea, atom.Title, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Plaintext, atom.Xmp:
		return true
	}
	return false
}

// scan goes through plain markup.
func (w *writer) scan(markup string) {
	for z := (scanner{rest: markup}); w.r.size < maxText; {
		if z.rest == "" {
			w.finish()
			return
		}
		z.next() // it has been seen to be plain
		switch z.tok.Type {
		case html.TextToken:
			if w.skip == 0 {
				w.text(html.UnescapeString(z.text))
			}
		case html.EndTagToken:
			w.close(z.tok)
		default:
			w.element(z.tok)
		}
	}
	w.say("(the rest is left out)")
	w.finish()
}
