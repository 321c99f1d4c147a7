package command

import "testing"

// TestSimulatedSizes: what the flags say is what is served.
func TestSimulatedSizes(t *testing.T) {
	o := &simFlags{messages: 1, calls: 2, contacts: 3, directory: 4, chats: 5, posts: 6, streams: 10, mails: 11, seed: 7, faults: "push-lost=0.5", arrivals: 8, traffic: 9}
	got, err := o.config()
	if err != nil || got.Messages != 1 || got.Calls != 2 || got.Contacts != 3 || got.Directory != 4 || got.Chats != 5 || got.Posts != 6 || got.SymphonyStreams != 10 || got.EmailgisticsMessages != 11 ||
		got.Seed != 7 || got.Faults["push-lost"] != 0.5 || got.Arrivals != 8 || got.Traffic != 9 {
		t.Errorf("%+v, %v", got, err)
	}
}
