"""Words that everybody says and that manuals, menus and encyclopaedias hardly contain: greetings, courtesies, family, food, time.

Counting words in the packages makes "hello" rarer than "kernel". These lists, put together for this project, put that right; train.py draws from them
now and then. Single words only, so that no phrase of everyday-phrases.json can be learnt from here.
"""
from __future__ import annotations

COMMON: dict[str, str] = {
    "en": """hello hi hey goodbye bye welcome thanks thank please sorry excuse yes no maybe okay sure great morning evening afternoon night
        today tomorrow yesterday now later soon always never sometimes again here there where when what who why how which i you he she it
        we they me him her us them my your his our their this that these those and or but because if not with without for from to in on
        at of the a an is are was were be have has had do does did will would can could should must want like love need know think see
        look come go give take make say tell eat drink sleep work live buy pay help wait good bad big small new old nice beautiful happy
        sad tired hungry hot cold warm very much many little more less all some nothing something everything mother father brother sister
        daughter son child children friend husband wife man woman people name family house home street city country train station bus car
        ticket airport hotel restaurant shop market money price water tea coffee milk bread butter cheese meat fish egg apple rice wine
        beer breakfast lunch dinner table weather rain snow sun wind day week month year hour minute time monday tuesday wednesday
        thursday friday saturday sunday one two three four five six seven eight nine ten hundred world book dog cat school doctor phone
        cheers congratulations birthday love sweetheart lovely weekend holiday summer winter spring autumn""",
    "de": """hallo hi hey tschüss auf wiedersehen servus moin willkommen danke bitte entschuldigung ja nein vielleicht okay klar gern super
        guten morgen abend tag nacht heute gestern jetzt später bald immer nie manchmal wieder hier da dort wo wann was wer warum wie
        welche ich du er sie es wir ihr mich dich ihn uns mir dir ihm mein dein sein unser dieser diese dieses und oder aber weil wenn
        nicht mit ohne für von zu in im am auf der die das ein eine einen einem ist sind war waren habe hast hat haben hatte mache machst
        macht werde wird würde kann kannst können könnte soll muss müssen will möchte mag liebe liebst brauche weiß denke sehe sieht komm
        kommst kommen gehe geht gehen gib nimm sag essen trinken schlafen arbeiten wohne wohnt kaufen zahlen hilfe helfen warten gut
        schlecht groß klein neu alt schön glücklich traurig müde hunger durst heiß kalt warm sehr viel wenig mehr alle alles nichts etwas
        mutter mama vater papa bruder schwester tochter sohn kind kinder freund freundin mann frau leute name familie haus straße stadt
        land zug bahnhof bus auto fahrkarte flughafen hotel laden markt geld preis wasser tee kaffee milch brot brötchen butter käse
        fleisch fisch ei apfel wein bier frühstück mittagessen tisch wetter regen regnet schnee sonne wind woche monat jahr stunde minute
        uhr zeit montag dienstag mittwoch donnerstag freitag samstag sonntag eins zwei drei vier fünf sechs sieben acht neun zehn hundert
        welt buch hund katze schule arzt handy prost glückwunsch geburtstag schatz wochenende urlaub sommer winter frühling herbst""",
    "fr": """bonjour bonsoir salut coucou adieu bienvenue merci pardon désolé excusez oui non si peut-être d'accord super bien sûr matin soir
        nuit journée aujourd'hui demain hier maintenant bientôt toujours jamais parfois encore ici là où quand quoi que qui pourquoi
        comment quel quelle je tu il elle on nous vous ils elles me te lui leur moi toi mon ma mes ton ta tes son sa ses notre votre ce
        cet cette ces et ou mais parce car si ne pas avec sans pour de du des à au aux dans sur le la les un une est es suis sommes êtes
        sont était ai as a avons avez ont avait fais fait faire va vas vais aller peux peut pouvez dois doit veux veut voudrais aime
        aimes adore besoin sais pense vois regarde viens vient donne prends dis manger boire dormir travailler habite acheter payer aide
        attendre bon bonne mauvais grand petit petite nouveau vieux beau belle joli content heureux triste fatigué faim soif chaud froid
        très beaucoup peu plus moins tout tous rien quelque chose mère maman père papa frère sœur fille fils enfant enfants ami amie
        mari femme homme gens nom famille maison rue ville pays train gare bus voiture billet aéroport hôtel magasin marché argent prix
        eau thé café lait pain beurre fromage viande poisson œuf pomme vin bière petit-déjeuner déjeuner dîner table temps pluie pleut
        neige soleil vent jour semaine mois an année heure minute lundi mardi mercredi jeudi vendredi samedi dimanche deux trois quatre
        cinq six sept huit neuf dix cent monde livre chien chat école médecin téléphone santé félicitations anniversaire amour chéri
        week-end vacances été hiver printemps automne ça c'est j'ai je t'aime qu'est-ce""",
    "es": """hola buenos buenas adiós chao bienvenido gracias perdón perdona disculpe sí no quizás vale claro genial días tardes noches mañana
        hoy ayer ahora luego pronto siempre nunca veces otra aquí allí dónde cuándo qué quién por porque cómo cuál yo tú él ella usted
        nosotros vosotros ellos ellas ustedes me te se le nos os mi tu su nuestro vuestro este esta esto ese esa eso y o pero si con sin
        para de del a al en el la los las un una unos es soy eres somos son está estoy estás estamos están era fue he has ha hemos han
        tengo tienes tiene tenemos hago haces hace hacer voy vas va vamos ir puedo puedes puede debo quiero quieres quiere quisiera
        gusta encanta amo necesito sé pienso veo mira ven viene dame toma dime comer beber dormir trabajar vivo vive comprar pagar
        ayuda ayudar esperar bueno buena malo grande pequeño nuevo viejo bonito guapa feliz contento triste cansado hambre sed calor frío
        muy mucho mucha poco más menos todo todos nada algo madre mamá padre papá hermano hermana hija hijo niño niños amigo amiga marido
        esposa mujer hombre gente nombre familia casa calle ciudad país tren estación autobús coche billete aeropuerto hotel tienda
        mercado dinero precio agua té café leche pan mantequilla queso carne pescado huevo manzana vino cerveza desayuno almuerzo cena
        mesa tiempo lluvia llueve nieve sol viento día semana mes año hora minuto lunes martes miércoles jueves viernes sábado domingo
        uno dos tres cuatro cinco seis siete ocho nueve diez cien mundo libro perro gato escuela médico teléfono salud felicidades
        cumpleaños amor cariño vacaciones verano invierno primavera otoño""",
    "it": """ciao salve buongiorno buonasera buonanotte arrivederci addio benvenuto grazie prego scusa scusi mi dispiace sì no forse va bene
        certo ottimo mattina sera notte oggi domani ieri adesso ora dopo presto sempre mai ancora qui qua lì là dove quando cosa che chi
        perché come quale io tu lui lei noi voi loro me te ti ci vi si lo gli mio mia tuo tua suo sua nostro vostro questo questa quello
        quella e o ma se non con senza per di del della a al alla in nel su il la i le un uno una è sono sei siamo siete era ho hai ha
        abbiamo avete hanno faccio fai fa fare vado vai andiamo andare posso puoi può devo deve voglio vuoi vuole vorrei piace amo ama
        bisogno so penso vedo guarda vieni viene dammi prendi dimmi mangiare bere dormire lavorare abito vivo comprare pagare aiuto
        aiutare aspettare buono buona brutto cattivo grande piccolo nuovo vecchio bello bella felice contento triste stanco fame sete
        caldo freddo molto tanto poco più meno tutto tutti niente qualcosa madre mamma padre papà fratello sorella figlia figlio bambino
        bambini amico amica marito moglie uomo donna gente nome famiglia casa strada città paese treno stazione autobus macchina
        biglietto aeroporto albergo negozio mercato soldi prezzo acqua tè caffè latte pane burro formaggio carne pesce uovo mela vino
        birra colazione pranzo cena tavolo tempo pioggia piove neve sole vento giorno settimana mese anno minuto lunedì martedì mercoledì
        giovedì venerdì sabato domenica due tre quattro cinque sette otto nove dieci cento mondo libro cane gatto scuola medico telefono
        salute auguri compleanno amore tesoro vacanze estate inverno primavera autunno quanto quanti dov'è c'è""",
    "sv": """hej hejsan tjena hallå adjö välkommen tack tackar snälla ursäkta förlåt ja jo nej kanske okej visst gärna bra god morgon kväll
        natt dag idag igår nu senare snart alltid aldrig ibland igen här där var när vad vem varför hur vilken jag du han hon den det vi
        ni de dem mig dig honom henne oss er min mitt din ditt hans hennes vår sin denna detta dessa och eller men eftersom om inte med
        utan för från till i på av en ett är var vara har hade haft gör gjorde ska skall skulle kan kunde måste vill tycker älskar gillar
        behöver vet tror ser titta kom kommer gå går ge ta säg äta dricka sova jobba arbeta bor köpa betala hjälp hjälpa vänta dålig stor
        liten ny gammal fin vacker glad ledsen trött hungrig törstig varmt kallt mycket många lite mer mindre alla allt inget något
        mamma mor pappa far bror syster dotter son barn vän kompis man kvinna fru folk namn familj hus hem gata stad land tåg
        tågstation buss bil biljett flygplats hotell affär butik marknad pengar pris vatten te kaffe mjölk bröd smör ost kött fisk ägg
        äpple vin öl frukost lunch middag bord väder regn regnar snö sol vind vecka månad år timme minut klockan tid måndag tisdag
        onsdag torsdag fredag lördag söndag ett två tre fyra fem sex sju åtta nio tio hundra värld världen bok hund katt skola läkare
        telefon skål grattis födelsedag älskling helg semester sommar vinter vår höst också redan hela ute inne varsågod""",
    "pl": """cześć hej witaj witam dzień dobry dobranoc wieczór pa żegnaj dziękuję dzięki proszę przepraszam tak nie może dobrze jasne
        świetnie rano noc dzisiaj dziś jutro wczoraj teraz później wkrótce zawsze nigdy czasami znowu tutaj tu tam gdzie kiedy co kto
        dlaczego jak który ja ty on ona ono my wy oni one mnie ciebie jego jej nas was ich mój moja twój twoja nasz wasz ten ta to te i
        lub albo ale bo jeśli czy z bez dla od do w na o jest są był była było być mam masz ma mamy mają robię robisz robi będę będzie
        mogę możesz chcę chcesz chciałbym muszę lubię kocham potrzebuję wiem myślę widzę patrz chodź idę iść daj weź powiedz jeść pić
        spać pracować mieszkam mieszka kupić płacić pomoc pomóc czekać dobry dobra zły duży mały nowy stary ładny piękny szczęśliwy
        smutny zmęczony głodny gorąco zimno ciepło bardzo dużo mało więcej mniej wszystko wszyscy nic coś matka mama ojciec tata brat
        siostra córka syn dziecko dzieci przyjaciel przyjaciółka mąż żona mężczyzna kobieta ludzie imię rodzina dom ulica miasto kraj
        pociąg dworzec stacja autobus samochód bilet lotnisko hotel sklep rynek pieniądze cena woda herbata kawa mleko chleb masło ser
        mięso ryba jajko jabłko wino piwo śniadanie obiad kolacja stół pogoda deszcz śnieg słońce wiatr tydzień miesiąc rok godzina
        minuta czas poniedziałek wtorek środa czwartek piątek sobota niedziela jeden dwa trzy cztery pięć sześć siedem osiem dziewięć
        dziesięć sto świat książka pies kot szkoła lekarz telefon zdrowie gratulacje urodziny kochanie wakacje lato zima wiosna jesień""",
    "fi": """hei moi terve moikka heippa näkemiin tervetuloa kiitos kiitti anteeksi ole hyvä kyllä joo ei ehkä selvä toki hienoa huomenta
        huomenna päivää iltaa yötä tänään eilen nyt myöhemmin pian aina koskaan joskus taas täällä tässä siellä missä milloin mitä mikä
        kuka miksi miten kuinka minä sinä hän se me te he minun sinun hänen meidän teidän heidän minua sinua tämä tuo nämä ja tai mutta
        koska jos että kanssa ilman on olen olet olemme ovat oli olla minulla sinulla teen tekee tehdä voin voit voi voinko pitää täytyy
        haluan haluat haluaisin tykkään rakastan tarvitsen tiedän luulen näen katso tule tulen mene menen mennä anna ota sano syödä juoda
        nukkua työ asun asuu ostaa maksaa apua auta auttaa odota hyvä hyvää huono iso suuri pieni uusi vanha kaunis mukava onnellinen
        iloinen surullinen väsynyt nälkä jano kuuma kylmä lämmin hyvin paljon vähän enemmän kaikki mitään jotain äiti isä veli sisko
        tytär poika lapsi lapset ystävä kaveri mies nainen vaimo ihmiset nimi perhe talo koti katu kaupunki maa juna asema bussi auto
        lippu lentokenttä hotelli kauppa tori raha hinta vesi tee kahvi maito leipä voi juusto liha kala muna omena viini olut aamiainen
        lounas päivällinen pöytä sää sade sataa lumi aurinko tuuli päivä viikko kuukausi vuosi tunti minuutti kello aika maanantai
        tiistai keskiviikko torstai perjantai lauantai sunnuntai yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen
        sata maailma kirja koira kissa koulu lääkäri puhelin kippis onneksi olkoon onnea syntymäpäivä kulta viikonloppu loma kesä talvi
        kevät syksy kuuluu hauska tavata myös vielä jo niin sitten""",
    "tr": """merhaba selam günaydın tünaydın hoşça kal hoşçakal güle hoş geldiniz teşekkür teşekkürler ederim sağol lütfen pardon özür dilerim
        affedersiniz evet hayır belki tamam tabii harika sabah akşam gece iyi akşamlar geceler günler bugün dün şimdi sonra yakında her
        zaman asla bazen yine burada orada nerede ne zaman kim neden niçin nasıl hangi ben sen o biz siz onlar beni seni onu bizi bana
        sana ona benim senin onun bizim sizin bu şu bunlar ve veya ama fakat çünkü eğer değil ile için bir var yok mi mı mu mü misin
        yapmak yapıyorum yapıyorsun yapabilirim olabilir istiyorum istiyor istemek gerek lazım seviyorum severim biliyorum bilmiyorum
        düşünüyorum görüyorum bak gel geliyorum git gidiyorum gidelim ver al söyle yemek içmek uyumak çalışmak yaşıyorum oturuyorum almak
        ödemek yardım bekle kötü büyük küçük yeni eski güzel mutlu üzgün yorgun aç susuz sıcak soğuk çok az daha hepsi hiçbir şey bir
        anne baba kardeş abla ağabey abi kız oğul çocuk çocuklar arkadaş koca karı eş erkek kadın insanlar isim adım aile ev sokak şehir
        ülke tren istasyon gar otobüs araba bilet havaalanı otel dükkan market pazar para fiyat kaç lira su çay kahve süt ekmek tereyağı
        peynir et balık yumurta elma şarap bira kahvaltı öğle masa hava yağmur kar güneş rüzgar gün hafta ay yıl saat dakika pazartesi
        salı çarşamba perşembe cuma cumartesi iki üç dört beş altı yedi sekiz dokuz on yüz dünya kitap köpek kedi okul doktor telefon
        şerefe tebrikler kutlu olsun doğum canım aşkım sevgilim tatil yaz kış ilkbahar sonbahar nasılsınız görüşürüz memnun oldum""",
    "hu": """szia sziasztok helló üdv jó napot reggelt estét éjszakát viszontlátásra viszlát üdvözlöm köszönöm köszi kérem kérek szívesen
        bocsánat elnézést sajnálom igen nem talán rendben persze remek reggel este éjjel ma tegnap holnap most később hamarosan mindig
        soha néha megint itt ott hol hova mikor mi mit ki miért hogyan hogy melyik én te ő mi ti ők engem téged őt minket nekem neked
        neki enyém tied ez az ezek azok és vagy de mert ha ne val nélkül egy a van vagyok vagyunk vannak volt lesz lenni nincs csinálok
        csinálsz csinál tudok tudsz tud kell akarok akarsz szeretnék szeretném szeretem szeretlek szeret kellene tudom gondolom látom
        nézd gyere jövök megyek megy menjünk adj vedd mondd enni inni aludni dolgozni dolgozom lakom élek venni fizetni segítség segíteni
        várj jól rossz nagy kicsi új régi öreg szép boldog szomorú fáradt éhes szomjas meleg hideg nagyon sok kevés több kevesebb minden
        mindenki semmi valami anya anyu apa apu testvér bátyám húgom lány fia fiú gyerek gyerekek barát barátom férj feleség férfi nő
        emberek név család ház otthon utca város ország vonat állomás busz autó jegy repülőtér szálloda bolt üzlet piac pénz ár mennyi
        víz tea kávé tej kenyér vaj sajt hús hal tojás alma bor sör reggeli ebéd vacsora asztal idő időjárás eső esik hó nap szél hét
        hónap év óra perc hétfő kedd szerda csütörtök péntek szombat vasárnap kettő három négy öt hat nyolc kilenc tíz száz világ könyv
        kutya macska iskola orvos telefon egészségedre gratulálok születésnap boldog drágám szerelmem hétvége nyaralás nyár tél tavasz
        ősz is már még csak majd akkor""",
    "ru": """привет здравствуй здравствуйте пока добрый доброе до свидания спасибо пожалуйста извините простите да нет может хорошо конечно
        отлично ладно утро вечер день ночь сегодня вчера завтра сейчас потом скоро всегда никогда иногда опять здесь тут там где когда
        что кто почему зачем как какой я ты он она оно мы вы они меня тебя его её нас вас их мне тебе мой моя твой наш ваш это этот эта
        и или но потому если не с без для от к в на о есть был была было быть делаю делаешь делать могу можешь можно нужно должен хочу
        хочешь хотел люблю нравится знаю думаю вижу смотри иди иду приходи дай возьми скажи есть пить спать работать живу купить платить
        помощь помогите ждать хороший плохой большой маленький новый старый красивый счастливый грустный устал голоден жарко холодно
        тепло очень много мало больше меньше всё все ничего что-то мать мама отец папа брат сестра дочь сын ребёнок дети друг подруга муж
        жена мужчина женщина люди имя зовут семья дом улица город страна поезд вокзал станция автобус машина билет аэропорт гостиница
        магазин рынок деньги цена вода чай кофе молоко хлеб масло сыр мясо рыба яйцо яблоко вино пиво завтрак обед ужин стол погода дождь
        снег солнце ветер неделя месяц год час минута время понедельник вторник среда четверг пятница суббота воскресенье один два три
        четыре пять шесть семь восемь девять десять сто мир книга собака кошка школа врач телефон поздравляю любовь лето зима весна осень""",
    "el": """γεια γειά σου σας χαίρετε καλημέρα καλησπέρα καληνύχτα αντίο καλώς ευχαριστώ παρακαλώ συγγνώμη συγνώμη ναι όχι ίσως εντάξει βέβαια
        ωραία τέλεια πρωί βράδυ νύχτα μέρα σήμερα αύριο χθες τώρα μετά σύντομα πάντα ποτέ πάλι εδώ εκεί πού πότε τι ποιος γιατί πώς εγώ
        εσύ αυτός αυτή αυτό εμείς εσείς αυτοί με σε τον την μου του της μας τους και ή αλλά επειδή αν δεν μη χωρίς για από στο στη στην
        ο η οι τα ένας μία ένα είμαι είσαι είναι είμαστε ήταν έχω έχεις έχει έχουμε κάνω κάνεις κάνει μπορώ μπορείς πρέπει θέλω θέλεις θα
        ήθελα αγαπώ μου αρέσει χρειάζομαι ξέρω νομίζω βλέπω κοίτα έλα πάω πάμε δώσε πάρε πες τρώω πίνω κοιμάμαι δουλεύω μένω αγοράζω
        πληρώνω βοήθεια περίμενε καλός καλή καλό καλά κακός μεγάλος μικρός νέος παλιός όμορφος χαρούμενος λυπημένος κουρασμένος πεινάω
        διψάω ζέστη κρύο πολύ λίγο περισσότερο όλα όλοι τίποτα κάτι μητέρα μαμά πατέρας μπαμπάς αδελφός αδελφή κόρη γιος παιδί παιδιά
        φίλος φίλη άντρας γυναίκα άνθρωποι όνομα λένε οικογένεια σπίτι δρόμος πόλη χώρα τρένο σταθμός λεωφορείο αυτοκίνητο εισιτήριο
        αεροδρόμιο ξενοδοχείο μαγαζί αγορά λεφτά τιμή νερό τσάι καφές γάλα ψωμί βούτυρο τυρί κρέας ψάρι αυγό μήλο κρασί μπύρα πρωινό
        τραπέζι καιρός βροχή χιόνι ήλιος εβδομάδα μήνας χρόνος ώρα λεπτό δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή δύο τρία
        τέσσερα πέντε έξι επτά οκτώ εννέα δέκα εκατό κόσμος βιβλίο σκύλος γάτα σχολείο γιατρός τηλέφωνο αγάπη καλοκαίρι χειμώνας""",
}


def common(code: str) -> list[str]:
    return COMMON[code].split()
