package notify

import (
	"fmt"
	"strings"

	"switchboard/store"
)

const program = "switchboard"

func lossWords(phase string) string {
	switch phase {
	case store.PhaseSignedOut:
		return "signed out"
	case store.PhaseDenied:
		return "refused by the service"
	}
	return "offline"
}

// words are what a notification says.
func (n *Notifier) words(lost, back []string) (title, text string) {
	var parts []string
	parts = append(parts, lost...)
	for _, who := range back {
		parts = append(parts, who+" is connected again")
	}
	var untold []fresh
	for _, f := range n.rings {
		if !f.told {
			untold = append(untold, f)
		}
	}
	for _, f := range n.list {
		if !f.told {
			untold = append(untold, f)
		}
	}
	switch {
	case len(untold) > 0:
		parts = append(parts, n.news(untold))
	case len(parts) == 0:
		parts = append(parts, fmt.Sprintf("%s still to be looked at", plural(len(n.list), "new item")))
	}
	return program, strings.Join(parts, ". ")
}

// news says what came in.
func (n *Notifier) news(list []fresh) string {
	counts := map[string]int{}
	boxes := map[string]bool{}
	for _, f := range list {
		counts[f.kind]++
		boxes[f.mailbox] = true
	}
	var parts []string
	for _, k := range Kinds() {
		if c := counts[k]; c > 0 {
			parts = append(parts, plural(c, map[string]string{
				Ringing: "ringing call", Voicemail: "voicemail", Fax: "fax", Text: "text", Email: "email", Call: "missed call", Mention: "post to you", Post: "post",
			}[k]))
		}
	}
	text := strings.Join(parts, ", ")
	if len(boxes) == 1 && list[0].mailbox != "" && len(n.c.Mailboxes) > 0 {
		text += " for " + list[0].mailbox
	}
	if len(list) != 1 {
		return text
	}
	f := list[0]
	switch n.c.Content {
	case ContentWho:
		text += " from " + f.who
	case ContentText:
		text += " from " + f.who
		if f.text != "" {
			text += ": " + f.text
		}
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	switch what {
	case "fax":
		what = "faxe"
	case "post to you":
		return fmt.Sprintf("%d posts to you", n)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
