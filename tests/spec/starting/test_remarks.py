"""Remarks of several words for answers, as charts have them; what a physician would say of each stands before it."""

from __future__ import annotations

import pytest

from refractory.starting.answer_words import classify_answer

# y: a response; n: none; ?: only a person can tell.
REMARKS = """
y | rash much better, able to taper
y | skin nearly clear by month 4
y | dramatic improvement, off prednisone
y | good response, itch gone
y | marked improvement of scalp and V sign
y | no headaches, rash clear
y | yes, after 2 cycles of it
y | in remission since 3rd cycle
y | heliotrope resolved, Gottron's fading, CDASI 24 to 6
y | responded well, no side effects
y | excellent response - no flares since
y | skin clear since then
y | very happy, skin clear, no new lesions
y | complete clearance without relapse
y | sustained remission, no active disease at last visit
y | improved strength and rash after 2nd infusion
y | Haut deutlich gebessert, Cortison reduziert
y | sehr gutes Ansprechen, kein Schub mehr
y | Hautbefund weitgehend abgeheilt
y | nette amélioration des lésions cutanées
y | bonne réponse, pas de rechute
y | mejoría clara de las lesiones
y | respuesta completa tras 3 ciclos
y | netto miglioramento cutaneo
y | duidelijke verbetering van de huid
n | no real change, switched to RTX
n | stopped - headaches, no benefit
n | did not respond after 6 cycles
n | no significant improvement in rash
n | rash unchanged, weaker if anything
n | progressive disease on treatment, changed to JAKi
n | no, stopped for cost after 2 cycles
n | failed after three cycles
n | disease still active, added MMF
n | worsening itch and new ulcers
n | continued to flare monthly
n | not helpful, discontinued for cost
n | non-responder, went on to tofacitinib
n | complete non-response
n | never really improved on this
n | kein Ansprechen nach 4 Zyklen
n | keine wesentliche Besserung der Haut
n | Befund unverändert, Umstellung auf RTX
n | Verschlechterung unter Therapie
n | pas d'amélioration notable
n | aucune efficacité sur le prurit
n | sin mejoría de la piel
n | empeoramiento tras el segundo ciclo
n | nessun miglioramento dopo 3 cicli
n | geen effect op de huid
? | improved at first, then flared
? | better skin but weakness worse
? | initial response, lost after 6 months
? | slight improvement of the hands only
? | minimal improvement after six cycles
? | lost to follow-up after 2nd dose
? | moved away, outcome unknown
? | too early to tell
? | seen in clinic 3/2019, continues monthly
? | hard to judge, on high dose prednisone
? | expected to improve with next cycle
? | anfangs Besserung, dann Rezidiv
? | amélioration transitoire, puis rechute
? | mejoría inicial, luego recaída
? | stable on IVIG q4w, no flares
? | no headaches with premeds, tolerated
? | not clear if response was due to IVIG
? | will start rituximab next month
? | infusion reaction, premedicated with benadryl
"""
MEANT = {"y": True, "n": False, "?": None}


def rows():
    return [tuple(part.strip() for part in line.split("|")) for line in REMARKS.strip().splitlines()]


@pytest.mark.parametrize(("meant", "remark"), rows())
def test_a_remark_is_an_answer_where_its_words_say_one_thing(meant, remark):
    assert classify_answer(remark.lower(), None) is MEANT[meant]
