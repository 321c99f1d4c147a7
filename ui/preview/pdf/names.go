package pdf

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// latinNames are the glyph names of the ISOAdobe character set in the order of
// their numbers in a CFF font, from 1 (Adobe Technical Note 5176, appendix A).
// The first 149 are also the standard encoding in the order of its codes.
const latinNames = "space exclam quotedbl numbersign dollar percent ampersand quoteright parenleft parenright asterisk plus comma hyphen period slash " +
	"zero one two three four five six seven eight nine colon semicolon less equal greater question at " +
	"A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum underscore quoteleft " +
	"a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde " +
	"exclamdown cent sterling fraction yen florin section currency quotesingle quotedblleft guillemotleft guilsinglleft guilsinglright fi fl " +
	"endash dagger daggerdbl periodcentered paragraph bullet quotesinglbase quotedblbase quotedblright guillemotright ellipsis perthousand questiondown " +
	"grave acute circumflex tilde macron breve dotaccent dieresis ring cedilla hungarumlaut ogonek caron emdash " +
	"AE ordfeminine Lslash Oslash OE ordmasculine ae dotlessi lslash oslash oe germandbls " +
	"onesuperior logicalnot mu trademark Eth onehalf plusminus Thorn onequarter divide brokenbar degree thorn threequarters twosuperior registered minus eth multiply threesuperior copyright " +
	"Aacute Acircumflex Adieresis Agrave Aring Atilde Ccedilla Eacute Ecircumflex Edieresis Egrave Iacute Icircumflex Idieresis Igrave Ntilde Oacute Ocircumflex Odieresis Ograve Otilde Scaron Uacute Ucircumflex Udieresis Ugrave Yacute Ydieresis Zcaron " +
	"aacute acircumflex adieresis agrave aring atilde ccedilla eacute ecircumflex edieresis egrave iacute icircumflex idieresis igrave ntilde oacute ocircumflex odieresis ograve otilde scaron uacute ucircumflex udieresis ugrave yacute ydieresis zcaron"

// latinRunes are the characters of those names up to copyright.
const latinRunes = " !\"#$%&’()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_‘abcdefghijklmnopqrstuvwxyz{|}~" +
	"¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ–†‡·¶•‚„”»…‰¿`´ˆ˜¯˘˙¨˚¸˝˛ˇ—" +
	"ÆªŁØŒºæıłøœß¹¬µ™Ð½±Þ¼÷¦°þ¾²®−ð×³©"

// moreNames are other glyphs that faxes and office files have.
const moreNames = "Euro=€ nbspace=\u00a0 sfthyphen=\u00ad softhyphen=\u00ad grave=` middot=· overscore=¯ quotereversed=‛ minute=′ second=″ " +
	"ff=ff ffi=ffi ffl=ffl fi=fi fl=fl IJ=IJ ij=ij lozenge=◊ summation=∑ product=∏ pi=π integral=∫ radical=√ infinity=∞ partialdiff=∂ Delta=∆ Omega=Ω " +
	"lessequal=≤ greaterequal=≥ notequal=≠ approxequal=≈ equivalence=≡ arrowleft=← arrowup=↑ arrowright=→ arrowdown=↓ arrowboth=↔ " +
	"club=♣ diamond=♦ heart=♥ spade=♠ checkbox=☐ checkboxchecked=☑ filledbox=■ H18543=▪ square=□ circle=○ H18533=● triagup=▲ triagdn=▼ " +
	"Dcroat=Đ dcroat=đ Hbar=Ħ hbar=ħ kgreenlandic=ĸ Eng=Ŋ eng=ŋ longs=ſ Tcommaaccent=Ţ tcommaaccent=ţ Scommaaccent=Ș scommaaccent=ș " +
	"Alpha=Α Beta=Β Gamma=Γ Epsilon=Ε Zeta=Ζ Eta=Η Theta=Θ Iota=Ι Kappa=Κ Lambda=Λ Mu=Μ Nu=Ν Xi=Ξ Omicron=Ο Pi=Π Rho=Ρ Sigma=Σ Tau=Τ Upsilon=Υ Phi=Φ Chi=Χ Psi=Ψ " +
	"alpha=α beta=β gamma=γ delta=δ epsilon=ε zeta=ζ eta=η theta=θ iota=ι kappa=κ lambda=λ nu=ν xi=ξ omicron=ο rho=ρ sigma=σ sigma1=ς tau=τ upsilon=υ phi=φ chi=χ psi=ψ omega=ω " +
	"zerosuperior=⁰ foursuperior=⁴ fivesuperior=⁵ onethird=⅓ twothirds=⅔ oneeighth=⅛ numero=№ careof=℅ estimated=℮ " +
	"universal=∀ existential=∃ suchthat=∋ asteriskmath=∗ similar=∼ therefore=∴ perpendicular=⊥ element=∈ proportional=∝ a4=☎ a19=✓ a20=✔ a21=✕ a22=✖ a71=● a73=■"

// accents are what glyph names end with, and the mark each stands for.
const accents = "acute=\u0301 grave=\u0300 circumflex=\u0302 dieresis=\u0308 tilde=\u0303 ring=\u030a cedilla=\u0327 caron=\u030c macron=\u0304 breve=\u0306 ogonek=\u0328 dotaccent=\u0307 hungarumlaut=\u030b commaaccent=\u0326"

// glyphNames finds the text of a glyph by its name and back. Made once a font
// that needs it.
type glyphNames struct {
	text    map[string]string
	accents map[string]string
	latin   []string // by the numbers of CFF, less 1
}

func newGlyphNames() *glyphNames {
	g := &glyphNames{text: map[string]string{}, accents: map[string]string{}, latin: strings.Fields(latinNames)}
	i := 0
	for _, r := range latinRunes {
		g.text[g.latin[i]] = string(r)
		i++
	}
	for _, pair := range strings.Split(moreNames, " ") {
		if name, text, ok := strings.Cut(pair, "="); ok {
			g.text[name] = text
		}
	}
	for _, pair := range strings.Fields(accents) {
		name, mark, _ := strings.Cut(pair, "=")
		g.accents[name] = mark
	}
	return g
}

// find is the text of a glyph name, "" when it tells none.
func (g *glyphNames) find(name string) string {
	if s, ok := g.text[name]; ok {
		return s
	}
	if len(name) == 1 {
		return name
	}
	if base, _, ok := strings.Cut(name, "."); ok && base != "" { // a.sc, one.oldstyle
		return g.find(base)
	}
	if strings.Contains(name, "_") { // f_i
		out := ""
		for _, part := range strings.Split(name, "_") {
			out += g.find(part)
		}
		return out
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) >= 4 && len(hex)%4 == 0 {
		out := ""
		for ; len(hex) >= 4; hex = hex[4:] {
			n, err := strconv.ParseUint(hex[:4], 16, 16)
			if err != nil {
				return ""
			}
			out += string(rune(n))
		}
		return out
	}
	if hex, ok := strings.CutPrefix(name, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		if n, err := strconv.ParseUint(hex, 16, 32); err == nil && n <= utf8.MaxRune {
			return string(rune(n))
		}
	}
	for accent, mark := range g.accents {
		if base, ok := strings.CutSuffix(name, accent); ok && len(base) == 1 {
			return norm.NFC.String(base + mark)
		}
	}
	return ""
}

// decompose is a character's letter and its first mark, 0 when it has none.
func decompose(r rune) (letter, mark rune) {
	if r < 0x80 {
		return r, 0
	}
	d := []rune(norm.NFD.String(string(r)))
	if len(d) > 1 {
		return d[0], d[1]
	}
	return d[0], 0
}

// standardName is the glyph name at a code of the standard encoding (annex D.2).
func (g *glyphNames) standardName(code int) string {
	var n int
	switch {
	case code >= 32 && code <= 126:
		n = code - 31
	case code >= 161 && code <= 175:
		n = code - 65
	case code >= 177 && code <= 180:
		n = code - 66
	case code >= 182 && code <= 189:
		n = code - 67
	case code == 191:
		n = 123
	case code >= 193 && code <= 200:
		n = code - 69
	case code == 202, code == 203:
		n = code - 70
	case code >= 205 && code <= 208:
		n = code - 71
	case code == 225:
		n = 138
	case code == 227:
		n = 139
	case code >= 232 && code <= 235:
		n = code - 92
	case code == 241:
		n = 144
	case code == 245:
		n = 145
	case code >= 248 && code <= 251:
		n = code - 102
	default:
		return ""
	}
	return g.latin[n-1]
}

// name is a glyph name for a character, "" when there is none.
func (g *glyphNames) name(r rune) string {
	if r == ' ' || r == '\u00a0' {
		return "space"
	}
	if r == '-' || r == '\u00ad' {
		return "hyphen"
	}
	i := 0
	for _, l := range latinRunes {
		if l == r {
			return g.latin[i]
		}
		i++
	}
	letter, mark := decompose(r)
	if mark != 0 {
		for accent, m := range g.accents {
			if m == string(mark) {
				return string(letter) + accent
			}
		}
	}
	for n, text := range g.text {
		if text == string(r) {
			return n
		}
	}
	return ""
}

// baseText is the text of a code in one of the encodings with a name.
func (g *glyphNames) baseText(encoding string, code int) string {
	var r rune
	switch encoding {
	case "WinAnsiEncoding":
		r = charmap.Windows1252.DecodeByte(byte(code))
		if r == utf8.RuneError || code > 126 && r < 0xa0 {
			return "•" // what the standard puts at the unused codes
		}
	case "MacRomanEncoding":
		r = charmap.Macintosh.DecodeByte(byte(code))
	default:
		return g.find(g.standardName(code))
	}
	if r < ' ' {
		return ""
	}
	return string(r)
}

const (
	symbolTail  = "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcywV"
	symbolGreek = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψως"
)

// symbolText is the text of a code in the Symbol font's own encoding (annex D.5):
// its Greek letters, and what office files use it for.
func symbolText(code int) string {
	if i := strings.IndexByte(symbolTail, byte(code)); i >= 0 && code < 128 {
		return string([]rune(symbolGreek)[i])
	}
	switch code {
	case 0xb7:
		return "•"
	case 0xb0:
		return "°"
	case 0xb1:
		return "±"
	case 0xa3:
		return "≤"
	case 0xb3:
		return "≥"
	case 0xb4:
		return "×"
	case 0xae:
		return "→"
	case 0xac:
		return "←"
	}
	if code >= ' ' && code <= '~' {
		return string(rune(code))
	}
	return ""
}
