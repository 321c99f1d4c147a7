package ringcentral

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// Telephones implements store.TelephoneService: the phones calls are forwarded to, then
// one's own numbers, which ring all of one's devices, and what of those may be shown.
// What one may not read is left out.
func (m *Mailbox) Telephones(ctx context.Context) (store.Telephones, error) {
	var t store.Telephones
	forwards, _, err := m.client.ForwardingNumbers(ctx)
	if err != nil && !allowed(err) {
		return t, err
	}
	own, _, err := m.client.PhoneNumbers(ctx)
	if err != nil && !allowed(err) {
		return t, err
	}
	e, err := m.client.Extension(ctx)
	if err != nil {
		return t, err
	}
	t.Country = e.RegionalSettings.HomeCountry.ISOCode
	m.mu.Lock()
	configured := m.from
	m.mu.Unlock()
	slices.SortStableFunc(forwards, func(a, b rc.ForwardingNumber) int { return phoneRank(a) - phoneRank(b) })
	for _, f := range forwards {
		t.Phones = append(t.Phones, store.Telephone{Number: f.PhoneNumber, Label: f.Label, Kind: phoneKind(f)})
	}
	for _, n := range own {
		if n.UsageType == "DirectNumber" && n.Ready() && n.Type != "FaxOnly" {
			t.Phones = append(t.Phones, store.Telephone{Number: n.PhoneNumber, Label: n.Label, Kind: "own number", Main: n.Primary})
		}
		if n.Can(rc.FeatureCallerID) && n.Ready() {
			t.Shown = append(t.Shown, store.Telephone{Number: n.PhoneNumber, Label: n.Label, Kind: usage(n.UsageType), Main: n.Primary})
		}
	}
	if e.ExtensionNumber != "" {
		t.Phones = append(t.Phones, store.Telephone{Number: e.ExtensionNumber, Label: "All my devices", Kind: "extension"})
	}
	if i := slices.IndexFunc(t.Phones, func(p store.Telephone) bool { return p.Number == configured }); i > 0 {
		t.Phones[0], t.Phones[i] = t.Phones[i], t.Phones[0]
	}
	return t, nil
}

// allowed reports whether an error says only that something may not be read.
func allowed(err error) bool {
	_, denied := api.MissingPermission(err)
	return denied || api.IsNotFound(err)
}

// phoneRank puts first what stands on a desk, and last what rings at home.
func phoneRank(f rc.ForwardingNumber) int {
	kinds := []string{"PhoneLine", "ExtensionApps", "BusinessMobilePhone", "Work", "Mobile", "Other", "Home", "Outage"}
	if i := slices.Index(kinds, f.Type); i >= 0 {
		return i
	}
	return slices.Index(kinds, "Other")
}

func phoneKind(f rc.ForwardingNumber) string {
	switch f.Type {
	case "PhoneLine":
		return "desk phone"
	case "ExtensionApps":
		return "apps"
	case "BusinessMobilePhone":
		return "work mobile"
	}
	return strings.ToLower(cmp.Or(f.Type, "Other"))
}

// usage is what a number of the account is for, in words.
func usage(kind string) string {
	switch kind {
	case "DirectNumber":
		return "own number"
	case "MainCompanyNumber":
		return "main number"
	case "CompanyNumber", "AdditionalCompanyNumber":
		return "company number"
	case "CompanyFaxNumber":
		return "company fax"
	}
	return ""
}
