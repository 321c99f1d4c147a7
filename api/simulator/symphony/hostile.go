package symphony

import "strings"

// hostileMarkup attacks whoever turns markup into text. It gets in as anything
// from outside does; a client has to render it harmless.
func hostileMarkup(n int) string {
	all := []string{
		`<script>alert(1)</script><p>before <style>p{display:none}</style>after</p>`,
		`<a href="javascript:alert(1)">click</a> <a href="file:///etc/passwd">here</a> <a href="https://ok.example/&#27;[2J">ok</a>`,
		`<p>&#27;]0;pwned&#7; &#x1b;[2J&#x9b;31m red &#8238;fdp.exe&#8236; &#0; &#xFFFFFFFF;</p>`,
		hostileDeep: "",
		`<p>unclosed <b>bold <i>and <table><tr><td>cell`,
		`<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><p>&y;&y;&y;</p><![CDATA[<b>not bold</b>]]>`,
		`<span class="entity" data-entity-id="99">@Nobody</span><span class="entity" data-entity-id="../0">#none</span>`,
		`<img src="https://tracker.example/p.gif" onerror="x()"/><form id="f"><text-field name="pin"/></form>`,
		hostileWide: "",
		hostileLong: "",
		`![:Person](178009114) **not bold** [x](javascript:1) ` + "`code`" + ` &lt;b&gt;`,
		"<p>\x1b[31mraw\x1b[0m \u202eevil\u202c \u0000\u0007 <br/><br/><br/>\u200b</p>",
	}
	switch n %= len(all); n { // made only where wanted: they are long
	case hostileDeep:
		return strings.Repeat("<div>", 3000) + "deep" + strings.Repeat("</div>", 3000)
	case hostileWide:
		return "<table>" + strings.Repeat("<tr>"+strings.Repeat("<td>x</td>", 60)+"</tr>", 60) + "</table>"
	case hostileLong:
		return `<p title="` + strings.Repeat("a", 5000) + `">long attribute</p>` + strings.Repeat("&amp;", 2000)
	}
	return all[n]
}

// Which of the attacks are long.
const (
	hostileDeep = 3
	hostileWide = 8
	hostileLong = 9
)
