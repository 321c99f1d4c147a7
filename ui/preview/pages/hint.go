package pages

import "switchboard/keymap"

// Useful is the keys most useful with what is shown now.
func (v *Viewer) Useful() []keymap.Action {
	switch {
	case v.err != "" || v.n == 0:
		return nil
	case v.texting():
		return []keymap.Action{keymap.Play, keymap.Transcript, keymap.FindInFile}
	case v.film.n > 0:
		return []keymap.Action{keymap.Play, keymap.MediaForward, keymap.MediaMore}
	case v.view.close():
		return []keymap.Action{keymap.Play, keymap.MediaReset, keymap.MediaMore, keymap.PanRight}
	case v.opts.Single:
		return []keymap.Action{keymap.MediaFaster, keymap.MediaMore}
	case v.n == 1:
		return []keymap.Action{keymap.MediaFaster, keymap.MediaMore, keymap.FitPage}
	case v.at == v.n-1:
		return []keymap.Action{keymap.MediaBack, keymap.MediaFaster, keymap.MediaMore, keymap.FitPage}
	}
	return []keymap.Action{keymap.Play, keymap.MediaFaster, keymap.MediaMore, keymap.FitPage}
}

// Short is what an action does now, in a word or two; "" for what it always does.
func (v *Viewer) Short(a keymap.Action) string {
	switch a {
	case keymap.Play:
		switch {
		case v.film.n > 0 && v.film.playing && !v.texting():
			return "pause"
		case v.film.n > 0 && !v.texting():
			return "play"
		case v.texting() || v.view.close() || v.n == 1:
			return "go on"
		}
		return "next page"
	case keymap.MediaForward:
		if v.film.n > 0 {
			return "next frame"
		}
		return "next page"
	case keymap.MediaBack:
		if v.film.n > 0 {
			return "frame back"
		}
		return "page back"
	case keymap.Transcript:
		if v.texting() {
			return "picture"
		}
		return "text"
	case keymap.MediaReset:
		if v.opts.Single {
			return "whole"
		}
		return "whole page"
	}
	return Words(a)
}

// Words is what an action does to a page before anything is known of the file.
func Words(a keymap.Action) string {
	switch a {
	case keymap.Play, keymap.MediaForward:
		return "next page"
	case keymap.MediaBack:
		return "page back"
	case keymap.MediaSlower:
		return "turn left"
	case keymap.MediaFaster:
		return "turn"
	case keymap.MediaLess:
		return "smaller"
	case keymap.MediaMore:
		return "larger"
	case keymap.MediaReset:
		return "whole page"
	case keymap.FitPage:
		return "fit width"
	case keymap.PanRight:
		return "move"
	}
	return ""
}
