package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/api"
)

// apiCall is one call of `api`, as it was typed.
type apiCall struct {
	*format
	method, path          string
	fields, typed, header []string
	input, account, group string
	paginate, include     bool
}

func (a *app) apiCmd() *cobra.Command {
	o := &apiCall{}
	cmd := &cobra.Command{
		Use:   "api [METHOD] PATH",
		Short: "Call any endpoint of the service with the account's token and rate budget",
		Long: `Call any endpoint of a service with the account's token, within its rate limits,
and print what it answers. PATH is one of the service's: /restapi/... of RingCentral
("~" stands for one's own account and extension), /agent/... /pod/... /login/... of
Symphony, /api/v1/... of Emailgistics. It says which account is meant, unless --account
does. METHOD is GET when it is left out.

-f adds a text, -F a value: true, false, null, a number, or @file for the content of a
file. With GET and DELETE they go into the query, else into a JSON body; a[b]=1 is an
object in it, a[]=1 a list. --input sends a file as it is. --paginate asks for the
following pages too; --jsonl prints the records of each, one a line.

The token goes to the hosts of the account and to no other. DELETE on the message store
without ids would empty the mailbox and is refused.`,
		Example: `  switchboard api /restapi/v1.0/account/~/extension/~
  switchboard api GET /restapi/v1.0/account/~/extension/~/message-store -f messageType=Fax --paginate --jsonl
  switchboard api PUT /restapi/v1.0/account/~/extension/~/message-store/401 -f readStatus=Read
  switchboard api POST /pod/v1/streams/list -F "streamTypes[][type]=ROOM"
  switchboard api --account emailgistics /api/v1/admin/mailboxes`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completeAPI,
	}
	o.format = formatFlags(cmd)
	fs := cmd.Flags()
	fs.StringArrayVarP(&o.fields, "field", "f", nil, "NAME=TEXT, a parameter or a field of the body; may be given again")
	fs.StringArrayVarP(&o.typed, "value", "F", nil, "NAME=VALUE: true, false, null, a number, or @file; else a text")
	fs.StringArrayVarP(&o.header, "header", "H", nil, "'NAME: VALUE', a header; may be given again")
	fs.StringVar(&o.input, "input", "", "send this file as the body (-: standard input)")
	fs.BoolVar(&o.paginate, "paginate", false, "ask for the pages that follow too")
	fs.BoolVarP(&o.include, "include", "i", false, "print the status and the headers first")
	fs.StringVar(&o.account, "account", "", "which account, by its key, its name or its service (default: the first one whose service has such a path)")
	fs.StringVar(&o.group, "group", "", "the rate group it counts for: Light, Medium, Heavy (default: as the service's description has it)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.method, o.path = http.MethodGet, args[len(args)-1]
		if len(args) == 2 {
			o.method = strings.ToUpper(args[0])
		}
		return a.api(cmd.Context(), o)
	}
	return cmd
}

// apiMethods are those there are.
func apiMethods() []string {
	return []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead}
}

func completeAPI(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, m := range apiMethods() {
		if strings.HasPrefix(m, strings.ToUpper(word)) {
			out = append(out, m)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) api(ctx context.Context, o *apiCall) error {
	r, err := a.apiRequest(o)
	if err != nil {
		return err
	}
	acc, err := a.signedIn(o.account, r.Path)
	if err != nil {
		return err
	}
	kind, err := serviceOf(acc)
	if err != nil {
		return err
	}
	if err := kind.takes(r.Path); err != nil {
		return err
	}
	if r.Group, err = kind.rateGroup(o, r.Path); err != nil {
		return err
	}
	a.patient = true
	client, err := kind.session(a, acc)
	if err != nil {
		return err
	}
	defer client.Close()
	if o.paginate || o.jsonl {
		err = a.apiPages(ctx, client, r, o)
	} else {
		err = a.apiOnce(ctx, client, r, o)
	}
	if errors.Is(err, api.ErrHostNotAllowed) {
		return &usageError{
			msg: "api " + quote(o.path) + ": the token goes only to the hosts of " + acc.Key,
			try: "a path that begins with " + strings.Join(kind.paths, " or "),
		}
	}
	return ofAccount(acc, err)
}

// signedIn is the account of a key, or the first one whose service has such a path.
func (a *app) signedIn(key, path string) (SignedIn, error) {
	signed, err := readAccounts(a.dir)
	if err != nil {
		return SignedIn{}, err
	}
	if len(signed) == 0 {
		return SignedIn{}, errNoAccount
	}
	if key == "" {
		for _, acc := range signed {
			if s, err := serviceOf(acc); err == nil && s.has(path) {
				return acc, nil
			}
		}
		return signed[0], nil
	}
	for _, fits := range []func(SignedIn) bool{
		func(acc SignedIn) bool { return acc.Key == key || strings.HasSuffix(acc.Key, ":"+key) },
		func(acc SignedIn) bool { return acc.Service == key || strings.EqualFold(acc.Name, key) },
	} {
		if i := slices.IndexFunc(signed, fits); i >= 0 {
			return signed[i], nil
		}
	}
	return SignedIn{}, &codeError{code: exitNotFound, msg: "no account " + quote(key) + " is signed in", try: "switchboard accounts"}
}

// apiRequest checks what was typed and makes a request of it.
func (a *app) apiRequest(o *apiCall) (r api.Request, err error) {
	if !slices.Contains(apiMethods(), o.method) {
		return r, &usageError{msg: "api: method " + quote(o.method) + ": want one of " + strings.Join(apiMethods(), ", "), try: "switchboard api GET " + shellWord(o.path)}
	}
	u, err := url.Parse(o.path)
	if err != nil || u.Path == "" || !u.IsAbs() && !strings.HasPrefix(o.path, "/") {
		return r, &usageError{msg: "api: path " + quote(o.path) + ": want one such as /restapi/v1.0/account/~/extension/~", try: "switchboard api GET /restapi/v1.0/status"}
	}
	r = api.Request{Op: o.method + " " + u.Path, Method: o.method, Path: o.path, Accept: "*/*", Header: http.Header{}, Query: url.Values{}}
	if _, err = rateGroup(o, u.Path); err != nil {
		return r, err
	}
	if err := a.apiBody(o, &r); err != nil {
		return r, err
	}
	if o.method == http.MethodDelete && wipes(u) {
		return r, &usageError{
			msg: "api: DELETE on the message store without ids would empty the mailbox; it is never sent", try: "switchboard delete ID...",
		}
	}
	return r, apiHeaders(o, &r)
}

// apiHeaders takes the headers that were typed, but for those that are the client's.
func apiHeaders(o *apiCall, r *api.Request) error {
	for _, h := range o.header {
		name, value, ok := strings.Cut(h, ":")
		name, value = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !ok || name == "" || strings.ContainsAny(name+value, "\r\n"):
			return usagef("--header %s: want 'NAME: VALUE'", quote(h))
		case name == "Authorization", name == "Host", name == "Cookie", name == "Content-Length", strings.Contains(name, "Method-Override"), name == "X-Http-Method",
			strings.EqualFold(name, "sessionToken"), strings.EqualFold(name, "keyManagerToken"):
			return usagef("--header %s: that one is not yours to set", quote(name))
		case name == "Content-Type":
			r.ContentType = value
		case name == "Accept":
			r.Accept = value
		default:
			r.Header.Add(name, value)
		}
	}
	return nil
}

// wipes reports whether a DELETE would take all messages with it: one on the message
// store that names none, however the path is spelled.
func wipes(u *url.URL) bool {
	parts := strings.FieldsFunc(strings.ToLower(u.Path), func(r rune) bool { return r == '/' })
	i := slices.IndexFunc(parts, func(p string) bool { return strings.Contains(p, "message-store") })
	if i < 0 {
		return false
	}
	isIDs := func(s string) bool { return strings.Trim(s, "0123456789,") == "" && strings.Trim(s, ",") != "" }
	// A filter in the query is no list of ids: type=Fax alone deletes every fax.
	return parts[i] != "message-store" || len(parts) != i+2 || !isIDs(parts[i+1])
}

// rateGroup is which limit a request counts for, by the service's description.
func rateGroup(o *apiCall, path string) (api.Group, error) {
	groups := []api.Group{api.Light, api.Medium, api.Heavy, api.NoThrottling}
	if o.group != "" {
		for _, g := range groups {
			if strings.EqualFold(string(g), o.group) {
				return g, nil
			}
		}
		return "", usagef("--group %s: want Light, Medium or Heavy", quote(o.group))
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(path, w) })
	}
	get := o.method == http.MethodGet || o.method == http.MethodHead
	switch {
	case has("/call-log", "/active-calls", "/address-book", "/recording", "/glip/files", "/files"),
		!get && has("/fax", "/ring-out", "/ringout", "/greeting"):
		return api.Heavy, nil
	case !get, has("/content/", "/directory", "/answering-rule", "/glip/groups", "/glip/webhooks", "/dictionary/greeting", "/chats"):
		return api.Medium, nil
	}
	return api.Light, nil
}

// apiBody puts fields and input where they belong.
func (a *app) apiBody(o *apiCall, r *api.Request) error {
	if o.input != "" {
		raw, err := a.readInput(o.input)
		if err != nil {
			return err
		}
		r.Body = raw
	}
	body := map[string]any{}
	for i, f := range append(slices.Clone(o.fields), o.typed...) {
		name, text, ok := strings.Cut(f, "=")
		if !ok || name == "" {
			return usagef("field %s: want NAME=VALUE", quote(f))
		}
		var value any = text
		if i >= len(o.fields) {
			var err error
			if value, err = a.apiValue(text); err != nil {
				return err
			}
		}
		if o.method == http.MethodGet || o.method == http.MethodHead || o.method == http.MethodDelete || o.input != "" {
			r.Query.Add(name, fmt.Sprint(value))
			continue
		}
		if err := setField(body, name, value); err != nil {
			return err
		}
	}
	if len(body) > 0 {
		r.Body = body
	}
	return nil
}

// maxInput is how much of a body is read, in bytes: as much as the service takes of a fax.
const maxInput = 64 << 20

func (a *app) readInput(name string) ([]byte, error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(expandHome(name))
		if errors.Is(err, os.ErrNotExist) {
			return nil, &codeError{code: exitNotFound, msg: err.Error()}
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(raw) > maxInput {
		err = usagef("%s is larger than %d MB", quote(name), maxInput>>20)
	}
	return raw, err
}
