package ringcentral

import (
	"net/url"
	"strings"
)

// What can be listened to, for all of the account or the user. Those of a
// mailbox are made by the functions below.
const (
	// FilterPosts tells of posts of all the user's chats ([PostEvent]).
	FilterPosts = "/team-messaging/v1/posts"
	// FilterChats tells of chats that come, change and go ([ChatEvent]). Some
	// of the service's documents call it filterGroups, which [Client.Push] asks
	// for when this one is refused.
	FilterChats = "/team-messaging/v1/chats"
	// FilterDirectory tells of changes in the company's directory ([DirectoryEvent]).
	FilterDirectory = account + "/directory/entries"
	// FilterAccountPresence tells of everyone's presence, without their calls ([PresenceEvent]).
	FilterAccountPresence = account + "/presence"
	// FilterAccountTelephony tells of everyone's calls ([TelephonySessionEvent]).
	FilterAccountTelephony = account + "/telephony/sessions"

	filterGroups = "/team-messaging/v1/groups"
)

// extensionFilter is a filter of an extension, the user's own for "". An id that
// is none makes the empty filter, which Push refuses.
func extensionFilter(ext ID, resource string) string {
	base, err := extensionPath("push", ext)
	if err != nil {
		return ""
	}
	return base + resource
}

// FilterMessageStore tells that messages came or changed, of some types (Fax SMS
// VoiceMail Pager) or of all ([MessageStoreEvent]).
func FilterMessageStore(ext ID, types ...string) string {
	f := extensionFilter(ext, "/message-store")
	if f != "" && len(types) > 0 {
		f += "?" + url.Values{"type": types}.Encode()
	}
	return f
}

// FilterInstant brings SMS as they come in ([InstantMessage]).
func FilterInstant(ext ID) string { return extensionFilter(ext, "/message-store/instant?type=SMS") }

// FilterVoicemail brings voicemails as they come in ([VoicemailMessage]).
func FilterVoicemail(ext ID) string { return extensionFilter(ext, "/voicemail") }

// FilterFax brings faxes as they come in ([FaxMessage]).
func FilterFax(ext ID) string { return extensionFilter(ext, "/fax?direction=Inbound") }

// FilterPresence tells of an extension's presence, with its calls if detailed
// ([PresenceEvent]).
func FilterPresence(ext ID, detailed bool) string {
	return presenceFilter(ext, "/presence", detailed)
}

// FilterLinePresence tells of the presence of all extensions that the user
// watches ([PresenceEvent]).
func FilterLinePresence(detailed bool) string {
	return presenceFilter("", "/presence/line/presence", detailed)
}

// FilterFavoritePresence tells of the presence of the user's favourites
// ([PresenceEvent]).
func FilterFavoritePresence(detailed bool) string {
	return presenceFilter("", "/favorite/presence", detailed)
}

func presenceFilter(ext ID, resource string, detailed bool) string {
	if detailed {
		resource += "?detailedTelephonyState=true"
	}
	return extensionFilter(ext, resource)
}

// FilterTelephony tells of an extension's calls as they ring, are answered and
// end ([TelephonySessionEvent]).
func FilterTelephony(ext ID) string { return extensionFilter(ext, "/telephony/sessions") }

// FilterFavorite tells that the list of favourites changed ([FavoriteEvent]).
func FilterFavorite(ext ID) string { return extensionFilter(ext, "/favorite") }

// sameFilter reports whether two spellings can mean the same filter: the service
// writes ids where ~ was asked for, and parameters in an order of its own.
// loose leaves the parameters aside. apart is how many ids stand for a ~.
func sameFilter(a, b string, loose bool) (apart int, same bool) {
	pathA, queryA, _ := strings.Cut(a, "?")
	pathB, queryB, _ := strings.Cut(b, "?")
	partsA, partsB := strings.Split(strings.TrimSuffix(pathA, "/"), "/"), strings.Split(strings.TrimSuffix(pathB, "/"), "/")
	if len(partsA) != len(partsB) {
		return 0, false
	}
	for i := range partsA {
		switch {
		case partsA[i] == partsB[i]:
		case partsA[i] == "~" || partsB[i] == "~":
			apart++
		default:
			return 0, false
		}
	}
	if loose {
		return apart, true
	}
	valuesA, errA := url.ParseQuery(queryA)
	valuesB, errB := url.ParseQuery(queryB)
	return apart, errA == nil && errB == nil && valuesA.Encode() == valuesB.Encode()
}

// meant are those of the filters asked for that an answer may mean. Where several
// fit, as one of ~ and one of a certain extension do, it means the closest.
func meant(asked []string, answer string, loose bool) (out []string) {
	best := -1
	for _, f := range asked {
		apart, same := sameFilter(f, answer, loose)
		switch {
		case !same || best >= 0 && apart > best:
		case apart == best:
			out = append(out, f)
		default:
			out, best = []string{f}, apart
		}
	}
	return out
}
