package pages

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// askPick asks which pages to save as a PDF.
func (v *Viewer) askPick() {
	if v.opts.Save == nil {
		v.env.Host.Say("Pages cannot be saved here")
		return
	}
	title, hint := fmt.Sprintf("Save pages of %d as a PDF", v.n), "such as 1,3-5; . is this one; nothing is all of them"
	if v.n == 1 {
		title, hint = "Save the page as a PDF", "Enter saves it"
	}
	v.env.Host.Prompt(screen.Prompt{
		Title: title, Scope: keymap.ScopePrompt, Kind: "pages", Hint: hint,
		Enter: func(text string) (tea.Cmd, error) {
			list, err := parsePages(text, v.n, v.at)
			if err != nil {
				return nil, err
			}
			return v.save(list), nil
		},
	})
}

// save writes pages as they are looked at here: turned, and with their stamps.
func (v *Viewer) save(list []int) tea.Cmd {
	pick := make([]Pick, 0, len(list))
	for _, n := range list {
		pick = append(pick, Pick{Page: n, Turn: v.turned(n), Stamps: append([]Stamp(nil), v.stamps[n]...)})
	}
	v.picked = list
	v.env.Host.Say("Saving " + count(len(pick)))
	src, doc := v.src, v.doc
	return v.env.Do(v.env.Ctx, screen.Long, func(ctx context.Context) tea.Msg {
		var path string
		err := context.Canceled
		doc.use(func(d paper.Document) { path, err = v.opts.Save(ctx, src, d, pick) })
		if err != nil {
			return screen.Fail("save "+count(len(pick)), err)
		}
		return screen.Told{Banner: screen.Banner{Text: "Saved " + screen.Home(path), Path: true}}
	})
}
