"""Words that say when and how often: rates, parts of the day, weekdays, periods. The sign | parts the phrases of a row.

A month counts 30 days and a year 365, both as an interval and as a duration: the text does not say which month.
"""

from __future__ import annotations

from refractory.exposures.sig.kinds import Kind

HOUR = 1 / 24
DAY = 1.0
WEEK = 7.0
MONTH = 30.0
YEAR = 365.0

ROWS: tuple[tuple[Kind, object, str], ...] = (
    # Times and the days that they are spread over: (2, 1) is twice a day, (1, 7) once a week.
    (
        Kind.RATE,
        (1, 1),
        """
        daily | qd | od | everyday | qday | o d | once daily | q d | q day | qdaily | dly | dayly | quotidien |
        daily dose | total daily dose | per diem | each and every day | every single day | tgl | taglich | taeglich
        | pro tag | am tag | par jour | tous les jours | al dia | por dia | cada dia | diario | diaria | diariamente
        | one time daily | in 24 hours | in 24 hrs | in 24 h | per 24 hours | per 24 hrs | per 24 h | / 24 hours | /
        24 hrs | / 24 h | in a 24 hour period | within 24 hours | in any 24 hours | per 24 hour period | in 24 hour
        | in twenty four hours | in one day | in any 24 hour period
        """,
    ),
    (Kind.RATE, (2, 1), "bid | bd | b i d | twice daily | twice dly"),
    (Kind.RATE, (3, 1), "tid | tds | t i d | thrice daily | ter die sumendum"),
    (Kind.RATE, (4, 1), "qid | qds | q i d"),
    (
        Kind.RATE,
        (1, 7),
        """
        weekly | qweek | qwk | qw | qwkly | once weekly | wochentlich | woechentlich | hebdomadaire | semanal | pro
        woche | par semaine | por semana | a la semana | cada semana | chaque semaine | jede woche | q wk
        """,
    ),
    (Kind.RATE, (2, 7), "biw | twice weekly"),
    (Kind.RATE, (3, 7), "tiw"),
    (
        Kind.RATE,
        (1, 14),
        """
        fortnightly | every fortnight | alternate weeks | on alternate weeks | every alternate week
        """,
    ),
    (
        Kind.RATE,
        (1, 30),
        """
        monthly | qmonth | qmo | q month | once monthly | monatlich | mensuel | mensual | pro monat | par mois | al
        mes | por mes | cada mes
        """,
    ),
    (Kind.RATE, (1, 90), "quarterly"),
    (Kind.RATE, (1, 365), "yearly | annually"),
    (
        Kind.RATE,
        (1, 2),
        """
        qod | eod | q o d | q other day | every alternate day | un jour sur deux | cada dos dias | qoday | every
        second day | jeden zweiten tag | every other days | dias alternos | on every other day
        """,
    ),
    (
        Kind.PART,
        "morning",
        """
        morning | mornings | in the morning | in the mornings | in the am | in am | am | a m | qam | q am | mane |
        om | morgens | fruh | le matin | matin | por la manana | manana | with breakfast | breakfast | before
        breakfast | after breakfast | at breakfast | upon awakening | upon waking | on waking | first thing in the
        morning | in morning | am dose | au reveil | every a m | each a m
        """,
    ),
    (
        Kind.PART,
        "noon",
        """
        noon | at noon | midday | at midday | mittags | a midi | midi | with lunch | lunch | at lunch | before lunch
        | after lunch | lunchtime | at lunchtime | al mediodia | mediodia | around noon
        """,
    ),
    (Kind.PART, "afternoon", "afternoon | in the afternoon | in afternoon | mid afternoon | nachmittags"),
    (
        Kind.PART,
        "evening",
        """
        evening | evenings | in the evening | in the evenings | in evening | pm | p m | in the pm | in pm | qpm | q
        pm | abends | le soir | soir | with dinner | dinner | with supper | supper | at dinner | before dinner |
        after dinner | before supper | with evening meal | with the evening meal | dinnertime | with evening meals |
        por la tarde | pm dose | suppertime | at suppertime | qevening | each p m
        """,
    ),
    (
        Kind.PART,
        "night",
        """
        night | at night | nights | nightly | nocte | hs | qhs | q hs | bedtime | at bedtime | before bed | qpm at
        bedtime | every hs | at hs | nachts | zur nacht | por la noche | noche | au coucher | bedtimes | before
        bedtime | qnight | q night | hora somni | hour of sleep | at hour of sleep | before sleep
        """,
    ),
    # Monday is 0.
    (Kind.WEEKDAY, frozenset({0}), "mon | monday | mondays | montag | montags | lundi | lunes"),
    (Kind.WEEKDAY, frozenset({1}), "tue | tues | tuesday | tuesdays | dienstag | dienstags | mardi | martes"),
    (
        Kind.WEEKDAY,
        frozenset({2}),
        """
        wed | weds | wednesday | wednesdays | mittwoch | mittwochs | mercredi | miercoles
        """,
    ),
    (
        Kind.WEEKDAY,
        frozenset({3}),
        """
        thu | thur | thurs | thursday | thursdays | donnerstag | donnerstags | jeudi | jueves
        """,
    ),
    (Kind.WEEKDAY, frozenset({4}), "fri | friday | fridays | freitag | freitags | vendredi | viernes"),
    (Kind.WEEKDAY, frozenset({5}), "sat | saturday | saturdays | samstag | samstags | samedi | sabado"),
    (Kind.WEEKDAY, frozenset({6}), "sun | sunday | sundays | sonntag | sonntags | dimanche | domingo"),
    (Kind.WEEKDAY, frozenset({0, 2, 4}), "mwf | m w f | m / w / f | m - w - f"),
    (Kind.WEEKDAY, frozenset({1, 3, 5}), "tts | t / th / s | tuthsa | t th s"),
    (Kind.WEEKDAY, frozenset({1, 3}), "tth | t / th | tuth"),
    (Kind.WEEKDAY, frozenset(range(5)), "weekdays | on weekdays | weekday | m - f | m f | m through f"),
    (Kind.WEEKDAY, frozenset({5, 6}), "weekends | on weekends | weekend | at weekends"),
    # Days of one period.
    (
        Kind.PERIOD,
        HOUR,
        """
        hour | hours | hr | hrs | h | stunde | stunden | std | heure | heures | hora | horas
        """,
    ),
    (Kind.PERIOD, HOUR / 60, "minute | minutes | min | mins"),
    (Kind.PERIOD, DAY, "day | days | d | tag | tage | tagen | jour | jours | dia | dias"),
    (Kind.PERIOD, WEEK, "week | weeks | wk | wks | w | woche | wochen | semaine | semaines | semana | semanas"),
    (Kind.PERIOD, MONTH, "month | months | mo | mos | mth | mths | mnth | monat | monate | mois | mes | meses"),
    (Kind.PERIOD, YEAR, "year | years | yr | yrs"),
    (Kind.HOURLY, HOUR, "hourly | hrly | hly | stundlich"),
    (Kind.EVERY, None, "every | each | q | alle | jeden | jede | cada | chaque | toutes les | tous les"),
    (Kind.PER, None, "per | par | pro"),
    (Kind.ORDINAL, 2.0, "second | 2 nd"),
    (Kind.ORDINAL, 3.0, "third | 3 rd"),
    (Kind.ORDINAL, 4.0, "fourth | 4 th"),
    (Kind.ORDINAL, 5.0, "fifth | 5 th"),
    (Kind.ORDINAL, 6.0, "sixth | 6 th"),
    (Kind.ORDINAL, 7.0, "seventh | 7 th"),
    (Kind.ORDINAL, 8.0, "eighth | 8 th"),
    (Kind.FIRST, 1.0, "first | 1 st | the first | initial"),
    (Kind.NEXT, None, "next | the next | following | the following | another"),
    (Kind.MORE, None, "more"),
    (Kind.OTHER, None, "other"),
    (Kind.TIMES_OVER, 1.0, "once | one time | einmal"),
    (Kind.TIMES_OVER, 2.0, "twice | zweimal"),
    (Kind.TIMES_OVER, 3.0, "thrice | dreimal"),
    (Kind.TIMES, None, "times | time | tms | mal | fois | vez | veces"),
    (Kind.THROUGH, None, "through | thru | bis"),
    (Kind.EXCEPT, None, "except | except on | excluding | but not | but not on | except for"),
    (
        Kind.OTHER_DAYS,
        None,
        """
        other days | all other days | the other days | rest of the week | the rest of the week | remaining days |
        the remaining days | remaining days of the week | all the other days | other days of the week | all other
        days of the week | the other days of the week
        """,
    ),
    (Kind.FOR, None, "for | during | fur | pendant | durante | duration | for a total of | for a duration of"),
    (
        Kind.OVER,
        None,
        """
        over | given over | infuse over | infused over | spread over | divided over | split over | over a period of
        | over the course of
        """,
    ),
    (Kind.ON, None, "on | at"),
    (Kind.FROM, None, "from | starting on | starting | starting from | beginning | beginning on | as of"),
    (Kind.ONWARD, None, "onward | onwards | and onward | and onwards | and after | and beyond"),
    (Kind.AFTER, None, "after | after a | in another"),
    (Kind.ALTERNATE, None, "alternating | alternate | alternates | alternated | alt | in alternation"),
    (
        Kind.ALTERNATE,
        "days",
        """
        alternate days | on alternate days | alternating days | on alternating days | alt days | alternate day |
        alternately each day | alternatively each day
        """,
    ),
    (Kind.ONE_DAY, None, "one day | on one day"),
    (
        Kind.NEXT_DAY,
        None,
        """
        the next day | next day | the following day | the other day | the day after | on the next day | on the
        following day
        """,
    ),
    (Kind.DIVIDED, None, "divided | div | in divided doses | divided doses | divided into | divided in | split"),
    (
        Kind.SINGLE,
        None,
        """
        stat | now | once only | one time only | one time dose | single dose | one dose only | x 1 dose | for one
        dose | for 1 dose | one dose | x one dose | immediately | as a one time dose
        """,
    ),
    (Kind.CYCLE, None, "cycle | cycles | course | courses"),
    (
        Kind.NOT_DAILY,
        None,
        """
        not daily | do not take daily | do not take every day | do not take it daily | never daily | do not take
        this daily | not every day | never take daily | must not be taken daily | do not use daily | do not take
        this medicine daily | do not take this medication daily | do not take this medicine every day | never every
        day
        """,
    ),
)
