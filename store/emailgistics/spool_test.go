package emailgistics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	sim "switchboard/api/simulator/emailgistics"
	"switchboard/store"
)

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(p, old, old); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}

// receiver collects what is handed over, after so many failures.
type receiver struct {
	got   []string
	fails int
}

func (r *receiver) take(_ context.Context, batch []store.Incoming) error {
	if r.fails > 0 {
		r.fails--
		return errors.New("the disk is full")
	}
	for _, in := range batch {
		r.got = append(r.got, strings.TrimPrefix(in.Remote, prefix))
	}
	return nil
}

func TestSpool(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 10})
	dir := t.TempDir()
	m := New("k", nil, WithSpool(dir))
	one := func(i int) string { return string(srv.Delivery(i)) }
	id := func(i int) string { return srv.Mail(i).MessageID }
	put(t, dir, "1.json", one(0))
	put(t, dir, "2.jsonl", one(1)+"\n"+one(2)+"\n")
	put(t, dir, "3.json", "["+one(3)+","+one(4)+"]")
	put(t, dir, "4.json", one(5)+"\nthis is nothing\n"+one(6))
	put(t, dir, "5.json", `{"id":"`) // cut off
	put(t, dir, "6.json", "")
	put(t, dir, "7.json", strings.Replace(one(7), `"received"`, `"closed"`, 1))
	put(t, dir, ".hidden", one(8))
	put(t, dir, "8.json.part", one(8))
	if err := os.Symlink("1.json", filepath.Join(dir, "link.json")); err != nil {
		t.Log("no link:", err)
	}

	r := &receiver{fails: 1}
	if err := m.Receive(t.Context(), true, r.take); err == nil || files(t, filepath.Join(dir, takenDir)) != "" {
		t.Fatalf("what could not be stored: %v, taken: %s", err, files(t, filepath.Join(dir, takenDir)))
	}
	if err := m.Receive(t.Context(), true, r.take); err != nil {
		t.Fatal(err)
	}
	if want := []string{id(0), id(1), id(2), id(3), id(4), id(5)}; !slices.Equal(r.got, want) {
		t.Errorf("taken in %v, want %v", r.got, want)
	}
	if got := files(t, filepath.Join(dir, takenDir)); got != "1.json 2.jsonl 3.json 7.json" {
		t.Errorf("taken: %s", got)
	}
	if got := files(t, filepath.Join(dir, badDir)); got != "4.json 4.json.why.txt 5.json 5.json.why.txt 6.json 6.json.why.txt" {
		t.Errorf("bad: %s", got)
	}
	if got := strings.ReplaceAll(files(t, dir), " link.json", ""); got != ".hidden 8.json.part" {
		t.Errorf("left: %s", got)
	}
	for name, want := range map[string]string{"4.json": "delivery", "5.json": "ends in the middle", "6.json": "no "} {
		if why := string(read(t, filepath.Join(dir, badDir, name+".why.txt"))); !strings.Contains(why, want) {
			t.Errorf("%s is bad because %q", name, why)
		}
	}
	// A second file of a name is kept beside the first; one that may still be written waits.
	put(t, dir, "1.json", one(9))
	if err := os.WriteFile(filepath.Join(dir, "9.json"), []byte(`{"id":"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := m.Receive(t.Context(), true, r.take); err != nil {
		t.Fatal(err)
	}
	if got := files(t, filepath.Join(dir, takenDir)); got != "1 (1).json 1.json 2.jsonl 3.json 7.json" {
		t.Errorf("taken: %s", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "9.json")); err != nil {
		t.Error("a file that is being written was taken away")
	}
	if err := New("k", nil).Receive(t.Context(), false, r.take); err != nil {
		t.Errorf("without a folder: %v", err)
	}
}

// A file that is put into the folder while the program runs is taken in by itself, and its
// messages are told of as any others.
func TestSpoolIsWatched(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 10})
	dir := t.TempDir()
	d := open(t, srv, WithSpool(dir))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	news, stop := d.Watch()
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- d.box.Receive(ctx, false, func(ctx context.Context, batch []store.Incoming) error {
			_, err := d.TakeDeliveries(ctx, d.acc.ID, batch)
			return err
		})
	}()
	for i := range 3 {
		put(t, dir, fmt.Sprintf("%d.tmp", i), string(srv.Delivery(i)))
		if err := os.Rename(filepath.Join(dir, fmt.Sprintf("%d.tmp", i)), filepath.Join(dir, fmt.Sprintf("%d.json", i))); err != nil {
			t.Fatal(err)
		}
		for len(d.rows("in:email")) <= i {
			select {
			case <-news:
			case <-time.After(10 * time.Second):
				t.Fatalf("delivery %d did not come in", i)
			}
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	it := d.item(srv.Mail(0))
	if it.Text == "" || it.Mail.NoBody || it.From.Email != srv.Mail(0).From.Address {
		t.Errorf("%+v %+v", it, it.Mail)
	}
	if other := d.item(srv.Mail(1)); !other.Mail.NoBody || other.Text != "" {
		t.Errorf("without its text: %+v", other.Mail)
	}
}
