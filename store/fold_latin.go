package store

// latin lists the letters that count as another one in the full-text index: the
// tokenizer takes accents off Latin letters, and off no others, and makes one of the
// Greek letter forms. A test compares this table with the tokenizer.
var latin = [...]struct {
	base rune
	with string
}{
	{'a', "àáâãäåāăąǎǟǻȁȃȧḁạảấầẩẫậắằẳẵặ"},
	{'b', "ḃḅḇ"},
	{'c', "çćĉċčḉ"},
	{'d', "ďḋḍḏḑḓ"},
	{'e', "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"},
	{'f', "ḟ"},
	{'g', "ĝğġģǧǵḡ"},
	{'h', "ĥȟḣḥḧḩḫẖ"},
	{'i', "ìíîïĩīĭįǐȉȋḭḯỉị"},
	{'j', "ĵǰ"},
	{'k', "ķǩḱḳḵ"},
	{'l', "ĺļľḷḹḻḽ"},
	{'m', "ḿṁṃ"},
	{'n', "ñńņňǹṅṇṉṋ"},
	{'o', "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"},
	{'p', "ṕṗ"},
	{'r', "ŕŗřȑȓṙṛṝṟ"},
	{'s', "śŝşšſșṡṣṥṧṩẛ"},
	{'t', "ţťțṫṭṯṱẗ"},
	{'u', "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"},
	{'v', "ṽṿ"},
	{'w', "ŵẁẃẅẇẉẘ"},
	{'x', "ẋẍ"},
	{'y', "ýÿŷȳẏẙỳỵỷỹ"},
	{'z', "źżžẑẓẕ"},
	{'β', "ϐ"},
	{'ε', "ϵ"},
	{'θ', "ϑ"},
	{'κ', "ϰ"},
	{'μ', "µ"},
	{'π', "ϖ"},
	{'ρ', "ϱ"},
	{'σ', "ς"},
	{'φ', "ϕ"},
}
