"""The drugs of a sheet: the treatment on its days, what was tried before, and glucocorticoid doses."""

from __future__ import annotations

from collections import Counter

from refractory.numbers import say_count
from refractory.records.drug_stems import find_unlisted_drugs
from refractory.records.from_drug_names import Ingredient, find_drug_mentions
from refractory.starting.column_facts import denies
from refractory.starting.drafting import Draft, draft_steroids, warn_of_steroids
from refractory.starting.drafting_doses import find_dose_column, find_dose_unit, find_weight_column
from refractory.starting.drafting_drug_rows import draft_drug_rows
from refractory.starting.drafts import DraftRecord
from refractory.starting.families import Family
from refractory.starting.looks import ColumnLook
from refractory.starting.row_events import find_given


def draft_drugs(draft: Draft) -> list[DraftRecord]:
    """Draft every record of a drug that a sheet holds."""
    view = draft.view
    names = view.first("drug name")
    warn_of_steroids(draft)
    if names is not None and draft.anchor is not None:
        rows = draft_drug_rows(draft, names, draft.anchor)
        return [*rows, *_draft_before(draft, draft.anchor)] if draft.has_drug_of_person else rows
    records = [*_draft_given(draft), *_draft_families(draft), *_draft_courses(draft)]
    if draft.anchor is not None:
        return [*records, *_draft_before(draft, draft.anchor)]
    if untold := view.of("tried", "tried so", "tried list", "steroid dose"):
        draft.found.warnings.append(
            f"{view.grid.name} tells of earlier drugs in {say_count(len(untold), 'column')} but not when the treatment "
            "began: put the treatment's first day into that sheet, and they can be used."
        )
    return records


def _draft_before(draft: Draft, anchor: ColumnLook) -> list[DraftRecord]:
    """Draft what a sheet tells of drugs before the treatment, and of glucocorticoid doses about it."""
    tried = [*_draft_tried(draft, anchor), *_draft_lists(draft, anchor), *_draft_numbered(draft, anchor)]
    return [*tried, *draft_steroids(draft)]


def _name_treatment(draft: Draft) -> dict[str, str]:
    drug = draft.treatment.drug
    return {"what": drug.name, **({"route": drug.route} if drug.route else {})}


def _draft_given(draft: Draft) -> list[DraftRecord]:
    """Draft a treatment that a row says was given on its day."""
    view = draft.view
    day = view.first("date")
    given = draft.treated("given")
    if day is None or not given:
        return []
    look = given[0]
    column, text, meets = {"start": day.name, **find_dose_column(draft)}, _name_treatment(draft), ("yes",)
    says = [f'"{look.name}": {view.role(look).why}; {draft.treatment.why}']
    none: tuple[str, ...] = ()
    if look.is_number and not look.is_yes_or_no:
        column["dose"], meets, none = look.name, ("anything",), ("0",)
        text |= find_dose_unit(draft, look)
        says.append("A dose on the day of its row: given on that day.")
    when = (look.name, meets)
    return [draft.record("drug", [day, look], text=text, column=column, says=says, when=when, also_missing=none)]


def _draft_families(draft: Draft) -> list[DraftRecord]:
    """Draft a treatment whose days stand in repeated columns."""
    view = draft.view
    started = draft.treated("drug start")
    records = []
    for family in view.families:
        held = [look for look in family.members.values() if look in started]
        if len(held) < 2:
            continue
        column, looks, text = {"start": family.pattern}, [*held], _name_treatment(draft)
        dose = _find_doses(draft, family)
        if dose is not None:
            column["dose"] = dose.pattern
            looks += dose.members.values()
            text |= find_dose_unit(draft, next(iter(dose.members.values())))
            column |= find_weight_column(draft, family)
        elif single := find_dose_column(draft):
            column |= single
            text |= find_dose_unit(draft, next(look for look in view.looks if look.name == single["dose"]))
        filled = sum(look.filled for look in held)
        says = [
            f"{draft.treatment.drug.name}: {draft.treatment.why}",
            f"{len(held)} repeated columns, {say_count(filled, 'day')}; first: {view.role(held[0]).why}",
        ]
        covers = [look.name for look in looks]
        records.append(draft.record("drug", looks, text=text, column=column, says=says, covers=covers))
    return records


def _find_doses(draft: Draft, family: Family) -> Family | None:
    for other in draft.view.families:
        doses = [look for look in other.members.values() if draft.view.role(look).kind == "drug dose"]
        if other is not family and doses and set(other.members) <= set(family.members):
            return other
    return None


def _draft_courses(draft: Draft) -> list[DraftRecord]:
    """Draft drugs, the treatment among them, of which single columns say when they began."""
    view, found = draft.view, draft.found
    repeated = {
        look.place
        for family in view.families
        for look in family.members.values()
        if sum(view.role(one).kind == "drug start" for one in family.members.values()) > 1
    }
    records, ended = [], set()
    for look in view.of("drug start"):
        drug = view.role(look).drug
        if look.place in repeated and draft.is_treatment(drug):
            continue
        is_treatment = draft.is_treatment(drug)
        text = _name_treatment(draft) if is_treatment else {"what": drug.name} if drug else {}
        column, looks = {"start": look.name}, [look]
        for kind, name in (("drug stop", "end"), ("drug reason", "stop_reason"), ("drug dose", "dose")):
            of_it = draft.treated(kind) if is_treatment else draft.of_drug(drug, kind)
            of_it = [one for one in of_it if one.place not in repeated and one.place not in ended]
            if of_it and not (name == "end" and look.days.lists):
                column[name] = of_it[0].name
                looks.append(of_it[0])
                ended.add(of_it[0].place)
                text |= find_dose_unit(draft, of_it[0]) if name == "dose" else {}
        if is_treatment and "dose" in column:
            column |= find_weight_column(draft)
        why = f"; {draft.treatment.why}" if is_treatment else ""
        says = [f'"{look.name}": {view.role(look).why}{why}']
        given = find_given(view) if is_treatment and view.is_long else None
        if given is not None:
            says.append(f'Only rows whose "{given[0]}" says that it was given.')
        if look.days.lists:
            says.append(f"{say_count(look.days.lists, 'cell')} of several days: each day is one on which it was given.")
        is_each = look.days.lists > 0
        records.append(draft.record("drug", looks, text=text, column=column, says=says, when=given, each_day=is_each))
        if not is_treatment and drug is not None:
            found.add_tried(drug, f'"{look.name}"')
    return records


def _draft_tried(draft: Draft, anchor: ColumnLook) -> list[DraftRecord]:
    """Draft drugs of which a column says that they were tried: before the treatment, nobody knows since when."""
    records = []
    kinds = ("tried", "tried so", *(() if draft.view.first("date") else ("given",)))
    for look in draft.view.of(*kinds):
        role = draft.view.role(look)
        if role.drug is None or draft.is_treatment(role.drug):
            continue
        if role.kind == "given" and look.place > anchor.place:
            continue  # what stands to the right of the treatment may have come after it
        says = [f'"{look.name}": {role.why}']
        if role.kind == "given":
            says.append("CHOSEN WITHOUT EVIDENCE: taken as before the treatment, for it stands to the left of its day.")
        meets: tuple[str, ...] = ("yes",)
        if role.kind == "tried so":
            meets = tuple(look.first_spelling[text] for text in look.texts if not denies(text))
            says.append("Any of these answers says that the drug was tried.")
        records.append(
            draft.record(
                "drug", [look, anchor], says=says, when=(look.name, meets), column={"before": anchor.name},
                text={"what": role.drug.name, **({"route": role.drug.route} if role.drug.route else {})},
            )
        )  # fmt: skip
        draft.found.add_tried(role.drug, f'"{look.name}"')
        draft.found.own_column.add(role.drug.name)
    return records


def _draft_numbered(draft: Draft, anchor: ColumnLook) -> list[DraftRecord]:
    """Draft numbered columns of drugs: "Drug 1", "Drug 1 start", "Drug 1 why stopped"."""
    view = draft.view
    parts = ("start", "start"), ("stop", "end"), ("reason", "stop_reason"), ("dose", "dose")
    records = []
    for family in view.families:
        held = [look for look in family.members.values() if view.role(look).kind == "numbered drug"]
        if not held:
            continue
        column, looks = {"what": family.pattern}, list(held)
        head = family.pattern.split("{n}")[0]
        for kind, name in parts:
            for other in view.families:
                of_it = [look for look in other.members.values() if view.role(look).kind == f"numbered {kind}"]
                if of_it and other.pattern.startswith(head) and name not in column:
                    column[name] = other.pattern
                    looks += of_it
        if "start" not in column:
            column["before"] = anchor.name
        drugs: Counter[Ingredient] = Counter()
        for look in held:
            drugs.update(look.drugs)
        told = ", ".join(f"{drug.name} {cells}" for drug, cells in drugs.most_common(12))
        says = [
            f'"{family.pattern}": {say_count(len(held), "column")} of drugs',
            f"Drugs found, with the cells: {told}",
        ]
        covers = [look.name for look in looks]
        records.append(draft.record("drug", [*looks, anchor], says=says, column=column, covers=covers))
        for drug in drugs:
            if not draft.is_treatment(drug):
                draft.found.add_tried(drug, f'"{family.pattern}"')
    return records


def _draft_lists(draft: Draft, anchor: ColumnLook) -> list[DraftRecord]:
    """Draft free texts that list drugs: each drug by its name, but those that the text denies."""
    records = []
    for look in draft.view.of("tried list"):
        drugs = look.drugs
        told = ", ".join(f"{drug.name} {cells}" for drug, cells in drugs.most_common(12))
        says = [f'"{look.name}": {draft.view.role(look).why}', f"Drugs found, with the cells: {told or 'none'}"]
        records.append(
            draft.record("drug", [look, anchor], says=says, column={"what": look.name, "before": anchor.name})
        )
        for drug in drugs:
            if not draft.is_treatment(drug):
                draft.found.add_tried(drug, f'"{look.name}"')
        untold = [text for text in look.texts if not denies(text) and not find_drug_mentions(look.first_spelling[text])]
        if unlisted := sum(look.texts[text] for text in look.texts if _has_unlisted(look.first_spelling[text])):
            draft.found.warnings.append(
                f'In {say_count(unlisted, "cell")} of "{look.name}" a word beside the drugs that are known ends as '
                "names of drugs do and is NOT COUNTED: part the entries with `split`, and name it under [codes.drug]."
            )
        if untold:
            cells = sum(look.texts[text] for text in untold)
            draft.found.warnings.append(
                f'In {say_count(cells, "cell")} of "{look.name}" no drug was recognised: '
                "add what they say to [codes.drug]."
            )
    return records


def _has_unlisted(text: str) -> bool:
    mentions = find_drug_mentions(text)
    return bool(mentions and find_unlisted_drugs(text, [(one.start, one.end) for one in mentions]))
