"""Words that say nothing about what a text is about: a query drops them, the index keeps them.

Short lists of our own: articles, prepositions, conjunctions, pronouns, auxiliary verbs. A word with a second, telling
meaning stays out of them (`été`, `will`, `su`), since dropping it loses something and keeping it only costs a little
time. Lower-case, as `analysis.normal` leaves words: `ß` is `ss`, `œ` is `oe`, `ё` is `е`. Apostrophes divide words.
"""

_LISTED = {
    "fr": """
        le la les un une des de du au aux et ou où ni mais or car donc que qui quoi dont ce cet cette ces ça cela
        ceci mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs je tu il elle on nous vous ils elles me
        te se lui y en eux soi à dans par pour sur avec sans sous vers chez entre comme si ne pas plus très aussi
        est sont être était étaient sera seront soit ai as a avons avez ont avait avaient avoir ayant quel quelle
        quels quelles quand comment pourquoi combien lorsque afin ainsi
    """,
    "en": """
        a an the and or but nor if of to in on at by for from with into onto than then as is are was were be been
        being am do does did has have had having i me my you your he him his she her it its we us our they them
        their this that these those there here who whom whose which what when where how why not no so such too very
        also can could should would may might must shall
    """,
    "de": """
        der die das den dem des ein eine einen einem einer eines und oder aber denn sondern doch in im an am auf aus
        bei beim mit nach von vom vor zu zum zur für über unter um durch gegen ohne bis als wie wenn dass ob weil ich
        du er sie es wir ihr mich mir dich dir ihn ihm uns euch ihnen sich mein dein sein unser euer ihre ihren ihrem
        ihrer ihres seine seinen seinem seiner seines dies diese diesen diesem dieser dieses jene jener jenes was wer
        wo wann warum wieso wozu welche welcher welches welchen welchem woher wohin ist sind war waren wird werden wurde wurden bin bist sei habe hat haben hatte hatten kann können soll
        sollen muss müssen nicht kein keine keinen keinem keiner auch nur noch schon so sehr dort hier man
    """,
    "it": """
        il lo la i gli le un uno una di a da in con su per tra fra del dello della dei degli delle al allo alla ai
        agli alle dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla sui sugli sulle col
        coi e ed o od ma se anche come che chi cui non più né è sono era erano essere stato stata stati state sia ha
        hanno ho hai abbiamo avere aveva avevano io tu lui lei noi voi loro mi ti si ci vi ne mio mia tuo tua suo sua
        suoi sue nostro nostra nostri nostre questo questa questi queste quello quella quelli quelle quale quali
        quando dove perché quanto quanta quanti quante molto così
    """,
    "ru": """
        и в во не на что он она оно они я ты мы вы с со как а но или то же бы ли за к ко по из изо у от ото до о об
        обо при про для над под без через между также так это этот эта эти этого этой этому этих этим тот та те того
        той тем тех его ее их им ему ей ней нее него них ним нем мой моя мое мои наш наша наше наши ваш ваша свой
        своя свое свои своих себя себе меня мне тебя нас нам вас вам если когда где куда откуда почему зачем какой какая какое какие каких который которая которое которые
        которого которой которых кто быть был была было были есть будет будут все всех уже еще только очень чтобы
    """,
    "tr": """
        ve veya ya da de ki ile için gibi kadar göre bir bu şu o bunlar onlar bunu şunu onu bunun onun bunların
        onların ben sen biz siz beni seni bizi sizi bana sana bize size benim senin bizim sizin ama fakat ancak çünkü
        eğer hem ne mi mı mu mü çok daha en her hiç olarak olan oldu olur olup ise değil var yok diye ayrıca hangi
        nasıl neden niçin nerede nereden nereye kim kimin dolayı
    """,
}

STOP_WORDS = {language: frozenset(listed.split()) for language, listed in _LISTED.items()}

# What stands before an apostrophe and is an article or a particle: l’école, jusqu’à, don’t, dell’arte.
_ELISIONS = {
    "fr": "l d c j m n s t qu jusqu lorsqu puisqu quoiqu quelqu",
    "en": "don doesn didn isn aren wasn weren hasn haven hadn won couldn wouldn shouldn",
    "it": "l d c m s t v un dell all dall nell sull coll quell quest anch com dov cos",
}
ELISIONS = {language: frozenset(listed.split()) for language, listed in _ELISIONS.items()}

# What stands behind an apostrophe and is a suffix: city’s, don’t; in Turkish İstanbul’da, Ankara’dakilerin.
ENGLISH_SUFFIXES = frozenset({"s", "t", "d", "m", "ll", "re", "ve"})
TURKISH_SUFFIX = (
    "(?:l[ae]r)?(?:s?[ıiuü]|[ıiuü]?m[ıiuü]z|l[ıiuü](?:k|l[ae]r)?)?"  # plural; possession; from there
    "(?:n?[ıiuü]n|[yn]?[ıiuü]|[yn]?[ae]|n?[dt][ae]n?|y?l[ae]|c[ae])?"  # case
    "(?:ki(?:l[ae]r)?(?:n?[ıi]n?|[ae]|n?d[ae]n?)?)?(?:[dt][ıiuü]r)?"  # who or what is there; is
)
