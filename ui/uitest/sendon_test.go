package uitest

import (
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// find shows the first item of a query that ok takes, alone.
func (d *Desk) find(t *testing.T, query string, ok func(store.Item) bool) store.Item {
	t.Helper()
	for _, it := range d.all(t, query) {
		if !ok(it) {
			continue
		}
		d.Press("/")
		d.Free("id:" + it.ID.String())
		d.Press("Enter")
		d.See("1 of 1")
		return it
	}
	t.Fatalf("nothing fits in %s", query)
	return store.Item{}
}

// A voicemail goes on as a picture text with its recording and what it says.
func TestVoicemailSentOn(t *testing.T) {
	d := writing(t, Config{})
	it := d.find(t, "in:voicemail has:transcript", func(it store.Item) bool { return len(it.Text) > 40 && len(it.Text) < 600 })
	d.Press("f")
	d.See("sends on the voicemail", "Files", strings.Fields(it.Text)[0])
	d.Free("4155550181")
	d.Press("Enter")
	m := d.gone(1)
	if len(m.Files) != 1 || !strings.HasPrefix(m.Files[0].Type, "audio/") || !strings.Contains(m.Text, "Voicemail from") || m.To[0] != "+14155550181" {
		t.Errorf("%+v", m)
	}
}

// In the attachment pane the one file goes on.
func TestOneFileSentOn(t *testing.T) {
	d := writing(t, Config{Rest: time.Millisecond})
	d.find(t, "in:mms has:file is:inbound", func(it store.Item) bool { return true })
	d.Press("g a")
	d.See("Files of")
	d.Press("f")
	d.See("What is to be written?")
	d.Press("t")
	d.See("sends on a file", "Files")
	d.Free("4155550182")
	d.Press("Enter")
	if m := d.gone(1); len(m.Files) != 1 || !strings.HasPrefix(m.Files[0].Type, "image/") {
		t.Errorf("%+v", m)
	}
}

// What was answered by text, in a group, and among colleagues.
func TestAnswers(t *testing.T) {
	d := writing(t, Config{})
	for _, it := range d.all(t, "in:text is:inbound") {
		if len(it.To) > 1 {
			d.find(t, "id:"+it.ID.String(), func(store.Item) bool { return true })
			d.Press("r")
			d.See("everybody sees")
			d.Press("Esc")
			d.Gone("╭─")
			break
		}
	}
	page := d.find(t, "in:pager is:inbound", func(it store.Item) bool { return it.Who.Extension != "" })
	d.Press("r")
	d.See("Page to ")
	d.Free("on my way")
	d.Press("Enter")
	if m := d.gone(1); m.Type != "Pager" || m.To[0] != page.Who.Extension || m.Text != "on my way" {
		t.Errorf("%+v, want to %+v", m, page.Who)
	}
	d.find(t, "in:fax is:inbound", func(it store.Item) bool { return it.Who.Number != "" })
	d.Press("r")
	d.See("Fax to", "answers the fax", "Cover")
	d.Press("Esc")
	d.Gone("╭─")
	d.find(t, "is:blocked", func(it store.Item) bool { return it.Kind != store.Fax })
	d.Press("r")
	d.See("withheld")
}

// A contact is written to, and its card is sent.
func TestFromContacts(t *testing.T) {
	d := writing(t, Config{})
	d.feedDone(store.FeedContacts)
	d.contact("Zulu", "Aardvark", store.NumberMobile, "+14155550183")
	d.Press("g c /")
	d.Free("Aardvark")
	d.Press("Enter")
	d.See("Zulu Aardvark", "(415) 555-0183")
	d.Press("r")
	d.See("Text to Zulu Aardvark")
	d.Free("hello Zulu")
	d.Press("Enter")
	if m := d.gone(1); m.To[0] != "+14155550183" || m.Text != "hello Zulu" {
		t.Errorf("%+v", m)
	}
	d.Press("f")
	d.See("the contact card of Zulu Aardvark")
	d.Free("4155550184")
	d.Press("Enter")
	if m := d.gone(2); len(m.Files) != 1 || !strings.Contains(m.Files[0].Type, "vcard") {
		t.Errorf("%+v", m)
	}
}

// In the chats a canned reply answers a post, and the text of a post goes on as a text.
func TestCannedAndOnFromChats(t *testing.T) {
	d := chatDesk(t, Config{SendDelay: -1})
	c := d.team(t, "IT Help")
	d.livePost(t, simulator.LivePost{Chat: c.Title, Text: "who calls the lab?"})
	d.Store.SyncNow()
	d.See("who calls the lab?")
	d.Press("G R")
	d.See("Put in", "Thank you")
	d.Press("6")
	d.See("Answer", "we have received it")
	d.Press("Enter")
	d.See("Dock 2, we have received it.")
	d.posted(t, c.ID, d.last(t, c.ID, 1)[0].Markdown)
	d.Press("G k f")
	d.See("sends on the post")
	d.Press("Esc")
	d.Gone("sends on the post")
	d.Press("c C-t")
	d.See("Put in")
	d.Press("1")
	d.See("got your message and will call you back")
}

// What is being written in a chat is in the list of drafts, with the texts and faxes.
func TestPostsAmongTheDrafts(t *testing.T) {
	d := chatDesk(t, Config{SendDelay: -1})
	c := d.team(t, "IT Help")
	d.Press("c")
	d.See("Enter send")
	d.Free("half a thought")
	d.Press("Esc")
	d.Gone("Enter send")
	d.Press("g o")
	d.See("Drafts", "1 draft", "Post in IT Help", "half a thought")
	d.Press("d")
	d.See("Dropped the draft", "There is no draft")
	d.Press("u")
	d.See("The draft is back", "half a thought")
	d.Press("Enter")
	d.See("Chats", "To IT Help", "half a thought")
	d.Free(", and the rest")
	d.Press("Enter")
	d.posted(t, c.ID, "half a thought, and the rest")
	d.Press("g o")
	d.See("There is no draft")
}
