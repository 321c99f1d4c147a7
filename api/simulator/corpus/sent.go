package corpus

import (
	"slices"
	"strings"
)

// Conversation is the id of the thread of text messages with a number, the same
// as that of the messages which came from it. A group has one of its own.
func (c *Corpus) Conversation(numbers ...string) int64 {
	h := hashNumber(numbers[0])
	if len(numbers) > 1 {
		sorted := slices.Sorted(slices.Values(numbers))
		h = hashNumber(strings.Join(sorted, " "))
	}
	tag := stream(c.seed, forTag, h)
	return int64(tag.next()>>2 | 1<<61)
}

// PagerConversation is the id of the thread of pager messages with extensions.
func (c *Corpus) PagerConversation(extensions ...string) int64 {
	if len(extensions) == 1 && len(extensions[0]) == 3 && slices.ContainsFunc(colleagues, func(p Party) bool { return p.Extension == extensions[0] }) {
		tag := stream(c.seed, forTag, uint64(extensions[0][2]))
		return int64(tag.next()>>2 | 1<<61)
	}
	return c.Conversation(append([]string{"ext"}, extensions...)...)
}
