// Package presence is the screen of who is there: one's own status, do not disturb and
// message; the queues one takes calls of; and the colleagues and queues one watches,
// who is free first.
//
// What the service does not tell is said, not left blank: queues and menus have no status
// of their own, some people let nobody see theirs, and a permission may be missing.
//
// Ages grow while nobody looks at them. They are drawn anew with whatever else is drawn,
// and once a minute as long as the screen is up.
package presence
