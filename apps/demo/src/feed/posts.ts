/** A short post of the feed. */
export interface Post {
  readonly author: string;
  /** What it is written in; shown nowhere, for tests. */
  readonly language: string;
  readonly text: string;
}

/** Author, then the posts, by language. Written for this demo; the models have not seen them. */
const byLanguage: Readonly<Record<string, readonly (readonly [author: string, text: string])[]>> = {
  en: [
    ['mabel', 'Missed the last bus again, so I walked home along the river. Worth it.'],
    ['theo', 'Does anyone know a good place to get a bicycle repaired near the market?'],
    ['mabel', 'The tomatoes on my balcony finally turned red this morning!'],
    ['owen', 'Three meetings today and not one of them needed me.'],
    ['theo', 'Reading an old detective novel with a pot of tea. Do not disturb.'],
    ['owen', 'My neighbour plays the trumpet. He is getting better, slowly.'],
    ['iris', 'We closed the shop early to watch the snow fall.'],
  ],
  de: [
    ['jonas', 'Heute Morgen stand ein Reh im Garten und hat die Rosen gefressen.'],
    ['lena', 'Weiß jemand, ob der Wochenmarkt am Feiertag geöffnet hat?'],
    ['jonas', 'Der Zug hatte wieder vierzig Minuten Verspätung, aber der Kaffee war gut.'],
    ['lena', 'Endlich Feierabend! Jetzt aufs Fahrrad und ab an den See.'],
    ['frieda', 'Meine Großmutter hat mir ihr Rezept für Apfelkuchen gegeben.'],
    ['jonas', 'Wir suchen noch zwei Leute für den Chor, am liebsten Tenöre.'],
    ['frieda', 'Das Buch hat mir so gut gefallen, dass ich es gleich noch einmal lese.'],
  ],
  fr: [
    ['margot', "J'ai enfin trouvé une boulangerie ouverte le lundi matin."],
    ['bastien', 'Quelqu’un aurait-il vu un chat gris du côté de la place ?'],
    ['margot', 'Le marché sentait les fraises et la pluie, un vrai dimanche de juin.'],
    ['bastien', 'On a raté le train, alors on a pique-niqué sur le quai.'],
    ['noémie', 'Ma fille a perdu sa première dent et elle en est très fière.'],
    ['margot', 'Il ne reste plus que deux places pour le concert de samedi.'],
    ['noémie', 'Je cherche un vélo d’occasion, pas trop lourd et pas trop cher.'],
  ],
  es: [
    ['lucía', 'Esta mañana el mar estaba tan tranquilo que parecía un espejo.'],
    ['mateo', '¿Alguien sabe a qué hora abre la biblioteca del barrio?'],
    ['lucía', 'Mi abuela dice que la tortilla sin cebolla no es tortilla.'],
    ['mateo', 'Se ha ido la luz en todo el edificio y estamos cenando con velas.'],
    ['carmen', 'Por fin he terminado de pintar la cocina, ahora me duelen los brazos.'],
    ['mateo', 'El perro del vecino ha aprendido a abrir la puerta del jardín.'],
    ['carmen', 'Nos vemos a las ocho en la plaza, no lleguéis tarde.'],
  ],
  it: [
    ['chiara', 'Stamattina il barista mi ha preparato il caffè prima che lo chiedessi.'],
    ['luca', 'Qualcuno conosce un bravo idraulico che risponda al telefono?'],
    ['chiara', 'Abbiamo camminato fino al faro e siamo tornati con le scarpe piene di sabbia.'],
    ['luca', 'La nonna ha vinto a carte anche questa sera, come sempre.'],
    ['giulia', 'Oggi ho imparato a fare la pasta fresca, la prossima volta verrà meglio.'],
    ['luca', 'Il treno per Bologna parte dal binario sbagliato, state attenti.'],
    ['giulia', 'Che bello quando piove e non devi uscire di casa.'],
  ],
  sv: [
    ['elsa', 'Första doppet i sjön i år, det var kallt men skönt.'],
    ['nils', 'Är det någon som vill ha plommon? Trädet är alldeles fullt.'],
    ['elsa', 'Vi såg en älg precis bredvid vägen i morse.'],
    ['nils', 'Nu har jag äntligen lagat taket på det gamla båthuset.'],
    ['astrid', 'Bussen kom inte idag heller, så jag fick åka skidor till jobbet.'],
    ['nils', 'Kanelbullarna tog slut innan jag ens hann hämta kaffe.'],
    ['astrid', 'Kvällssolen över ön är det vackraste jag vet.'],
  ],
  pl: [
    ['zosia', 'Znaleźliśmy w lesie tyle grzybów, że zabrakło nam koszyków.'],
    ['marek', 'Czy ktoś wie, o której odjeżdża ostatni tramwaj na Pragę?'],
    ['zosia', 'Babcia nauczyła mnie dziś lepić pierogi z kapustą.'],
    ['marek', 'Śnieg zasypał cały ogród i dzieci nie chcą wracać do domu.'],
    ['hania', 'Kupiłam bilety do teatru na piątek, kto idzie ze mną?'],
    ['marek', 'Mój pies boi się odkurzacza bardziej niż burzy.'],
    ['hania', 'Najlepsza część podróży to zawsze pierwsza kawa w nowym mieście.'],
  ],
  fi: [
    ['aino', 'Sauna on lämmin ja järvi on jo melkein jäässä.'],
    ['eero', 'Onko kukaan nähnyt mustaa lompakkoa rautatieaseman lähellä?'],
    ['aino', 'Löysin metsästä niin paljon mustikoita, että pakastin on täynnä.'],
    ['eero', 'Naapurin kissa nukkuu taas meidän kuistilla.'],
    ['helmi', 'Tänään opin neulomaan villasukan kantapään.'],
    ['eero', 'Aurinko nousi vasta kymmeneltä, mutta kahvi auttoi.'],
    ['helmi', 'Kesämökillä ei ole verkkoyhteyttä, ja juuri siksi rakastan sitä.'],
  ],
  tr: [
    ['defne', 'Bu sabah vapurda martılara simit attım, çok mutlu oldular.'],
    ['emre', 'Mahallede iyi bir ayakkabı tamircisi bilen var mı?'],
    ['defne', 'Annemin mercimek çorbası gibisi hiçbir yerde yok.'],
    ['emre', 'Yağmur yüzünden maç ertelendi, biz de çay içtik.'],
    ['selin', 'Kedim yine klavyemin üstünde uyuyor, bugün çalışamıyorum.'],
    ['emre', 'Dün gece gökyüzü o kadar açıktı ki bütün yıldızları gördük.'],
    ['selin', 'Yeni taşındığımız evin balkonundan deniz görünüyor.'],
  ],
  hu: [
    ['réka', 'Ma reggel végre kisütött a nap a Balaton fölött.'],
    ['bence', 'Tudja valaki, hogy meddig van nyitva a könyvtár szombaton?'],
    ['réka', 'A nagymamám szerint a gulyásleves másnap a legfinomabb.'],
    ['bence', 'Lekéstem a villamost, úgyhogy gyalog megyek haza.'],
    ['panna', 'A gyerekek egész délután várat építettek a kertben.'],
    ['bence', 'Elveszett a kulcsom, pedig mindig a zsebemben szokott lenni.'],
    ['panna', 'Vettem egy öreg hegedűt a piacon, most már csak meg kell tanulnom játszani.'],
  ],
  ru: [
    ['варя', 'Сегодня утром во дворе расцвела старая яблоня.'],
    ['глеб', 'Кто-нибудь знает, во сколько отходит последняя электричка?'],
    ['варя', 'Бабушка испекла пирог с вишней, и он закончился за пять минут.'],
    ['глеб', 'Кот опять занял моё кресло и делает вид, что так и было.'],
    ['нина', 'Вчера весь вечер играли в шахматы и пили чай с мёдом.'],
    ['глеб', 'Снег идёт уже третий день, дорогу к дому совсем замело.'],
    ['нина', 'Наконец дочитала книгу, теперь не знаю, чем себя занять.'],
  ],
  el: [
    ['ελένη', 'Σήμερα το πρωί η θάλασσα ήταν ήρεμη σαν λάδι.'],
    ['νίκος', 'Ξέρει κανείς πότε φεύγει το τελευταίο πλοίο για το νησί;'],
    ['ελένη', 'Η γιαγιά μου έφτιαξε πίτα με χόρτα από τον κήπο της.'],
    ['νίκος', 'Χάσαμε το λεωφορείο και γυρίσαμε σπίτι με τα πόδια.'],
    ['δανάη', 'Ο γάτος του γείτονα κοιμάται πάλι πάνω στο αυτοκίνητό μου.'],
    ['νίκος', 'Έβρεχε όλη μέρα, οπότε μείναμε μέσα και παίξαμε χαρτιά.'],
    ['δανάη', 'Το καλύτερο παγωτό της πόλης το βρήκαμε σε ένα στενό δρομάκι.'],
  ],
};

/** Every post once, the languages taking turns as in a feed of friends from everywhere. */
export const posts: readonly Post[] = takeTurns(
  Object.entries(byLanguage).map(([language, list]) =>
    list.map(([author, text]) => ({ author, language, text })),
  ),
);

function takeTurns<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const rounds = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: rounds }, (_, round) =>
    // A different language first in each round: nothing in a feed is that regular.
    [...lists.slice((round * 5) % lists.length), ...lists.slice(0, (round * 5) % lists.length)].flatMap(
      (list) => list.slice(round, round + 1),
    ),
  ).flat();
}
