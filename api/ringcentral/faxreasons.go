package ringcentral

// Reason is why something was not delivered, for a person.
type Reason struct {
	Text string // a sentence without its full stop
	// Again is set where sending the same once more may well succeed.
	Again bool
}

// FaxReason puts a recipient's faxErrorCode into words (FaxErrorCodeEnum). Of a
// code that is not known it says so, with the code.
func FaxReason(code string) Reason {
	if r := faxLine(code); r.Text != "" {
		return r
	}
	if r := faxRefused(code); r.Text != "" {
		return r
	}
	if code == "" {
		return Reason{"The service does not say why", true}
	}
	return Reason{"The fax failed (" + shortCode(code) + ")", false}
}

// faxLine is what happened on the line.
func faxLine(code string) Reason {
	switch code {
	case "AllLinesInUse":
		return Reason{"All outgoing lines were in use", true}
	case "NoFaxMachine":
		return Reason{"No fax machine answered at that number", false}
	case "NoAnswer":
		return Reason{"Nobody answered", true}
	case "LineBusy":
		return Reason{"The line was busy", true}
	case "CallerHungUp":
		return Reason{"The other side hung up", true}
	case "CallDeclined":
		return Reason{"The call was declined", false}
	case "CallFailed":
		return Reason{"The call failed", true}
	case "NotAccepted":
		return Reason{"The other machine did not accept the fax", true}
	case "SentPartially":
		return Reason{"Only some of the pages arrived", true}
	case "TooManyCallsPerLine":
		return Reason{"There were too many calls on the line", true}
	case "InvalidNumber":
		return Reason{"The number is not valid", false}
	case "WrongNumber":
		return Reason{"The number is wrong", false}
	case "UnknownCountryCode":
		return Reason{"The number's country is not known", false}
	case "UserNotFound":
		return Reason{"There is nobody at that number", false}
	case "ReturnToDBQueue":
		return Reason{"The fax went back into the queue", true}
	case "NoCallTime":
		return Reason{"No call time is left", false}
	}
	return Reason{}
}

// faxRefused is what the service did not do.
func faxRefused(code string) Reason {
	switch code {
	case "Undefined":
		return Reason{"The service does not know why", true}
	case "InternalError", "DBGeneralError":
		return Reason{"The service had an error of its own", true}
	case "RenderingFailed", "ConvertError":
		return Reason{"A file could not be turned into pages", false}
	case "TooManyPages":
		return Reason{"There are too many pages", false}
	case "NoFaxSendPermission":
		return Reason{"You are not permitted to send faxes", false}
	case "FaxSendingProhibited":
		return Reason{"Sending faxes is prohibited for this account", false}
	case "NoInternationalPermission":
		return Reason{"You are not permitted to fax abroad", false}
	case "InternationalCallingDisabled", "InternationalDisabled":
		return Reason{"Calls abroad are switched off", false}
	case "DestinationCountryDisabled":
		return Reason{"Calls to that country are switched off", false}
	case "ProhibitedNumber":
		return Reason{"Faxes to that number are prohibited", false}
	case "ProhibitedDestination":
		return Reason{"Faxes to that destination are prohibited", false}
	case "ThePhoneIsBlacklisted":
		return Reason{"The number is on a block list", false}
	case "NotEnoughCredits":
		return Reason{"There is not enough calling credit", false}
	case "SkypeBillingFailed":
		return Reason{"The charge for the call failed", false}
	case "AccountSuspended":
		return Reason{"The account is suspended", false}
	}
	return Reason{}
}
