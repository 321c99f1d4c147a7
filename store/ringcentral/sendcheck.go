package ringcentral

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// CheckOutgoing implements store.SendService.
func (m *Mailbox) CheckOutgoing(o store.Outgoing, own []store.Sender) (store.MessageCheck, error) {
	c := store.MessageCheck{Files: len(o.Files)}
	for _, f := range o.Files {
		c.Bytes += f.Size
	}
	var err error
	switch o.Kind {
	case store.SendPager:
		err = checkPager(o, &c)
	case store.SendFax:
		err = checkFax(o, &c)
	default:
		err = checkText(o, own, &c)
	}
	return c, err
}

// nothing stands for the content of a file while only its name, type and size count.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, errors.New("this file is only looked at") }

func enclosures(o store.Outgoing) []rc.Enclosure {
	var out []rc.Enclosure
	for _, f := range o.Files {
		out = append(out, enclosure(o.Kind, f, nothing{}))
	}
	return out
}

func checkText(o store.Outgoing, own []store.Sender, c *store.MessageCheck) error {
	seg := rc.CountSegments(o.Text)
	c.Characters, c.Most, c.Segments, c.Unicode = rc.UTF16Len(o.Text), rc.MaxSMSText, seg.Count, seg.Unicode
	c.MMS, c.MostBytes = len(o.Files) > 0 || len(o.To) > 1, rc.MaxMMSBytes
	c.Words = fmt.Sprintf("%d of %d characters", c.Characters, c.Most)
	switch {
	case c.MMS:
		c.Words += ", as MMS"
		if c.Bytes > 0 {
			c.Words += fmt.Sprintf(" with %s of %s", megabytes(c.Bytes), megabytes(c.MostBytes))
		}
	case c.Segments > 0:
		c.Words += ", " + parts(c.Segments)
		if c.Unicode {
			c.Words += fmt.Sprintf(" (%q makes them short)", seg.Foreign)
		}
	}
	if err := checkSender(o, own, c.MMS); err != nil {
		return err
	}
	if err := checkNumbers(o, rc.MaxSMSRecipients, "text"); err != nil {
		return err
	}
	sms := newSMS(o)
	if len(o.Files) == 0 {
		return inWords(sms.Check(), o, c)
	}
	return inWords(rc.MMS{SMS: sms, Files: enclosures(o)}.Check(), o, c)
}

func parts(n int) string {
	if n == 1 {
		return "1 part"
	}
	return fmt.Sprintf("%d parts", n)
}

// megabytes is a size as the service's limits are told: in decimal.
func megabytes(n int64) string {
	if n < 1e5 {
		return fmt.Sprintf("%d kB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// checkSender finds whether a text can come from a number.
func checkSender(o store.Outgoing, own []store.Sender, mms bool) error {
	if len(own) == 0 {
		if o.From == "" {
			return errors.New("your own numbers are not known yet: a text needs one to come from")
		}
		return nil
	}
	can := func(n store.Sender) bool { return n.Text && (n.MMS || !mms) }
	if !slices.ContainsFunc(own, func(n store.Sender) bool { return n.Text }) {
		return errors.New("text messages are not part of this account (one that has to keep to HIPAA, for instance, has none): call, or send a fax or a page")
	}
	if !slices.ContainsFunc(own, can) {
		return errors.New("none of your numbers can send pictures, files or group messages: send a plain text to one at a time")
	}
	i := slices.IndexFunc(own, func(n store.Sender) bool { return n.Number == o.From })
	switch {
	case o.From == "":
		return errors.New("choose the number the text is to come from")
	case i < 0:
		return fmt.Errorf("%s is none of your numbers", o.From)
	case !own[i].Text:
		return fmt.Errorf("%s cannot send texts; choose another number to send from", o.From)
	case !can(own[i]):
		return fmt.Errorf("%s cannot send pictures, files or group messages; choose another number to send from", o.From)
	}
	for _, to := range o.To {
		if home := sameCountry(o.From, to.Number); !home && mms {
			return fmt.Errorf("%s is in another country, where no pictures, files and group messages can be sent", to.Number)
		} else if !home && !own[i].Abroad {
			return fmt.Errorf("%s cannot send texts to other countries, and %s is in one", o.From, to.Number)
		}
	}
	return nil
}

// sameCountry reports whether two numbers are, as far as it can be told, of one country:
// the North American numbers among themselves, others by their first two digits.
func sameCountry(a, b string) bool {
	if !strings.HasPrefix(a, "+") || !strings.HasPrefix(b, "+") || len(a) < 3 || len(b) < 3 {
		return true
	}
	if a[1] == '1' || b[1] == '1' {
		return a[1] == b[1]
	}
	return a[1:3] == b[1:3]
}

// checkNumbers finds what is wrong with recipients that have to be numbers.
func checkNumbers(o store.Outgoing, most int, what string) error {
	seen := map[string]bool{}
	for _, to := range o.To {
		digits := store.Digits(to.Number)
		switch {
		case to.Number == "" && to.Extension != "":
			return fmt.Errorf("an extension cannot get a %s; send it a page", what)
		case digits == "":
			return fmt.Errorf("%q is no phone number", to.Number)
		case len(digits) < 5:
			return fmt.Errorf("%s is an extension, and cannot get a %s; send it a page", to.Number, what)
		case len(digits) < 7:
			return fmt.Errorf("%s is a short number, and cannot get a %s", to.Number, what)
		case len(digits) > 15:
			return fmt.Errorf("%s has too many digits for a phone number", to.Number)
		case seen[digits]:
			return fmt.Errorf("%s is named twice", to.Number)
		}
		seen[digits] = true
	}
	if len(o.To) > most {
		return fmt.Errorf("a %s can go to %d at once, not to %d", what, most, len(o.To))
	}
	return nil
}

func checkPager(o store.Outgoing, c *store.MessageCheck) error {
	c.Characters, c.Most = rc.UTF16Len(o.Text), rc.MaxPagerText
	c.Words = fmt.Sprintf("%d of %d characters", c.Characters, c.Most)
	if len(o.Files) > 0 {
		return errors.New("a page to an extension cannot have files with it")
	}
	for _, to := range o.To {
		if to.Extension == "" || strings.Trim(to.Extension, "0123456789") != "" {
			return fmt.Errorf("%q is no extension; a page goes to colleagues and departments", to.Extension)
		}
	}
	return inWords(newPager(o).Check(), o, c)
}

func checkFax(o store.Outgoing, c *store.MessageCheck) error {
	c.Characters, c.Most, c.MostBytes = utf8.RuneCountInString(o.Text), rc.MaxFaxCoverText, rc.MaxFaxBytes
	switch {
	case o.Resend != "":
		c.Words = "sent on as it is"
	case c.Files > 0:
		c.Words = fmt.Sprintf("%s of %s", megabytes(c.Bytes), megabytes(c.MostBytes))
	}
	if o.Text != "" {
		c.Words = strings.TrimPrefix(c.Words+fmt.Sprintf(", %d of %d characters on the cover page", c.Characters, c.Most), ", ")
	}
	if err := checkNumbers(o, rc.MaxFaxRecipients, "fax"); err != nil {
		return err
	}
	if o.Resend != "" {
		if o.Text != "" || len(o.Files) > 0 {
			return errors.New("a fax that is sent on as it is takes no words and no files of yours; attach its pages to add some")
		}
		return nil
	}
	if o.Text != "" && o.Cover == store.CoverNone {
		return errors.New("without a cover page there is no place for the words")
	}
	f, err := newFax(o, enclosures(o), o.At)
	if err != nil {
		return err
	}
	return inWords(f.Check(), o, c)
}

// inWords says what is wrong with a message so that a person knows what to do.
func inWords(err error, o store.Outgoing, c *store.MessageCheck) error {
	over := c.Characters - c.Most
	var words string
	switch {
	case err == nil:
		return nil
	case errors.Is(err, rc.ErrTextTooLong):
		words = fmt.Sprintf("the text is %d characters too long: it may have %d", over, c.Most)
	case errors.Is(err, rc.ErrNoText):
		words = "there is nothing to send yet"
	case errors.Is(err, rc.ErrNoRecipient):
		words = "say whom it is for"
	case errors.Is(err, rc.ErrNoFile) && o.Kind == store.SendFax:
		words = "a fax needs a file"
	case errors.Is(err, rc.ErrFiles):
		words = fmt.Sprintf("%d files are too many for one text, which takes %d", len(o.Files), rc.MaxMMSFiles)
	case errors.Is(err, rc.ErrFileTooLarge):
		words = fmt.Sprintf("the files have %s together; the service takes %s", exactly(c.Bytes, c.MostBytes), exactly(c.MostBytes, c.Bytes))
	case errors.Is(err, rc.ErrFileType):
		words = wrongType(o)
	default:
		return err
	}
	return &refusedError{words, err}
}

// exactly is a size, to the byte where it would read the same as the other.
func exactly(n, other int64) string {
	if megabytes(n) == megabytes(other) {
		return fmt.Sprintf("%d bytes", n)
	}
	return megabytes(n)
}

// wrongType names the file that cannot be sent.
func wrongType(o store.Outgoing) string {
	how, instead := "in a text", "pictures, short videos, MP3, contacts, ZIP and RTF can"
	if o.Kind == store.SendFax {
		how, instead = "by fax", "PDF, TIFF, pictures, texts and office files can"
	}
	for i, f := range enclosures(o) {
		one := rc.Fax{To: []rc.FaxTo{{Number: "+12125550123"}}, Files: []rc.Enclosure{f}}.Check()
		if o.Kind == store.SendText {
			one = rc.MMS{SMS: rc.SMS{From: "+12125550123", To: []string{"+12125550123"}}, Files: []rc.Enclosure{f}}.Check()
		}
		if errors.Is(one, rc.ErrFileType) {
			return fmt.Sprintf("%s cannot be sent %s; %s", o.Files[i].Name, how, instead)
		}
	}
	return "a file of this kind cannot be sent " + how
}
