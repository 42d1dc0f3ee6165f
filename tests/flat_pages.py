"""Flat pages in seven languages, as a reader's copy of a page gives them: all of it written for these tests."""

# ruff: noqa: E501 - each line is a paragraph of a page

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FlatPage:
    """A flat page in its parts; `lines` puts them together as they would stand."""

    language: str
    before: tuple[str, ...]
    title: str
    about: tuple[str, ...]
    body: tuple[str, ...]
    inside: tuple[tuple[int, str, str | None], ...]
    behind: tuple[str, ...]
    noise: tuple[str, ...]

    def text(self) -> str:
        """Give the page as text, one line a paragraph."""
        inner: list[str] = []
        for place, paragraph in enumerate(self.body):
            inner.append(paragraph)
            inner.extend(line for after, line, _ in self.inside if after == place)
        return "\n".join((*self.before, self.title, *self.about, *inner, *self.noise, *self.behind))

    def related(self) -> set[str]:
        """Give the headlines of other stories that the page shows."""
        return {*self.before, *self.behind, *(headline for _, _, headline in self.inside if headline)}


PAGES = (
    FlatPage(
        "fr",
        ("Le marché de Noël ouvrira ses portes samedi", "Grève des bus : ce qui change lundi"),
        "Le pont de la Sauvenière fermé pour six mois",
        ("Par Hélène Marchand", "Publié le 12 mars 2024 à 18h05", "Partager sur Facebook"),
        (
            "Le pont de la Sauvenière sera fermé à la circulation pendant six mois à partir de lundi, a annoncé la mairie mardi.",
            "Les travaux, attendus depuis dix ans, doivent renforcer les piles fragilisées par les crues de l'hiver dernier.",
            "« Nous n'avons plus le choix, la sécurité des usagers passe avant tout », a expliqué le maire devant la presse.",
            "Une passerelle provisoire permettra aux piétons et aux cyclistes de franchir la rivière pendant le chantier.",
            "Le coût de l'opération est estimé à quatre millions d'euros, dont la moitié sera payée par la région.",
        ),
        (
            (
                1,
                "Lire aussi : Les crues de janvier ont coûté deux millions",
                "Les crues de janvier ont coûté deux millions",
            ),
        ),
        (
            "Un boulanger de Namur sacré champion du monde",
            "Les prix de l'immobilier reculent encore en mars",
            "Pourquoi les hirondelles arrivent plus tôt",
        ),
        ("Crédit photo : Agence Belga", "Inscrivez-vous à notre newsletter"),
    ),
    FlatPage(
        "en",
        ("Rail fares to rise by three per cent in January",),
        "Harbour museum to reopen after flood repairs",
        ("By Martha Gray", "Updated 4 May 2023 at 09:15", "Share this article"),
        (
            "The harbour museum will reopen to visitors next month after two years of repairs, its trustees said on Thursday.",
            "Water rose to a metre and a half in the lower galleries during the storm of 2021 and ruined the old wiring.",
            '"We had to take out every floorboard and dry it by hand," said the director, who has run the museum since 2012.',
            "The repairs cost 2.3 million pounds, most of it paid by insurers and by a public appeal that drew 11,000 gifts.",
            "Entry will be free for the first week, and schools can book guided tours of the restored ships from Monday.",
        ),
        (
            (
                2,
                "Read more: Storm defences along the coast still unfinished",
                "Storm defences along the coast still unfinished",
            ),
        ),
        (
            "Council approves new cycle lanes for the ring road",
            "Local bakery wins national award for sourdough",
            "Police appeal after car park collision",
        ),
        ("Photo: Coastal Press Agency", "Sign up for our daily newsletter"),
    ),
    FlatPage(
        "de",
        ("Bahn kündigt neue Nachtzüge nach Italien an",),
        "Stadtbibliothek zieht in das alte Postamt",
        ("Von Jürgen Albrecht", "Stand: 03.02.2024, 14:30 Uhr", "Teilen"),
        (
            "Die Stadtbibliothek zieht im Herbst in das alte Postamt am Markt, das beschloss der Stadtrat am Freitag.",
            "Das Gebäude stand seit acht Jahren leer und wurde zuletzt nur noch als Lager für Möbel genutzt.",
            "„Wir gewinnen endlich Platz für Kinder und Jugendliche“, sagte die Leiterin der Bibliothek nach der Abstimmung.",
            "Der Umbau soll rund sechs Millionen Euro kosten, das Land übernimmt davon etwa ein Drittel.",
            "Bis zum Umzug bleiben die bisherigen Räume in der Schulstraße wie gewohnt geöffnet.",
        ),
        (
            (
                1,
                "Lesen Sie auch: Neuer Radweg entlang der Isar wird verlängert",
                "Neuer Radweg entlang der Isar wird verlängert",
            ),
        ),
        (
            "Feuerwehr rettet Kuh aus dem Kanal",
            "Mieten in der Altstadt steigen weiter",
            "Wie ein Dorf seinen Laden zurückgewann",
        ),
        ("Foto: dpa", "Newsletter abonnieren"),
    ),
    FlatPage(
        "es",
        ("El puerto recibirá más cruceros este verano",),
        "El mercado central estrena cubierta solar",
        ("Por Lucía Ferrer", "Actualizado el 21 de junio de 2023 a las 10:40", "Compartir en Facebook"),
        (
            "El mercado central estrenó este miércoles una cubierta de paneles solares que cubrirá la mitad de su consumo.",
            "La obra duró catorce meses y obligó a trasladar treinta puestos de pescado a una carpa en la plaza vecina.",
            "«Los vecinos han tenido mucha paciencia con el ruido», reconoció la concejala de Comercio durante la visita.",
            "El ayuntamiento calcula que el ahorro anual en electricidad superará los noventa mil euros.",
            "Los comerciantes piden ahora que se arreglen también los aparcamientos del sótano.",
        ),
        (
            (
                3,
                "Lea también: La plaza mayor perderá sus terrazas en agosto",
                "La plaza mayor perderá sus terrazas en agosto",
            ),
        ),
        (
            "Detenidos dos hombres por el robo de una campana",
            "La cosecha de aceituna cae por la sequía",
            "Un barco hundido aparece frente al faro",
        ),
        ("Foto: Europa Press", "Suscríbete a nuestro boletín"),
    ),
    FlatPage(
        "it",
        ("Il treno notturno torna sulla linea adriatica",),
        "Riapre la torre civica dopo il restauro",
        ("Di Paolo Ricci", "Ultimo aggiornamento: 7 ottobre 2022, ore 16:20", "Condividi"),
        (
            "La torre civica riapre al pubblico domenica mattina dopo tre anni di restauro, ha annunciato il comune.",
            "I lavori hanno riportato alla luce un affresco del Quattrocento nascosto sotto quattro strati di intonaco.",
            "«Nessuno di noi si aspettava una scoperta simile», ha detto la direttrice del cantiere ai giornalisti.",
            "Per salire fino alla campana serviranno centonovanta gradini e un biglietto di cinque euro.",
            "Le visite guidate saranno possibili anche di sera durante tutto il mese di ottobre.",
        ),
        ((1, "Leggi anche: Il museo archeologico chiude per lavori", "Il museo archeologico chiude per lavori"),),
        (
            "Incendio in una fabbrica di mobili a Cantù",
            "La pasta artigianale conquista il Giappone",
            "Scuola, il calendario delle vacanze in Veneto",
        ),
        ("Foto: Ansa", "Iscriviti alla newsletter"),
    ),
    FlatPage(
        "pt",
        ("Preço do café sobe pelo terceiro mês seguido",),
        "Ponte histórica reabre aos pedestres",
        ("Por Joana Teixeira", "Publicado em 15 de setembro de 2023 às 11h30", "Compartilhe no WhatsApp"),
        (
            "A ponte histórica sobre o rio foi reaberta aos pedestres nesta sexta-feira depois de uma reforma de dois anos.",
            "Os operários trocaram as tábuas de madeira e reforçaram os cabos que sustentam a estrutura desde 1926.",
            "“É um símbolo da cidade que volta para as pessoas”, afirmou a prefeita durante a cerimônia de reabertura.",
            "O trânsito de veículos não será mais permitido, mas bicicletas poderão passar em baixa velocidade.",
            "A iluminação nova custou pouco mais de um milhão de reais e foi paga por uma empresa de energia.",
        ),
        (
            (
                2,
                "Leia também: Museu náutico recebe acervo do século passado",
                "Museu náutico recebe acervo do século passado",
            ),
        ),
        (
            "Chuva forte derruba árvores na zona norte",
            "Time da casa contrata goleiro argentino",
            "Como plantar hortelã em apartamento pequeno",
        ),
        ("Foto: Agência Brasil", "Siga-nos no Instagram"),
    ),
    FlatPage(
        "nl",
        ("Veerpont vaart weer na maanden stilstand",),
        "Oude watertoren wordt woning voor studenten",
        ("Door Pieter de Wit", "Laatst bijgewerkt op 2 november 2023 om 13:45", "Delen op Facebook"),
        (
            "De oude watertoren aan de singel wordt volgend jaar verbouwd tot woning voor veertig studenten.",
            "Het gebouw staat al sinds 1998 leeg en was volgens de gemeente in steeds slechtere staat geraakt.",
            "“We willen het uiterlijk van de toren zo veel mogelijk bewaren”, zei de architect bij de presentatie.",
            "De verbouwing kost ongeveer vijf miljoen euro en moet in de zomer van volgend jaar klaar zijn.",
            "Omwonenden vrezen voor overlast en hebben bezwaar gemaakt bij de provincie.",
        ),
        (
            (
                1,
                "Lees ook: Gemeente zoekt plek voor tijdelijke studentenkamers",
                "Gemeente zoekt plek voor tijdelijke studentenkamers",
            ),
        ),
        (
            "Bakker uit Zwolle wint prijs voor beste krentenbrood",
            "Snelweg dit weekend dicht voor onderhoud",
            "Waarom de ooievaar vaker blijft overwinteren",
        ),
        ("Foto: ANP", "Meld je aan voor onze nieuwsbrief"),
    ),
)
