package symphony

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"

	"switchboard/api/simulator/corpus/teams"
)

// markup writes PresentationML, and the entities that its spans point at.
type markup struct {
	d        *data
	b        strings.Builder
	plain    strings.Builder
	entities map[string]any
	tags     []string
	cash     []string
	mentions []int64
}

var marker = regexp.MustCompile(`!\[:(Person|Team)\]\((\d{1,18})\)|https?://[^\s<>()\[\]"]+`)

// text writes what was said, with its mentions and addresses as elements.
func (w *markup) text(s string, _ []teams.Mention) {
	from := 0
	if !strings.Contains(s, "![:") && !strings.Contains(s, "://") {
		w.words(s)
		return
	}
	for _, at := range marker.FindAllStringSubmatchIndex(s, -1) {
		w.words(s[from:at[0]])
		from = at[1]
		if at[2] < 0 {
			href := html.EscapeString(s[at[0]:at[1]])
			w.b.WriteString(`<a href="` + href + `">` + href + `</a>`)
			w.plain.WriteString(s[at[0]:at[1]])
			continue
		}
		id, _ := strconv.ParseInt(s[at[4]:at[5]], 10, 64) // digits only, and not too many
		if u, ok := w.d.user(uid(id)); ok && s[at[2]:at[3]] == "Person" {
			w.mention(u)
			continue
		}
		w.words("@everybody")
	}
	w.words(s[from:])
}

func (w *markup) words(s string) {
	w.plain.WriteString(s)
	w.b.WriteString(strings.ReplaceAll(html.EscapeString(s), "\n", "<br/>"))
}

// raw writes markup as it is.
func (w *markup) raw(s string) {
	w.b.WriteString(s)
	if len(s) > 4096 {
		return // nobody searches in an attack
	}
	w.plain.WriteString(untagged.ReplaceAllString(s, " "))
}

var untagged = regexp.MustCompile(`<[^<>]*>`)

// entity adds what a span points at and writes the span.
func (w *markup) entity(shown string, v any) {
	if w.entities == nil {
		w.entities = map[string]any{}
	}
	key := strconv.Itoa(len(w.entities))
	w.entities[key] = v
	w.b.WriteString(`<span class="entity" data-entity-id="` + key + `">` + html.EscapeString(shown) + `</span>`)
	w.plain.WriteString(shown)
}

type entityID struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type entity struct {
	ID      []entityID `json:"id"`
	Type    string     `json:"type"`
	Version string     `json:"version"`
}

func (w *markup) mention(u user) {
	w.mentions = append(w.mentions, u.id)
	w.entity("@"+u.name, entity{[]entityID{{"com.symphony.user.userId", strconv.FormatInt(u.id, 10)}}, "com.symphony.user.mention", "1.0"})
}

func (w *markup) hashtag(tag string) {
	w.tags = append(w.tags, tag)
	w.entity("#"+tag, entity{[]entityID{{"org.symphonyoss.taxonomy.hashtag", tag}}, "org.symphonyoss.taxonomy", "1.0"})
}

func (w *markup) cashtag(ticker string) {
	w.cash = append(w.cash, ticker)
	w.entity("$"+ticker, entity{[]entityID{{"org.symphonyoss.fin.security.id.ticker", ticker}}, "org.symphonyoss.fin.security", "1.0"})
}

// card writes what a bot says, with an object of its own beside it.
func (w *markup) card(n int) {
	id := strconv.Itoa(1000 + n*37%9000)
	if w.entities == nil {
		w.entities = map[string]any{}
	}
	w.entities["claimStatus"] = map[string]any{"type": "com.harborstreet.claim", "version": "0.1", "number": id, "amount": 125.5}
	w.raw(`<div class="entity" data-entity-id="claimStatus"><div class="card barStyle"><div class="cardHeader"><b>Claim HS-` + id + `</b></div>` +
		`<div class="cardBody"><table><thead><tr><td>Line</td><td>Billed</td><td>Paid</td></tr></thead><tbody>` +
		`<tr><td>D1110 cleaning</td><td>$125.50</td><td>$100.40</td></tr><tr><td>D0274 four films</td><td>$61.00</td><td>$0.00</td></tr></tbody>` +
		`<tfoot><tr><td>Total</td><td>$186.50</td><td>$100.40</td></tr></tfoot></table></div></div></div>`)
}

// into ends the message.
func (w *markup) into(m *message) {
	m.body = `<div data-format="PresentationML" data-version="2.0" class="wysiwyg">` + w.b.String() + `</div>`
	m.plain, m.tags, m.cash, m.mentions = w.plain.String(), w.tags, w.cash, w.mentions
	if len(w.entities) > 0 {
		if b, err := json.Marshal(w.entities); err == nil { // strings and numbers only
			m.entities = string(b)
		}
	}
}

// richText is markup of every kind that messages have.
func richText(n int) string {
	all := []string{
		`<p>Today:</p><ul><li>call <b>Alma Dupree</b></li><li>refill for Guzman, <i>metformin</i><ul><li>twice a day</li></ul></li><li>send HS-20418 to Napa</li></ul>`,
		`<h2>New phones</h2><ol><li>press <i>Menu</i></li><li>choose <b>Directory</b></li><li>dial 204</li></ol>`,
		`<p>Log of the clearing house:</p><code>ERR HS-20418 payer closed
retry 2 of 3
&lt;accepted/&gt;</code><p>Looks like <code>NoAnswer</code> again.</p>`,
		`<table><tr><th>Day</th><th>Claims</th><th>Denied</th></tr><tr><td>Monday</td><td>41</td><td>3</td></tr><tr><td>Tuesday</td><td>38</td><td>5</td></tr></table>`,
		`<p>See <a href="https://harborstreet.example/hours?week=47&amp;all=1">the holiday hours</a>.<br/>Closed on <u>Thursday</u>&nbsp;&amp;&nbsp;Friday &mdash; sorry!</p><hr/>`,
		`<div class="card" data-icon-src="https://harborstreet.example/i.png"><div class="cardHeader"><h4>Remittance</h4></div><div class="cardBody"><p>Paid: <b>$1,204.50</b></p></div></div>`,
		`<p><span class="tempo-text-color--red">Recall</span> of lot 7731, see <img src="https://harborstreet.example/label.png" alt="the label"/></p><pre>  lot   box
 7731    12</pre>`,
	}
	return all[n%len(all)]
}
