package plain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Bounds of what is laid out.
const (
	mostJSONLines = 100_000
	mostDepth     = 200     // of values in values
	mostValue     = 2 << 10 // bytes of one text until it is cut
)

var errMuch = errors.New("more than can be laid out")

// jsonSheet lays JSON out, one value or several one after the other; nil when
// it is not valid. Numbers stay as they are written.
func jsonSheet(text string, whole bool) *sheet {
	p := &pretty{d: json.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))}
	p.d.UseNumber()
	n := 0
	var err error
	for ; err == nil; n++ {
		err = p.value("", 0)
	}
	n--
	s := &sheet{what: "JSON", lines: p.lines}
	if n > 1 {
		s.what = fmt.Sprintf("JSON, %s", kit.Plural(n, "value"))
	}
	switch {
	case errors.Is(err, io.EOF) && n > 0:
	case errors.Is(err, errMuch):
		s.remark = fmt.Sprintf("The first %s lines; open it outside for the rest", kit.Count(len(p.lines), true))
	case !whole && len(p.lines) > 0:
		// It was cut off, so it has to end in the middle.
	default:
		return nil
	}
	return s
}

// pretty makes lines of the tokens of a decoder.
type pretty struct {
	d     *json.Decoder
	lines []line
}

func (p *pretty) add(label, text string, depth int) error {
	if len(p.lines) >= mostJSONLines {
		return errMuch
	}
	p.lines = append(p.lines, line{label: label, text: text, pad: 2 * depth, hang: 2*depth + 4})
	return nil
}

// value lays out the next value; label is its name.
func (p *pretty) value(label string, depth int) error {
	t, err := p.d.Token()
	if err != nil {
		return err
	}
	open, ok := t.(json.Delim)
	if !ok {
		return p.add(label, scalar(t)+p.comma(depth), depth)
	}
	if depth >= mostDepth {
		return errMuch
	}
	shut := map[json.Delim]string{'{': "}", '[': "]"}[open]
	if !p.d.More() {
		if _, err := p.d.Token(); err != nil {
			return err
		}
		return p.add(label, open.String()+shut+p.comma(depth), depth)
	}
	if err := p.add(label, open.String(), depth); err != nil {
		return err
	}
	for p.d.More() {
		name := ""
		if open == '{' {
			k, err := p.d.Token()
			if err != nil {
				return err
			}
			name = scalar(k) + ": "
		}
		if err := p.value(name, depth+1); err != nil {
			return err
		}
	}
	if _, err := p.d.Token(); err != nil {
		return err
	}
	return p.add("", shut+p.comma(depth), depth)
}

// comma is what stands after a value that another follows.
func (p *pretty) comma(depth int) string {
	if depth > 0 && p.d.More() {
		return ","
	}
	return ""
}

// scalar writes a text, a number or a word as JSON does, on one line and safe.
func scalar(t json.Token) string {
	s, ok := t.(string)
	if !ok {
		switch v := t.(type) {
		case json.Number:
			return store.CleanLine(v.String())
		case bool:
			return fmt.Sprint(v)
		}
		return "null"
	}
	size := len(s)
	s = strings.ToValidUTF8(s[:min(size, mostValue)], "\ufffd")
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	out := strings.ReplaceAll(store.Clean(strings.TrimSuffix(b.String(), "\n")), "\n", " ")
	if size > mostValue {
		out += fmt.Sprintf(" … (%s in all)", kit.Size(int64(size)))
	}
	return out
}
