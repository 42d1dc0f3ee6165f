"""Knows the commonest words of the languages told apart by their words, and the scripts of one language each.

A word of two languages counts for both, so only the difference decides: what neighbours share (Danish and Norwegian,
Spanish and Catalan) is listed for each of them, lest one be taken for the other.
"""

from __future__ import annotations

import re

_WORDS = """
en the of and to in is that for it was on with as are at by from his her has have be this not which an their will
en you your how what why when who after over new out up about can more all its but they we our into than before
en could should would were been says said he she him if no or so may just now get first between against during my
fr le la les des et est une du dans que qui pour pas sur au avec ce par plus sont ses aux été cette ont sa il
fr de en un se son nous vous ne on leur après entre contre vers comme sans sous fait être mais ou où y elle je tout
fr chez deux faire ces quand peut avant depuis nouvelle pourquoi comment encore très
de der die und das den von zu ist mit sich des auf für im nicht ein eine als auch es dem werden aus hat nach bei
de in an so wie wird vor oder um am über einen einer eines zum zur sind noch nur wir ich sie er kann mehr aber durch
de gegen unter neue neuer will war sein ohne bis wenn was warum haben kein keine vom beim ab ihr wegen seit rund
de so sollen
es el la los las de y en que del se por un una con para su es no al lo como más ha sus fue este pero
es sin sobre entre cuando hay desde esta son ser ya muy tras a o qué cómo hasta también porque nos le contra años
it il di che la e in per del un una con non sono le della da dei alla si nel più gli anche come è ha al
it lo i a o ma delle dal dalla dell nella sul sulla tra fra dopo se ci ai alle degli contro cosa perché anni ecco
pt o a os de e do da em que um uma para com não no na por mais dos ao se foi sua das as é pelo à
pt são como mas ou tem pela nos nas seu entre sobre após já está ser ele ela até também quando sem diz anos contra
nl de het van een en in is dat op te zijn met voor niet die aan er ook als bij door naar heeft uit werd
nl om over tot maar wat nog wordt worden hij ze we je ik dan deze dit na meer geen tegen of onder hoe nieuwe waarom
af die van en in het is nie vir op met wat dat te sy as by oor hy aan deur was sal ons hulle ook na uit kan meer
pl i w na z do się nie to że jest o od po za przez dla jak ale czy był są przy oraz tym
pl we ze a co już będzie tylko może który która które roku ma jego jej bez przed nad nowy ich tak więcej
cs a v na se je že do o z s pro po jak za od při také ale který která které by jsou byl už si bude nebo
sk a v na sa je že do o z s pre po ako za od pri aj ale ktorý ktorá ktoré by sú bol už si bude alebo
sv och att det som en på är av för med till den har inte om ett han men var jag från vid
sv i de sig så kan ska efter nya mot under över blir nu än hur vi du man eller inför när
da og at det er en på af for med til den har ikke som et de han var men fra vil ved
da i sig så kan skal efter mod under over bliver nu hvordan vi du man eller når om jeg
nb og å det er en på av for med til den har ikke som et de han var men fra vil ved
nb i seg så kan skal etter mot under over blir nå hvordan vi du man eller når om jeg
ca de la i el els les que en a per amb un una del és no al dels ha més són com també aquest aquesta ser pel
ro de și în la cu pe din a care pentru este că nu o un mai au fost sa ce lui după sunt al ale prin
fi ja on ei se että oli mutta kun ovat mukaan myös kuin hän tai sekä ole vuoden nyt niin jo voi
hu a az és hogy nem is egy van volt meg de csak már mint után el lesz még több ha ez
tr ve bir bu da de için ile olarak çok daha sonra kadar ne var en olan gibi yeni
ru и в не на что с по как из за для от это его был при до после все или о к у а но где она он мы вы
uk і в не на що з та як із за для від це його був при до після у й про але є або
bg и в на за се от да че с по не са си като ще е към след до при през
en monday tuesday wednesday thursday friday saturday sunday january february april july august september october
en november december year years day days week weeks month months today yesterday people man men woman women two three
en four five six seven eight nine million billion back down off through here there then only other those these
en because while according make made take got let am my own like many most very such
fr lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre
fr octobre novembre décembre sera seront pendant partir mois jours semaine heures aujourd hui hier trois quatre cinq
fr six sept huit neuf dix selon doit doivent peuvent leurs cet tous toute toutes autres aussi alors ainsi dont lors
fr jusqu ici rien moins trop même mieux veut voici homme femme pays ville annoncé afin toujours parce avoir était ont
de montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august
de september oktober november dezember heute gestern jahr jahre jahren tage tagen woche wochen monat monate uhr zwei
de drei vier fünf sechs sieben acht neun zehn menschen mann frau soll müssen muss wurde wurden hatte waren diese
de dieser dieses diesem alle allen seine seinen ihre ihren immer wieder dann doch schon zwischen während weil hier da
es lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre
es octubre noviembre diciembre hoy ayer año día días semana mes meses dos tres cuatro cinco seis siete ocho nueve diez
es personas hombre mujer según será serán tiene tienen puede pueden han había estos estas esa ese todo todos todas
es otra otro mientras después antes durante país así donde hace dijo quien quién
it lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo aprile maggio giugno luglio agosto
it settembre ottobre novembre dicembre oggi ieri anno giorno giorni settimana mese mesi due tre quattro cinque sette
it otto nove dieci persone uomo donna sarà saranno sera hanno può possono stato stata questo questa questi tutti tutto
it tutte altri mentre durante dai dagli dalle nei nelle negli sui sulle quali quale loro essere senza già quando
pt segunda terça quarta quinta sexta sábado domingo janeiro fevereiro março abril maio junho julho agosto setembro
pt outubro novembro dezembro hoje ontem ano dia dias semana mês meses dois duas três quatro cinco seis sete oito nove
pt dez pessoas homem mulher será serão pode podem foram esta este essa esse isso todos todas outro outra enquanto
pt depois antes durante país segundo às aos num numa pelos pelas disse onde quem estão
nl maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli augustus
nl september oktober november december vandaag gisteren jaar dag dagen week weken maand maanden twee drie vier vijf
nl zes zeven acht negen tien mensen man vrouw moet moeten kan kunnen zal zullen hebben had werden alle andere tussen
nl tijdens terwijl omdat ons onze deze zo hier toch weer volgens waren
sv måndag tisdag onsdag torsdag fredag lördag söndag mars april juni juli augusti september oktober november december
sv året dag dagar två tre fyra fem sju åtta nio tio idag igår säger mycket alla flera andra nya här där då min mig sin
sv får fick tog mellan utan bara också något många tillbaka redan
da mandag tirsdag onsdag torsdag fredag lørdag søndag mars april juni juli september oktober november december
da året dag dage tre fire fem seks syv otte siger meget alle flere andre nye her min mig sin får fik tog mellem uden
da kun også noget mange mere blev bliver været ved hos
nb mandag tirsdag onsdag torsdag fredag lørdag søndag mars april juni juli september oktober november desember
nb året dag dager tre fire fem seks sju åtte sier mye alle flere andre nye her min meg sin får fikk tok mellom uten
nb bare også noe mange mer ble blir vært ved hos
af nog geen ek jy jou haar baie vandag gister dag dae jaar twee drie vier agt nege tien mense man vrou gaan moet word
af het hier waar toe se dié deze volgens onder weens
pl lat dni osób ludzi według podczas także dwa trzy cztery pięć miał może mogą jako kiedy gdy nas nam mnie mi tego
pl tej tym są była było ich wszystkie bardzo dziś wczoraj został została pod nowa nowe
cs let dní lidí podle během také dva tři čtyři pět může mohou jako když nás nám mě mi tom této tak jsem jsme bylo jeho
cs jejich velmi dnes včera nový nová nové před pod
sk rokov dní ľudí podľa počas tiež dva tri štyri päť môže môžu keď nás nám mi tom tejto tak som sme bolo jeho ich
sk veľmi dnes včera nový nová nové pred pod
ru его её их только год года году лет дня день время человек людей будет были была может могут также более если уже
ru этого которые который когда чем во со нет ещё между бы же без ну
uk його її їх тільки рік року років день час людей буде були була може можуть також більше якщо вже цього які який
uk коли ніж зі немає ще між без або що
bg които който ще бъде беше са година години дни хора може също повече ако вече това те тя той му
"""  # noqa: RUF001 - Cyrillic letters that look like Latin ones are the words themselves


def _by_language(table: str) -> dict[str, frozenset[str]]:
    words: dict[str, frozenset[str]] = {}
    for language, *names in map(str.split, table.strip().splitlines()):
        words[language] = words.get(language, frozenset()) | frozenset(names)
    return words


def _by_word(words_of: dict[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    every = frozenset[str]().union(*words_of.values())
    return {word: tuple(language for language, words in words_of.items() if word in words) for word in every}


WORDS_OF = _by_language(_WORDS)
LANGUAGES_OF = _by_word(WORDS_OF)

# In order: Japanese is written with Han too, so its kana are looked for first.
SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("pa", re.compile(r"[\u0a00-\u0a7f]")),
    ("gu", re.compile(r"[\u0a80-\u0aff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("te", re.compile(r"[\u0c00-\u0c7f]")),
    ("kn", re.compile(r"[\u0c80-\u0cff]")),
    ("ml", re.compile(r"[\u0d00-\u0d7f]")),
    ("si", re.compile(r"[\u0d80-\u0dff]")),
    ("lo", re.compile(r"[\u0e80-\u0eff]")),
    ("my", re.compile(r"[\u1000-\u109f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
    ("km", re.compile(r"[\u1780-\u17ff]")),
)
