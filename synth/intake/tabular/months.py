"""The words that stand in written dates: months in the larger languages of Europe, filler words, and time zones."""

from collections.abc import Mapping
from typing import Final

_NAMES: Final = (
    "jan january januar jänner enero ene janvier janv gennaio gen janeiro januari",
    "feb february februar febrero février fevrier févr fevr febbraio fevereiro fev februari",
    "mar march märz maerz mär mrz marzo mars março marco maart mrt",
    "apr april abril abr avril avr aprile",
    "may mai mayo maggio mag maio mei",
    "jun june juni junio juin giugno giu junho",
    "jul july juli julio juillet juil luglio lug julho",
    "aug august agosto ago août aout augustus",
    "sep sept september septiembre set septembre settembre setembro",
    "oct october oktober okt octubre octobre ottobre ott outubro out",
    "nov november noviembre novembre novembro",
    "dec december dezember dez diciembre dic décembre decembre déc dicembre dezembro desember",
)
_FILLERS: Final = (
    "mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday "
    "mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag so sonntag sonnabend "
    "lun lunes lundi martes mardi mié mie miércoles miercoles mer mercredi jue jueves jeu jeudi vie viernes "
    "ven vendredi sáb sab sábado sabado sam samedi dom domingo dim dimanche "
    "at of on the de del le el la um uhr den der am à a las alle ore kl klokka om às t h"
)
MONTHS: Final[Mapping[str, int]] = {
    **dict.fromkeys(_FILLERS.split(), 0),
    **{name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()},
}
"""From a word of a date to its month (1 to 12), or to 0 when the word says nothing (weekdays, prepositions)."""

ZONES: Final[Mapping[str, float]] = {
    word: hours
    for hours, words in (
        *((-8, "pst"), (-7, "pdt mst"), (-6, "mdt cst"), (-5, "cdt est"), (-4, "edt"), (-3, "brt")),
        *((0, "z utc gmt wet"), (1, "cet mez bst"), (2, "cest mesz eet"), (3, "eest msk")),
        *((9, "jst"), (10, "aest"), (11, "aedt")),
    )
    for word in words.split()
}
"""Hours ahead of UTC of the zones that exports abbreviate."""
