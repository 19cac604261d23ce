"""Word lists for naming in seven languages, written for this use: what a headline keeps, joins, drops or must not lose.

Compact by intent: function words and the courtesy around a request, not the long general stop word lists, which drop
words a name needs ('not', 'up', 'back', 'without').
"""

import re
from typing import Literal

Language = Literal["en", "de", "es", "fr", "nl", "pt", "it"]


def word_set(words: str) -> frozenset[str]:
    """The words of a list written with spaces."""
    return frozenset(words.split())


NEGATED = "¬"  # the key of any negation
NEGATIONS: dict[Language, str] = {
    "en": "not no never cannot can't cant won't wont don't dont doesn't doesnt didn't didnt isn't isnt aren't wasn't"
    " weren't hasn't hasnt haven't havent hadn't couldn't couldnt wouldn't wouldnt shouldn't nothing without",
    "de": "nicht kein keine keinen keiner keinem nie niemals niemand niemanden niemandem nirgends ohne nichts",
    "es": "no nunca sin nada ni tampoco",
    "fr": "ne n'est pas jamais sans rien aucun aucune",
    "nl": "niet geen nooit zonder niets",
    "pt": "não nao nunca sem nada nem",
    "it": "non mai senza niente nulla",
}
SHORTENED = {  # contractions as they are often typed, and as a headline writes them
    word.replace("'", ""): word
    for word in [
        "can't",
        "won't",
        "don't",
        "doesn't",
        "didn't",
        "isn't",
        "aren't",
        "wasn't",
        "hasn't",
        "haven't",
        "couldn't",
        "wouldn't",
    ]
}
INNER: dict[Language, str] = {
    "en": "of at in on for to from with by into onto over under between through during within after before"
    " and or per via when while than as against towards across about around too still same more less only",
    "de": "an am auf aus bei beim bis durch für gegen im in ins mit nach ohne über um unter vom von vor zu zum zur"
    " zwischen und oder seit wegen während pro als",
    "es": "a al de del en con por para desde hasta entre sobre y o e según durante cuando como que",
    "fr": "à au aux de du des d en dans avec par pour sur sous entre vers chez et ou depuis pendant quand comme",
    "nl": "aan bij door in met na naar om op over te tot tussen uit van via voor en of tijdens als",
    "pt": "a ao aos à às de do da dos das em no na nos nas com por para pelo pela sobre entre até e ou desde quando",
    "it": "a al alla di del della dei delle da dal dalla in nel nella con su sul sulla per tra fra e o durante quando",
}
IDLE: dict[Language, str] = {
    "en": "a an the this that these those my mine your yours our ours his her hers its their theirs i me we us you he"
    " him she it they them myself yourself itself themselves ourselves i'm im i've ive i'd i'll you're you've you'll"
    " we're we've we'll they're they've it's that's there's he's she's what's where's how's who's let's is am are was"
    " were be been being do does did done doing have has had having will would shall should can could may might must"
    " ought there here what which who whom whose where why how if because but so then though although since until"
    " unless whether that's both each every any some all other another such own same very also just even only"
    " really actually basically simply quite rather almost already yet ever always often sometimes maybe perhaps"
    " probably currently recently now today once else most much many few least again several lot lots bit"
    " something anything everything someone anyone everyone thing things stuff way ways one ones etc eg ie u ur"
    " gonna wanna gotta somehow somewhere anywhere however therefore anyway besides again's yes yeah lol omg",
    "de": "der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem mein meine"
    " meinen meinem meiner dein deine sein seine ihr ihre ihren ihrem unser unsere unseren unserem euer eure ich mich"
    " mir du dich dir er ihn ihm sie es wir uns euch ihnen man sich ist sind war waren bin bist seid wird werden wurde"
    " wurden worden habe hat haben hatte hatten hast kann können konnte könnte könnten soll sollte muss müssen"
    " musste darf möchte möchten will wollen würde würden wäre sein gewesen da hier dort was wer wie wo warum wann"
    " welche welcher welches wenn weil dass daß ob aber denn doch sondern so dann auch nur noch schon sehr mal eben"
    " etwas alles alle aller jeder jede jedes viele viel mehr sehr ganz immer leider bitte danke damit dazu davon"
    " daran dabei wieso weshalb sowie bzw zb hallo guten tag ja nein halt einfach gar eigentlich",
    "es": "el la los las lo un una unos unas este esta estos estas ese esa eso esto mi mis tu tus su sus nuestro"
    " nuestra me te se nos le les yo él ella ellos ustedes usted es son era fue ser está están estaba estoy estar he"
    " ha han haber hay tengo tiene tienen puedo puede pueden poder quiero quisiera muy más mucho muchos mucha muchas"
    " también ya solo sólo porque pero si qué cómo cuándo dónde cual cuál quien donde todo toda todos todas algo hola"
    " gracias por favor siempre aquí ahí así",
    "fr": "le la les l un une ce cet cette ces c c'est mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs"
    " je j j'ai tu il elle on nous vous ils elles me m te se s lui y en qu que qui quoi dont où est sont était être"
    " suis es été ai as a avons avez ont avoir avait peux peut peuvent pouvez voudrais veux fait faire très plus aussi"
    " trop tout tous toute toutes mais donc car si parce pourquoi comment toujours encore déjà ça cela bonjour merci"
    " svp il'y n'y d'un d'une",
    "nl": "de het een deze dit die dat mijn jouw uw zijn haar ons onze hun ik mij me je jij u hij hem ze zij wij we"
    " jullie is ben bent was waren wordt worden werd heb hebt heeft hebben had kan kunnen kon zou zal wil moet moeten"
    " er hier daar wat wie waar hoe waarom welke maar want dus omdat ook nog al heel erg veel meer alle alles iets"
    " graag hallo bedankt dank alstublieft ja nee dan toch wel zo",
    "pt": "o os as um uma uns umas este esta esse essa isso isto meu minha meus minhas teu tua seu sua seus suas nosso"
    " nossa eu tu ele ela nós vocês você eles elas me te se lhe é são era foi ser está estão estava estou estar tem"
    " têm tenho ter há posso pode podem poder quero gostaria muito muitos muita mais também já só porque mas que qual"
    " quem como onde tudo todo toda todos todas algo olá obrigado obrigada favor sempre aqui",
    "it": "il lo la i gli le l un uno una questo questa questi queste quello quella mio mia miei mie tuo tua suo sua"
    " nostro nostra loro io tu lui lei noi voi mi ti si ci vi è sono era erano essere stato stata ho hai ha abbiamo"
    " hanno avere aveva posso può possono vorrei voglio molto molti più anche già solo perché ma che chi cosa come"
    " dove quale se tutto tutti tutte qualcosa ciao grazie prego sempre qui così",
}
FILLERS: dict[Language, str] = {
    "en": "want wants wanted need needs needed like likes know tell help helps please try tried trying wonder wondering"
    " think thinks thought see look looking make makes made sure say says said let lets hello hi hey thanks thank"
    " ok okay get gets getting got gotten go goes going went able possible explain understand kindly ask asking"
    " reason way guys sir team dear idea find hope wish keep keeps come believe seem seems exactly feel guess mean"
    " give gives put happen happens happened happening question issue issues problem problems"
    " allow supposed take takes taking took sorry hoping today ago soon later",
    "de": "möchten bräuchte brauche wissen sagen gibt geht machen gemacht mache hätte gerne gern fragen frage sehen",
    "es": "saber hacer ver decir necesito ayuda pueden puedo podría",
    "fr": "savoir voir dire besoin aide voudrais faire",
    "nl": "weten zien zeggen doen nodig hulp graag",
    "pt": "saber fazer ver dizer preciso ajuda gostaria",
    "it": "sapere fare vedere dire bisogno aiuto",
}
PRAISE = word_set(
    "good great best better love loves loved awesome amazing excellent fantastic perfect perfectly nice fine"
    " helpful easy wonderful brilliant happy recommend well gut gute guter gutes super toll prima klasse"
    " perfekt schön bien bueno buena excelente genial bon bonne goed geweldig bom boa ottimo ottima buono"
)
COMPLAINTS = word_set(
    "wrong failed fails failing failure declined rejected denied refused missing lost stolen broken broke stuck slow"
    " late delayed delay error errors crash crashes crashed freezes frozen blocked cancelled reverted duplicate"
    " canceled twice pending expired incorrect confusing rude unreliable overcharged falsch kaputt langsam fehler fehlt"
    " fehlen abgestürzt absturz doppelt gesperrt verloren abgelehnt verspätet"
)
JOINERS = word_set("and or und oder y o e et ou en")
PARTICLES = word_set("up out off down back twice away in on")
SEPARABLE = word_set("ab an auf aus ein fest her hin los um vor weg weiter wieder zu zurück zusammen")
LOOSE_PARTICLES = word_set("in on")
LOGIN_VERBS = word_set("log logged logging logs sign signed signing check checking checked clock clocking plug")
SWEARING = re.compile(
    r"\b(?:\w*fuck\w*|\w*shit|\w*shitt?y|bullshit\w*|bitch\w*|cunts?|ass|arses?|assholes?|bastards?|crap|crappy|damn|damned"
    r"|goddamn\w*|dick|dicks|dickheads?|pissed|wank\w*|bollocks|retarded|sluts?|whores?|wtf|stfu|sucks?|f\*+k\w*|sh\*+t\w*"
    r"|schei(?:ß|ss)\w*|arsch\w*|verdammt\w*|mierda|put[ao]s?|joder|cabr[oó]n\w*|merde|putain|connards?|salopes?|kut|klote\w*"
    r"|caralho|porra|cazzo|stronz\w*)\b",
    re.IGNORECASE,
)
DETERMINERS: dict[Language, frozenset[str]] = {
    "en": word_set("a an the my your our this that these those his her their its any some every no new"),
    "de": word_set("der die das den dem des ein eine einen einem einer mein meine meinen meiner unsere keine"),
    "es": word_set("el la los las un una mi mis su sus del al esta este"),
    "fr": word_set("le la les l un une mon ma mes du des ce cette au aux d"),
    "nl": word_set("de het een mijn deze dit die dat onze"),
    "pt": word_set("o a os as um uma meu minha do da no na este esta"),
    "it": word_set("il lo la i gli le un una mio mia del della dei delle questo questa"),
}
PREPOSITIONS = word_set(
    "of at in on for from with by into onto over under between through during within after before per via against"
    " towards across about around"
)
AUXILIARIES = word_set("is are was were do does did can could will would should has have had may might")
SUBJECTS = word_set("i we you he she it they i'm i've i'd i'll it's we're we've you're what how where why who whom")
BEFORE_VERBS = word_set(
    "to can could will would should must may might can't cannot cant couldn't won't wont wouldn't don't dont doesn't"
    " doesnt didn't didnt not please"
)
BARE = word_set("do does did can could will would shall should may might must")  # after these a verb has no ending
LEFT_OUT = word_set(  # what an English headline leaves out between its words: articles, 'is', 'me', light adverbs
    "a an the this that these those my your our his her its their some any is are was were am been being also just even"
    " only really actually basically simply quite rather almost already yet ever always often currently recently now"
    " very me us"
)
PERFECT = word_set("has have had")
PRONOUNS = word_set("me us you it him her them")
OBJECTS = word_set("me my it its us our them their you your him his her a an the this that these those ago few")
NUMBER_WORDS = word_set(
    "two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand dozen"
    " zwei drei vier fünf sechs sieben acht neun zehn hundert tausend"
)
BREAKS: dict[Language, frozenset[str]] = {
    "en": word_set("if because but that which who since although though so whether unless until then than"),
    "de": word_set("wenn weil dass daß aber ob sondern denn obwohl"),
    "es": word_set("si porque pero aunque"),
    "fr": word_set("si parce mais que qui car"),
    "nl": word_set("omdat maar dat want"),
    "pt": word_set("se porque mas"),
    "it": word_set("se perché ma"),
}
