package main

import (
	"context"
	"os"
	"strings"
	"time"

	"switchboard/api/simulator/symphony"
	"switchboard/store"
	"switchboard/ui/uitest"
)

// serviceScenes are the pictures with accounts of all services side by side.
func serviceScenes() []scene {
	return []scene{
		{name: "services", with: allServices, act: func(d *uitest.Desk) {
			allRead(d)
			it := on(d, `in:emailgistics in:inbox "invoice attached"`)
			d.See("page 1 of")
			d.Press("Esc Esc g i G")
			for at := store.ID(0); at != it.ID; { // up to it in the inbox
				d.Press("k")
				at = shown(d, it)
			}
			d.See("Inbox", "E-mail from", "page 1 of")
			d.Gone("of 1 …")
		}},
		{name: "same-file", with: allServices, act: func(d *uitest.Desk) {
			allRead(d)
			it := on(d, `in:emailgistics in:inbox "invoice attached"`)
			d.See("page 1 of")
			a := file(d, it)
			data, err := os.ReadFile(d.Store.BlobPath(a.SHA256))
			if err != nil {
				panic(err)
			}
			say := func(stream, text string, names ...string) {
				var files []symphony.File
				for _, n := range names {
					files = append(files, symphony.File{Name: n, Type: "application/pdf", Data: data})
				}
				if _, err := d.Sim.Symphony().Say(stream, text, files...); err != nil {
					panic(err)
				}
				post := on(d, `in:symphony "`+text+`"`)
				for _, x := range post.Attachments {
					if _, err := d.Store.FetchNow(context.Background(), x, nil); err != nil {
						panic(err)
					}
				}
			}
			say("", "the broker asks for this one", "for the broker.pdf")
			say("", "please file this one", a.Name, "copy of it.pdf")
			d.Press("Esc Esc g i G g a")
			d.See("Files of post", "= the same as copy of it.pdf", "= e-mail from", "= post from")
			d.Gone("of 1 …")
		}},
		{name: "symphony", with: allServices, act: func(d *uitest.Desk) {
			allRead(d)
			d.Press("g t")
			d.See("Chats", "S ", "R ")
			d.Press("\\")
			d.See("a part of the name")
			d.Free("denials")
			d.Press("Enter")
			d.See("Symphony")
			d.Press("\\")
			d.See("a part of the name")
			d.Press("C-u Enter")
			d.Gone("a part of the name")
			d.See("R ", "Denials Review  ", "Symphony")
			d.Press("Enter G")
			d.See("c write")
		}},
	}
}

// allServices has a desk signed in to an account of each service. Its clock goes, since
// reports take their time.
func allServices(c *uitest.Config) {
	start := time.Now()
	c.Now = func() time.Time { return now().Add(time.Since(start)) }
	c.SignedInFor = 365 * 24 * time.Hour
	c.Messages = 12
	c.Sim.SymphonyStreams, c.Sim.SymphonyMessages = 14, 140
	c.Sim.EmailgisticsMessages, c.Sim.EmailgisticsReport = 40, time.Millisecond
}

// allRead waits until all there is has been read.
func allRead(d *uitest.Desk) {
	d.Eventually("everything is read", func() bool {
		for _, f := range d.Store.Feeds() {
			if (f.Name == store.FeedChats || f.Name == store.FeedDetails) && !f.Done && !f.Denied {
				return false
			}
		}
		for _, st := range d.Store.Status() {
			if st.Phase == store.PhaseSyncing || st.Doing != "" {
				return false
			}
		}
		return true
	})
}

// on puts the cursor on the newest message a query finds.
func on(d *uitest.Desk, query string) store.Item {
	q, err := store.ParseQuery(query, now(), time.UTC)
	if err != nil {
		panic(err)
	}
	var ids []store.ID
	d.Eventually(query+" finds something", func() bool {
		ids, err = d.Store.IDs(context.Background(), q, store.NewestFirst, 1)
		return err == nil && len(ids) > 0
	})
	d.Press("Esc Esc /")
	d.Free("id:" + ids[0].String())
	d.Press("Enter")
	d.See("1 of 1")
	it, err := d.Store.Item(context.Background(), ids[0])
	if err != nil {
		panic(err)
	}
	return it
}

// shown is the id of a message if its reader shows it; else 0.
func shown(d *uitest.Desk, it store.Item) store.ID {
	time.Sleep(100 * time.Millisecond) // the reader follows once the cursor rests
	if s := d.Screen(); strings.Contains(s, "E-mail from "+it.Who.Name) && strings.Contains(s, "page 1 of") {
		return it.ID
	}
	return 0
}

// file is the first file of a message, once it is on this machine.
func file(d *uitest.Desk, it store.Item) (a store.Attachment) {
	d.Eventually("the file is here", func() bool {
		it, err := d.Store.Item(context.Background(), it.ID)
		for _, x := range it.Attachments {
			if x.State == store.Kept && !x.IsText() {
				a = x
			}
		}
		return err == nil && a.SHA256 != ""
	})
	return a
}
