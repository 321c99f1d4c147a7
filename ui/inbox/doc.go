// Package inbox is the list of items: the queue, a folder of it, a saved view,
// or what a search found, all with the same triage keys. Lists lie on each
// other: a search comes over the mailbox and leaves it as it was.
package inbox
