package command

import "switchboard/store"

// readAliases reads names for numbers and extensions: "+16505550142" = "The gate".
func (c *Config) readAliases(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table of \"number\" = \"name\"", v)
		return
	}
	for _, k := range sortedKeys(t) {
		at := key + "." + k
		var name string
		r.text1(&name)(at, t[k])
		switch {
		case store.Digits(k) == "":
			r.failf(at, `want a number such as "+16505550142", or an extension`, "not a telephone number")
		case name == "":
			r.failf(at, "", "a name is missing")
		}
		c.Aliases[k] = name
	}
}
