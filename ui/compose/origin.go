package compose

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// origin is an account something can be sent from, with what a letter needs of it.
type origin struct {
	account store.Account
	senders []store.Sender
	covers  []store.Cover
	region  string // whose numbers are meant where a country is left out
}

func (o origin) texters() []store.Sender {
	return slices.DeleteFunc(slices.Clone(o.senders), func(s store.Sender) bool { return !s.Text })
}

// name is an account as the form says it.
func (o origin) name() string { return store.CleanLine(nonEmpty(o.account.Name, o.account.Key)) }

// origins are the accounts a message can go out from, and which of them it does unless
// another is chosen. It runs off the loop.
func (m *Model) origins(ctx context.Context, n store.NewMessage) (list []origin, at int) {
	st := m.env.Store
	accounts, usual, err := st.SendingAccounts(ctx, n)
	if err != nil && n.Account != "" { // a draft may be of an account that is here no more
		accounts, usual, err = st.SendingAccounts(ctx, store.NewMessage{})
	}
	if err != nil {
		m.env.Log.Warn("which accounts can send is not known", "err", err) // it is said when something is sent
	}
	if len(accounts) == 0 {
		accounts, usual = []store.Account{{Key: n.Account}}, n.Account
	}
	for _, a := range accounts {
		o := origin{account: a, region: st.Region(ctx, a.Key)}
		if o.senders, err = st.Senders(ctx, a.Key); err != nil {
			m.env.Log.Warn("own numbers are not known", "account", a.Key, "err", err) // the default one will do
		}
		if n.Kind == store.SendFax {
			if o.covers, err = st.Covers(ctx, a.Key); err != nil {
				m.env.Log.Warn("cover pages are not known", "account", a.Key, "err", err)
			}
			o.covers = slices.DeleteFunc(o.covers, func(c store.Cover) bool { return c.ID == store.CoverNone }) // that is a choice anyway
		}
		if a.Key == usual {
			at = len(list)
		}
		list = append(list, o)
	}
	return list, at
}

// goFrom has a letter go out from one of its accounts.
func (l *letter) goFrom(o origin) {
	cover := coverID(l.covers, l.cover)
	l.account, l.senders, l.covers, l.region, l.from = o.account.Key, o.senders, o.covers, o.region, ""
	if l.cover = coverAt(l.covers, cover); l.cover == 0 && cover != "" {
		l.hint = "The cover page was the other account's; " + o.name() + " has its own"
	}
}

// depart chooses the account a letter goes out from as it is opened. It reports false
// where no account can send it.
func (l *letter) depart(origins []origin, at int, wanted string) bool {
	l.origins = origins
	l.goFrom(origins[at])
	if l.kind == store.SendText && len(l.senders) > 0 && len(l.texters()) == 0 { // as under HIPAA
		i := slices.IndexFunc(origins, func(o origin) bool { return len(o.texters()) > 0 })
		if i < 0 {
			return false
		}
		l.goFrom(origins[i])
		l.hint = origins[at].name() + " has no number that can send texts: it goes from " + origins[i].name()
	} else if wanted != "" && wanted != l.account {
		l.hint = "Nothing can be sent from the account this is of: it goes from " + origins[at].name()
	}
	l.usual = l.account
	return true
}

// choice is what something can come from: an account and, of a text, a number of it.
type choice struct {
	origin int
	number string // "": which is for the service to say
}

// choices are those there are, the accounts one after the other.
func (l *letter) choices() []choice {
	var out []choice
	for i, o := range l.origins {
		if l.kind != store.SendText || len(o.senders) == 0 {
			out = append(out, choice{origin: i})
			continue
		}
		for _, s := range o.texters() {
			out = append(out, choice{i, s.Number})
		}
	}
	return out
}

// chosen is the one that is taken now, among choices.
func (l *letter) chosen() choice {
	c := choice{origin: slices.IndexFunc(l.origins, func(o origin) bool { return o.account.Key == l.account })}
	if l.kind == store.SendText {
		s, _ := l.sender()
		c.number = s.Number
	}
	return c
}

// chooseFrom takes another number, or account. What is written and to whom stays; a fax
// that was to go by reference, which only the mailbox it is in can do, goes as a new one.
func (m *Model) chooseFrom(n int) tea.Cmd {
	l := m.cur
	list := l.choices()
	at := slices.Index(list, l.chosen())
	if at < 0 || len(list) < 2 {
		return nil
	}
	to := list[(at+n+len(list))%len(list)]
	var cmd tea.Cmd
	if o := l.origins[to.origin]; o.account.Key != l.account {
		if l.resend != 0 && l.anew.Write == nil {
			l.fault = "A fax that is sent on as it is goes only from the mailbox it is in"
			return nil
		}
		cmd = m.renew(fromField)
		l.goFrom(o)
	}
	l.from = to.number
	return join(cmd, m.changed())
}

// fromWords is what a letter comes from: the number, and the account where there are
// several.
func (l *letter) fromWords() string {
	text, c := "", l.chosen()
	if s, ok := l.sender(); ok && l.kind == store.SendText {
		text = screen.Number(s.Number) + "  " + store.CleanLine(nonEmpty(s.Label, s.Kind))
	}
	if len(l.origins) < 2 || c.origin < 0 {
		return text
	}
	o := l.origins[c.origin]
	if text == "" {
		return o.name() + "  " + screen.Number(o.account.Number)
	}
	return text + " · " + o.name()
}
