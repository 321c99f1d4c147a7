package symphony

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"
)

// elements are those that MessageML may have, beside those that become others.
func elements() []string {
	return []string{
		"div", "p", "b", "i", "u", "br", "hr", "a", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot",
		"tr", "td", "th", "code", "pre", "span", "img", "card", "header", "body", "emoji",
	}
}

// present turns MessageML into PresentationML: mentions and tags become spans
// that point at entities. What is no MessageML is an error that says where.
func (w *markup) present(text string) error {
	d := xml.NewDecoder(strings.NewReader("<messageML>" + text + "</messageML>"))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = w.begin(t)
		case xml.EndElement:
			if slices.Contains(elements(), t.Name.Local) && t.Name.Local != "br" && t.Name.Local != "hr" && t.Name.Local != "img" {
				w.b.WriteString("</" + shown(t.Name.Local) + ">")
			}
		case xml.CharData:
			w.plain.Write(t)
			w.b.WriteString(html.EscapeString(string(t)))
		case xml.Directive, xml.ProcInst:
			err = errors.New("a declaration is not allowed here")
		}
		if err != nil {
			return err
		}
	}
}

func shown(element string) string {
	switch element {
	case "card", "header", "body":
		return "div"
	case "emoji":
		return "span"
	}
	return element
}

func (w *markup) begin(t xml.StartElement) error {
	at := func(name string) string {
		for _, a := range t.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	switch name := t.Name.Local; name {
	case "messageML":
		return nil
	case "mention":
		return w.mentioned(at("uid"), at("email"))
	case "hash":
		w.hashtag(at("tag"))
		return nil
	case "cash":
		w.cashtag(at("tag"))
		return nil
	default:
		if !slices.Contains(elements(), name) {
			return errors.New("the element " + strconv.Quote(name) + " is not allowed here")
		}
		w.b.WriteString("<" + shown(name))
		for _, a := range t.Attr {
			w.b.WriteString(" " + a.Name.Local + `="` + html.EscapeString(a.Value) + `"`)
		}
		if name == "br" || name == "hr" || name == "img" {
			w.plain.WriteString("\n")
			w.b.WriteString("/")
		}
		w.b.WriteString(">")
	}
	return nil
}

func (w *markup) mentioned(id, email string) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err == nil {
		if u, ok := w.d.user(n); ok {
			w.mention(u)
			return nil
		}
	}
	for _, u := range w.d.people() {
		if email != "" && strings.EqualFold(u.email, email) {
			w.mention(u)
			return nil
		}
	}
	return errors.New("no user " + strconv.Quote(id+email) + " to mention")
}
