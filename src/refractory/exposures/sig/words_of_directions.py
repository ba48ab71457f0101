"""Words that join, limit or change a direction: routes, verbs, tapers, stops. The sign | parts the phrases of a row."""

from __future__ import annotations

from refractory.exposures.sig.kinds import Kind

ROWS: tuple[tuple[Kind, object, str], ...] = (
    (
        Kind.ROUTE,
        "oral",
        """
        by mouth | po | per os | orally | oral | oral route | by oral route | peroral | p o | via oral route | par
        voie orale | por via oral | via oral | oralmente | enteral | through the mouth | in the mouth | by mouth
        route | per oral
        """,
    ),
    (
        Kind.ROUTE,
        "intravenous",
        """
        iv | intravenous | intravenously | ivpb | iv push | ivp | iv piggyback | by iv infusion | iv infusion |
        intravenous infusion | by intravenous infusion | into the vein | into vein | i v | into a venous catheter |
        into venous catheter | into the venous catheter | through a vein | intravenous route | by intravenous route
        | through the vein | via iv | via infusion
        """,
    ),
    (
        Kind.ROUTE,
        "intramuscular",
        """
        into the shoulder , thigh , or buttocks | into the shoulder thigh or buttocks | im | intramuscular |
        intramuscularly | into the muscle | into a muscle | i m
        """,
    ),
    (
        Kind.ROUTE,
        "subcutaneous",
        """
        sc | sq | subq | sub q | subcut | sub cut | subcutaneous | subcutaneously | under the skin | s c | under
        skin | subcutan | sous cutane | subcutanea | subcutaneous route | into the skin | s q | by subcutaneous
        route | subcu
        """,
    ),
    (
        Kind.ROUTE,
        "topical",
        """
        topically | topical | to affected area | to affected areas | to the affected area | top | to the affected
        areas | to the skin | to skin | to affected skin | to rash | to the rash | cutaneous | on the skin | onto
        the skin | externally | to the affected skin | to face | to the face | to scalp | affected area | affected
        areas | to the scalp | to body | to hands | to area | to areas
        """,
    ),
    (
        Kind.ROUTE,
        "inhaled",
        """
        inhaled | by inhalation | via inhaler | nebulized | via nebulizer | by nebulizer | inh | via inhalation |
        into the lungs | into lungs
        """,
    ),
    (
        Kind.ROUTE,
        "nasal",
        """
        nasal | nasally | intranasally | intranasal | in left nostril | in right nostril | nasal route
        """,
    ),
    (
        Kind.ROUTE,
        "ophthalmic",
        """
        in left eye | in right eye | in the left eye | in the right eye | left eye | right eye | ophthalmic | in
        affected eye | in the affected eye | to affected eye | into affected eye | to the affected eye
        """,
    ),
    (
        Kind.ROUTE,
        "otic",
        """
        in left ear | in right ear | in the left ear | in the right ear | left ear | right ear | otic
        """,
    ),
    (Kind.ROUTE, "sublingual", "sl | sublingually | sublingual | under the tongue | under tongue"),
    (Kind.ROUTE, "buccal", "buccal | buccally"),
    (Kind.ROUTE, "rectal", "pr | rectally | rectal | per rectum | into the rectum"),
    (Kind.ROUTE, "vaginal", "pv | vaginally | vaginal | per vagina | intravaginally"),
    (Kind.ROUTE, "transdermal", "transdermal | transdermally | onto the skin as patch"),
    (Kind.ROUTE, "intra-articular", "intra articular | intraarticular | into the joint | into joint"),
    (
        Kind.SIDES,  # the amount goes into each of the two
        "nasal",
        """
        in each nostril | each nostril | both nostrils | in both nostrils | into each nostril | per nostril
        """,
    ),
    (
        Kind.SIDES,
        "ophthalmic",
        """
        in each eye | each eye | both eyes | in both eyes | into both eyes | in the both eyes | into each eye
        """,
    ),
    (Kind.SIDES, "otic", "in each ear | each ear | both ears | in both ears | into both ears | into each ear"),
    (
        Kind.STAY,
        None,
        """
        stay | stay on | stay at | remain | remain on | remain at | maintain | maintain at | maintain on | continue
        | keep | continue at | continue on | continue with | stay there | stay at that dose | remain at that dose |
        stay on that dose | continue that dose | continue this dose | maintain this dose | maintain that dose | at
        that dose | at this dose | indefinitely | long term | longterm | ongoing | for life | lifelong | until
        further notice | until otherwise directed | until told otherwise | until next appointment | until next visit
        | until follow up | until seen | until reviewed | until seen in clinic | until clinic | until clinic visit |
        until follow up visit | until follow up appointment | until reviewed in clinic | until instructed otherwise
        | stay on this dose | remain on this dose | dauertherapie | chronically | continuously | until you are seen
        | until review | till next visit | till review | continued | hold there | and stay | and stay there | and
        continue | and maintain | and remain | and hold there | to continue
        """,
    ),
    (
        Kind.STOP,
        None,
        """
        stop | off | dc | discontinue | discontinued | stopped | stop taking | end | finish | finished | all taken |
        done | gone | dced | stop it | stop taking it | stop medication | stop medicine | nothing | discontinuation
        | complete | completed | all gone | used up | all used | finally stop | arret | absetzen | suspender |
        ceased | cease | until finished then stop
        """,
    ),
    (Kind.X, None, "x"),
    (Kind.SLASH, None, "/"),
    (Kind.DASH, None, "-"),
    (Kind.AND, None, "and | & | und | et | y | plus"),
    (Kind.PLUS, None, "+"),
    (Kind.OR, None, "or | oder | ou"),
    (Kind.COMMA, None, ","),
    (Kind.STOP_MARK, None, ". | ;"),
    (Kind.COLON, None, ":"),
    (Kind.OPENING, None, "( | ["),
    (Kind.CLOSING, None, ") | ]"),
    (Kind.EQUALS, None, "= | equals | equal to | equivalent to"),
    (Kind.HASH, None, "#"),
    (Kind.OF, None, "of | de | out of"),
    (Kind.IN, None, "in | into"),
    (Kind.UNTIL, None, "until | till | til | untill | hasta | jusqu a"),
    (Kind.BY, None, "by | de a"),
    (Kind.TO, None, "to | down to | until reaching | until you reach | until at | until on | up to a dose of | auf"),
    (Kind.UP_TO, None, "up to"),
    (
        Kind.CHANGE,
        -1,
        """
        taper | tapering | tapered | taper down | decrease | decreasing | reduce | reducing | reduced | wean |
        weaning | titrate down | go down | decreased | taper dose | decrease dose | reduce dose | decrease the dose
        | reduce the dose | reduzieren | diminuer | reducir | taper the dose | decrease daily dose | reduce daily
        dose | decreases | reduces | wean down | step down
        """,
    ),
    (
        Kind.CHANGE,
        1,
        """
        increase | increasing | titrate up | go up | increased | increase dose | increase the dose | escalate |
        uptitrate | up titrate | steigern | augmenter | aumentar | raise | ramp up
        """,
    ),
    (
        Kind.THEN,
        None,
        """
        then | thereafter | followed by | after that | afterwards | afterward | subsequently | and then | puis |
        ensuite | dann | danach | luego | despues | after which | and thereafter | then thereafter | followed then
        by | and afterwards | this is followed by | then followed by
        """,
    ),
    (
        Kind.MAX,
        None,
        """
        max | maximum | not to exceed | do not exceed | dont exceed | nte | no more than | not more than | never
        exceed | max dose | maximum dose | max daily dose | maximum daily dose | max daily amount | mdd | not exceed
        | do not take more than | dont take more than | not to be exceeded | max of | maximum of | maximal
        """,
    ),
    (
        Kind.REPEAT,
        None,
        """
        repeat | repeated | repeat dose | repeat infusion | then repeat | and repeat | repeat course
        """,
    ),
    (
        Kind.VERB,
        None,
        """
        take | takes | taking | give | administer | inject | use | infuse | swallow | chew | inhale | start | start
        with | start at | start on | begin | begin with | starting with | starting at | tome | tomar | prendre |
        prenez | nehmen | einnehmen | tomese | receive | receives | drink | dissolve | start taking | begin taking |
        continue taking | tk | taken as | new dose | change to | changed to | switch to | changing to | started on |
        on prednisone | currently taking | currently on
        """,
    ),
    (Kind.APPLY, "topical", "apply | rub | spread | massage | wash with"),
    (Kind.APPLY, None, "instill | place | put | insert | instil"),
)
