package symphony

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	sym "switchboard/api/symphony"
	"switchboard/store"
)

const someData = `{
	"m1":{"id":[{"type":"com.symphony.user.userId","value":"349026222342678"}],"type":"com.symphony.user.mention"},
	"m2":{"id":[{"type":"com.symphony.user.userId","value":7}],"type":"com.symphony.user.mention"},
	"k1":{"type":"org.symphonyoss.taxonomy","id":[{"type":"org.symphonyoss.taxonomy.hashtag","value":"escalation"}]},
	"k2":{"type":"org.symphonyoss.fin.security","id":[{"type":"org.symphonyoss.fin.security.id.ticker","value":"IBM"}]},
	"e1":{"type":"com.symphony.emoji","data":{"shortcode":"smile","unicode":"😄"}},
	"odd":17, "odder":{"id":"x","type":["y"]}}`

func div(inner string) string {
	return `<div data-format="PresentationML" data-version="2.0" class="wysiwyg"> ` + inner + ` </div>`
}

func TestTextOfMessages(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", div("Hello"), "Hello"},
		{"white space", div("\n Hello\n\t <b> wide </b>world "), "Hello **wide** world"},
		{"entities", div("a &lt;b&gt; &amp;amp; &#x41;&nbsp;c"), "a <b> &amp; A c"},
		{"lines", div("one<br/>two<br></br>three<p>four</p>five"), "one\ntwo\nthree\nfour\nfive"},
		{"styles", div("<b>bold</b>, <i>slanted</i>, <code>a*b</code>, <s>gone</s>"), "**bold**, *slanted*, `a*b`, ~~gone~~"},
		{"a style within a word", div("un<b>believ</b>able"), "unbelievable"},
		{"styles next to each other", div("<b>a</b><i>b</i>"), "ab"},
		{"nested styles", div("<b>a <i>b</i> c</b>"), "**a** **b** **c**"},
		{"marks that are text", div("2*3*4 file_name *x* `y` [z](q) ![:Person](9)"), "2*3*4 file_name \\*x* \\`y\\` \\[z](q) !\\[:Person](9)"},
		{"lines that look like marks", div("&gt; no quote<br/># no heading<br/>#tag"), "\\> no quote\n\\# no heading\n#tag"},
		{"mention", div(`hi <span class="entity" data-entity-id="m1">@Ana Lima</span>, and <span class="entity" data-entity-id="m2">@Me</span>!`), "hi ![:Person](349026222342678), and ![:Person](7)!"},
		{"tags", div(`<span class="entity" data-entity-id="k1">#x</span> <span class="entity" data-entity-id="k2">$x</span> <span class="entity" data-entity-id="e1">:smile:</span>`), "#escalation $IBM 😄"},
		{"a span that is none", div(`<span class="entity" data-entity-id="zz">@Nobody</span> <span>x</span>`), "@Nobody x"},
		{"a mention that never ends", div(`<span data-entity-id="m1">@Ana <div>next</div>`), "![:Person](349026222342678)\nnext"},
		{"links", div(`<a href="https://a.example/x">https://a.example/x</a> <a href="https://a.example/(y)">the <b>docs</b></a>`), "https://a.example/x [the docs](https://a.example/%28y%29)"},
		{"a link that lies", div(`<a href="https://bad.example">https://good.example</a>`), "[https://good.example](https://bad.example)"},
		{"links nobody should follow", div(`<a href="javascript:alert(1)">click</a> <a href="https://u:p@h.example/">me</a> <a>no</a>`), "click (javascript:alert(1)) me (https://u:p@h.example/) no"},
		{"lists", div(`<ul><li>one</li><li>two<ol><li>a</li><li>b</li></ol></li></ul>after`), "- one\n- two\n  1. a\n  2. b\nafter"},
		{"table", div(`<table><thead><tr><th>Name</th><th>N</th></tr></thead><tbody><tr><td>Ana</td><td>3</td></tr></tbody></table>`), "**Name** | **N**\nAna | 3"},
		{"code", div("<pre>a\n  b*c\n</pre>x"), "```\na\n  b*c\n```\nx"},
		{"code that ends code", div("<pre>```\n# x</pre>"), "```\n'''\n# x\n```"},
		{"quotation", div("<blockquote>said<br/>twice<pre>x</pre></blockquote>yes"), "> said\n> twice\n> `x`\nyes"},
		{"heading", div("<h1>Big</h1><h4>small</h4>"), "**Big**\n**small**"},
		{"card", div(`<card><header>Ticket</header><body>Printer</body></card>`), "Ticket\nPrinter"},
		{"form", div(`<form id="f"><text-field name="a">x</text-field><textarea name="t"/><button name="b">Send</button></form>end`), "x [Send]\nend"},
		{"pictures", div(`<img src="https://x.example/y.png" alt="chart"/>`), "(chart)"},
		{"what is no text", div(`a<script>alert(1)</script><style>b{}</style><!-- c -->d`), "ad"},
		{"raw MessageML", `<messageML>hi <mention uid="5"/> <hash tag="now"/> <cash tag="X"/></messageML>`, "hi ![:Person](5) #now $X"},
		{"not markup at all", "just words & more <", "just words & more <"},
		{"unclosed", "<div><b>x<i>y", "xy"},
		{"nothing", "", ""},
	} {
		got, _ := textOf(sym.Message{Message: c.in, Data: someData})
		if got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestMentionsOfMessages(t *testing.T) {
	_, got := textOf(sym.Message{Data: someData, Message: div(`<span data-entity-id="m1">@Ana Lima</span> <span data-entity-id="m1">@Ana</span> <span data-entity-id="m2">@Me</span>`)})
	want := []store.Mention{{Type: "Person", ID: "349026222342678", Name: "Ana Lima"}, {Type: "Person", ID: "7", Name: "Me"}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v", got)
	}
}

func TestForwardedMessages(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	inner := sym.Message{
		ID: "in+ner/==", Message: div("see <b>this</b><br/><pre>x</pre>"), User: sym.User{DisplayName: "Ben Ode"}, Timestamp: at, Stream: sym.StreamRef{ID: "s2"},
		Attachments: []sym.Attachment{{ID: "f2", Name: "b.pdf", Size: 10}, {ID: "f1", Name: "again.pdf"}},
	}
	m := sym.Message{
		ID: "outer", Message: div("fyi"), Stream: sym.StreamRef{ID: "s1"}, User: sym.User{ID: "5"}, Timestamp: at, ParentID: "in+ner/==",
		Attachments: []sym.Attachment{{ID: "f1", Name: "a.png", Size: 61, Images: []sym.Thumbnail{{ID: "t1", Dimension: "600"}}}}, SharedMessage: &inner,
	}
	p := postIn(m, "", "9")
	if want := "fyi\n> Forwarded from Ben Ode, 2026-11-20 09:30 UTC:\n> see **this**\n> `x`"; p.Text != want {
		t.Errorf("got %q\nwant %q", p.Text, want)
	}
	if p.Parent != "" || !p.Work || p.Chat != "s1" || len(p.Attachments) != 2 {
		t.Errorf("%+v", p)
	}
	ref, err := parseRef(p.Attachments[1].URI)
	if err != nil || ref.File != "f2" || len(ref.In) != 2 || ref.In[0] != (place{"s1", "outer"}) || ref.In[1] != (place{"s2", "in-ner_"}) {
		t.Errorf("%+v, %v", ref, err)
	}
	if ref, _ := parseRef(p.Attachments[0].URI); len(p.Attachments[0].Thumbs) != 1 || p.Attachments[0].Thumbs[0] != (store.Thumb{Remote: "t1", Width: 600}) || len(ref.In) != 1 {
		t.Errorf("%+v, %+v", ref, p.Attachments[0].Thumbs)
	}
	for range 10 {
		m = sym.Message{Message: div("again"), SharedMessage: &m}
	}
	if text, _ := textOf(m); strings.Count(text, "Forwarded")+strings.Count(text, "was forwarded") != maxQuotes || !strings.HasSuffix(text, "(a message is forwarded)") {
		t.Errorf("%q", text)
	}
}

// What is written is read back as it was, as far as that can be.
func TestPostsAreReadBack(t *testing.T) {
	for _, text := range []string{
		"hello", "a & b < c > \"d\"", "**bold** and *slanted*", "`code` x", "two\nlines", "![:Person](7) hi", "2*3 file_name",
		"[docs](https://a.example/d)", "cost ${x} #{y}", "- one\n- two", "```\nx < y\n```", `\*not\*`,
	} {
		ml := messageML(text)
		back := strings.NewReplacer(`<mention uid="7"/>`, `<span data-entity-id="m2">@x</span>`).Replace(ml)
		if got, _ := textOf(sym.Message{Message: div(back), Data: someData}); essence(got) != essence(text) {
			t.Errorf("%q became %q, read as %q", text, ml, got)
		}
	}
}

func TestHostileMarkupIsBounded(t *testing.T) {
	for name, in := range map[string]string{
		"deep":         strings.Repeat("<div><blockquote><ul><li><b>", 50_000) + "x",
		"long":         strings.Repeat("word ", 400_000),
		"spans":        strings.Repeat(`<span data-entity-id="m1">`, 100_000) + "x",
		"links":        strings.Repeat(`<a href="https://x.example">`, 50_000) + "x",
		"cells":        "<table><tr>" + strings.Repeat("<td>", 100_000),
		"closed early": strings.Repeat("</div></b></ul></a></span></pre></blockquote>", 20_000) + "x",
		"nothing ends": strings.Repeat("<pre>\n\n", 50_000),
	} {
		start := time.Now()
		text, _ := textOf(sym.Message{Message: in, Data: someData})
		if took := time.Since(start); took > 5*time.Second || len(text) > 4*maxText {
			t.Errorf("%s: %d bytes after %v", name, len(text), took)
		}
	}
}

func FuzzTextOf(f *testing.F) {
	f.Add(div(`<b>x</b> <span data-entity-id="m1">@y</span>`), someData)
	f.Add("<ul><li>a<ol><li>b</ul></ol><pre>```\n</pre><a href='javascript:x'>y</a>", "{}")
	f.Add("<span data-entity-id='k1'>**]( ![:Person](1)</span>", `{"k1":{"type":"a","id":[{"type":"x.hashtag","value":"](y) ![:Person](3)"}]}}`)
	f.Add("\xff<b>\x00\u202e*_`</b>", "[")
	f.Fuzz(func(t *testing.T, markup, data string) {
		text, found := textOf(sym.Message{Message: markup, Data: data})
		if !utf8.ValidString(text) {
			t.Fatalf("not text: %q", text)
		}
		known := map[string]bool{}
		for _, m := range found {
			known[m.ID] = true
		}
		// Who is mentioned is said by elements, never by text that looks like a mark.
		for rest := store.Clean(text); rest != ""; rest = rest[1:] {
			if typ, id, _, ok := store.CutMention(rest); ok && (typ != "Person" || !known[id]) {
				t.Fatalf("a mention of %s %s in %q", typ, id, text)
			}
		}
	})
}
