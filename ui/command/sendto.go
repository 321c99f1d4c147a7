package command

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// recipients are those a message goes to: numbers, extensions, names of contacts, and
// whoever sent what is answered.
func (a *app) recipients(ctx context.Context, st *store.Store, m *store.NewMessage, o *sending) ([]store.Recipient, error) {
	var out []store.Recipient
	if o.on != "" {
		id, err := st.Resolve(ctx, o.on)
		if err != nil {
			return nil, err
		}
		it, err := st.Item(ctx, id)
		if err != nil {
			return nil, err
		}
		m.Answers = id
		if len(o.to) == 0 {
			r := store.Recipient{Name: it.Who.Name, Number: it.Who.Number, Extension: it.Who.Extension}
			if o.kind == store.SendPager && r.Extension == "" || o.kind != store.SendPager && r.Number == "" {
				return nil, usagef("--answers %s: it came from %s, to whom no %s can be sent", o.on, it.Who.Display(), sendWord(o.kind))
			}
			out = append(out, r)
		}
	}
	for _, word := range o.to {
		r, err := a.recipient(ctx, st, word, o.kind)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(x store.Recipient) bool { return recipientWord(x) == recipientWord(r) }) {
			out = append(out, r)
		}
	}
	if len(out) == 0 && m.Resend == 0 {
		return nil, &usageError{msg: "send: to whom is missing", try: "--to NUMBER, or --answers ID"}
	}
	return out, nil
}

func sendWord(k store.SendKind) string {
	if k == store.SendPager {
		return "page"
	}
	return string(k)
}

// recipient reads one --to.
func (a *app) recipient(ctx context.Context, st *store.Store, word string, kind store.SendKind) (store.Recipient, error) {
	word = strings.TrimSpace(word)
	digits := store.Digits(word)
	rest := strings.Trim(word, "+0123456789 ()-./#*")
	switch {
	case word == "":
		return store.Recipient{}, usagef("--to is empty")
	case rest == "" && digits != "" && kind == store.SendPager:
		return store.Recipient{Extension: digits}, nil
	case rest == "" && digits != "":
		return store.Recipient{Number: word}, nil
	}
	ids, err := st.ContactIDs(ctx, store.ContactQuery{Text: word}, 100)
	if err != nil {
		return store.Recipient{}, err
	}
	var found []store.Contact
	for _, id := range ids {
		c, err := st.Contact(ctx, id)
		if err != nil {
			return store.Recipient{}, err
		}
		found = append(found, c)
	}
	exact := slices.DeleteFunc(slices.Clone(found), func(c store.Contact) bool { return !strings.EqualFold(c.Name, word) })
	if len(exact) > 0 {
		found = exact
	}
	found = slices.DeleteFunc(found, func(c store.Contact) bool { _, ok := reach(c, kind); return !ok })
	switch {
	case len(ids) == 0:
		return store.Recipient{}, &codeError{code: exitNotFound, msg: "--to " + quote(word) + ": no contact is called so", try: "switchboard contacts " + shellWord(word)}
	case len(found) == 0:
		return store.Recipient{}, usagef("--to %s: the contact has no %s", quote(word), map[bool]string{true: "extension", false: "number for that"}[kind == store.SendPager])
	case len(found) > 1:
		names := make([]string, 0, 3)
		for _, c := range found[:min(3, len(found))] {
			r, _ := reach(c, kind)
			names = append(names, fmt.Sprintf("%s (%s)", store.CleanLine(c.Name), recipientWord(r)))
		}
		return store.Recipient{}, &usageError{msg: fmt.Sprintf("--to %s fits %d contacts: %s", quote(word), len(found), strings.Join(names, ", ")), try: "--to NUMBER"}
	}
	r, _ := reach(found[0], kind)
	return r, nil
}

// reach is how a contact is reached by a kind of message.
func reach(c store.Contact, kind store.SendKind) (store.Recipient, bool) {
	r := store.Recipient{Name: c.Name}
	if kind == store.SendPager {
		r.Extension = c.Extension
		return r, r.Extension != ""
	}
	first := []string{store.NumberMobile, store.NumberBusiness}
	if kind == store.SendFax {
		first = []string{store.NumberFax, store.NumberOtherFax}
	}
	for _, k := range first {
		for _, n := range c.Numbers {
			if n.Kind == k {
				r.Number = n.Number
				return r, true
			}
		}
	}
	for _, n := range c.Numbers {
		r.Number = cmp.Or(r.Number, n.Number)
	}
	return r, r.Number != ""
}

// completeNames offers contacts on Tab.
func (a *app) completeNames(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(word) < 2 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.offer(cmd, word, func(ctx context.Context, st *store.Store) ([]string, error) {
		w, err := st.ContactWindow(ctx, store.ContactQuery{Text: word}, 0, 0, 20)
		var out []string
		for _, c := range w.Rows {
			out = append(out, store.CleanLine(c.Name)+"\t"+store.CleanLine(c.Company))
		}
		return out, err
	})
}
