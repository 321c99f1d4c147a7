package ringcentral

import (
	"errors"

	"switchboard/api"
)

// Refusal puts into words why the service refused to send or to call, by the
// code of its error. ok is false for an error that is no refusal of this kind:
// its own text has to do.
func Refusal(err error) (text string, ok bool) {
	var e *api.Error
	if !errors.As(err, &e) || e.Unknown || e.Status < 400 || e.Status >= 500 {
		return "", false
	}
	codes := []string{e.Code}
	for _, d := range e.Details {
		codes = append(codes, d.Code)
	}
	for _, code := range codes {
		for _, words := range []func(string) string{refusedText, refusedFax, refusedCall} {
			if text = words(code); text != "" {
				return text, true
			}
		}
	}
	return "", false
}

// refusedText are text and pager messages.
func refusedText(code string) string {
	switch code {
	case "MSG-240":
		return "Text messages abroad are not part of this account"
	case "MSG-241":
		return "A fax number cannot send text messages"
	case "MSG-242":
		return "Text messages are not part of this account"
	case "MSG-243":
		return "The recipient is on your list of blocked numbers, or is not a number that takes text messages"
	case "MSG-245":
		return "The number to send from is not one of yours"
	case "MSG-246":
		return "Extensions take no text messages; send a pager message instead"
	case "MSG-247":
		return "Short numbers take no text messages from here"
	case "MSG-304", "MSG-367":
		return "The number to send from is not set up for text messages"
	case "MSG-305", "MSG-384":
		return "The account's limit of messages is reached"
	case "MSG-316":
		return "There is no such extension"
	case "MSG-324":
		return "An extension among the recipients is switched off"
	case "MSG-325":
		return "The conversation is too old to be answered; begin a new one"
	case "MSG-326":
		return "You are no longer part of this conversation"
	case "MSG-314", "MSG-330":
		return "An extension of your kind cannot send such messages"
	case "MSG-331", "MSG-332":
		return "A message can be sent from your own extension only"
	case "MSG-376":
		return "The files are larger than 1.5 MB together"
	case "MSG-379":
		return "There are more than 10 files"
	case "MSG-381":
		return "There are more than 10 recipients"
	case "MSG-383":
		return "Messages with files cannot be sent abroad"
	case "MSG-388":
		return "Messages to that number are prohibited"
	case "CMN-406":
		return "A recipient is named twice"
	}
	return ""
}

// refusedFax are faxes, and files in general.
func refusedFax(code string) string {
	switch code {
	case "MSG-343":
		return "This fax cannot be sent again just now: it is under way, or its pages are gone"
	case "MSG-344":
		return "Extensions take no faxes"
	case "MSG-347":
		return "A file is empty"
	case "MSG-348":
		return "The service does not take files of that kind"
	case "MSG-353", "MSG-355", "MSG-356":
		return "The name of a file does not tell what kind it is"
	case "MSG-370":
		return "The name of a file is longer than 256 characters"
	}
	return ""
}

// refusedCall are calls.
func refusedCall(code string) string {
	switch code {
	case "TEL-101":
		return "The number is on a block list"
	case "TEL-102":
		return "Your own phone's number is on a block list"
	case "TEL-107", "RNG-102":
		return "That number cannot be shown as the caller's"
	case "TEL-108":
		return "Your own phone's number is missing or not valid"
	case "TEL-109":
		return "The number to call is missing or not valid"
	}
	return ""
}
