// Package teams makes the team messaging of the simulated account: the chats of
// the front desk and what is posted in them.
//
// As in package corpus everything is a pure function of the seed and of numbers
// (which chat, which post of it), so that ten thousand chats with as many posts
// cost what ten cost. Posts come in sittings of six: a conversation, a thread, a
// file with remarks, somebody who joined. Twelve kinds of sittings follow each
// other in every chat, so that any seventy posts in a row hold one of
// everything: mentions, links, quotes, lists and code, edits, threads, files of
// each kind, cards, events and notes, text in other scripts, and text that
// attacks a terminal.
package teams
