package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// sending is one message as it was asked for on the command line.
type sending struct {
	*format
	kind                  store.SendKind
	to, files             []string
	from, account         string
	cover, at, resend, on string
	fine, dry, wait       bool
	delay, timeout        time.Duration
}

// sendKind is a command under `send`.
type sendKind struct {
	name, short, long, example string
	kind                       store.SendKind
}

func sendKinds() []sendKind {
	return []sendKind{
		{
			"sms", "Send a text", "Send a text. To several numbers, or with files, it goes out as MMS.",
			"  switchboard send sms --to +12025550142 \"We open at nine.\"\n  echo \"We open at nine.\" | switchboard send sms --to \"Ana Lima\"", store.SendText,
		},
		{
			"mms", "Send a text with pictures, or to a group", "Send a text with files, or to a group, as MMS.",
			"  switchboard send mms --to +12025550142 --file map.png \"Here we are.\"", store.SendText,
		},
		{
			"pager", "Page colleagues by their extensions", "Send a message to colleagues and departments by their extensions; it costs nothing and stays in the company.",
			"  switchboard send pager --to 101 --to 102 \"Line two, please.\"", store.SendPager,
		},
		{
			"fax", "Send files as a fax", "Send files as a fax, to one or several numbers. A text is what stands on the cover page.\n" +
				"It waits at the service for a moment, so that `undo` can still take it back; --at has it wait longer.",
			"  switchboard send fax --to +12025550142 --file order.pdf --cover none\n  switchboard send fax --to +12025550142 --resend 06q8g1zk4t2ax", store.SendFax,
		},
	}
}

const sendHelp = `

--to takes a number in any form, or a name that only one contact has; with --answers the
message goes to whoever sent that one. Text that is not on the command line is read
from standard input. --dry-run checks all of it, says how long it is, and sends nothing.

It is on disk before the command ends and is sent once, however often the network fails:
where the service cannot be reached it waits, and is sent later. The id that is
printed takes it back as long as that is possible: switchboard undo ID. --delay keeps a text
so long before it leaves; --wait stays until it has arrived or failed.`

func (a *app) sendCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "send",
		Short: "Send a text, a fax, a page or a post",
		Long:  "Send a text (sms, mms), a fax, a page to colleagues, or a post in a team chat.",
		Args:  a.unknownCommand,
		RunE: func(cmd *cobra.Command, args []string) error {
			return &usageError{msg: "send: what is to be sent is missing", try: "switchboard send sms|mms|fax|pager|post"}
		},
	}
	for _, k := range sendKinds() {
		cmd.AddCommand(a.sendKindCmd(k))
	}
	cmd.AddCommand(a.sendPostCmd())
	return cmd
}

func (a *app) sendKindCmd(k sendKind) *cobra.Command {
	o := &sending{kind: k.kind}
	cmd := &cobra.Command{
		Use: k.name + " --to WHO [TEXT]", Short: k.short, Long: k.long + sendHelp, Example: k.example, Args: cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	o.format = formatFlags(cmd)
	fs := cmd.Flags()
	fs.StringArrayVarP(&o.to, "to", "t", nil, "to whom; may be given again")
	fs.StringVar(&o.on, "answers", "", "the message (its id) that this answers: to whoever sent it, and its journal says so")
	fs.StringVar(&o.account, "account", "", "which account sends it (default: the first one)")
	if k.kind != store.SendFax {
		fs.StringVar(&o.from, "from", "", "own number it comes from (default: the one used last)")
		_ = cmd.RegisterFlagCompletionFunc("from", a.completeSenders(k.kind))
		fs.DurationVar(&o.delay, "delay", 0, "keep it so long before it leaves, to take it back (such as 30s)")
	}
	if k.kind != store.SendPager {
		fs.StringArrayVar(&o.files, "file", nil, "send this file; may be given again")
	}
	if k.kind == store.SendFax {
		fs.StringVar(&o.cover, "cover", "", "id or name of the cover page, or none (default: the account's)")
		_ = cmd.RegisterFlagCompletionFunc("cover", a.completeCovers)
		fs.BoolVar(&o.fine, "fine", false, "in high resolution")
		fs.StringVar(&o.at, "at", "", "send it then: \"17:30\", \"tomorrow 8\", 2026-11-23T09:00:00Z")
		fs.StringVar(&o.resend, "resend", "", "send this fax (its id) on as it is")
	}
	fs.BoolVar(&o.dry, "dry-run", false, "check it, print what it comes to, and send nothing")
	fs.BoolVar(&o.wait, "wait", false, "wait until it has arrived or failed")
	fs.DurationVar(&o.timeout, "timeout", 5*time.Minute, "with --wait: at most so long")
	_ = cmd.RegisterFlagCompletionFunc("to", a.completeNames)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.sendMessage(cmd.Context(), strings.Join(args, " "), o)
	}
	return cmd
}

// sendMessage checks a message, records it, and sends it.
func (a *app) sendMessage(ctx context.Context, text string, o *sending) error {
	if o.delay < 0 || o.timeout < 0 {
		return usagef("send: a length of time cannot be negative")
	}
	// A text that nobody keeps leaves at once. A fax is kept by the service.
	if a.sendDelay = -1; o.delay > 0 {
		a.sendDelay = o.delay
	} else if o.kind == store.SendFax {
		a.sendDelay = 0
	}
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	if err := a.connect(st, nil); err != nil {
		return err
	}
	m, err := a.message(ctx, st, text, o)
	if err != nil {
		return err
	}
	check, err := st.CheckMessage(ctx, m)
	if err != nil {
		return asRefused("not sent", err)
	}
	if o.dry {
		to := make([]string, len(m.To))
		for i, r := range m.To {
			to[i] = recipientWord(r)
		}
		return a.printCheck(string(m.Kind), to, check, o.format)
	}
	op, err := st.Send(ctx, m)
	if err != nil {
		return asRefused("not sent", err)
	}
	return a.followSend(ctx, st, op, o)
}

// asRefused makes what would be refused a mistake of usage, found before a byte left.
func asRefused(what string, err error) error {
	if exitCode(err) != exitFailed || errors.Is(err, context.Canceled) {
		return err
	}
	return &usageError{msg: what + ": " + err.Error()}
}

// message puts together what is to be sent.
func (a *app) message(ctx context.Context, st *store.Store, text string, o *sending) (m store.NewMessage, err error) {
	m = store.NewMessage{Kind: o.kind, Account: o.account, From: o.from, Fine: o.fine}
	if o.account != "" {
		acc, err := a.signedIn(o.account, "")
		if err != nil {
			return m, err
		}
		m.Account = acc.Key
	}
	if m.Files, err = filesNamed(o.files); err != nil {
		return m, err
	}
	if o.at != "" {
		if m.At, err = store.ParseWhen(o.at, a.env.Now(), time.Local); err != nil {
			return m, usagef("--at %s: %v", quote(o.at), err)
		}
	}
	if o.resend != "" {
		if m.Resend, err = st.Resolve(ctx, o.resend); err != nil {
			return m, err
		}
	}
	if m.To, err = a.recipients(ctx, st, &m, o); err != nil {
		return m, err
	}
	if m.Cover, err = a.coverPage(ctx, st, o); err != nil {
		return m, err
	}
	if text == "" && len(m.Files) == 0 && m.Resend == 0 {
		text = "-"
	}
	m.Text, err = a.words(text, "the text")
	if err == nil && m.Text == "" && len(m.Files) == 0 && m.Resend == 0 {
		err = usagef("send: there is no text, and no file")
	}
	return m, err
}

// filesNamed makes names of files absolute. One that is not there is not found.
func filesNamed(names []string) ([]string, error) {
	var out []string
	for _, n := range names {
		file, err := path(n)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, &codeError{code: exitNotFound, msg: "there is no file " + quote(n)}
		}
		out = append(out, file)
	}
	return out, nil
}

// coverPage finds a cover page by its id or name.
func (a *app) coverPage(ctx context.Context, st *store.Store, o *sending) (string, error) {
	if o.cover == "" || strings.EqualFold(o.cover, store.CoverNone) {
		return strings.ToLower(o.cover), nil
	}
	covers, err := st.Covers(ctx, o.account)
	if err != nil {
		return "", err
	}
	var names []string
	for _, c := range covers {
		if c.ID == o.cover || strings.EqualFold(c.Name, o.cover) {
			return c.ID, nil
		}
		names = append(names, c.Name)
	}
	return "", &usageError{msg: fmt.Sprintf("--cover %s: there is no such cover page; there are %s and none", quote(o.cover), strings.Join(names, ", "))}
}

// checkJSON is what a message comes to.
type checkJSON struct {
	Kind       string   `json:"kind"`
	To         []string `json:"to"`
	Characters int      `json:"characters"`
	Most       int      `json:"most_characters"`
	Segments   int      `json:"segments"` // of a text, else 0
	Unicode    bool     `json:"unicode"`
	MMS        bool     `json:"mms"`
	Files      int      `json:"files"`
	Bytes      int64    `json:"bytes"`
	MostBytes  int64    `json:"most_bytes"`
	Words      string   `json:"words"`
}

func (a *app) printCheck(kind string, to []string, c store.MessageCheck, form *format) error {
	j := checkJSON{
		Kind: kind, To: list(to), Characters: c.Characters, Most: c.Most, Segments: c.Segments, Unicode: c.Unicode, MMS: c.MMS,
		Files: c.Files, Bytes: c.Bytes, MostBytes: c.MostBytes, Words: store.CleanLine(c.Words),
	}
	if form.machine() {
		return printJSON(a.out, form, j)
	}
	if err := printf(a.out, "to %s: %s\n", strings.Join(to, ", "), c.Words); err != nil {
		return err
	}
	a.notef("it could be sent; nothing was")
	return nil
}

func recipientWord(r store.Recipient) string {
	if r.Number == "" {
		return r.Extension
	}
	return r.Number
}
