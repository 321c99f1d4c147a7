package ringcentral

import (
	"strings"
	"unicode"
)

// SMSReason puts a message's deliveryErrorCode into words. The code's prefix
// names who reports it: the service (SMS-RC-), the gateway behind it (SMS-UP-)
// or the recipient's carrier (SMS-CAR-). Of a code that is not known it says
// so, with the code.
func SMSReason(code string) Reason {
	var r Reason
	who := "The service"
	switch kind, n, _ := cutCode(code); kind {
	case "SMS-RC":
		r = serviceReason(n)
	case "SMS-UP":
		r, who = gatewayReason(n), "The gateway"
	case "SMS-CAR":
		r, who = carrierReason(n), "The recipient's carrier"
	default:
		if code == "" {
			return Reason{"The service does not say why", true}
		}
		return Reason{"The message was not delivered (" + shortCode(code) + ")", false}
	}
	if r.Text == "" {
		return Reason{who + " did not deliver the message (" + shortCode(code) + ")", false}
	}
	return r
}

// cutCode takes a code such as SMS-CAR-411 apart.
func cutCode(code string) (kind, number string, ok bool) {
	i := strings.LastIndexByte(code, '-')
	if i < 0 {
		return "", "", false
	}
	return code[:i], code[i+1:], true
}

// shortCode makes a code from outside fit for a sentence.
func shortCode(code string) string {
	code = strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, code)
	return code[:min(len(code), 40)]
}

const (
	optedOut   = "The recipient asked for no more messages; only they can undo it, by texting START"
	notTextual = "The number does not exist or takes no text messages"
	looksSpam  = "The message was held back as spam; word it differently"
)

func serviceReason(n string) Reason {
	switch n {
	case "403":
		return Reason{"The account's limit of messages for the day or month is reached", false}
	case "410":
		return Reason{notTextual, false}
	case "413":
		return Reason{optedOut, false}
	case "430":
		return Reason{looksSpam, false}
	case "500", "501":
		return Reason{"The service had an error of its own", true}
	case "503", "504":
		return Reason{"The number to send from is not set up correctly; the service's support has to look at it", false}
	}
	return Reason{}
}

func gatewayReason(n string) Reason {
	switch n {
	case "410":
		return Reason{notTextual, false}
	case "413":
		return Reason{optedOut, false}
	case "414":
		return Reason{"The number to send from is not set up for text messages", false}
	case "430":
		return Reason{looksSpam, false}
	case "431":
		return Reason{"The number to send from is marked as a sender of spam; your administrator has to clear it", false}
	case "432":
		return Reason{"The message is too long", false}
	case "433":
		return Reason{"The message cannot be delivered as it is written", false}
	case "500":
		return Reason{"The gateway had an error of its own", true}
	}
	return Reason{}
}

func carrierReason(n string) Reason {
	switch n {
	case "104":
		return Reason{"The recipient's carrier has not told yet whether it was delivered", false}
	case "199":
		return Reason{"The recipient's carrier does not know whether it was delivered; it may have been", false}
	case "400":
		return Reason{"The recipient's carrier takes no such messages; call instead", false}
	case "410":
		return Reason{"The message expired on its way", true}
	case "411":
		return Reason{notTextual, false}
	case "412":
		return Reason{"The recipient cannot be reached just now", true}
	case "413":
		return Reason{optedOut, false}
	case "414":
		return Reason{"The number to send from is not set up for text messages", false}
	case "430":
		return Reason{looksSpam, false}
	case "431":
		return Reason{"The recipient's carrier refused the message and does not say why", true}
	case "432":
		return Reason{"The message is too long for the recipient's carrier; 160 characters are safe", false}
	case "433":
		return Reason{"The message cannot be delivered as it is written", false}
	case "434":
		return Reason{"The files are too large for the recipient's carrier", false}
	case "435":
		return Reason{"The recipient's carrier refuses shortened links; write the whole address", false}
	case "450", "451", "452":
		return Reason{"The carrier's limit of messages from your company is reached for today", false}
	case "460":
		return Reason{"The recipient takes no messages from short numbers", false}
	case "461":
		return Reason{"The toll-free number to send from is not verified; your administrator has to do it", false}
	case "500":
		return Reason{"The recipient's carrier had an error of its own", true}
	}
	return Reason{}
}
