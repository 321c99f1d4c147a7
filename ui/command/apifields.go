package command

import (
	"encoding/json"
	"strings"
)

// apiValue reads a typed value: true, false, null, a number, @file, else a text.
func (a *app) apiValue(text string) (any, error) {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		raw, err := a.readInput(name)
		return string(raw), err
	}
	switch text {
	case "true", "false", "null":
		var v any
		err := json.Unmarshal([]byte(text), &v)
		return v, err
	}
	if text != "" && strings.Trim(text, "-0123456789.eE+") == "" && json.Valid([]byte(text)) {
		return json.Number(text), nil // as it was typed: ids do not survive float64
	}
	return text, nil
}

// setField puts a value where name says: "a", "a[b]", "a[]", "a[][b]". Fields that
// follow each other go into the same object of a list until one is there already.
func setField(body map[string]any, name string, value any) error {
	head, rest, _ := strings.Cut(name, "[")
	keys := []string{head}
	for rest != "" {
		key, after, ok := strings.Cut(rest, "]")
		if !ok || after != "" && after[0] != '[' {
			return usagef("field %s: want NAME, NAME[KEY] or NAME[]", quote(name))
		}
		keys = append(keys, key)
		rest = strings.TrimPrefix(after, "[")
	}
	if head == "" {
		return usagef("field %s: the name is missing", quote(name))
	}
	_, err := setIn(body, keys, value, name)
	return err
}

// setIn puts a value into what is there and gives what is there then.
func setIn(at any, keys []string, value any, name string) (any, error) {
	if len(keys) == 0 {
		return value, nil
	}
	key := keys[0]
	if key == "" {
		list, ok := at.([]any)
		if at != nil && !ok {
			return nil, usagef("field %s: it is a list here and something else before", quote(name))
		}
		if len(keys) > 1 && len(list) > 0 {
			if last, ok := list[len(list)-1].(map[string]any); ok && keys[1] != "" {
				if _, there := last[keys[1]]; !there {
					_, err := setIn(last, keys[1:], value, name)
					return list, err
				}
			}
		}
		v, err := setIn(nil, keys[1:], value, name)
		return append(list, v), err
	}
	obj, ok := at.(map[string]any)
	if at != nil && !ok {
		return nil, usagef("field %s: it is an object here and something else before", quote(name))
	}
	if obj == nil {
		obj = map[string]any{}
	}
	if old, there := obj[key]; there && len(keys) == 1 {
		return nil, usagef("field %s is given twice (%v before)", quote(name), old)
	}
	v, err := setIn(obj[key], keys[1:], value, name)
	if err != nil {
		return nil, err
	}
	obj[key] = v
	return obj, nil
}
