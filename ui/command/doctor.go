package command

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/api"
	"switchboard/ui/kit"
	"switchboard/ui/preview/sound"
)

// A finding is what the doctor says about one thing.
type finding struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, warning, failed
	Text  string `json:"text"`
	Try   string `json:"try"`
}

const (
	fine    = "ok"
	warning = "warning"
	broken  = "failed"
)

// skewLimit is how far this machine's clock may be off before sign-in with
// tokens that expire gets unreliable.
const skewLimit = 2 * time.Minute

// accountTime is how long the questions to one account may take.
const accountTime = 20 * time.Second

func (a *app) doctorCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the set-up: config, data, sign-in, terminal, programs",
		Long:  "Check the set-up and say what to do about what is wrong. Something broken gives exit code 1; warnings do not.",
	}
	form := formatFlags(cmd)
	offline := cmd.Flags().Bool("offline", false, "ask no service")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		list := a.examine(cmd.Context(), *offline)
		bad := 0
		for i := range list {
			list[i].Text, list[i].Try = lines(api.Redact(list[i].Text)), lines(list[i].Try)
			if list[i].State == broken {
				bad++
			}
		}
		if err := a.printFindings(form, list); err != nil {
			return err
		}
		if bad > 0 {
			return &codeError{code: exitFailed, msg: fmt.Sprintf("%d of %d checks failed", bad, len(list))}
		}
		return nil
	}
	return cmd
}

func (a *app) printFindings(form *format, list []finding) error {
	if form.machine() {
		return printJSON(a.out, form, list)
	}
	for _, f := range list {
		if _, err := fmt.Fprintf(a.out, "%s %s %s\n", kit.Fit(f.State, 8), kit.Fit(f.Check, 14), f.Text); err != nil {
			return err
		}
		if f.Try != "" {
			if _, err := fmt.Fprintf(a.out, "%s try: %s\n", kit.Fit("", 23), f.Try); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) examine(ctx context.Context, offline bool) []finding {
	list := []finding{a.checkConfig(), a.checkData()}
	list = append(list, a.checkStore(ctx)...)
	list = append(list, a.checkKeyring(ctx))
	list = append(list, a.checkTerminal()...)
	list = append(list, a.checkNotify())
	if own, ok := a.checkOwn(); ok {
		list = append(list, own)
	}
	list = append(list, a.checkPrograms(ctx)...)
	return append(list, a.checkAccounts(ctx, offline)...)
}

func (a *app) checkConfig() finding {
	file := a.env.configFile()
	c, err := a.config()
	if err == nil {
		_, err = a.keys("")
	}
	switch {
	case err != nil:
		a.cfg = defaultConfig() // so that the other checks can go on
		return finding{"config", broken, err.Error(), "correct it, or move it away"}
	case c.File == "":
		return finding{"config", fine, "none at " + file + "; the shipped settings are used", ""}
	}
	return finding{"config", fine, c.File, ""}
}

func (a *app) checkData() finding {
	err := os.MkdirAll(a.dir, 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(a.dir, "doctor-*"); err == nil {
			_, err = f.WriteString("x")
			if serr := f.Sync(); err == nil {
				err = serr
			}
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}
	if err != nil {
		return finding{"data folder", broken, err.Error(), "make it writable, or name another in SWITCHBOARD_DATA"}
	}
	return finding{"data folder", fine, a.dir, ""}
}

func (a *app) checkStore(ctx context.Context) []finding {
	st, err := a.store(ctx)
	if err != nil {
		return []finding{{"database", broken, err.Error(), ""}}
	}
	f := finding{"database", fine, "readable and writable", ""}
	if what := st.Recovered(); what != "" {
		f = finding{"database", warning, what, "switchboard sync"}
	} else if err := integrity(ctx, filepath.Join(a.dir, "switchboard.db")); err != nil {
		f = finding{"database", broken, err.Error(), "start switchboard again: it keeps the damaged file aside and rebuilds"}
	}
	list := []finding{f}
	if waiting, err := st.Notices(ctx); err == nil && len(waiting) > 0 {
		list = append(list, finding{"changes", warning, fmt.Sprintf("%d were not taken by the service; the first: %s", len(waiting), waiting[0].Text), "look at the jobs in the screens"})
	}
	return list
}

func (a *app) checkKeyring(ctx context.Context) finding {
	f := finding{"keyring", fine, "usable", ""}
	if lazy, ok := a.connector().vault.(*lazyVault); ok {
		s, err := lazy.get(ctx)
		if err != nil {
			return finding{"keyring", broken, err.Error(), "SWITCHBOARD_KEYRING=file keeps tokens in a file only you can read"}
		}
		f.Text = s.Where()
		for _, n := range s.Notes() {
			f.State, f.Text = warning, f.Text+"; "+n
		}
	}
	return f
}

func (a *app) checkTerminal() []finding {
	var list []finding
	w, h := a.env.Size()
	switch {
	case !a.env.Terminal(a.out.file()):
		list = append(list, finding{"terminal", warning, "standard output is none, so the screens cannot start here", ""})
	case w > 0 && (w < 60 || h < 15):
		list = append(list, finding{"terminal", warning, fmt.Sprintf("%dx%d is small", w, h), "the screens need 60x15"})
	default:
		list = append(list, finding{"terminal", fine, fmt.Sprintf("%s, %dx%d", a.env.Getenv("TERM"), w, h), ""})
	}
	colour := "by the terminal's own palette"
	switch {
	case a.env.Getenv("NO_COLOR") != "":
		colour = "none, because NO_COLOR is set"
	case a.env.Getenv("TERM") == "dumb" || a.env.Getenv("TERM") == "":
		colour = "none, because TERM names no terminal that has any"
	case a.env.Getenv("COLORTERM") == "truecolor" || a.env.Getenv("COLORTERM") == "24bit":
		colour = "16 million"
	}
	return append(list, finding{"colour", fine, colour, ""})
}

// checkPrograms says which outside programs are there, and what each adds. None is
// needed but one that opens files.
func (a *app) checkPrograms(ctx context.Context) []finding {
	var list []finding
	opener := systemOpener("")[0]
	for _, p := range []struct{ name, use string }{
		{opener, "opens attachments"},
		{"mutool", "draws PDF pages of any kind; without it, scanned ones and the text of others are shown"},
		{"pdftoppm", "does so where mutool is missing"},
		{"tesseract", "reads scanned pages, so that a search finds their words"},
		{"mpv", "plays what we cannot, such as AMR and video"},
		{"lp", "prints"},
	} {
		f := finding{p.name, fine, p.use, ""}
		if at, err := exec.LookPath(p.name); err != nil {
			f.Text = "not found (" + p.use + "); not needed"
			if p.name == opener {
				f.State, f.Text = warning, "not found ("+p.use+")"
				f.Try = `name programs under [opener] in the config, for example "audio/*" = "mpv {}"`
			}
		} else {
			f.Text = at + " (" + p.use + ")"
		}
		list = append(list, f)
	}
	return append(list, a.checkSound(ctx))
}

// checkSound looks for a way to be heard, as the player does. It opens none: only
// playing tells for sure.
func (a *app) checkSound(ctx context.Context) finding {
	d, why := sound.Find(ctx, a.soundConfig())
	if why == "" {
		return finding{"sound", fine, "by " + d.Name, ""}
	}
	return finding{"sound", warning, strings.TrimSuffix(why, "."), "recordings are shown all the same, and can be saved or piped to a command"}
}

// soundConfig is what the config says of sound.
func (a *app) soundConfig() sound.Config {
	return sound.Config{Use: a.cfg.Sound.Use, Files: a.cfg.Sound.Files, Server: a.cfg.Sound.Server, Env: a.env.Getenv}
}

func (a *app) checkAccounts(ctx context.Context, offline bool) []finding {
	signed, err := readAccounts(a.dir)
	if err != nil {
		return []finding{{"accounts", broken, err.Error(), ""}}
	}
	if len(signed) == 0 {
		return []finding{{"accounts", warning, "none is signed in", errNoAccount.try}}
	}
	var list []finding
	for _, acc := range signed {
		if offline {
			list = append(list, finding{"account", fine, acc.Name + " (" + acc.Key + "), not asked", ""})
			continue
		}
		list = append(list, a.checkAccount(ctx, acc)...)
	}
	return list
}

func (a *app) checkAccount(ctx context.Context, acc SignedIn) []finding {
	ctx, cancel := context.WithTimeout(ctx, accountTime)
	defer cancel()
	s, err := a.session(acc)
	if err != nil {
		return []finding{{"account", broken, acc.Name + ": " + err.Error(), wayOut(err)}}
	}
	defer s.Close()
	return s.examine(ctx)
}

// notSignedIn is what is found when an account cannot be asked who it is.
func notSignedIn(acc SignedIn, err error) finding {
	if exitCode(err) == exitSignIn {
		return finding{"account", broken, acc.Name + " (" + acc.Key + ") is signed out", signInAgain(acc.Service)}
	}
	return finding{"account", broken, acc.Name + ": " + err.Error(), wayOut(err)}
}

func (a *app) checkClock(h http.Header) finding {
	there, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return finding{"clock", warning, "the service does not tell its time", ""}
	}
	skew := a.env.Now().Sub(there).Round(time.Second)
	if skew.Abs() > skewLimit {
		return finding{"clock", warning, fmt.Sprintf("%s off the service's", skew), "set this machine's clock; sign-in may fail"}
	}
	return finding{"clock", fine, fmt.Sprintf("within %s of the service's", max(skew.Abs(), time.Second)), ""}
}

// integrity has SQLite read the whole database. The store does that by itself
// only when it has a reason to.
func integrity(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(file)+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return errors.New(verdict)
	}
	return nil
}
