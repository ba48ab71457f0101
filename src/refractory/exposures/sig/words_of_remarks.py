"""Words that stand beside a dose: what leaves it as it is, what opens it, and what must not be trusted."""

from __future__ import annotations

from refractory.exposures.sig.kinds import Kind

ROWS: tuple[tuple[Kind, object, str], ...] = (
    (
        Kind.NOISE,
        None,
        """
        with food | with meals | with each meal | with a meal | with meal | with milk | with water | with a snack |
        w food | with a full glass of water | with plenty of water | with a glass of water | with full glass of
        water | with fluids | after food | after meals | before meals | before food | before a meal | after a meal |
        after each meal | ac | pc | on an empty stomach | on empty stomach | empty stomach | with or without food |
        after eating | before eating | before each meal | with food or milk | with food or water | with food and
        water | with a light meal | with largest meal | at the same time | at same time | at the same time each day
        | at the same time every day | same time each day | at the same time each week | same time every day | at
        about the same time each day | on the same day each week | on the same day of the week | on the same day
        every week | same day each week | on the same day of each week | as a single dose | in a single dose | in
        one dose | per dose | each dose | / dose | dose of | ds | double strength | er | xr | sr | dr | ec | ir | xl
        | extended release | delayed release | enteric coated | immediate release | oral tab | film coated |
        chewable | dispersible | soluble | effervescent | gastro resistant | modified release | disintegrating | do
        not crush | do not chew | do not crush or chew | swallow whole | do not break | do not cut or crush | whole
        | odt | do not crush chew or break | do not stop abruptly | do not stop suddenly | do not stop taking
        suddenly | oral tablet | without breaking | do not take with grapefruit | do not stop without talking to
        your doctor | crushed | nebulizer | rotate sites | rotate injection sites | rotate injection site | shake
        well | shake well before using | slowly | refrigerate | keep refrigerated | discard remainder | discard
        unused | brand name only | generic ok | avoid alcohol | avoid sun exposure | avoid sunlight | may cause
        drowsiness | drink plenty of fluids | wash hands | rinse mouth after | rinse mouth after use | rinse mouth
        after each use | rinse mouth | sun protection | finish all | take with food | the | your | his | her | my |
        this | these | is | be | to be | are | it | medicine | medication | drug | therapy | exactly | please | only
        | maintenance | for maintenance | maintenance dose | loading dose | pulse | pulses | scheduled | taken | to
        be taken | given | to be given | used | to be used | injected | as follows | schedule | home med | sig | rx
        | directions | instructions | patient | dosage | via | per label | strength | solution | dose : | suspension
        | syrup | liquid | injectable | subcutaneous solution | oral solution | oral suspension | cream | gel |
        ointment | lotion | foam | shampoo | inhaler | hfa | spacer | with spacer | using spacer | aerosol | powder
        | film | into the abdomen or thigh | into abdomen or thigh | into thigh or abdomen | in abdomen or thigh |
        in the abdomen | into the thigh | into the abdomen | in the thigh | thin layer | a thin layer | small amount
        | a small amount | sparingly | whole body | liberally | as prophylaxis | for prophylaxis | right away | for
        the prevention of | for the treatment of | normal | no print | local print | print | historical med |
        caution : chemotherapy | protect from light | fax | phone in | over the counter | otc | escript | starting
        dose | initial dose | current dose | usual dose | about the same time
        """,
    ),
    (
        Kind.AS_NEEDED,
        None,
        """
        as needed | prn | if needed | when needed | when required | as required | if required | as necessary | if
        necessary | p r n | bei bedarf | si besoin | si necesario | si es necesario | en caso necesario | segun
        necesidad | only as needed | only if needed | as needed only | whenever needed | where necessary | as often
        as needed | when necessary | p r n only
        """,
    ),
    (
        Kind.AS_DIRECTED,
        None,
        """
        as directed | as instructed | as prescribed | per instructions | as per instructions | use as directed | as
        advised | as directed by physician | as directed by your doctor | as directed by doctor | as directed by
        prescriber | ut dict | as dir | mdu | as directed by your physician | as directed by md | as directed by
        provider | as directed by your provider | ud | uad | as prescribed by your doctor | as prescribed by
        physician | as told | as told by your doctor | per package directions | take as directed | per protocol | as
        per protocol | as discussed | per md | per physician | as directed on package | follow package directions |
        as directed on the package | per package instructions | according to package directions | selon prescription
        | wie verordnet | nach anweisung | segun indicaciones | as per package | as directed per package | take as
        prescribed | take as instructed | take as advised | as directed in clinic | as discussed in clinic
        """,
    ),
    (
        Kind.SEE_ELSEWHERE,
        None,
        """
        see instructions | see admin instructions | see attached | see notes | see note | see comments | see sig |
        see below | see taper | see taper schedule | per taper schedule | per taper | per taper instructions | see
        package insert | per schedule | per taper calendar | according to schedule | according to taper schedule |
        see schedule | see chart | see administration instructions | see additional instructions | see attached
        schedule | see calendar | see letter | see med list | see taper instructions | see other instructions | see
        written instructions | per tapering schedule
        """,
    ),
    (Kind.FLARE, None, "flare | flares | flare up | flare ups | attack | attacks | exacerbation | exacerbations"),
    (
        Kind.DISPENSE,
        None,
        """
        dispense | disp | disp qty | qty | quantity | dispensed | dispense quantity | qs | mitte | supply
        """,
    ),
    (Kind.REFILL, None, "refill | refills | rf | no refills | repeats | rfl | r"),
    (Kind.SUPPLY, None, "day supply | days supply | day s supply | ds supply | days of supply"),
    (
        Kind.PURPOSE,
        None,
        """
        to prevent | to treat | to control | to help | to protect | to reduce | due to | because of | indicated for
        | indication | indications | dx | diagnosis | to help with | reason | to lower | to relieve | for treatment
        of | for prevention of
        """,
    ),
    # Words that may change a dose: no reading of an indication or of a misspelling may swallow them.
    (
        Kind.DOUBT,
        None,
        """
        if | unless | hold | skip | missed | miss | extra | additional | add | minus | double | halve | may | can |
        could | might | another dose | instead | depending | based | according | sliding | scale | level | inr |
        weight | gr | grain | grains | percent | not | do not | dont | no | never | without | last | previous |
        prior | before | week end | biweekly | bi weekly | bimonthly | bi monthly | semiweekly | each side | couple
        | few | several | some | many | variable | varying | titrate | adjust | adjusted | million | thousand |
        hundred | ounce | ounces | oz | pound | pounds | lb | lbs | less | than | from previous | as tolerated | as
        able | try | attempt | when | while | until needed | resume | restart | switch | change | also | in addition
        | in addition to | along with | together with | combined with | bottle | tube | kit | with | cancel |
        cancelled | hour before | minutes before | alternative | alternatively | either | both | daily max
        """,
    ),
)
