package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Answer is the letter that answers an item: a fax by fax, a page to colleagues by one,
// anything else by text. The error is a [Refusal].
func Answer(env *screen.Env, it store.Item, canned bool) (screen.Letter, error) {
	l := screen.Letter{Kind: store.SendText, Account: it.AccountKey, Answers: it.ID, Canned: canned, About: "answers " + about(env, it)}
	who := it.Who
	switch {
	case it.Kind == store.Post:
		return l, Refusal("A post is answered in its chat")
	case it.Kind == store.Fax:
		l.Kind = store.SendFax
	case it.Kind == store.Pager, who.Number == "" && who.Extension != "":
		l.Kind = store.SendPager
	}
	parties := []store.Party{who}
	switch {
	case it.Direction == store.Outbound:
		parties = it.To
	case l.Kind == store.SendText && (it.Kind == store.SMS || it.Kind == store.MMS) && len(it.To) > 1, l.Kind == store.SendPager && len(it.To) > 1:
		parties = append(parties, it.To...) // a group: everybody in it is answered
	}
	for _, p := range parties {
		if r, ok := recipient(l.Kind, p); ok {
			l.To = append(l.To, r)
		}
	}
	l.Own = ownNumbers(it)
	if len(l.To) == 0 {
		return l, Refusal(map[bool]string{true: "The caller's number is withheld: nobody to answer", false: "There is no number to answer to"}[who.Blocked()])
	}
	return l, nil
}

// ownNumbers are the numbers of one's own an item came in on, or went out from.
func ownNumbers(it store.Item) []string {
	if it.Direction == store.Outbound {
		return []string{it.From.Number}
	}
	var out []string
	for _, p := range it.To {
		out = append(out, p.Number)
	}
	return out
}

// recipient is a party of a message as somebody to write to.
func recipient(kind store.SendKind, p store.Party) (store.Recipient, bool) {
	name := p.Name
	if p.Known != "" && p.Contact != 0 && p.Name == strings.ToUpper(p.Name) { // a name in capitals is a telephone company's
		name = p.Known
	}
	switch {
	case kind == store.SendPager:
		return store.Recipient{Name: name, Extension: p.Extension}, p.Extension != ""
	case len(store.Digits(p.Number)) < 3: // a short code can be answered; "Anonymous" cannot
		return store.Recipient{}, false
	}
	return store.Recipient{Name: name, Number: p.Number}, true
}

// others are the recipients without one's own numbers, and none twice.
func others(to []store.Recipient, own []store.Sender) []store.Recipient {
	seen := map[string]bool{}
	if len(to) > 1 {
		for _, s := range own {
			seen[lastDigits(s.Number)] = true
		}
	}
	var out []store.Recipient
	for _, r := range to {
		key := lastDigits(r.Number)
		if key == "" {
			key = "x" + r.Extension
		}
		if !seen[key] {
			seen[key] = true
			r.Name = store.CleanLine(r.Name)
			out = append(out, r)
		}
	}
	return out
}

// about is an item in the title of what answers it: "the voicemail of 08:10".
func about(env *screen.Env, it store.Item) string {
	return "the " + strings.ToLower(screen.KindName(it.Kind)) + " of " + screen.Clock(it.Time, env.Now(), env.Location)
}

// Onward is what is needed to send something on.
type Onward struct {
	Env    *screen.Env
	Item   store.Item
	File   int64 // the one file that is meant; 0: the item
	Sheets func(ctx context.Context, it store.Item, a store.Attachment) (screen.Sheets, error)
}

// Letter is the letter that sends it on. What failed is sent once more to whom it was
// for. An error may be a [Refusal].
func (o Onward) Letter(ctx context.Context) (screen.Letter, error) {
	it := o.Item
	l := screen.Letter{Account: it.AccountKey}
	if ok, _ := store.OfferedBy(it.Service, store.OfferForward); !ok {
		l.Account = "" // another service carries it
	}
	files := screen.FilesOf(it)
	switch {
	case it.Private:
		return l, Refusal("This message is private: whoever left it asked that it is not sent on")
	case o.File != 0 && !(it.Kind == store.Fax && len(files) > 0 && files[0].ID == o.File):
		return o.file(l)
	case it.Kind == store.Fax:
		return o.fax(ctx, l)
	case it.Kind == store.Call && len(files) == 0:
		return l, Refusal("A call has nothing to send on; : hand-over tells a chat of it")
	}
	if it.Direction == store.Outbound && it.Delivery.Failed() {
		return o.again(ctx, l)
	}
	l.Kind, l.Text = store.SendText, o.quoted()
	for _, a := range files {
		l.Files = append(l.Files, o.attachment(a))
	}
	if it.Kind == store.Post || it.Kind == store.Email {
		for _, a := range files {
			if kindFor(a) == store.SendFax {
				l.Kind = ""
			}
		}
	}
	l.About = "sends on " + about(o.Env, it)
	return l, nil
}

// fax sends a fax on: by reference as long as it is as it came.
func (o Onward) fax(ctx context.Context, l screen.Letter) (screen.Letter, error) {
	it := o.Item
	l.Kind, l.About = store.SendFax, "sends on "+about(o.Env, it)
	if it.Direction == store.Outbound && it.Delivery.Failed() {
		var err error
		if l, err = o.again(ctx, l); err != nil || len(l.Files) > 0 || l.Text != "" {
			return l, err // the service has never had it
		}
	}
	whole := faxWords(it)
	if files := screen.FilesOf(it); len(files) > 0 && o.Sheets != nil { // the first is the fax, others are what it was made of
		s, err := o.Sheets(ctx, it, files[0])
		if err != nil {
			return l, err
		}
		if s.Write != nil {
			l.Retry = 0
			l.Files = []screen.LetterFile{{Name: "fax.pdf", Words: whole + ": " + s.Words, Write: s.Write}}
			return l, nil
		}
	}
	if it.Remote == "" {
		return l, nil
	}
	l.Resend, l.Whole = it.ID, whole
	if files := screen.FilesOf(it); len(files) > 0 {
		l.Anew = o.attachment(files[0])
		l.Anew.Words = whole
	}
	return l, nil
}

func faxWords(it store.Item) string {
	text := "the fax " + screen.With(it.Row)
	if it.Pages > 0 {
		text += ", " + kit.Plural(it.Pages, "page")
	}
	return text
}

// again is what failed, to whom it did not get.
func (o Onward) again(ctx context.Context, l screen.Letter) (screen.Letter, error) {
	it := o.Item
	l.Kind, l.Retry = store.SendText, it.ID
	switch it.Kind {
	case store.Fax:
		l.Kind = store.SendFax
	case store.Pager:
		l.Kind = store.SendPager
	}
	l.About = "once more"
	failed := 0
	for _, p := range it.To {
		if p.Delivery.Failed() {
			failed++
		}
	}
	for _, p := range it.To {
		if failed > 0 && !p.Delivery.Failed() {
			continue
		}
		if r, ok := recipient(l.Kind, p); ok {
			l.To = append(l.To, r)
		}
	}
	switch n, err := o.Env.Store.SentMessage(ctx, it.ID); {
	case err == nil:
		l.To, l.Text, l.Resend = n.To, n.Text, n.Resend
		for _, path := range n.Files {
			l.Files = append(l.Files, screen.LetterFile{Path: path})
		}
		return l, nil
	case !errors.Is(err, store.ErrNotFound):
		return l, err
	case it.Kind == store.Fax:
		return l, nil
	}
	l.Text = it.Text
	for _, a := range screen.FilesOf(it) {
		l.Files = append(l.Files, o.attachment(a))
	}
	return l, nil
}

// quoted is what an item says, with who said it and when.
func (o Onward) quoted() string {
	it := o.Item
	head := screen.KindName(it.Kind) + " " + screen.With(it.Row)
	if n := it.Who.Number; n != "" && screen.Name(it.Who) != screen.Number(n) {
		head += ", " + screen.Number(n)
	}
	head += ", " + screen.Clock(it.Time, o.Env.Now(), o.Env.Location)
	if it.Kind == store.Email && it.Subject != "" {
		head += ": " + it.Subject
	}
	if it.Text == "" {
		return head
	}
	return head + ":\n" + it.Text
}

// file sends one file on.
func (o Onward) file(l screen.Letter) (screen.Letter, error) {
	for _, a := range o.Item.Attachments {
		if a.ID == o.File {
			l.Kind, l.Files, l.About = kindFor(a), []screen.LetterFile{o.attachment(a)}, "sends on a file"
			return l, nil
		}
	}
	return l, Refusal("This file is not there any more")
}

// kindFor is how a file can be sent: a recording by text, pages by fax, a picture either
// way.
func kindFor(a store.Attachment) store.SendKind {
	mime := a.Sniffed
	if mime == "" || strings.HasPrefix(mime, "application/octet-stream") {
		mime = a.Type
	}
	switch top, _, _ := strings.Cut(strings.ToLower(mime), "/"); {
	case strings.HasPrefix(mime, "image/tiff"):
		return store.SendFax
	case top == "audio", top == "video", strings.Contains(mime, "vcard"):
		return store.SendText
	case top == "image":
		return ""
	}
	return store.SendFax
}

// attachment is a file of a message as a file to be sent.
func (o Onward) attachment(a store.Attachment) screen.LetterFile {
	mime := a.Sniffed
	if mime == "" {
		mime = a.Type
	}
	st := o.Env.Store
	return screen.LetterFile{Name: store.SafeName(screen.FileName(a), mime), Words: screen.FileName(a), Write: func(ctx context.Context, w io.Writer) error {
		path, err := st.FetchNow(ctx, a, nil)
		if err != nil {
			return fmt.Errorf("fetching %s: %w", screen.FileName(a), err)
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	}}
}
