"""Lines that speak of the page and not of its story: "Lire aussi", "Share this", photo credits, calls to subscribe.

English, French, German, Spanish, Italian, Portuguese and Dutch. Rules of this file: a pattern is anchored at the
beginning of a line, and a long line is never dropped for its beginning: stories may begin with "Follow" too.
"""

from __future__ import annotations

import re

from pipeline.stages.extract.patterns import any_of

LONGEST = 240
_LONGEST_SMALL_PRINT = 1_500
_LONGEST_LIFE = 500
_MORE = any_of(
    r"""
    (?:please )?(?:read|see|watch|learn|find out|discover|hear|listen) (?:more|also|next|now|here|this|full story)\b
    (?:also|must|further) (?:read|watch|see|reading)\b
    related(?: (?:stor(?:y|ies)|articles?|content|posts?|news|topics?|links?|coverage|reading|videos?))?(?: ?[:|]|$)
    more (?:on|from|about|in) [^.]{2,60}(?:[:|]|$)|(?:continue|keep) reading|read the (?:full|original|rest)
    recommended(?: (?:for you|stories|reading))?(?::|$)|you (?:may|might) (?:also )?(?:like|enjoy|be interested)\b
    don['’]t miss[:!]?|(?:watch|listen|photos?|gallery|video|read|see)(?: ?[:|]|$)
    (?:click|tap) (?:here|to|on|the)\b|story continues|article continues|related$|trending(?: now|:|$)
    most (?:read|popular)[^.]{0,25}$
    (?:à |a )?(?:re)?(?:lire|voir|écouter|regarder|découvrir|savoir)(?: aussi| également| la suite| plus)?(?: ?[:
    +|>»→-]|$)
    (?:à |a )?(?:lire|voir|écouter|découvrir) (?:aussi|également|la suite)\b|lisez (?:aussi|également)
    (?:voir|lire) (?:tous|toutes)\b|vous (?:aimerez|pourriez (?:aimer|être))|sur le même (?:sujet|thème)
    en savoir plus|pour aller plus loin(?: ?:|$)|articles? (?:liés?|similaires?|connexes?)
    (?:notre|nos) (?:dossier|articles?|vidéos?)\b[^.]{0,60}(?::|$)|la suite après|ne manquez pas
    (?:lesen|sehen|hören|erfahren) sie (?:auch|hier|mehr|dazu|weiter|jetzt|außerdem|alles)\b
    (?:lies|sieh) (?:auch|hier|mehr)\b
    mehr (?:zum thema|dazu|infos?|informationen|zu|über|lesen|aus|von)\b[^.]{0,60}(?::|$)|mehr zum thema
    das könnte (?:sie|dich) (?:auch )?interessieren|auch (?:interessant|lesenswert)|(?:siehe|vgl\.?) (?:auch|dazu)
    weiterlesen|weitere (?:artikel|informationen|themen|nachrichten|meldungen)\b|zum (?:thema|weiterlesen)(?::|$)
    lesetipps?|hier (?:geht(?:['’]s| es)|lesen|finden sie)\b
    (?:lea|lee|leer|vea|ver|mira|escucha) (?:también|más|además|aquí)\b
    te (?:puede|podría|recomendamos|interesa)\b|(?:noticias|notas|artículos) relacionad[oa]s?
    más (?:información|noticias|sobre)\b[^.]{0,40}(?::|$)|además(?::|$)|sigue leyendo|contenido relacionado
    (?:leggi|vedi|guarda|ascolta) (?:anche|di più|tutto|qui|il|la|pure)\b
    (?:potrebbe|ti potrebbe|potrebbero) interessar\w+|per approfondire|continua a leggere|articoli correlati
    notizie correlate|approfondisci|guarda il video
    (?:leia|veja|ouça|confira|assista)(?: também| mais| ainda| aqui)\b|saiba mais
    (?:notícias|artigos|conteúdo) relacionad[oa]s?|continue lendo|recomendad[oa]s(?::|$)
    (?:lees|bekijk|zie|luister)(?: ook| meer| verder| hier)\b|meer (?:over|nieuws|lezen|uit)\b[^.]{0,60}(?::|$)
    gerelateerd|verder lezen
    """
)
_SHARE = any_of(
    r"""
    (?:please )?(?:share|tweet|pin|print|email|save|comments?|whatsapp|facebook|twitter|linkedin|copy link
    +|bookmark)(?: (?:this|on|via|the|by|article|story|link)\b[^.]{0,60})?(?:[:|]|$)
    (?:follow|contact|reach|email) (?:us|me|him|her|them|the author|our)\b
    (?:like|join|find|connect with) (?:us|our)\b|follow @
    follow [^.]{2,60} on (?:twitter|facebook|instagram|x|linkedin|threads|whatsapp|telegram)
    (?:sign up|subscribe|register|log ?in|sign in)\b(?=[^.!?]{0,120}(?:newsletter|inbox|email|e-mail|alerts?
    +|updates|free|now|today|here|account|digital|channel|podcast|us|$))
    (?:get|receive) [^.]{0,80}(?:newsletter|inbox|straight to your|delivered)
    (?:download|get) (?:our|the) [^.]{0,40}app\b|support (?:our|independent)
    (?:have|got) (?:a |an )?(?:tip|story|news|question)\b[^.]{0,60}\?
    (?:leave|post|add|write) (?:a|your) (?:comment|reply)|(?:view|show|see|load|hide) (?:all|more)? ?comments?
    stay (?:informed|updated|up to date|connected|tuned)\b(?=[^.]{0,80}(?:with|by|on|newsletter|follow|$))
    (?:partagez?|partager|imprimer|envoyer|commenter|réagir|réagissez|enregistrer)(?: (?:cet?|l['’]|sur|par
    +|à)[^.]{0,60})?(?: ?[:|]|$)
    (?:suivez|rejoignez|retrouvez|contactez)[ -](?:nous|moi|l['’]actualité|toute l['’]actualité|tous nos|notre|nos
    +|[^.]{2,30} sur (?:facebook|twitter|instagram|x|whatsapp))\b
    (?:abonnez|inscrivez|connectez|identifiez)[- ]vous\b
    (?:recevez|téléchargez) [^.]{0,80}(?:newsletter|lettre|application|appli|mail)
    (?:je m['’]|s['’])(?:abonne|inscri)
    (?:teilen|drucken|merken|kommentieren|kommentare?)(?: sie[^.]{0,60}| auf[^.]{0,30})?(?:[:|]|$)
    (?:folgen|folge|abonnieren|besuchen) (?:sie )?(?:uns|unseren|unserem)\b
    (?:jetzt|hier|newsletter|kostenlos) (?:abonnieren|anmelden|registrieren|bestellen)|melden sie sich
    abonnieren sie|(?:hat ihnen|gefällt ihnen|hat dir)
    (?:comparte|compartir|comentar|imprimir|guardar|enviar|compartilh\w+|partilh\w+|condividi|stampa|commenta|salva
    +|invia|delen|deel|afdrukken|reageer)(?: (?:est[ea]|en|no|na|su|dit|op|con|via|por|quest)[^.]{0,60})?(?:[:|]|$)
    (?:síguenos|suscríbete|suscríbase|regístrate)\b
    (?:recibe|únete|sigue|descarga) [^.]{0,100}(?:newsletter|boletín|app|canal|whatsapp|correo|facebook|twitter
    +|instagram|telegram)\b
    siga-nos\b
    (?:siga|assine|inscreva-se|receba|baixe|acesse) [^.]{0,100}(?:newsletter|canal|app|whatsapp|e-mail|nosso|nossa
    +|instagram|facebook|twitter)\b
    (?:seguici|iscriviti|abbonati)\b
    (?:ricevi|scarica|resta aggiornato) [^.]{0,100}(?:newsletter|canale|app|whatsapp|email)\b
    (?:volg|abonneer|schrijf|meld) (?:ons|je|u)\b|(?:ontvang|download) [^.]{0,80}(?:nieuwsbrief|mailbox|app)\b
    """
)
_CREDIT = any_of(
    r"""
    (?:photo|foto|fotos|photos|image|images|imagen|imagem|immagine|bild|bilder|beeld|picture|pictures|credit
    +|credits?|crédits?|crédit photo|photo credit|fotograf\w*|source|sources|quelle|fonte|fuente|bron|video|vidéo
    +|vídeo|illustration|infographic|graphic|grafik|infografik)(?: (?:by|de|von|credit|credits|courtesy|via
    +|d['’]\w*|di|por|door|copyright|gallery|source|illustration|©))? ?[:/©|][^\n]{0,160}$
    (?:image|photo|picture) (?:source|caption|copyright|credit)\b
    (?:©|\(c\)|copyright (?:©|\(c\)|\d{4}|by)|all rights reserved|tous droits réservés|alle rechte vorbehalten
    +|todos los derechos|todos os direitos|tutti i diritti|alle rechten voorbehouden|reproduction interdite
    +|reproducción prohibida|riproduzione riservata|reprodução proibida)[^\n]{0,200}$
    [^\n]{0,60}(?:all rights reserved|riproduzione riservata|tous droits réservés|alle rechte vorbehalten)\W*$
    \(?(?:getty images|reuters|ap photo|afp|epa|ap)(?: ?/ ?[\w .]{1,40})?\)?$
    """
)
_ADVERT = any_of(
    r"""
    \d{1,5} (?:comments?|commentaires?|kommentare?|comentarios?|comentários?|commenti|commento|reacties?|likes?)$
    (?:comments?|commentaires?|kommentare?|comentarios|comentários|commenti|reacties) ?\(\d{1,5}\)$
    (?:(?:reading|read) time|temps de lecture|lesezeit|lesedauer|tiempo de lectura|tempo di lettura
    +|tempo de leitura|leestijd)\b.{0,20}$
    \d{1,3} ?(?:min(?:ute)?s?\.?) read$|lecture \d{1,3} min|\d{1,3} min(?:uti)? di lettura$
    (?:listen to|print|save|gift) (?:this|the) (?:article|story)|écouter (?:cet |l['’])article
    (?:artikel|beitrag) anhören|escuchar (?:el |este )?artículo|ascolta (?:l['’]|questo )articolo
    ouvir (?:o |este )?artigo|luister naar dit artikel|(?:photo|image|picture|foto) by [^.]{2,60}$
    tweeter$|tuitear$|twittern$|twittare$|(?:ansa|efe|dpa|anp|lusa|belga)$
    (?:additional |with )?(?:reporting|writing|editing|compiled|production) by\b|explore further\W*$
    (?:advertisement|advertising|advertise with us|sponsored(?: content)?|publicité|anzeige|werbung|publicidad
    +|pubblicità|publicidade|advertentie|reclame|annons|reklam)\W*$
    (?:scroll|loading|skip) (?:to|for|down|ad)\b|(?:story|article|post) continues (?:below|after)
    (?:enable|please enable|turn on) javascript
    (?:this|the) (?:article|story|post|content) (?:was |is )?(?:originally |first )?(?:appeared|published|produced
    +|sponsored)\b
    (?:originally|first) (?:appeared|published) (?:on|in|at)\b|the post [^\n]{1,200} appeared first on
    (?:tags?|topics?|filed under|categories|category|keywords|themen|schlagwörter|schlagworte|mots[- ]clés|thèmes
    +|etiquetas|temas|argomenti|assuntos|onderwerpen|labels) ?:
    (?:last )?(?:updated|published|posted|modified)(?: on| at)?\b[^.]{0,60}\d[^.]{0,30}$|(?:top|breaking) stories$
    in this (?:article|story)(?::|$)|table of contents$
    """
)
_ENDINGS = any_of(
    r"""
    related(?: (?:stor(?:y|ies)|articles?|content|posts?|news|coverage|links?))?
    more (?:from|on|in|news|stories|like this)\b[^.?!]{0,50}|you (?:may|might) (?:also )?like[^.]{0,20}
    recommended(?: for you| stories| reading)?|read (?:next|more|also)|trending(?: now)?
    most (?:read|popular)[^.]{0,20}|popular (?:stories|posts|now)|latest (?:news|stories|posts)
    (?:\d+ )?(?:comments?|responses?|replies|kommentare?|commentaires?|comentarios|comentários|commenti
    +|reacties)(?: \(\d+\))?
    leave a (?:reply|comment)|share (?:this|your)[^.]{0,30}|about the authors?
    (?:à|a) (?:lire|voir|découvrir)(?: aussi| également)?|(?:lire|voir) aussi|sur le même (?:sujet|thème)
    articles? (?:liés|similaires|les plus lus)|les plus lus|dans la même rubrique|nos derniers articles|à la une
    plus d['’]actualités?|(?:lesen|sehen) sie auch|mehr zum thema|das könnte (?:sie|dich) (?:auch )?interessieren
    auch interessant|weitere (?:artikel|themen|meldungen|nachrichten)|meistgelesen\w*|zum thema
    mehr (?:aus|von)\b[^.]{0,40}|(?:lea|lee|vea|ver) también|te puede interesar
    (?:noticias|artículos|notas) relacionad[oa]s|lo más (?:leído|visto)|más noticias|más (?:en|sobre)\b[^.]{0,30}
    leggi anche|(?:ti )?potrebbe(?:ro)? (?:anche )?interessart[ie]|articoli correlati|notizie correlate
    i più letti|altre notizie|leia (?:também|mais)|veja também|(?:notícias|artigos) relacionad[oa]s|mais lidas
    últimas notícias|lees (?:ook|meer|verder)|bekijk ook|gerelateerd\w*(?: artikelen| nieuws)?|meest gelezen
    meer (?:nieuws|over|artikelen)[^.]{0,40}
    """
)
# What only the small print says, wherever in a block: plain searches, as most blocks say none of it.
_SMALL_PRINT = (
    "all rights reserved", "tous droits réservés", "alle rechte vorbehalten", "todos los derechos reservados",
    "todos os direitos reservados", "tutti i diritti riservati", "alle rechten voorbehouden", "terms of use",
    "terms of service", "privacy policy", "user agreement", "cookie policy", "politique de confidentialité",
    "conditions générales d", "datenschutzerklärung", "política de privacidad", "informativa sulla privacy",
    "privacybeleid", "market data provided", "quote data provided", "data is provided", "data delayed",
    "subject to copyright", "d like to hear what you think", "15 minutes delay", "15-minute delay",
    "may be reproduced without", "may not be published", "may not be reproduced", "use of this site",
    "use of this website", "recaptcha", "enable cookies", "accept cookies", "use cookies", "utilisons des cookies",
    "verwendet cookies", "utiliza cookies", "utilizza cookie", "gebruikt cookies",
)  # fmt: skip
_FURNITURE = re.compile(rf"\W*(?:{_MORE}|{_SHARE}|{_CREDIT}|{_ADVERT})")  # for lower case: five times as fast
# What stands over a list of other stories or over comments: behind it, the story is over.
_ENDING = re.compile(rf"\W*(?:{_ENDINGS})\s*[:!….→>»]*\s*$", re.IGNORECASE)
_LEAD = re.compile(rf"\W*(?:{_MORE})[^:|\n]{{0,30}}?\s*[:|>»→–—-]\s*(?P<other>\S.{{14,}})$", re.IGNORECASE)


def is_furniture_line(text: str) -> bool:
    """Tell whether *text*, one block, speaks of the page: a call, a credit, a lead to other stories."""
    return len(text) <= LONGEST and _FURNITURE.match(text.lower()) is not None


# What a page says where it stops: at the beginning of a block, as people are subscribers in stories too.
_WALL = re.compile(
    r"\W*(?:"
    + any_of(
        r"""
        (?:subscribe|sign up|log in|sign in|register) (?:now |today )?to (?:continue|read|keep reading)
        already (?:a (?:subscriber|member)|subscribed|registered) ?\?
        (?:this|the rest of this) (?:article|story|content) is (?:reserved |only |available |exclusively )*(?:for|to)
        +(?: our| paying| premium)* (?:subscribers|members)
        (?:la suite de )?(?:cet article|ce contenu|l['’]article|article|contenu) (?:est )?réservée?
        + (?:aux?|à nos) abonné
        il vous reste \S+ ?%? (?:de cet article )?à lire|déjà abonnée?(?:\(e\)|·e)? ?\?|pour lire la suite
        (?:dieser (?:artikel|inhalt) ist )?(?:exklusiv|nur) für abonnenten
        bereits (?:abonnent|kunde|registriert)\S* ?\?
        (?:weiterlesen|jetzt lesen|lesen sie) (?:sie )?(?:weiter )?(?:mit|im) \S*abo
        (?:contenido|artículo) (?:exclusivo )?(?:solo )?para suscriptores|ya eres suscriptor
        (?:contenuto|articolo) riservato agli abbonati|(?:sei )?già abbonat[oa] ?\?
        conteúdo exclusivo para assinantes|já é assinante ?\?|(?:dit artikel is )?(?:alleen|exclusief) voor abonnees
        (?:bent u |ben je )?al abonnee ?\?
        """
    )
    + ")",
    re.IGNORECASE,
)


def is_wall_line(text: str) -> bool:
    """Tell whether *text*, one block, is where a page stops for those who have not paid."""
    return len(text) <= LONGEST and _WALL.match(text) is not None


def ends_the_story(text: str) -> bool:
    """Tell whether *text* stands over what follows a story: other stories, comments, the author's life."""
    return len(text) <= 90 and _ENDING.match(text) is not None


_PROFESSION = "reporter|writer|editor|correspondent|journalist|columnist|contributor|producer|blogger|author"
_LIFE = re.compile(
    r"(?:[A-ZÀ-Þ][\w.'’-]+ ){2,4}(?:\([^()]{1,40}\) )?"
    rf"(?:(?:is|was) (?:an?|the|our) [^.]{{0,80}}?\b(?:{_PROFESSION})|covers|writes about|reports on)\b"
)


def is_life_of_author(text: str) -> bool:
    """Tell whether *text*, at the end of a story, is about who wrote it: "Jane Doe is a reporter at The Coast."."""
    return len(text) <= _LONGEST_LIFE and _LIFE.match(text) is not None


def is_legal(text: str) -> bool:
    """Tell whether *text*, one block, is small print: rights, cookies, prices."""
    if len(text) > _LONGEST_SMALL_PRINT:
        return False
    lowered = text.lower()
    for phrase in _SMALL_PRINT:  # noqa: SIM110 - this runs for every block of a page
        if phrase in lowered:
            return True
    return False


def lead_to_others(text: str) -> str | None:
    """Give the headline that *text* leads to ("Lire aussi : Airbus ouvre une usine"); None when it names none."""
    match = _LEAD.match(text) if len(text) <= LONGEST else None
    return match["other"] if match else None
