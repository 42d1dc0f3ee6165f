"""Knows the names of months and weekdays in the languages whose feeds write them out.

English, French, German, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Swedish, Danish and Norwegian, in full
and as abbreviated, without case, accents or dots. No name here means two months; an abbreviation that could (French
"jui") is left out.
"""

from __future__ import annotations

import unicodedata

_MONTHS = """
jan january janv janvier januar januari jaen jaenner janner ene enero gen genn gennaio janeiro stycznia января янв
feb february fev fevr fevrier februar februari febrero febb febbraio fevereiro lutego февраля фев
mar march mars marz maerz mrz marzo marco mrt maart marca марта мар
apr april avr avril abr abril aprile kwietnia апреля апр
may mai mayo mag magg maggio maio mei maja мая maj
jun june juin juni junio giu giug giugno junho czerwca июня
jul july juil juillet juli julio lug lugl luglio julho lipca июля
aug august aou aout ago agosto augustus sierpnia августа авг augusti
sep sept september septembre septiembre setiembre set sett settembre setembro wrzesnia сентября сен
oct october octobre okt oktober octubre ott ottobre out outubro pazdziernika октября окт
nov november novembre noviembre novembro listopada ноября ноя
dec december decembre dez dezember dic diciembre dicembre dezembro grudnia декабря дек desember
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

_WEEKDAYS_NORTH_AND_EAST = """
poniedzialek понедельник mandag
wtorek вторник tirsdag tisdag
sroda среда onsdag
czwartek четверг torsdag
piatek пятница fredag
sobota суббота lordag lørdag
niedziela воскресенье sondag søndag
"""


def _numbered(table: str, first: int) -> dict[str, int]:
    """Number the names of each line of *table* from *first*."""
    lines = enumerate(table.strip().splitlines(), start=first)
    return {name: number for number, line in lines for name in line.split()}


_NUMBER_OF_MONTH = _numbered(_MONTHS, 1)
_NUMBER_OF_WEEKDAY = _numbered(_WEEKDAYS, 0) | _numbered(_WEEKDAYS_NORTH_AND_EAST, 0)


def month_number(name: str) -> int | None:
    """Give the number (1 to 12) of the month called *name*, in any case, with accents or without; or None."""
    number = _NUMBER_OF_MONTH.get(name.lower())
    return number if number is not None or name.isascii() else _NUMBER_OF_MONTH.get(_folded(name))


def weekday_number(name: str) -> int | None:
    """Give the number (0 is Monday) of the weekday called *name*, in any case, with accents or without; or None."""
    number = _NUMBER_OF_WEEKDAY.get(name.lower())
    return number if number is not None or name.isascii() else _NUMBER_OF_WEEKDAY.get(_folded(name))


def _folded(name: str) -> str:
    """Lower *name* and drop its accents."""
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
