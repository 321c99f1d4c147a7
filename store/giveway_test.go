package store

import (
	"testing"
	"time"
)

func TestBackgroundWorkGivesWayToKeys(t *testing.T) {
	s := openTest(t, t.TempDir())
	start := time.Now()
	s.standBack(t.Context()) // nobody is here
	if d := time.Since(start); d >= keysRest {
		t.Errorf("it waits %v for nobody", d)
	}
	start = time.Now()
	s.GiveWay()
	s.standBack(t.Context())
	if d := time.Since(start); d < keysRest || d > keysMost {
		t.Errorf("it waits %v after a key, want %v", d, keysRest)
	}
}
