"""Words of the names of columns, as people of several languages write them."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[^a-z0-9#/]+")
_CAMEL = re.compile(r"(?<=[a-zäöüéèà])(?=[A-Z])")
_JOINED = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")


def spell_name(name: str) -> str:
    """Spell the name of a column for a comparison: small letters without accents, one blank between words and numbers.

    Example:
        >>> spell_name("ivig_1_date"), spell_name("Date de réponse"), spell_name("Pt #"), spell_name("mtxStart6mo")
        ('ivig 1 date', 'date de reponse', 'pt #', 'mtx start 6 mo')
    """
    letters = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name))
    plain = "".join(one for one in letters if not unicodedata.combining(one)).casefold().replace("°", " ")
    return " ".join(_JOINED.sub(" ", _MARKS.sub(" ", plain)).replace("/", " / ").split())


def _any_of(words: str) -> re.Pattern[str]:
    parts = [part.strip().replace("*", r"\w*") for part in words.split(",")]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(filter(None, parts))})(?![a-z0-9])")


PERSON = re.compile(
    r"(?:(?:my |unique |study |research |record |chart |case |pat |patient |patients |pt |subj\w* |participant "
    r"|person )*"
    r"(?:id|ids|identifier|#|no|nr|num|number|code|mrn|key)|mrn|pat mrn id|pid|patid|patient|pt|subj\w*|participant"
    r"|record|case|pat|patienten? ?(?:nummer|nr|id)|patientennummer|fall ?(?:nummer|nr)|studien ?(?:nummer|nr|id)"
    r"|patientnr|patientnummer|n patient|numero (?:de )?(?:patient|dossier)|no dossier|ipp|identifiant"
    r"|code patient|nhc|historia clinica"
    r"|numero de historia"
    r"|n\w? historia(?: clinica)?|paciente|codigo|id paciente|paziente|codice(?: paziente)?|id paziente|nip"
    r"|medical record number"
    r"|hospital (?:no|number|id)|nhs (?:no|number)|study no|lfd nr|person id|person|ptid|usubjid)"
)
NAMES = re.compile(
    r"(?:pat|patient|patients|pt)? ?(?:name|names|full name|first name|last name|surname|forename|family name"
    r"|given name)"
    r"|name|vorname|nachname|familienname|nom|prenom|nom prenom|nombre|nombre y apellidos|apellidos?|cognome|nome"
    r"|initials?|initialen|initiales|iniciales|iniziali|pt initials|patient initials"
    r"|phone|telephone|telefon\w*|mobile|e ?mail|address|adresse|direccion|indirizzo|zip|postcode|plz|ssn|insurance\w*"
)
BIRTH = _any_of(
    "dob, gebdat*, gebjahr, date of birth, birth*, geb*, geburt*, naissance, ddn, nacimiento, nascita, yob, "
    "year of birth"
)
AGE = _any_of("age, alter, edad, eta, leeftijd, age at, jahre alt, ages")
SEX = _any_of(
    "sex, gender, geschlecht, sexe, sexo, sesso, geschl, geslacht, m / f, f / m, m / v, v / m, h / f, h / m, "
    "female, male, sex f, w / m, m / w"
)
RACE = _any_of("race, ethnicity, ethnic*")
DIAGNOSIS = _any_of(
    "dx, diagnosis, diagnoses, diagnose, diagnostic, diagnostico, diagnosi, disease, erkrankung, maladie, enfermedad, "
    "malattia, ziekte, aandoening, icd, icd 10, icd 10 code, condition, subtype, dx name, erstdiagnose, ed, "
    "onset, indication, diagnosed, diagnosticad*, diagnostiqu*, diagnosticat*"
)
ONSET = _any_of("onset, erstdiagnose, ed, first symptom*, erstmanifestation, debut des symptomes, inicio de sintomas")
DIAGNOSED = re.compile(
    r"(?:(?:first|initial|new|date of|erste?|nouveau|nuova|primera?|prima|premier) )?"
    r"(?:(?:erst)?diagnos(?:is|e|i|tic|tico|ed)|dx|ed"
    r"|erstdiagnosestellung|diagnosestellung)(?: (?:made|confirmed|date))?"
)
DATE = _any_of(
    "date, dates, dt, dat, datum, fecha, data, day, tag, jour, when, on, dated, zeitpunkt, started, start, begin, "
    "beginn, "
    "begun, debut, inicio, inizio, first, 1 st"
)
START = _any_of(
    "start*, begin*, begun, initiat*, first, 1 st, debut, inicio, inizio, ab, von, from, since, seit, desde, dal, du, "
    "depuis, angesetzt, anfang"
)
STOP = _any_of(
    "stop, stopped, stop date, end, ended, ende, discontinued, discontinuation, d / c, dc, until, bis, absetz*, "
    "abgesetzt, gestopt, einde, fin, arret*, fine, suspension, last*, letzte*, derni*, ultim*, to, hasta, ^al$, ^au$, "
    "jusqu*, beendet, sospes*, sospensione, suspendid*, retirad*"
)
NOT_GIVEN = _any_of(
    "cancel*, dna, held, on hold, withheld, not given, not done, not infused, missed, no show, planned, scheduled, "
    "postponed, deferred, omitted, refused, declined, due, abgesagt, storniert, geplant, ausgefallen, verschoben, "
    "nicht gegeben, nicht verabreicht, nicht erhalten, entfallen, annul*, prevu*, reporte*, non fait*, non realis*, "
    "non administr*, previst*, aplazad*, no administrad*, no realizad*, rinviat*, programmat*, programad*, "
    "non somministrat*, non eseguit*, geannuleerd, gepland, niet gegeven"
)
EVENTS = _any_of(  # what is no drug in a column of events
    "visit*, visita*, visite*, kontroll*, control*, controle*, controllo, follow up, fu, f / u, erstvorstellung, "
    "vorstellung, consult*, clinic, review, wv, besuch*, revision, suivi, baseline, ed, labor, lab, labs, "
    "aufnahme, entlassung, admission, discharge, stationar, biops*, telefon*, phone"
)
REASON = _any_of(
    "reason*, why, reden, motivo fin, grund, gruende, motif, motivo, stop reason, cause of, "
    "because, wegen, absetzgrund, raison, warum, pourquoi"
)
DOSE = _any_of(
    "dose*, dosering, dosis, dosage, dosierung, posologie, dosi, amount, menge, g / kg, grams, mg, mg / d, "
    "quantity, qty"
)
NO_DOSE = frozenset(
    {"nil", "none", "no", "off", "stopped", "keine", "kein", "aucun", "aucune", "nee", "geen", "ninguno", "0mg", "0 mg"}
)
ROUTE = _any_of("route, applikation, voie, via, admin route")
UNIT = _any_of("unit, units, einheit, unite, unidad, unita")
BEFORE = _any_of(
    "prior, previous*, before, earlier, past, failed, failure*, history, hx, prev, vor, vortherapie*, vorbehandlung*, "
    "anterieur*, precedent*, previo*, previa*, precedenti, eerder*, eerdere, voorheen, lineas previas, ever, "
    "tried, pre, refractory to, used, exposed, pretreatment"
)
BEFORE_ANOTHER = re.compile(
    r"\b(?:before|prior to|pre|vor|avant|antes de|antes|voor|prima di|prima)[\s:_-]+[^\s:_-]+", re.IGNORECASE
)
TREATMENT = _any_of(
    "tx, rx, treatment*, therap*, drug*, med, meds, medication*, medicat*, is, immunosuppress*, dmard*, agent*, "
    "regimen*, "
    "therapie*, vortherapie*, medikament*, behandlung*, vorbehandlung*, traitement*, tratamiento*, farmac*, terapi*, "
    "medicament*, systemic*, biologic*, biologik*, biologique*, antibiotic*, abx, ist, ists"
)
INFUSION = _any_of(
    "infusion*, perfusion*, cycle*, course*, zyklus, zyklen, gabe, cure, ciclo, infus*, treatment, tx, dosing, dose, "
    "inject*, injektion*, inyec*, iniezion*"
)
INFUSION_SHEET = _any_of(
    "infus*, perfus*, inject*, injektion*, inyec*, iniezion*, administration*, administracion*, somministrazion*, "
    "verabreichung*, applikation*, gaben, toediening*"
)
RESPONSE = _any_of(
    "response, resp, respond*, responder, improv*, ansprechen, besser*, reponse, amelior*, respuesta, mejor*, "
    "risposta, "
    "miglior*, remission, benefit, efficacy, effective*, outcome*, clinical benefit, pga, pga response, erfolg, "
    "effekt, "
    "respons, recist, bor, best response, best overall response, resultat, verbetering, verbesser*, success, "
    "skin improved"
)
JUDGEMENT = _any_of(  # a response only where the cells tell one
    "bewertung, beurteilung, ergebnis, verlauf, evaluation, evolution, bilan, evolucion, valoracion, evaluacion, "
    "resultado, esito, valutazione, evoluzione, andamento, beoordeling, verloop, assessment, course, result"
)
STATE = re.compile(  # of a drug that it names only where it says so: "MTX effect" tells what was tried
    r"(?:.* )?(?:status|state|effect|condition|what happened|zustand|wirkung|etat|effet|estado|efecto|stato|effetto)"
    r"(?: (?P<after>after|post|on|with|under|following|nach|unter|mit|apres|sous|despues|tras|con|dopo|met|na)"
    r"(?: .*)?)?"
)
FAILED = _any_of(
    "treatment failure, failure, therapy failure, resistan*, non responder, nonresponder, non response, nonresponse, "
    "unresponsive, no response, therapieversagen, versagen, echec, fracaso, fallimento, falen"
)
NO_RESPONSE_WORDS = _any_of("improvement score, time to, days to, months to, duration, predict*, cycles to")
LAST_SEEN = _any_of(
    "last visit, last seen, last follow up, last fu, last f / u, f / u, f / u date, fu date, lfu, last contact, "
    "letzte vorstellung, letzte vorst, letzte vs, letzte kontrolle, laatste controle, laatste bezoek, "
    "letzter besuch, letzter kontakt, derniere visite, dernier suivi, dernieres nouvelles, "
    "dates dernieres nouvelles, date derniere nouvelle, derniere consultation, ultima visita, ultimo control, "
    "ultima revision, ultimo controllo, ultimo follow up, end of follow up, follow up date, date last, "
    "last clinic visit, last appt"
)
DEATH = _any_of(
    "death, died, overleden, overlijden, dead, deceased, dod, verstorben, tod, todesdatum, deces, muerte, "
    "exitus, decesso"
)
BASELINE = _any_of(
    "baseline, base, pre, before, bl, at start, at ivig, t 0, avant, vor, voor, basal, antes, prima, initial, "
    "at baseline, start, "
    "prior, "
    "m 0, day 0, w 0, visit 1"
)
FOLLOW_UP = _any_of("post, after, follow up, fu, f / u, nach, na, apres, despues, dopo, end, last, final, best, nadir")
MONTHS = re.compile(
    r"(?<![a-z0-9])(?:(\d{1,2}) ?(?:mo|mos|mon|month|months|m|monate?n?|mois|mes|meses|mesi)"
    r"|(?:m|mo|month|monat|mois|mes|mese) (\d{1,2}))(?![a-z0-9])"
)
WEEKS = re.compile(
    r"(?<![a-z0-9])(?:(\d{1,3}) ?(?:wk|wks|week|weeks|w|wochen?|semaines?|semanas?)|(?:w|wk"
    r"|week) (\d{1,3}))(?![a-z0-9])"
)
WEIGHT = _any_of("weight, wt, gewicht, gew, poids, peso, body weight, kg, bw")
STEROID = _any_of("steroid*, corticosteroid*, gc, gcs, cortison*, glucocortic*, kortison, cortico*, cs")
VISIT_DATE = _any_of(
    "date, visit date, visit, date of visit, order date, admin date, administration date, infusion date, datum, fecha, "
    "review date, date assessed, assessment date, start date, date given, dx date, event date, data, "
    "date of assessment, "
    "evaluation date, start, given on, response date, visitdate, besuchsdatum, date de visite"
)
NOTES = _any_of(
    "comment*, opmerking*, note*, bemerkung*, remark*, commentaire*, observaciones, notas, notiz*, free text, "
    "misc, other notes"
)
GIVEN = _any_of(
    "given, received, administered, iniciad*, administrad*, somministrat*, verabreicht, toegediend, administre*, "
    "erhalten, recu, bekommen"
)
CODE = _any_of("code, codes, icd, icd 10, icd 9, rxnorm, rxcui, ndc, atc, snomed")
TOTALS = _any_of(
    "total*, sum, summe, mean, average, median, sd, mittelwert, gesamt, moyenne, media, totale, totales, count, n, "
    "key, "
    "legend, legende, note, notes, avg, std, ecart type, anzahl, summary"
)
SCALE = re.compile(r"[(\[]\s*0\s*(?:-|–|—|to)\s*\d{1,3}\s*[)\]]")  # "NRS (0-10) W16" speaks of week 16, not of week 10
# A difference of two values is neither of them: "CDASI Δ" is no CDASI.
CHANGE = re.compile(
    r"[Δ∆]|\b(?:delta|changes?|diff(?:erence)?|decrease|reduction|drop|differenz|veranderung|anderung|abnahme|variation"
    r"|baisse|diminution|cambio|diferencia|reduccion|variazione|differenza|riduzione|verschil|verandering)\b"
    r"|%\s*(?:improve\w*|better|lower)|(?:improve\w*|better|lower)\s*\(?%",
    re.IGNORECASE,
)
SCORES = (
    ("CDASI activity", r"cdasi(?! (?:damage|d)\b)(?: activity| a| total| score)?"),
    ("CDASI damage", r"cdasi (?:damage|d)"),
    ("MMT-8", r"mmt ?8|manual muscle test\w*|mmt"),
    ("DLQI", r"dlqi"),
    ("IGA", r"iga"),
    ("CMAS", r"cmas"),
    ("HAQ", r"haq(?: di)?"),
    ("Physician global activity", r"(?:phga|physician global|mdga|pga vas)"),
    ("Itch", r"(?:itch|pruritus)(?: nrs| vas)?|(?:wi|pp|ap) nrs"),
    ("MG-ADL", r"mg adl|mgadl"),
    ("QMG", r"qmg"),
    ("PDAI", r"m ?pdai|pdai"),
    ("ABSIS", r"absis"),
    ("BPDAI", r"bpdai"),
    ("EASI", r"easi"),
    ("PASI", r"pasi"),
    ("SCORAD", r"scorad"),
    ("CLASI activity", r"clasi(?! (?:damage|d)\b)(?: activity| a)?"),
    ("SLEDAI", r"sledai(?: 2 k)?"),
    ("DAS28", r"das ?28(?: crp| esr)?"),
    ("BVAS", r"bvas"),
    ("UAS7", r"uas ?7"),
    ("mRSS", r"mrss"),
    ("NIH score", r"nih (?:score|criteria|index|kerr)|kerr (?:score|index)"),
)
LABS = (
    ("creatine kinase", r"ck|cpk|creatine kinase|creatin ?kinase|kreatinkinase"),
    ("aldolase", r"aldolase|aldo"),
    ("lactate dehydrogenase", r"ldh"),
    ("aspartate aminotransferase", r"ast|sgot|got"),
    ("alanine aminotransferase", r"alt|sgpt|gpt"),
    ("C-reactive protein", r"crp"),
    ("erythrocyte sedimentation rate", r"esr|bsg|vs"),
    ("creatinine", r"creatinine|kreatinin|cr serum"),
    ("haemoglobin", r"hb|hgb|h(?:a)?emoglobin"),
    ("ferritin", r"ferritin"),
    ("IgG", r"igg(?: level)?"),
)
