package ringcentral

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"switchboard/api"
)

// AnsweringRule says what becomes of calls (CallHandlingRuleInfo, and
// CompanyAnsweringRuleInfo of the company's). What this program does not look
// into is kept as it came and sent back the same.
type AnsweringRule struct {
	ID            ID             `json:"id,omitempty"`
	Type          string         `json:"type,omitempty"` // BusinessHours AfterHours Custom
	Name          string         `json:"name,omitempty"`
	Enabled       *bool          `json:"enabled,omitempty"`
	Schedule      *RuleSchedule  `json:"schedule,omitempty"`
	Callers       []RuleCaller   `json:"callers,omitempty"`       // of whose calls it speaks; none: everybody's
	CalledNumbers []CalledNumber `json:"calledNumbers,omitempty"` // to which numbers; none: to any
	// Action is callHandlingAction: ForwardCalls, TakeMessagesOnly,
	// TransferToExtension …; of the company: Operator, Disconnect, Bypass.
	Action        string          `json:"callHandlingAction,omitempty"`
	Screening     string          `json:"screening,omitempty"`
	Forwarding    json.RawMessage `json:"forwarding,omitempty"`
	Unconditional json.RawMessage `json:"unconditionalForwarding,omitempty"`
	Queue         json.RawMessage `json:"queue,omitempty"`
	Transfer      json.RawMessage `json:"transfer,omitempty"`
	Voicemail     json.RawMessage `json:"voicemail,omitempty"`
	MissedCall    json.RawMessage `json:"missedCall,omitempty"`
	Greetings     json.RawMessage `json:"greetings,omitempty"`
	Extension     json.RawMessage `json:"extension,omitempty"` // the company's only
}

// RuleCaller is a caller that a rule is about.
type RuleCaller struct {
	CallerID string `json:"callerId,omitempty"`
	Name     string `json:"name,omitempty"`
}

// CalledNumber is a number of ours that a rule is about.
type CalledNumber struct {
	ID          ID     `json:"id,omitempty"` // of the company's rules only
	PhoneNumber string `json:"phoneNumber,omitempty"`
}

// RuleSchedule is when a rule holds: by the week, for some spans of time, or as
// long as the business or the after hours do.
type RuleSchedule struct {
	Weekly *WeeklyRanges `json:"weeklyRanges,omitempty"`
	Ranges []struct {
		From Time `json:"from"`
		To   Time `json:"to"`
	} `json:"ranges,omitempty"`
	Ref string `json:"ref,omitempty"` // BusinessHours AfterHours
}

// Rules are the answering rules of the user, or of the company.
type Rules struct {
	c       *Client
	company bool
}

// AnsweringRules are the user's own rules.
func (c *Client) AnsweringRules() Rules { return Rules{c: c} }

// CompanyRules are the company's rules. Changing them takes an administrator.
func (c *Client) CompanyRules() Rules { return Rules{c: c, company: true} }

// op names an operation: "read" and "AnsweringRule", or with Company between.
func (r Rules) op(verb, what string) string {
	if r.company {
		return verb + "Company" + what
	}
	return verb + what
}

func (r Rules) path(op string, id ID) (string, error) {
	base := extension
	if r.company {
		base = account
	}
	if !id.usable() {
		return "", notAnID(op, id)
	}
	return base + "/answering-rule/" + string(id), nil
}

// List lists the rules (listAnsweringRules or listCompanyAnsweringRules,
// Medium). The company's come without callers, schedule and action.
func (r Rules) List(ctx context.Context) ([]AnsweringRule, []BrokenRecord, error) {
	q := api.Request{Op: r.op("list", "AnsweringRules"), Path: account + "/answering-rule", Group: api.Medium}
	if !r.company {
		q.Path, q.Query = extension+"/answering-rule", url.Values{"view": {"Detailed"}}
	}
	return everyPage[AnsweringRule](ctx, r.c, q)
}

// Read reads one (readAnsweringRule or readCompanyAnsweringRule, Light). The
// ids of the two that always exist are business-hours-rule and after-hours-rule.
func (r Rules) Read(ctx context.Context, id ID) (AnsweringRule, error) {
	var rule AnsweringRule
	op := r.op("read", "AnsweringRule")
	path, err := r.path(op, id)
	if err != nil {
		return rule, err
	}
	_, err = r.c.Do(ctx, api.Request{Op: op, Path: path, Group: api.Light}, &rule)
	return rule, err
}

// Create makes a rule of type Custom (createAnsweringRule or
// createCompanyAnsweringRule, Medium). Not repeated by itself.
func (r Rules) Create(ctx context.Context, rule AnsweringRule) (AnsweringRule, error) {
	path := extension + "/answering-rule"
	if r.company {
		path = account + "/answering-rule"
	}
	rule.ID, rule.Type = "", "Custom"
	var made AnsweringRule
	_, err := r.c.Do(ctx, api.Request{
		Op: r.op("create", "AnsweringRule"), Method: http.MethodPost, Path: path, Body: rule, Group: api.Medium,
	}, &made)
	return made, err
}

// Update changes a rule; empty fields stay (updateAnsweringRule or
// updateCompanyAnsweringRule, Medium).
func (r Rules) Update(ctx context.Context, rule AnsweringRule) (AnsweringRule, error) {
	op := r.op("update", "AnsweringRule")
	path, err := r.path(op, rule.ID)
	if err != nil {
		return AnsweringRule{}, err
	}
	var now AnsweringRule
	_, err = r.c.Do(ctx, api.Request{Op: op, Method: http.MethodPut, Path: path, Body: rule, Group: api.Medium}, &now)
	return now, err
}

// Delete removes a rule of type Custom (deleteAnsweringRule or
// deleteCompanyAnsweringRule, Medium). Not repeated by itself.
func (r Rules) Delete(ctx context.Context, id ID) error {
	op := r.op("delete", "AnsweringRule")
	path, err := r.path(op, id)
	if err != nil {
		return err
	}
	_, err = r.c.Do(ctx, api.Request{Op: op, Method: http.MethodDelete, Path: path, Group: api.Medium}, nil)
	return err
}
