// Package notify tells a person that something came in, or that the connection is
// lost: by the bell, by a notification of the desktop, by a count in the window's
// title, or by a program of their choice.
//
// A [Notifier] decides what is told and when. It is told what happens and what time it
// is, and does nothing by itself, so that the screens and `switchboard sync` use the
// same one and tests need no waiting. What came in is told once for all that comes in
// quick succession, never for what was there at the start, not in quiet hours (what
// came then is told at their end), and not to somebody who just pressed a key with
// the terminal in front. A call that rings is told at once, and not at all when nobody
// could be told in time. Without being asked to, it tells no names and no text.
//
// Terminals have three ways to show a notification of the desktop; [Detect] picks by
// the environment, [Way.Sequence] writes it. Only clean text goes into one.
package notify
