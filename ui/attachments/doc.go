// Package attachments shows the files of one message: what the service says
// they are and what they turned out to be, their real size once known, how far
// their download is, and what can be done with them. Below the list stands the
// file the cursor is on (the stage, which the root gives it).
package attachments
