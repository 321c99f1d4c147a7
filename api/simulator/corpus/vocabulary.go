package corpus

var (
	weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
	months   = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	colors   = []string{"blue", "silver", "brown", "white", "green", "black", "burgundy"}

	drugs = []string{
		"lisinopril", "metformin", "atorvastatin", "levothyroxine", "amlodipine", "gabapentin", "omeprazole", "losartan",
		"sertraline", "albuterol", "hydrochlorothiazide", "montelukast", "escitalopram", "prednisone", "tamsulosin", "warfarin",
		"clopidogrel", "methotrexate", "insulin glargine", "famotidine", "cetirizine", "trazodone", "duloxetine", "carvedilol",
		"furosemide", "allopurinol", "latanoprost", "budesonide", "lamotrigine", "amoxicillin", "doxycycline", "tretinoin",
		"rizatriptan", "spironolactone", "meloxicam", "nitrofurantoin", "apixaban", "levetiracetam", "chlorhexidine", "ondansetron",
	}
	exams = []string{
		"MRI", "CT scan", "ultrasound", "mammogram", "colonoscopy", "echocardiogram", "bone density scan", "panoramic x-ray",
		"stress test", "sleep study", "biopsy", "lipid panel", "thyroid panel", "A1C", "urinalysis", "hearing test", "skin check",
		"root canal", "cleaning", "crown fitting", "physical", "allergy test", "EKG", "nerve conduction study", "wisdom tooth consult",
	}
	bodyParts = []string{
		"left knee", "lower back", "right shoulder", "jaw", "ankle", "neck", "hip", "wrist", "upper molar", "elbow", "ear", "big toe",
		"front tooth", "ribs", "left eye", "gums", "Achilles tendon", "collarbone", "thumb", "sinuses",
	}
	symptoms = []string{
		"a fever since last night", "pretty bad swelling", "a rash that's spreading", "some numbness", "a cough that won't go away",
		"dizziness when standing up", "throbbing pain", "a headache behind the eyes", "stiffness in the mornings", "tingling in the fingers",
		"trouble sleeping", "bleeding when brushing", "chills", "an upset stomach from the antibiotic", "hives", "palpitations",
		"ringing in the ears", "blurry vision", "a clicking noise when chewing", "vertigo",
	}
	insurers = []string{
		"Beacon Mutual", "Blue Harbor PPO", "Cascade Health Plan", "Unity Dental", "Pinnacle Care", "Meadowlark Medicare Advantage",
		"TrueNorth HMO", "Keystone Assurance", "Sequoia Select", "Granite State Benefits", "Patriot Health", "Coral Reef Casualty",
	}
	relatives = []string{"mother", "father", "son", "daughter", "husband", "wife", "brother", "sister", "grandmother", "grandson", "aunt", "nephew", "roommate", "stepfather"}
	streets   = []string{
		"Alder Street", "Bluff Road", "Canal Street", "Dogwood Lane", "Ebbetts Way", "Foundry Row", "Gilman Avenue", "Hawthorne Boulevard",
		"Ironbark Court", "Jessamine Drive", "Kingfisher Loop", "Larkspur Terrace", "Magnolia Avenue", "Nightingale Crescent", "Orchard Street",
		"Poplar Hill", "Quarry Lane", "Rosewood Circle", "Sycamore Parkway", "Tamarack Trail", "Umber Street", "Vineyard Road", "Willow Bend", "Yarrow Place",
	}
	parts = []string{
		"nebulizer", "wheelchair cushion", "CPAP mask", "glucose strips", "compression stockings", "autoclave gasket", "x-ray sensor",
		"exam gloves", "oxygen concentrator", "dental burs", "crutches", "sharps containers", "specimen cooler", "pallet jack", "walker",
		"blood pressure cuff", "night guard", "retainer", "nitrile gloves", "centrifuge rotor", "infusion pump", "label printer",
	}
	towns = []string{
		"Half Moon Bay", "Petaluma", "Vacaville", "Watsonville", "Los Gatos", "Pacifica", "Millbrae", "Castro Valley", "Gilroy", "Benicia",
		"Sausalito", "Hollister", "Burlingame", "Orinda", "Dublin", "Tracy", "Yountville", "Pescadero",
	}
	asides = []string{
		"sorry, the dog is barking", "hang on, let me turn off the radio", "I'm driving so I might cut out", "excuse me, I've got a cold",
		"sorry, I was on hold for twenty minutes", "the baby's crying, one second", "let me find my glasses", "okay I found the paper",
		"sorry, that's the other line", "I'm at work so I can't always pick up",
	}
)
