"""The concept sets of a protocol to start from, and what it is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from refractory.codes import Vocabulary, read_code
from refractory.numbers import say_count
from refractory.records.from_codelists import code_list_names
from refractory.records.from_drug_names import Ingredient
from refractory.starting.answers import Meaning
from refractory.starting.drafting import Found
from refractory.starting.drafts import quote, quote_all
from refractory.starting.steroids import STEROIDS
from refractory.starting.treatments import Treatment

STEROID_SET = "systemic glucocorticoid"
TRIED_SET = "treatment tried before"
# Not treatments of the disease: what goes along with them, or is for something else.
_BESIDE = frozenset(
    """
    folic acid;leucovorin;vitamin D;vitamin E;cholecalciferol;calcium carbonate;omeprazole;pantoprazole;alendronate
    risedronate;zoledronic acid;pamidronate;denosumab;teriparatide;romosozumab;bisphosphonate, not named
    sulfamethoxazole and trimethoprim;trimethoprim;atovaquone;pentamidine;acyclovir;valacyclovir;isoniazid;rifampin
    aspirin;clopidogrel;warfarin;phenprocoumon;acenocoumarol;apixaban;rivaroxaban;dabigatran;edoxaban;enoxaparin;heparin
    acetaminophen;ibuprofen;naproxen;diclofenac;NSAID, not named;tramadol;oxycodone;morphine;gabapentin;pregabalin
    amlodipine;losartan;lisinopril;enalapril;captopril;spironolactone;furosemide;hydrochlorothiazide;propranolol
    metoprolol;atorvastatin;simvastatin;rosuvastatin;pravastatin;ezetimibe;metformin;levothyroxine;insulin;allopurinol
    antihistamine, not named;cetirizine;loratadine;fexofenadine;diphenhydramine;hydroxyzine;montelukast
    topical glucocorticoid, not named;lidocaine;adrenaline;pyridostigmine;potassium iodide;zinc sulfate;nicotinamide
    """.replace("\n", ";").replace("  ", "").split(";")
) - {""}  # fmt: skip

_FEWEST_COURSES = 3  # fewer say nothing of most persons


@dataclass(frozen=True)
class ProtocolDraft:
    """What a protocol to start from is made of.

    Args:
        name: Its short name.
        mapping: Name of the mapping's file, for the command at its head.
        treatment: The studied treatment.
        is_repeated: True when the treatment was given on several days of its own.
        disease: What the disease is called.
        found: What the sheets hold.
        response: The column of responses; None without one.
        others: Other columns that say something of the kind.
        says: What was chosen without evidence.
        failed: Earlier drugs that are asked for.
        with_failed: Persons who had so many, and persons who were treated.
    """

    name: str
    mapping: str
    treatment: Treatment
    is_repeated: bool
    disease: str
    found: Found
    response: Meaning | None
    others: Sequence[Meaning]
    says: Sequence[str]
    failed: int = 2
    with_failed: tuple[int, int] = (0, 0)

    @property
    def tried(self) -> dict[str, list[Ingredient]]:
        """Drugs that were tried before, by the concept set that each is in; all glucocorticoids are one."""
        found: dict[str, list[Ingredient]] = {}
        for drug in self.found.tried:
            if (drug.name in _BESIDE and drug.name not in self.found.own_column) or drug.route in (
                "topical",
                "ophthalmic",
                "inhaled",
            ):
                continue
            found.setdefault(STEROID_SET if drug.name in STEROIDS else drug.name, []).append(drug)
        return found

    @property
    def beside(self) -> list[str]:
        """Drugs of the earlier ones that are not counted as tried."""
        return sorted(
            {drug.name for drug in self.found.tried} - {one.name for held in self.tried.values() for one in held}
        )

    @property
    def has_sparing(self) -> bool:
        """True when there are glucocorticoid doses before and after, or courses of them with doses and ends."""
        return self.has_steroid_days or self.found.steroid_courses >= _FEWEST_COURSES

    @property
    def has_steroid_days(self) -> bool:
        """True when there are glucocorticoid doses of a day before and of one after."""
        return 0 in self.found.steroid_days and max(self.found.steroid_days) > 0


def write_concepts(draft: ProtocolDraft) -> list[str]:
    """Write the concept sets as lines of TOML."""
    lines = _write_disease(draft)
    treatment = draft.treatment.drug
    lines += _write_drug(treatment.name, [treatment])
    tried = draft.tried
    if draft.has_sparing and STEROID_SET not in tried:
        lines += _write_drug(STEROID_SET, [Ingredient("", STEROID_SET)])
    for name, drugs in tried.items():
        if name != treatment.name:
            lines += _write_drug(name, drugs, draft.found.spellings.get(name, ()))
    if tried:
        lines += [f"[concepts.{quote(TRIED_SET)}]    # one entry a drug", f"members = {quote_all(list(tried))}", ""]
    if draft.found.has_weight:
        lines += ['[concepts."body weight"]', 'use    = ["body weight"]', 'source = ["body weight"]', ""]
    for score in draft.found.scores:
        use = [f"use    = [{quote(score)}]"] if score in code_list_names() else []
        lines += [f"[concepts.{quote(score)}]", *use, f"source = [{quote(score)}]", ""]
    return lines


def _write_disease(draft: ProtocolDraft) -> list[str]:
    lines = [f"[concepts.{quote(draft.disease)}]"]
    if draft.found.icd:
        groups: dict[str, int] = {}
        for code, cells in draft.found.icd.items():
            groups[code[:3].upper()] = groups.get(code[:3].upper(), 0) + cells
        main = max(groups, key=lambda group: (groups[group], group))
        key = "ICD10CM" if main[0].isalpha() else "ICD9CM"
        others = sorted(set(groups) - {main})
        told = f"    # codes of other groups in the sheet: {', '.join(others)}" if others else ""
        lines.append(f"{key} = [{quote(main + '*')}]{told}")
    texts = [text for text in draft.found.diseases if _is_code(text)] or ([] if draft.found.icd else [draft.disease])
    if texts and not draft.found.icd:
        lines.append(
            "source = [                               # every diagnosis of the sheet; take out what is not meant"
        )
        lines += [
            f"  {quote(text)}," + (f"  # {say_count(cells, 'cell')}" if cells else "")
            for text, cells in _with_cells(draft, texts)
        ]
        lines.append("]")
    return [*lines, ""]


def _is_code(text: str) -> bool:
    """Say whether a protocol can name a text of the source."""
    try:
        read_code(Vocabulary.SOURCE, text)
    except ValueError:
        return False
    return True


def _with_cells(draft: ProtocolDraft, texts: Sequence[str]) -> list[tuple[str, int]]:
    return [(text, draft.found.diseases.get(text, 0)) for text in texts]


def _write_drug(name: str, drugs: Sequence[Ingredient], spellings: Collection[str] = ()) -> list[str]:
    lines = [f"[concepts.{quote(name)}]"]
    if spellings:  # a drug that no list has: found as the sheet writes it
        written = [text for text in sorted(spellings) if _is_code(text)]
        return [*lines, f"source = {quote_all(written or [name])}", ""]
    texts = [drug.name for drug in drugs if not drug.rxnorm and drug.name != name]
    if name in code_list_names():
        lines.append(f"use = [{quote(name)}]")
    else:
        codes = sorted({f"{drug.rxnorm}+" for drug in drugs if drug.rxnorm})
        lines += [f"RxNorm = {quote_all(codes)}"] if codes else []
        texts += [] if codes else [name]
    if name == STEROID_SET:
        texts.append("systemic glucocorticoid, not named")
    if texts:
        lines.append(f"source = {quote_all(sorted(set(texts)))}")
    return [*lines, ""]
