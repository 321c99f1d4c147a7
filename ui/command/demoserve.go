package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"sync"

	"switchboard/api/simulator"
)

// keptDemo is what a demo's folder says of where it was served.
type keptDemo struct {
	Listen string            `json:"listen"`
	Media  string            `json:"media_listen"`
	Hosts  map[string]string `json:"hosts,omitempty"` // all others, by the simulator's names for them
}

// serveDemo starts the simulator, in a folder it was kept in at the addresses it had
// first: messages stored there have addresses of files, and reports that were asked for
// have links. Where another program has taken one of them, those cannot be fetched.
func serveDemo(ctx context.Context, cfg simulator.Config, dir string) (*simulator.Server, error) {
	file := filepath.Join(dir, "demo.json")
	var kept keptDemo
	b, err := os.ReadFile(file)
	known := err == nil && json.Unmarshal(b, &kept) == nil
	at := &listeners{ctx: ctx, want: map[string]string{"platform": kept.Listen, "media": kept.Media}, is: map[string]string{}}
	maps.Copy(at.want, kept.Hosts)
	cfg.Listener = at.listen
	srv, err := simulator.Start(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if known && len(at.is) <= len(kept.Hosts)+2 {
		return srv, nil
	}
	kept = keptDemo{Listen: at.is["platform"], Media: at.is["media"], Hosts: at.is}
	delete(kept.Hosts, "platform")
	delete(kept.Hosts, "media")
	b, err = json.Marshal(kept)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(file, append(b, '\n'), 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

// listeners makes what the simulator's hosts listen on.
type listeners struct {
	ctx  context.Context
	want map[string]string // addresses that they had
	mu   sync.Mutex
	is   map[string]string // addresses that they have
}

// listen listens at the address a host had, or where there is room.
func (l *listeners) listen(host string) net.Listener {
	var lis net.Listener
	var err error
	for _, addr := range []string{l.want[host], "127.0.0.1:0"} {
		if addr == "" {
			continue
		}
		if lis, err = (&net.ListenConfig{}).Listen(l.ctx, "tcp", addr); err == nil {
			break
		}
	}
	if err != nil {
		return closedListener{err: fmt.Errorf("demo: listen for the %s host: %w", host, err)}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.is[host] = lis.Addr().String()
	return lis
}

// closedListener stands for one that could not be made.
type closedListener struct{ err error }

func (c closedListener) Accept() (net.Conn, error) { return nil, c.err }
func (c closedListener) Close() error              { return nil }
func (c closedListener) Addr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
