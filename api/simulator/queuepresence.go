package simulator

import (
	"net/http"
	"strconv"

	"switchboard/api/simulator/corpus"
)

// Front Desk is a member of every queue, and may not leave the last one by itself; of
// the others who have an extension, every third belongs to a queue.

// inQueue is whether entry i is a member of the n-th queue.
func inQueue(i, n int) bool { return i == 0 || i%3 == n }

// queueMembers is how many of the directory's first entries are asked for members.
const queueMembers = 40

// agentOf is a member of a queue.
type agentOf struct{ queue, entry int }

type wireQueue struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Number   string `json:"extensionNumber"`
	Editable bool   `json:"editableMemberStatus"`
}

type wireQueuePresence struct {
	Queue   wireQueue `json:"callQueue"`
	Accepts bool      `json:"acceptCalls"`
}

type wireAgentIs struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Number string `json:"extensionNumber"`
}

type wireAgent struct {
	Member  wireAgentIs `json:"member"`
	Any     bool        `json:"acceptQueueCalls"`
	Current bool        `json:"acceptCurrentQueueCalls"`
}

// queueEntry is the directory entry of the n-th queue.
func (s *Server) queueEntry(n int) (corpus.Entry, bool) {
	q, ok := corpus.Queue(n)
	if !ok {
		return corpus.Entry{}, false
	}
	i, ok := corpus.FindExtension(q.Extension)
	if !ok || i >= s.cfg.Directory {
		return corpus.Entry{}, false
	}
	return s.corpus.Entry(i), true
}

// queuesOf are the queues entry i is a member of. The caller holds the lock.
func (s *Server) queuesOf(i int) []wireQueuePresence {
	list := []wireQueuePresence{}
	for n := 0; ; n++ {
		e, ok := s.queueEntry(n)
		if !ok {
			return list
		}
		if !inQueue(i, n) {
			continue
		}
		_, last := corpus.Queue(n + 1)
		list = append(list, wireQueuePresence{
			Queue:   wireQueue{ID: itoa(e.ID), Name: e.Name, Number: e.Extension, Editable: last || i != 0},
			Accepts: !s.present.left[agentOf{n, i}],
		})
	}
}

func (c *call) readQueues() *apiError {
	e, err := c.s.who(c.r.PathValue("who"))
	if err != nil {
		return err
	}
	c.s.present.mu.Lock()
	defer c.s.present.mu.Unlock()
	list := c.s.queuesOf(e.Index)
	if c.r.URL.Query().Get("editableMemberStatus") == "true" {
		kept := []wireQueuePresence{}
		for _, q := range list {
			if q.Queue.Editable {
				kept = append(kept, q)
			}
		}
		list = kept
	}
	writeJSON(c.w, http.StatusOK, map[string]any{"records": list})
	return nil
}

func (c *call) updateQueues() *apiError {
	e, err := c.s.who(c.r.PathValue("who"))
	if err != nil {
		return err
	}
	if e.Index != 0 { // one's own only
		return missingPermission("CMN-408", "EditPresenceStatus")
	}
	var change struct {
		Records []struct {
			Queue struct {
				ID string `json:"id"`
			} `json:"callQueue"`
			Accepts *bool `json:"acceptCalls"`
		} `json:"records"`
	}
	if err := decodeBody(c.r.Body, &change); err != nil {
		return err
	}
	c.s.present.mu.Lock()
	defer c.s.present.mu.Unlock()
	for _, r := range change.Records {
		n, editable := c.s.findQueue(e.Index, r.Queue.ID)
		switch {
		case n < 0:
			return notFound("callQueue.id")
		case r.Accepts == nil:
			return badParameter("acceptCalls")
		case !editable:
			return missingPermission("CMN-408", "EditPresenceStatus")
		}
		c.s.present.left[agentOf{n, e.Index}] = !*r.Accepts
	}
	writeJSON(c.w, http.StatusOK, map[string]any{"records": c.s.queuesOf(e.Index)})
	return nil
}

// findQueue is the number of a queue that entry i is a member of, -1 if it is not.
func (s *Server) findQueue(i int, id string) (n int, editable bool) {
	for n := 0; ; n++ {
		e, ok := s.queueEntry(n)
		if !ok {
			return -1, false
		}
		if itoa(e.ID) == id && inQueue(i, n) {
			_, last := corpus.Queue(n + 1)
			return n, last || i != 0
		}
	}
}

func (c *call) readAgents() *apiError {
	for n := 0; ; n++ {
		q, ok := c.s.queueEntry(n)
		if !ok {
			return notFound("groupId")
		}
		if strconv.FormatInt(q.ID, 10) != c.r.PathValue("group") {
			continue
		}
		c.s.present.mu.Lock()
		defer c.s.present.mu.Unlock()
		list := []wireAgent{}
		for i := range min(c.s.cfg.Directory, queueMembers) {
			e := c.s.corpus.Entry(i)
			if !e.Person() || e.Extension == "" || !inQueue(i, n) {
				continue
			}
			st := c.s.present.state(i)
			takes := st.dnd == "TakeAllCalls" || st.dnd == "TakeDepartmentCallsOnly"
			if st.modern {
				takes = st.personal == "TakeAllCalls" && st.queues
			}
			list = append(list, wireAgent{
				Member: wireAgentIs{ID: itoa(e.ID), Name: e.First + " " + e.Last, Number: e.Extension},
				Any:    takes, Current: !c.s.present.left[agentOf{n, i}],
			})
		}
		writeJSON(c.w, http.StatusOK, map[string]any{"records": list})
		return nil
	}
}
