package emailgistics

// The calls' names in errors and logs.
const (
	opMailboxes   = "listMailboxes"
	opAttachments = "listAttachments"
	opDownload    = "downloadAttachment"
	opReport      = "receivedMessageDetail"
	opResults     = "pollReportResults"
	opProbe       = "probe"
)
