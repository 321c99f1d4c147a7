package symphony

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// entity is something named in a message, as its EntityJSON tells it.
type entity struct {
	kind  string // "mention", "hashtag", "cashtag", "emoji"; "": of no use here
	value string // user id, tag without its sign, the emoji
}

// maxEntities bounds how much of a message's EntityJSON is read.
const (
	maxEntities   = 500
	maxEntityJSON = 1 << 20
)

// entitiesOf reads the EntityJSON of a message. What is not understood is left out.
func entitiesOf(data string) map[string]entity {
	if len(data) < 3 || len(data) > maxEntityJSON {
		return nil
	}
	var raw map[string]json.RawMessage
	if json.Unmarshal([]byte(data), &raw) != nil || len(raw) > maxEntities {
		return nil
	}
	out := make(map[string]entity, len(raw))
	for name, b := range raw {
		var e struct {
			Type string          `json:"type"`
			ID   json.RawMessage `json:"id"`
			Data struct {
				Unicode string `json:"unicode"`
			} `json:"data"`
		}
		if json.Unmarshal(b, &e) != nil {
			continue
		}
		if got := entityOf(e.Type, e.ID, e.Data.Unicode); got.kind != "" {
			out[name] = got
		}
	}
	return out
}

func entityOf(typ string, ids json.RawMessage, emoji string) entity {
	if strings.HasPrefix(typ, "com.symphony.emoji") {
		return entity{"emoji", emoji}
	}
	var list []struct {
		Type  string          `json:"type"`
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(ids, &list) != nil {
		return entity{}
	}
	for _, id := range list {
		v := scalar(id.Value)
		switch {
		case strings.HasSuffix(id.Type, "user.userId") || strings.HasSuffix(id.Type, ".userId"):
			if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 {
				return entity{"mention", fmt.Sprint(n)}
			}
		case strings.HasSuffix(id.Type, ".hashtag"):
			return entity{"hashtag", v}
		case strings.HasSuffix(id.Type, ".ticker"), strings.HasSuffix(id.Type, ".cashtag"):
			return entity{"cashtag", v}
		}
	}
	return entity{}
}

// scalar is a JSON string or number as text.
func scalar(b json.RawMessage) string {
	var s string
	if json.Unmarshal(b, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(b, &n) == nil {
		return n.String()
	}
	return ""
}
