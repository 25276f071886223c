const TEXTS = {
  en: {
    skip: "Skip to the results",
    searchLabel: "Search in words, by code or by CUI",
    placeholder: "A word, a phrase, a code…",
    clear: "Clear",
    suggestions: "Completions",
    results: "Results",
    resultsFor: "Results for {query}",
    concept: "Concept",
    strings: "{n} strings",
    dataset: "Dataset",
    sab: "Source",
    lat: "Language",
    sty: "Type",
    encoders: "Encoders",
    encoder: "encoder",
    merged: "merged",
    side: "side by side",
    alone: "not there",
    placeThere: "no. {rank} there",
    typesLater: "Search first: the types found appear here.",
    none: "None",
    remove: "Remove the filter {name}",
    clearFilters: "Clear filters",
    found: "{n} concepts",
    foundOne: "1 concept",
    nothing: "Nothing found.",
    nothingHint: "Try other words, or take a filter away.",
    more: "More",
    searching: "Searching…",
    copy: "Copy",
    link: "link",
    open: "open JSON",
    copied: "Copied",
    copyFailed: "The browser does not let this page copy",
    ratingOf: "rated {rating} of 5",
    agree: "the encoders agree",
    differ: "the encoders differ",
    match: {
      exact: "exact",
      normalized: "same but for its writing",
      prefix: "begins so",
      lexical: "words in common",
      semantic: "by meaning",
    },
    obsoleteTag: "obsolete",
    by: {
      string: "The very string:",
      code: "The code of:",
      cui: "The identifier of:",
      writing: "The same but for its writing:",
      words: "The same words:",
      beginning: "Begins so:",
      typos: "The same but for typing errors:",
    },
    why: "Why?",
    whyLabel: "Why {name}?",
    whyNearest: "nearest string",
    whyCosine: "cosine",
    whyGrade: "grade",
    whyPlace: "place",
    whyFound: "found by",
    whyOwn: "its own search",
    whyOther: "the other one, or by name",
    cosineOf: "cosine {cosine}",
    placeOf: "no. {rank} of this encoder",
    back: "Back to the results",
    close: "Close",
    copyCui: "Copy {cui}",
    definitions: "Definitions",
    names: "Names",
    hierarchy: "Hierarchy",
    relations: "Relations",
    below: "What is below {name}",
    noneBelow: "nothing below",
    noneElse: "nothing else",
    near: "Near by meaning",
    releases: "Releases",
    active: "searched",
    ingested: "put in",
    changed: "What changed from {from} to {to}",
    everyChange: "Every string that came, went or moved:",
    dimension: "dimension",
    count: { concepts: "concepts", strings: "strings", atoms: "atoms" },
    showAll: "Show all {n}",
    partOf: "{shown} of {n} relations are kept in the release.",
    obsolete: "obsolete or suppressed",
    unnamed: "not in this release",
    rel: {
      RB: "broader",
      RN: "narrower",
      RO: "related",
      SIB: "siblings",
      RL: "alike",
      RQ: "related, perhaps the same",
      SY: "same",
      AQ: "may be qualified by",
      QB: "may qualify",
      PAR: "parents",
      CHD: "children",
      XR: "not related",
      RU: "related",
    },
    startTitle: "Two encoders, one list.",
    startText:
      "Type what you mean in plain words or in a professional’s, in any language of the release. Two encoders read it, and every result says what each of them saw.",
    tryOne: "For instance",
    keys: "{slash} search · {arrows} move · {enter} open · {esc} back",
    offline: "The server does not answer.",
    retry: "Try again",
  },
  fr: {
    skip: "Aller aux résultats",
    searchLabel: "Chercher par mots, par code ou par CUI",
    placeholder: "Un mot, une expression, un code…",
    clear: "Effacer",
    suggestions: "Complétions",
    results: "Résultats",
    resultsFor: "Résultats pour {query}",
    concept: "Concept",
    strings: "{n} chaînes",
    dataset: "Jeu de données",
    sab: "Source",
    lat: "Langue",
    sty: "Type",
    encoders: "Encodeurs",
    encoder: "encodeur",
    merged: "réunis",
    side: "côte à côte",
    alone: "absent là",
    placeThere: "n° {rank} là",
    typesLater: "Cherchez d’abord : les types trouvés apparaîtront ici.",
    none: "Aucun",
    remove: "Retirer le filtre {name}",
    clearFilters: "Retirer les filtres",
    found: "{n} concepts",
    foundOne: "1 concept",
    nothing: "Rien trouvé.",
    nothingHint: "Essayez d’autres mots, ou retirez un filtre.",
    more: "Suite",
    searching: "Recherche…",
    copy: "Copier",
    link: "lien",
    open: "ouvrir le JSON",
    copied: "Copié",
    copyFailed: "Le navigateur ne laisse pas cette page copier",
    ratingOf: "note {rating} sur 5",
    agree: "les encodeurs sont d’accord",
    differ: "les encodeurs divergent",
    match: {
      exact: "exact",
      normalized: "à la graphie près",
      prefix: "commence ainsi",
      lexical: "mots en commun",
      semantic: "par le sens",
    },
    obsoleteTag: "obsolète",
    by: {
      string: "La chaîne même :",
      code: "Le code de :",
      cui: "L’identifiant de :",
      writing: "La même, à la graphie près :",
      words: "Les mêmes mots :",
      beginning: "Commence ainsi :",
      typos: "La même, aux fautes de frappe près :",
    },
    why: "Pourquoi ?",
    whyLabel: "Pourquoi {name} ?",
    whyNearest: "chaîne la plus proche",
    whyCosine: "cosinus",
    whyGrade: "note fine",
    whyPlace: "place",
    whyFound: "trouvé par",
    whyOwn: "sa propre recherche",
    whyOther: "l’autre, ou par le nom",
    cosineOf: "cosinus {cosine}",
    placeOf: "n° {rank} de cet encodeur",
    back: "Retour aux résultats",
    close: "Fermer",
    copyCui: "Copier {cui}",
    definitions: "Définitions",
    names: "Noms",
    hierarchy: "Hiérarchie",
    relations: "Relations",
    below: "Ce qui est sous {name}",
    noneBelow: "rien en dessous",
    noneElse: "rien d’autre",
    near: "Proches par le sens",
    releases: "Versions",
    active: "interrogée",
    ingested: "chargée",
    changed: "Ce qui a changé de {from} à {to}",
    everyChange: "Chaque chaîne venue, partie ou déplacée :",
    dimension: "dimension",
    count: { concepts: "concepts", strings: "chaînes", atoms: "atomes" },
    showAll: "Tout afficher ({n})",
    partOf: "{shown} relations sur {n} sont gardées dans la version.",
    obsolete: "obsolète ou supprimé",
    unnamed: "absent de cette version",
    rel: {
      RB: "plus large",
      RN: "plus étroit",
      RO: "apparenté",
      SIB: "de même rang",
      RL: "semblable",
      RQ: "apparenté, peut-être identique",
      SY: "identique",
      AQ: "peut être qualifié par",
      QB: "peut qualifier",
      PAR: "parents",
      CHD: "enfants",
      XR: "sans rapport",
      RU: "apparenté",
    },
    startTitle: "Deux encodeurs, une liste.",
    startText:
      "Écrivez ce que vous cherchez, en mots de tous les jours ou de métier, dans une langue de la version. Deux encodeurs le lisent, et chaque résultat dit ce que chacun a vu.",
    tryOne: "Par exemple",
    keys: "{slash} chercher · {arrows} parcourir · {enter} ouvrir · {esc} revenir",
    offline: "Le serveur ne répond pas.",
    retry: "Réessayer",
  },
};

/** Language of the page: the first of the browser's that there is. */
export const locale =
  navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in TEXTS) ?? "en";

/** Gives texts by their keys in the page's language, with their blanks filled. */
export function translator(texts) {
  return (key, values = {}) => {
    const text = key.split(".").reduce((part, step) => part?.[step], texts[locale]) ?? key;
    return text.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  };
}

export const t = translator(TEXTS);

/** Fills in the texts that the page's HTML names. */
export function fillTexts(t) {
  document.documentElement.lang = locale;
  for (const element of document.querySelectorAll("[data-text]"))
    element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]"))
    element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of document.querySelectorAll("[data-title]")) {
    element.title = t(element.dataset.title);
    element.setAttribute("aria-label", element.title);
  }
}

export const number = new Intl.NumberFormat(locale);

// MRCONSO's languages as browsers know them.
const TAGS = {
  BAQ: "eu",
  CHI: "zh",
  CZE: "cs",
  DAN: "da",
  DUT: "nl",
  ENG: "en",
  EST: "et",
  FIN: "fi",
  FRE: "fr",
  GER: "de",
  GRE: "el",
  HEB: "he",
  HUN: "hu",
  ITA: "it",
  JPN: "ja",
  KOR: "ko",
  LAV: "lv",
  NOR: "no",
  POL: "pl",
  POR: "pt",
  RUS: "ru",
  SCR: "hr",
  SPA: "es",
  SWE: "sv",
  TUR: "tr",
  UKR: "uk",
};
const names = new Intl.DisplayNames([locale], { type: "language" });

/** `FRE` as the reader calls it. */
export function languageName(lat) {
  return TAGS[lat] ? names.of(TAGS[lat]) : lat;
}

/** BCP 47 tag for the `lang` attribute, where it is known. */
export function languageTag(lat) {
  return TAGS[lat];
}

/** The LAT of the page's own language. */
export const ownLat = Object.keys(TAGS).find((lat) => TAGS[lat] === locale);
