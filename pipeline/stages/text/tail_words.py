"""The words and addresses of what feed software adds behind an article, by language: patterns in the reader's words.

A row says one phrase as it was seen in feeds or in the translations of WordPress; to teach another, add it here.
"""

from __future__ import annotations

APPEARED = (
    ("en", r"The post .+ (?:first appeared|appeared first) on"),
    ("fr", r"(?:L['\u2019]article|Cet article|Le post) .+ est (?:apparu en premier|d['\u2019]abord apparu) sur"),
    ("de", r"Der (?:Beitrag|Artikel) .+ (?:erschien zuerst auf|ist zuerst erschienen auf)"),
    ("es", r"(?:La entrada|El artículo|El post) .+ (?:se publicó primero|aparece primero|apareció primero) en"),
    ("it", r"L['\u2019]articolo .+ (?:proviene da|sembra essere il primo su|è apparso per la prima volta su)"),
    (
        "pt",
        r"(?:O post|O artigo|O conteúdo|A notícia|A publicação) .+ (?:apareceu|aparece|foi publicad[oa]) primeiro em",
    ),
    ("nl", r"Het (?:bericht|artikel) .+ (?:verscheen eerst op|is eerst verschenen op)"),
    ("pl", r"(?:Artykuł|Wpis) .+ pochodzi z serwisu"),
    ("ru", r"(?:Сообщение|Запись) .+ (?:появились сначала на|появилась сначала на|впервые появилась)"),
    ("sv", r"Inlägget .+ dök först upp på"),
    ("da", r"Indlægget .+ blev først udgivet på"),
    ("nb", r"Innlegget .+ dukket først opp på"),
    ("ja", r"投稿 .+ は"),
)
"""What WordPress says between the title of an entry and the name of its site."""

BEFORE_SITE = ("on", "sur", "auf", "en", "su", "da", "em", "op", "serwisu", "на", "появилась", "på", "は")
"""How those end, before the link to the site."""

READ_ON = (
    ("en", r"(?:click (?:here )?to )?(?:read|see|view|learn) (?:more|the rest)"),
    ("en", r"(?:click (?:here )?to )?(?:read|see|view) (?:the )?(?:full|whole|entire) (?:story|article|post)"),
    ("en", r"read (?:this|the) (?:article|post|story)|continue reading|keep reading|read on|full story"),
    ("fr", r"lire (?:la suite|plus|l['\u2019]article(?: complet| en entier)?|l['\u2019]intégralité)|en savoir plus"),
    ("fr", r"continuer (?:à lire|la lecture)|voir plus"),
    ("de", r"(?:hier )?weiter ?lesen|(?:hier )?mehr (?:lesen|erfahren)|zum (?:ganzen )?artikel|ganzen artikel lesen"),
    ("es", r"(?:leer|ver) más|leer (?:la noticia completa|el artículo completo)|(?:seguir|sigue|continuar) leyendo"),
    ("it", r"leggi (?:tutto|di più|l['\u2019]articolo(?: completo)?|ancora)|continua (?:a leggere|la lettura)"),
    ("pt", r"(?:ler|leia|saiba|ver) mais|(?:continue|continuar) (?:lendo|a ler)|leia (?:a íntegra|na íntegra)"),
    ("nl", r"le(?:es|zen) (?:meer|verder)|(?:meer|verder) lezen|lees het (?:hele|volledige) artikel"),
    ("pl", r"czytaj (?:dalej|więcej)"),
    ("sv", r"läs (?:mer|mera|vidare)"),
    ("da, nb", r"l[æe]s (?:mere?|videre)"),
    ("cs", r"číst (?:dále|více)|celý článek"),
    ("tr", r"devam\u0131n\u0131 oku"),
    ("ru, uk", r"читать (?:далее|дальше|полностью)|читати (?:далі|більше)"),
    ("el", r"διαβάστε περισσότερα"),
    ("ja", r"続きを読む|もっと読む"),
    ("zh", r"阅读(?:全文|更多)|閱讀(?:全文|更多)|繼續閱讀|继续阅读"),
    ("ko", r"더 ?(?:보기|읽기)"),
    ("ar", r"اقرأ المزيد|قراءة المزيد"),
)
"""Words of a link that leads to the whole article."""

READ_ON_TITLE = r"continue reading|read more(?: about)?|lire la suite(?: de)?|weiterlesen|seguir leyendo"
"""Those that the quoted title of the entry may follow."""

SHARE_ADDRESSES = (
    r"facebook\.com/(?:sharer|share\.php|dialog/share)",
    r"(?:twitter|x)\.com/(?:share|intent/|home\?status)",
    r"linkedin\.com/(?:shareArticle|sharing/|cws/share)",
    r"reddit\.com/submit",
    r"pinterest\.[a-z.]+/pin/create",
    r"tumblr\.com/(?:share|widgets/share)",
    r"(?:wa\.me/|api\.whatsapp\.com/send)/?\?text",
    r"(?:t|telegram)\.me/share",
    r"bsky\.app/intent",
    r"news\.ycombinator\.com/submitlink",
    r"(?:digg|stumbleupon)\.com/submit|(?:delicious|del\.icio\.us)(?:\.com)?/(?:save|post)",
    r"(?:addtoany\.com/(?:share|add_to)|addthis\.com/bookmark|getpocket\.com/(?:save|edit))",
    r"(?:share\.flipboard\.com|flipboard\.com/share)",
    r"feeds\.feedburner\.com/~f{1,2}/|feeds\.wordpress\.com/1\.0/|(?:da|res|share)\.feedsportal\.com/",
)
"""Where a button leads that shares the entry elsewhere, behind the scheme and "www."."""

SHARE_WORDS = (
    r"share(?: (?:this|it))?(?: (?:article|post|story))?(?: (?:on|via|with))?",
    r"partagez?(?:r)?(?: cet article)?(?: sur)?",
    r"(?:artikel )?teilen(?: auf)?",
    r"compartir(?: en)?|condividi(?: su)?|compartilh(?:e|ar)(?: (?:em|no|na))?|delen(?: via| op)?",
    r"tweet|e-?mail|and|or|on",
)
"""What may stand between such buttons."""

PIXEL_ADDRESSES = (
    r"pixel\.wp\.com/|stats\.wordpress\.com/b\.gif|feeds\.wordpress\.com/1\.0/",
    r"feeds\.feedburner\.com/~r/|(?:feedads|ad)\.[a-z.]*doubleclick\.net/|pi\.feedsportal\.com/|[a-z.]*feedsportal\.com/c/",
    r"(?:www\.)?google-analytics\.com/|[a-z0-9.-]*\.scorecardresearch\.com/|feeds\.feedblitz\.com/~/(?:i|t)/",
)
"""Where an image comes from that only counts readers, behind the scheme."""
