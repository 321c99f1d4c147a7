package store

import (
	"crypto/rand"
	"os"
	"runtime"
	"strings"

	"switchboard/store/lockfile"
)

const (
	tempPrefix = ".switchboard-"
	tempSuffix = ".part"
)

// createPart makes a file for what is being written, locked so that nobody
// takes it for a leftover. Its name does not depend on anything from outside.
func createPart(root *os.Root) (*os.File, string, error) {
	name := tempPrefix + strings.ToLower(rand.Text()[:12]) + tempSuffix
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, "", err
	}
	if err := lockfile.Try(f); err != nil {
		f.Close()
		root.Remove(name)
		return nil, "", err
	}
	return f, name, nil
}

// cleanParts removes part files of a save that was killed: those nobody has locked.
func cleanParts(root *os.Root) {
	d, err := root.Open(".")
	if err != nil {
		return
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(1000)
		for _, n := range names {
			if leftover(n) {
				removeLeftover(root, n)
			}
		}
		if err != nil || len(names) == 0 {
			return
		}
	}
}

func leftover(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix) && len(name) == len(tempPrefix)+12+len(tempSuffix)
}

func removeLeftover(root *os.Root, name string) {
	fi, err := root.Lstat(name)
	if err != nil || !fi.Mode().IsRegular() {
		return
	}
	f, err := root.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	if lockfile.Try(f) == nil {
		if runtime.GOOS == "windows" {
			f.Close()
		}
		root.Remove(name)
	}
}
