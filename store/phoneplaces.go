package store

import "strings"

// The codes of countries (ITU-T E.164, list of assigned country codes): code, ISO 3166
// code, name as it stands after "in". Codes that belong to no country have "-".
const countryCodes = `20 EG Egypt;211 SS South Sudan;212 MA Morocco;213 DZ Algeria;216 TN Tunisia;218 LY Libya;220 GM the Gambia;221 SN Senegal;` +
	`222 MR Mauritania;223 ML Mali;224 GN Guinea;225 CI Ivory Coast;226 BF Burkina Faso;227 NE Niger;228 TG Togo;229 BJ Benin;230 MU Mauritius;` +
	`231 LR Liberia;232 SL Sierra Leone;233 GH Ghana;234 NG Nigeria;235 TD Chad;236 CF the Central African Republic;237 CM Cameroon;` +
	`238 CV Cape Verde;239 ST São Tomé and Príncipe;240 GQ Equatorial Guinea;241 GA Gabon;242 CG the Congo;243 CD the Democratic Republic of the Congo;` +
	`244 AO Angola;245 GW Guinea-Bissau;246 IO Diego Garcia;247 AC Ascension;248 SC the Seychelles;249 SD Sudan;250 RW Rwanda;251 ET Ethiopia;` +
	`252 SO Somalia;253 DJ Djibouti;254 KE Kenya;255 TZ Tanzania;256 UG Uganda;257 BI Burundi;258 MZ Mozambique;260 ZM Zambia;261 MG Madagascar;` +
	`262 RE Réunion;263 ZW Zimbabwe;264 NA Namibia;265 MW Malawi;266 LS Lesotho;267 BW Botswana;268 SZ Eswatini;269 KM the Comoros;27 ZA South Africa;` +
	`290 SH Saint Helena;291 ER Eritrea;297 AW Aruba;298 FO the Faroe Islands;299 GL Greenland;30 GR Greece;31 NL the Netherlands;32 BE Belgium;` +
	`33 FR France;34 ES Spain;350 GI Gibraltar;351 PT Portugal;352 LU Luxembourg;353 IE Ireland;354 IS Iceland;355 AL Albania;356 MT Malta;357 CY Cyprus;` +
	`358 FI Finland;359 BG Bulgaria;36 HU Hungary;370 LT Lithuania;371 LV Latvia;372 EE Estonia;373 MD Moldova;374 AM Armenia;375 BY Belarus;376 AD Andorra;` +
	`377 MC Monaco;378 SM San Marino;380 UA Ukraine;381 RS Serbia;382 ME Montenegro;383 XK Kosovo;385 HR Croatia;386 SI Slovenia;387 BA Bosnia and Herzegovina;` +
	`389 MK North Macedonia;39 IT Italy;40 RO Romania;41 CH Switzerland;420 CZ the Czech Republic;421 SK Slovakia;423 LI Liechtenstein;43 AT Austria;` +
	`44 GB the United Kingdom;45 DK Denmark;46 SE Sweden;47 NO Norway;48 PL Poland;49 DE Germany;500 FK the Falkland Islands;501 BZ Belize;502 GT Guatemala;` +
	`503 SV El Salvador;504 HN Honduras;505 NI Nicaragua;506 CR Costa Rica;507 PA Panama;508 PM Saint Pierre and Miquelon;509 HT Haiti;51 PE Peru;52 MX Mexico;` +
	`53 CU Cuba;54 AR Argentina;55 BR Brazil;56 CL Chile;57 CO Colombia;58 VE Venezuela;590 GP Guadeloupe;591 BO Bolivia;592 GY Guyana;593 EC Ecuador;` +
	`594 GF French Guiana;595 PY Paraguay;596 MQ Martinique;597 SR Suriname;598 UY Uruguay;599 CW Curaçao;60 MY Malaysia;61 AU Australia;62 ID Indonesia;` +
	`63 PH the Philippines;64 NZ New Zealand;65 SG Singapore;66 TH Thailand;670 TL Timor-Leste;672 NF Norfolk Island;673 BN Brunei;674 NR Nauru;` +
	`675 PG Papua New Guinea;676 TO Tonga;677 SB the Solomon Islands;678 VU Vanuatu;679 FJ Fiji;680 PW Palau;681 WF Wallis and Futuna;682 CK the Cook Islands;` +
	`683 NU Niue;685 WS Samoa;686 KI Kiribati;687 NC New Caledonia;688 TV Tuvalu;689 PF French Polynesia;690 TK Tokelau;691 FM Micronesia;` +
	`692 MH the Marshall Islands;7 RU Russia or Kazakhstan;81 JP Japan;82 KR South Korea;84 VN Vietnam;850 KP North Korea;852 HK Hong Kong;853 MO Macao;` +
	`855 KH Cambodia;856 LA Laos;86 CN China;870 - a satellite network;880 BD Bangladesh;881 - a satellite network;882 - an international network;` +
	`883 - an international network;886 TW Taiwan;90 TR Turkey;91 IN India;92 PK Pakistan;93 AF Afghanistan;94 LK Sri Lanka;95 MM Myanmar;960 MV the Maldives;` +
	`961 LB Lebanon;962 JO Jordan;963 SY Syria;964 IQ Iraq;965 KW Kuwait;966 SA Saudi Arabia;967 YE Yemen;968 OM Oman;970 PS Palestine;` +
	`971 AE the United Arab Emirates;972 IL Israel;973 BH Bahrain;974 QA Qatar;975 BT Bhutan;976 MN Mongolia;977 NP Nepal;98 IR Iran;992 TJ Tajikistan;` +
	`993 TM Turkmenistan;994 AZ Azerbaijan;995 GE Georgia;996 KG Kyrgyzstan;998 UZ Uzbekistan;`

// islandCodes are the areas of the North American plan that are neither in the United
// States nor in Canada, and not charged as those are: the trap of calls that ring once.
const islandCodes = `242 BS the Bahamas;246 BB Barbados;264 AI Anguilla;268 AG Antigua and Barbuda;284 VG the British Virgin Islands;340 VI the U.S. Virgin Islands;` +
	`345 KY the Cayman Islands;441 BM Bermuda;473 GD Grenada;649 TC the Turks and Caicos Islands;658 JM Jamaica;664 MS Montserrat;` +
	`670 MP the Northern Mariana Islands;671 GU Guam;684 AS American Samoa;721 SX Sint Maarten;758 LC Saint Lucia;767 DM Dominica;784 VC Saint Vincent;` +
	`809 DO the Dominican Republic;829 DO the Dominican Republic;849 DO the Dominican Republic;868 TT Trinidad and Tobago;869 KN Saint Kitts and Nevis;876 JM Jamaica;`

// countryOf is the country of a number in E.164. Of the North American plan only the
// islands are told apart.
func countryOf(number string) (iso, name string) {
	d := number[1:]
	if d[0] == '1' {
		if len(d) >= 4 {
			return entryOf(islandCodes, d[1:4])
		}
		return "", ""
	}
	return entryOf(countryCodes, d[:codeLength(d)])
}

func entryOf(list, code string) (iso, name string) {
	i := 0
	if !strings.HasPrefix(list, code+" ") {
		if i = strings.Index(list, ";"+code+" "); i < 0 {
			return "", ""
		}
		i++
	}
	rest := list[i+len(code)+1:]
	rest, _, _ = strings.Cut(rest, ";")
	iso, name, _ = strings.Cut(rest, " ")
	if iso == "-" {
		iso = ""
	}
	return iso, name
}

// costly says why a number of a country costs more than usual; "" if it does not.
// national is without the prefix for other towns. The ranges are those of the regulators
// (Ofcom's National Telephone Numbering Plan, the Bundesnetzagentur's Nummernplan, Arcep's
// plan, the NANPA's N00 codes, and their like).
func costly(national, code string) string {
	type ranges struct{ premium, shared string }
	known := map[string]ranges{
		"1":  {"900", "700"},
		"44": {"9 118", "70 84 87"},
		"49": {"900 190 118", "137 180 700 12"},
		"33": {"89 118", "81 82"},
		"34": {"803 806 807 905 907 118", "901 902"},
		"39": {"89 144 166", "199 178"},
		"31": {"900 906 909 18", ""},
		"32": {"90", "70 78"},
		"41": {"90 18", "84"},
		"43": {"90 93 118", "810 820 821 828"},
		"61": {"190 19", ""}, "353": {"15 118", "818"}, "351": {"60 76", "707 708"}, "45": {"90", ""}, "46": {"900 939 944 118", ""},
		"47": {"829", ""}, "48": {"70", "801 804"},
		"979": {"0 1 2 3 4 5 6 7 8 9", ""}, // international premium rate
	}
	r, ok := known[code]
	switch {
	case !ok:
		return ""
	case code == "1" && len(national) == 10 && national[3:6] == "976", begins(national, r.premium):
		return "premium rate"
	case begins(national, r.shared):
		return "special rate"
	}
	return ""
}

// begins reports whether digits begin with one of the words.
func begins(digits, words string) bool {
	for _, w := range strings.Fields(words) {
		if strings.HasPrefix(digits, w) {
			return true
		}
	}
	return false
}
