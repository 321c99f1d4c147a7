package ringcentral

import (
	"slices"
	"testing"
)

// A filter that is not granted of another extension is not taken for one's own, however
// the service spells the two.
func TestGrantedOfSeveralExtensions(t *testing.T) {
	own, other, third := FilterMessageStore(""), FilterMessageStore("7"), FilterMessageStore("8")
	asked := []string{own, other, third, FilterFax("")}
	const at = "/restapi/v1.0/account/1/extension/"
	for name, tt := range map[string]struct {
		sub  Subscription
		good []string
	}{
		"as asked for": {Subscription{EventFilters: []string{own, third, FilterFax("")}, DisabledFilters: []DisabledFilter{{Filter: other}}}, []string{own, third, FilterFax("")}},
		"with ids": {
			Subscription{EventFilters: []string{at + "5/message-store", at + "8/message-store", at + "5/fax?direction=Inbound"}, DisabledFilters: []DisabledFilter{{Filter: at + "7/message-store"}}},
			[]string{own, third, FilterFax("")},
		},
		"one's own refused": {Subscription{EventFilters: []string{other, third}, DisabledFilters: []DisabledFilter{{Filter: own}}}, []string{other, third}},
		"left out":          {Subscription{EventFilters: []string{at + "7/message-store"}}, []string{other}},
		"nothing listed":    {Subscription{}, asked},
	} {
		good, bad := tt.sub.granted(asked)
		if !slices.Equal(good, tt.good) || len(good)+len(bad) != len(asked) {
			t.Errorf("%s: %q granted and %q not, want %q", name, good, bad, tt.good)
		}
	}
}
