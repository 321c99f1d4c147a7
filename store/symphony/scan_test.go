package symphony

import (
	"reflect"
	"strings"
	"testing"
	"time"

	simulator "switchboard/api/simulator/symphony"
	sym "switchboard/api/symphony"
)

// both reads markup in both ways, where it is plain.
func both(markup, data string) (scanned, read reader, ok bool) {
	if !plain(markup) {
		return scanned, read, false
	}
	w := writer{r: &scanned, entities: entitiesOf(data)}
	w.scan(markup)
	w = writer{r: &read, entities: entitiesOf(data)}
	w.read(markup)
	return scanned, read, true
}

// What is read of plain markup is what the tokenizer of a browser reads.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"", "hello", `<div data-format="PresentationML" data-version="2.0">see <b>this</b> &amp; that<br/>at 3</div>`,
		`<ul><li>one</li><li><i>two</i></li></ul><hr/>x`, `<a href="https://a.example/b?c=d">here</a> <a href="x"/>`,
		`<span class="entity" data-entity-id="0">@Ana</span>, ok?`, `<p >a</p ><br / >`, `<P>a</P>`, `a < b`, `<p title='x'>y</p>`, `<a href="&amp;">x</a>`,
		`<script>alert("<b>")</script>x`, `<textarea/>x`, `<!-- c -->x`, `<![CDATA[x]]>`, "a\r\nb\x00", `<pre>a  b` + "\n" + `</pre>`, `<p a="1"b="2">`, `<x-y z="" z="2">&lt;b&gt;&copy=1`,
		`<div`, `<div a="`, `</div`, `<`, `</>`, `<emoji shortcode="smile"/><hash tag="x"/><mention uid="71"/>`, "\xff<b>\xc3</b>",
	} {
		f.Add(s)
	}
	const data = `{"0":{"type":"com.symphony.user.mention","id":[{"type":"com.symphony.user.userId","value":"71"}]}}`
	f.Fuzz(func(t *testing.T, markup string) {
		if scanned, read, ok := both(markup, data); ok && !reflect.DeepEqual(scanned, read) {
			t.Errorf("%q\nis %q\nnot %q", markup, scanned.out, read.out)
		}
	})
}

// Nearly all messages are plain, and what is not has something in it that is none of
// PresentationML's business.
func TestMostMessagesArePlain(t *testing.T) {
	p := start(t, simulator.Config{Streams: 3, Messages: 400})
	all, left := 0, 0
	for _, id := range p.sim.Streams() {
		list, err := p.box.client.Messages(t.Context(), id, sym.MessageQuery{Since: time.UnixMilli(0), Limit: sym.MaxMessages})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			all++
			scanned, read, ok := both(m.Message, m.Data)
			switch {
			case !ok:
				if left++; !strings.ContainsAny(m.Message, "&!\r\x00\x1b") && !strings.Contains(m.Message, "<script") {
					t.Logf("not plain: %.200q", m.Message)
				}
			case !reflect.DeepEqual(scanned, read):
				t.Errorf("%q\nis %q\nnot %q", m.Message, scanned.out, read.out)
			}
		}
	}
	if all < 300 || left > all/20 {
		t.Errorf("%d of %d messages are not plain", left, all)
	}
}
