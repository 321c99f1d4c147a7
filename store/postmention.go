package store

import "strings"

// mentionsMe reports whether a post of somebody else names oneself, or a team one is in.
func (p *postTaker) mentionsMe(in IncomingPost) bool {
	if p.names.me == "" || in.Author == p.names.me {
		return false
	}
	for _, m := range in.Mentions {
		if m.Type == "Person" && m.ID == p.names.me || m.Type == "Team" && p.myTeam(m.ID, in.Chat) {
			return true
		}
	}
	return strings.Contains(in.Text, "![:Person]("+p.names.me+")")
}

// everyone is the id that stands for all in a chat where a mention has one.
const everyone = "-1"

// myTeam reports whether a mention of a team is one of everybody in the chat, or of
// another team that one is in.
func (p *postTaker) myTeam(team, chat string) bool {
	if team == "" || team == chat || team == everyone {
		return true
	}
	var joined bool
	err := p.tx.QueryRow(`SELECT joined FROM chats WHERE account = ? AND remote = ?`, p.acc.ID, team).Scan(&joined)
	return err == nil && joined
}
