"""Knows the names of months and weekdays in the seven languages whose feeds write them out.

English, French, German, Spanish, Italian, Portuguese and Dutch, in full and as abbreviated, without case, accents or
dots. No name here means two months; an abbreviation that could (French "jui") is left out.
"""

from __future__ import annotations

import unicodedata

_MONTHS = """
jan january janv janvier januar januari jaen jaenner janner ene enero gen genn gennaio janeiro
feb february fev fevr fevrier februar februari febrero febb febbraio fevereiro
mar march mars marz maerz mrz marzo marco mrt maart
apr april avr avril abr abril aprile
may mai mayo mag magg maggio maio mei
jun june juin juni junio giu giug giugno junho
jul july juil juillet juli julio lug lugl luglio julho
aug august aou aout ago agosto augustus
sep sept september septembre septiembre setiembre set sett settembre setembro
oct october octobre okt oktober octubre ott ottobre out outubro
nov november novembre noviembre novembro
dec december decembre dez dezember dic diciembre dicembre dezembro
"""

_WEEKDAYS = """
mon monday lun lundi lunes lunedi mo montag seg segunda segunda-feira ma maandag
tue tues tuesday mar mardi martes martedi di dienstag ter terca terca-feira dinsdag
wed weds wednesday mer mercredi mie miercoles mercoledi mi mittwoch qua quarta quarta-feira wo woe woensdag
thu thur thurs thursday jeu jeudi jue jueves gio giovedi do donnerstag qui quinta quinta-feira donderdag don
fri friday ven vendredi vie viernes venerdi fr freitag sex sexta sexta-feira vr vrij vrijdag
sat saturday sam samedi sab sabado sabato sa samstag sonnabend za zat zaterdag
sun sunday dim dimanche dom domingo domenica so sonntag zo zon zondag
"""

_NUMBER_OF_MONTH = {
    name: number for number, line in enumerate(_MONTHS.strip().splitlines(), start=1) for name in line.split()
}
_WEEKDAY_NAMES = frozenset(_WEEKDAYS.split())


def month_number(name: str) -> int | None:
    """Give the number (1 to 12) of the month called *name*, in any case, with accents or without; or None."""
    number = _NUMBER_OF_MONTH.get(name.lower())
    return number if number is not None or name.isascii() else _NUMBER_OF_MONTH.get(_folded(name))


def is_weekday(name: str) -> bool:
    """Tell whether *name* is a weekday, in any case, with accents or without."""
    return name.lower() in _WEEKDAY_NAMES or (not name.isascii() and _folded(name) in _WEEKDAY_NAMES)


def _folded(name: str) -> str:
    """Lower *name* and drop its accents."""
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
