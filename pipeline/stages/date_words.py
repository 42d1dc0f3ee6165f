"""Knows the words with which pages introduce a date: which say published, which say updated.

Twelve languages, written in lower case and without accents, as `date_lines` folds what it reads. Longer labels come
first there, so that "derniere mise a jour" is one label and not two.
"""

from __future__ import annotations

from typing import Literal

DateKind = Literal["published", "updated"]

_PUBLISHED = """
publie | publiee | publie par | mis en ligne | mise en ligne | paru | parue | date de publication | poste | cree
| premiere publication | publication | ecrit
| published | posted | first published | originally published | publication date | date published | published on
| published at | posted on | post date | publish date | created | written
| veroffentlicht | erstveroffentlicht | erstellt | publiziert | erschienen | veroffentlichungsdatum
| publicado | publicada | publicado por | fecha de publicacion | creado | creada
| pubblicato | pubblicata | data di pubblicazione | creato
| postado | postada | data de publicacao | criado em
| gepubliceerd | geplaatst | publicatiedatum | verschenen
| opublikowano | opublikowany | data publikacji | dodano | utworzono
| опубликовано | дата публикации
| publicerad | publicerat | publicerades | publiceret | offentliggjort | publisert
"""

_UPDATED = """
mis a jour | mise a jour | mis(e) a jour | derniere mise a jour | derniere actualisation | actualise | actualisee
| modifie | modifiee | derniere modification | maj | derniere maj
| updated | last updated | update | last update | modified | last modified | date modified | updated on | updated at
| recently updated
| aktualisiert | zuletzt aktualisiert | letzte aktualisierung | aktualisierung | geandert | zuletzt geandert
| letzte anderung | zuletzt bearbeitet | stand
| actualizado | actualizada | ultima actualizacion | actualizacion | modificado | modificada | ultima modificacion
| act
| aggiornato | aggiornata | ultimo aggiornamento | aggiornamento | modificato | ultima modifica | ultimo agg
| atualizado | atualizada | ultima atualizacao | atualizacao | ultima modificacao | atualizado pela ultima vez
| actualizado pela ultima vez
| bijgewerkt | laatst bijgewerkt | laatste update | laatst gewijzigd | gewijzigd | aangepast | geupdatet
| aktualizacja | ostatnia aktualizacja | zaktualizowano
| обновлено | последнее обновление
| uppdaterad | uppdaterat | senast uppdaterad | opdateret | sidst opdateret | oppdatert | sist oppdatert
"""


def _labels(table: str, kind: DateKind) -> dict[str, DateKind]:
    return {" ".join(label.split()): kind for label in table.split("|")}


KIND_OF_LABEL: dict[str, DateKind] = _labels(_PUBLISHED, "published") | _labels(_UPDATED, "updated")

# What stands between a label, a day and a time, and means nothing by itself.
FILLERS = """
le la les il el em op am on the at a as alle ore las um om de del den der dem dia date vom o w в kl klo
il giorno pela em pa til
"""
