package sound

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestCredentials is a server that asks who sent a message when the message is
// there already.
func TestCredentials(t *testing.T) {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "native"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := net.Dialer{Control: withCredentials}
	client, err := d.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if _, err := client.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	raw, err := server.(*net.UnixConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := withCredentials("unix", "", raw); err != nil { // asks the same of the other end
		t.Fatal(err)
	}
	oob := make([]byte, 64)
	_, n, _, _, err := server.(*net.UnixConn).ReadMsgUnix(make([]byte, 16), oob)
	if err != nil {
		t.Fatal(err)
	}
	m, err := syscall.ParseSocketControlMessage(oob[:n])
	if err != nil || len(m) != 1 {
		t.Fatalf("%v, %v", m, err)
	}
	who, err := syscall.ParseUnixCredentials(&m[0])
	if err != nil || int(who.Pid) != os.Getpid() || int(who.Uid) != os.Getuid() {
		t.Errorf("%+v, %v", who, err)
	}
}
