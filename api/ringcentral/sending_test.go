package ringcentral

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
)

// desk is a signed-in client of a simulated service.
func desk(t testing.TB, cfg simulator.Config) (*Client, *simulator.Server) {
	t.Helper()
	s, err := simulator.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	d := s.Description().RingCentral
	transport := api.NewTransport()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = s.Close()
	})
	auth := &api.OAuth{
		Name: "RingCentral", BaseURL: d.BaseURL, ClientID: d.ClientID, ClientSecret: d.ClientSecret, Store: &memory{},
		Account: "desk", HTTP: &http.Client{Transport: transport},
	}
	c, err := api.New(api.Config{
		Name: "RingCentral", BaseURL: d.BaseURL, Hosts: []string{strings.TrimPrefix(d.MediaURL, "http://")}, Transport: transport, Auth: auth,
		Retry: api.Retry{Attempts: 4, Initial: time.Millisecond, Max: time.Millisecond}, Idle: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auth.LoginJWT(t.Context(), d.JWT); err != nil {
		t.Fatal(err)
	}
	return New(c, d.MediaURL), s
}

func file(name string, content []byte) Enclosure {
	return Enclosure{Name: name, Size: int64(len(content)), Body: bytes.NewReader(content)}
}

// TestSentOnce meets every fault on every kind of send: nothing is sent twice,
// and an error that does not say "unknown" means that it was not sent.
func TestSentOnce(t *testing.T) {
	c, s := desk(t, simulator.Config{HangFor: 20 * time.Millisecond, SlowFor: 20 * time.Millisecond})
	content := bytes.Repeat([]byte("page"), 300_000) // more than the connection's buffers hold
	number := 0
	next := func() string { number++; return fmt.Sprintf("+1415555%04d", 2000+number) }
	kinds := map[string]func(context.Context) error{
		"createSMSMessage": func(ctx context.Context) error {
			_, err := c.SendSMS(ctx, SMS{From: "+16505550100", To: []string{next()}, Text: "x"})
			return err
		},
		"createMMS": func(ctx context.Context) error {
			_, err := c.SendMMS(ctx, MMS{SMS: SMS{From: "+16505550100", To: []string{next()}}, Files: []Enclosure{file("a.png", content)}})
			return err
		},
		"createInternalTextMessage": func(ctx context.Context) error {
			_, err := c.SendPager(ctx, Pager{To: []Extended{{Number: "104"}}, Text: "x"})
			return err
		},
		"createFaxMessage": func(ctx context.Context) error {
			_, err := c.SendFax(ctx, Fax{To: []FaxTo{{Number: next()}}, Files: []Enclosure{file("a.pdf", content)}})
			return err
		},
	}
	certain := []string{"503", "expire", "slow"} // what the service says of these is not to be doubted
	faults := append(certain, "", "500", "html", "hang", "reset", "truncate", "badlength", "badjson", "drop", "half", "late-500", "late-hang")
	for op, send := range kinds {
		for _, fault := range faults {
			if fault != "" {
				if err := s.FailNext(op, fault, 0, 1); err != nil {
					t.Fatal(err)
				}
			}
			before := len(s.Sent())
			err := send(t.Context())
			sent := len(s.Sent()) - before
			switch {
			case sent > 1:
				t.Errorf("%s, %s: sent %d times", op, fault, sent)
			case err == nil && sent != 1:
				t.Errorf("%s, %s: no error, and not sent", op, fault)
			case err != nil && sent == 1 && !api.IsUnknown(err):
				t.Errorf("%s, %s: sent, but reported as a certain failure: %v", op, fault, err)
			case err != nil && slices.Contains(certain, fault) && api.IsUnknown(err):
				t.Errorf("%s, %s: reported as unknown: %v", op, fault, err)
			}
		}
	}
	if n := len(s.Sent()); n != 4*9 {
		t.Errorf("only %d were sent in all", n)
	}
}

// TestCutInTheBody: a request that was not written to its end was not carried
// out, and that is certain. The memory stays flat while 50 MB go out.
func TestCutInTheBody(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	var base, most uint64
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var last int64
	send := func() error {
		_, err := c.SendFax(t.Context(), Fax{
			To: []FaxTo{{Number: "+14155550123"}}, Files: []Enclosure{{Name: "a.tif", Size: MaxFaxBytes, Body: &endless{MaxFaxBytes}}},
			Progress: func(sent, _ int64) {
				if sent-last > 4<<20 || sent < last {
					last, most = sent, max(most, heap())
				}
			},
		})
		return err
	}
	if err := s.FailNext("createFaxMessage", "half", 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := send(); err == nil || api.IsUnknown(err) || len(s.Sent()) != 0 {
		t.Errorf("%v, unknown %v, %d sent", err, api.IsUnknown(err), len(s.Sent()))
	}
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // garbage is not what is measured
	runtime.GC()
	base, most = heap(), 0
	if err := send(); err != nil || len(s.Sent()) != 1 || s.Sent()[0].Files[0].Size != MaxFaxBytes {
		t.Errorf("%v, %+v", err, s.Sent())
	}
	if most > base+24<<20 { // what the simulator keeps of it is within that
		t.Errorf("the heap grew from %d to %d MB", base>>20, most>>20)
	}
}

// TestTokenExpiresOnSend: a refused token is no reason to lose the message, if
// the file can be read again.
func TestTokenExpiresOnSend(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	content := []byte(strings.Repeat("x", 100_000))
	fax := Fax{To: []FaxTo{{Number: "+14155550123"}}, Files: []Enclosure{file("a.txt", content)}}
	s.ExpireTokens()
	if _, err := c.SendFax(t.Context(), fax); err != nil || len(s.Sent()) != 1 || s.Sent()[0].Files[0].Size != int64(len(content)) {
		t.Errorf("%v, %+v", err, s.Sent())
	}
	fax.Files[0].Body = slowly{bytes.NewReader(content)}
	if err := s.FailNext("createFaxMessage", "expire", 0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SendFax(t.Context(), fax); err == nil || !strings.Contains(err.Error(), "read only once") || api.IsUnknown(err) || len(s.Sent()) != 1 {
		t.Errorf("%v, %d sent", err, len(s.Sent()))
	}
}

func TestFilesThatChange(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	for name, size := range map[string]int64{"longer": 3, "shorter": 9} {
		fax := Fax{To: []FaxTo{{Number: "+14155550123"}}, Files: []Enclosure{{Name: "a.txt", Size: size, Body: strings.NewReader("hello")}}}
		if _, err := c.SendFax(t.Context(), fax); !errors.Is(err, ErrFileChanged) || api.IsUnknown(err) || len(s.Sent()) != 0 {
			t.Errorf("%s: %v, %d sent", name, err, len(s.Sent()))
		}
	}
}

// endless makes as many bytes as are asked for.
type endless struct{ left int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), e.left)
	for i := range b[:n] {
		b[i] = 'x'
	}
	e.left -= n
	return int(n), nil
}

func TestFaxProgress(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	const size = 8 << 20
	var steps []int64
	fax := Fax{
		To: []FaxTo{{Number: "+14155550123", Name: "Records"}, {Number: "(415) 555-0124"}}, Resolution: "High", CoverText: "Dear colleague",
		Files:    []Enclosure{{Name: "a.txt", Size: size, Body: &endless{size}}, {Name: "b.txt", Size: 1000, Body: &endless{1000}}},
		Progress: func(sent, total int64) { steps = append(steps, sent) },
	}
	m, err := c.SendFax(t.Context(), fax)
	if err != nil || m.MessageStatus != "Queued" || len(m.To) != 2 || m.CoverPageText != "Dear colleague" {
		t.Fatalf("%+v, %v", m, err)
	}
	if k := len(steps); k < 50 || k > size/progressStep+2 || steps[k-1] != size+1000 || !slices.IsSorted(steps) {
		t.Errorf("%d steps, to %v", k, steps[max(k-1, 0)])
	}
	if got := s.Sent()[0]; got.Files[0].Size != size || got.Files[1].Size != 1000 || got.To[1] != "+14155550124" {
		t.Errorf("%+v", got)
	}
}

// TestCancelFax: deleting the message of a scheduled fax cancels it.
func TestCancelFax(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	m, err := c.SendFax(t.Context(), Fax{To: []FaxTo{{Number: "+14155550123"}}, Files: []Enclosure{file("a.txt", []byte("x"))}, SendTime: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Delete(t.Context(), []ID{m.ID}, false); err != nil {
		t.Fatal(err)
	}
	if got := s.Sent(); !got[0].Canceled {
		t.Errorf("%+v", got)
	}
	_, err = c.ForwardFax(t.Context(), Refax{Original: m.ID, To: []FaxTo{{Number: "+14155550124"}}})
	var e *api.Error
	if !errors.As(err, &e) || e.Status != 406 || !e.Has("MSG-343") {
		t.Errorf("a queued one was forwarded: %v", err)
	}
	if _, err := c.ForwardFax(t.Context(), Refax{Original: "x"}); !errors.Is(err, api.ErrNoIDs) {
		t.Errorf("%v", err)
	}
}

// TestNoTextAccount: on an account under HIPAA no number can send text.
func TestNoTextAccount(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	can := func(feature string) (n int) {
		list, broken, err := c.PhoneNumbers(t.Context())
		if err != nil || len(broken) > 0 {
			t.Fatal(broken, err)
		}
		for _, number := range list {
			if number.Can(feature) && number.Ready() {
				n++
			}
		}
		return n
	}
	if can(FeatureSMS) != 3 || can(FeatureMMS) != 2 || can(FeatureInternationalSMS) != 1 || can(FeatureCallerID) != 5 {
		t.Errorf("%d %d %d %d", can(FeatureSMS), can(FeatureMMS), can(FeatureInternationalSMS), can(FeatureCallerID))
	}
	s.HIPAA(true)
	if can(FeatureSMS) != 0 || can(FeatureCallerID) != 5 {
		t.Error("numbers of a HIPAA account can send text")
	}
	e, err := c.Extension(t.Context())
	if on, _ := e.Has("SMS"); on || err != nil {
		t.Errorf("SMS %v, %v", on, err)
	}
	if ok, err := c.HasPermission(t.Context(), "OutboundSMS", ""); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := c.SendSMS(t.Context(), SMS{From: "+16505550100", To: []string{"+14155550123"}, Text: "x"}); err == nil || api.IsUnknown(err) || !strings.Contains(err.Error(), "MSG-242") {
		t.Error(err)
	}
}

func TestFaxChecks(t *testing.T) {
	to := []FaxTo{{Number: "+14155550123"}}
	one := []Enclosure{file("a.pdf", []byte("x"))}
	minus := -1
	for name, tc := range map[string]struct {
		f    Fax
		want error
	}{
		"fine":        {Fax{To: to, Files: one, CoverText: strings.Repeat("é", 1024)}, nil},
		"nobody":      {Fax{Files: one}, ErrNoRecipient},
		"extension":   {Fax{To: []FaxTo{{Number: "104"}}, Files: one}, ErrNumber},
		"twice":       {Fax{To: append(to, FaxTo{Number: "1 415 555 0123"}), Files: one}, ErrTwice},
		"no file":     {Fax{To: to, CoverText: "x"}, ErrNoFile},
		"empty":       {Fax{To: to, Files: []Enclosure{file("a.pdf", nil)}}, ErrNoFile},
		"cover text":  {Fax{To: to, Files: one, CoverText: strings.Repeat("é", 1025)}, ErrTextTooLong},
		"pages":       {Fax{To: to, Files: one, Pages: 201}, ErrFileTooLarge},
		"large":       {Fax{To: to, Files: []Enclosure{{Name: "a.pdf", Size: MaxFaxBytes, Body: &endless{}}, one[0]}}, ErrFileTooLarge},
		"name":        {Fax{To: to, Files: []Enclosure{file("a&b.pdf", []byte("x"))}}, ErrFileName},
		"long name":   {Fax{To: to, Files: []Enclosure{file(strings.Repeat("é", 260)+".pdf", []byte("x"))}}, ErrFileName},
		"no kind":     {Fax{To: to, Files: []Enclosure{file("letter", []byte("x"))}}, ErrFileName},
		"sound":       {Fax{To: to, Files: []Enclosure{file("a.mp3", []byte("x"))}}, ErrFileType},
		"fifty-first": {Fax{To: make([]FaxTo, 51), Files: one}, ErrRecipients},
	} {
		if err := tc.f.Check(); !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	for _, f := range []Fax{{To: to, Files: one, Cover: &minus}, {To: to, Files: one, Resolution: "Fine"}} {
		if f.Check() == nil {
			t.Errorf("%+v passed", f)
		}
	}
}

func TestMMSChecks(t *testing.T) {
	sms := SMS{From: "+16505550100", To: []string{"+14155550123"}}
	for name, tc := range map[string]struct {
		files []Enclosure
		want  error
	}{
		"fine":     {[]Enclosure{{Name: "a.JPG", Size: MaxMMSBytes, Body: &endless{}}}, nil},
		"none":     {nil, ErrNoFile},
		"empty":    {[]Enclosure{file("a.png", nil)}, ErrNoFile},
		"large":    {[]Enclosure{{Name: "a.jpg", Size: MaxMMSBytes, Body: &endless{}}, file("b.png", []byte("x"))}, ErrFileTooLarge},
		"kind":     {[]Enclosure{file("a.pdf", []byte("x"))}, ErrFileType},
		"no kind":  {[]Enclosure{file("a", []byte("x"))}, ErrFileType},
		"eleven":   {slices.Repeat([]Enclosure{file("a.png", []byte("x"))}, 11), ErrFiles},
		"declared": {[]Enclosure{{Name: "a", ContentType: "image/png; charset=x", Size: 1, Body: &endless{}}}, nil},
	} {
		if err := (MMS{SMS: sms, Files: tc.files}).Check(); !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
}

func TestFaxFileNames(t *testing.T) {
	for in, want := range map[string]string{
		"plain.pdf": "plain.pdf", "a & b @ 50%.pdf": "a _ b _ 50_.pdf", "x.p#f": "x.p_f", "../../etc/passwd": ".._.._etc_passwd", "": "fax",
		".pdf": "fax.pdf", "a\x1b[31m\u202e.txt": "a_[31m.txt", ".#0": "fax._0", "b.\x01pdf": "b._pdf",
	} {
		if got := FaxFileName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzFaxFileName: what it gives can be sent, and is left alone afterwards.
func FuzzFaxFileName(f *testing.F) {
	for _, s := range []string{"a&b.pdf", strings.Repeat("é", 300) + ".tiff", "\xff.\xff", "...", "a.\u202epdf", "x." + strings.Repeat("$", 20)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := FaxFileName(name)
		if err := faxFile(Enclosure{Name: got, ContentType: "application/pdf", Size: 1, Body: &endless{}}); err != nil && !errors.Is(err, ErrFileType) {
			t.Fatalf("%q became %q: %v", name, got, err)
		}
		if again := FaxFileName(got); again != got {
			t.Fatalf("%q became %q, then %q", name, got, again)
		}
	})
}
