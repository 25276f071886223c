/**
 * Words that stand against each other, by what they say it of. Each class is a list of folded words of several languages
 * (English, French, German, Spanish, Italian, Portuguese, Dutch, Polish, Czech); `*` stands for any ending.
 */
const AXES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  side: {
    left: "left lt leftsided sinister gauche gauches link linke linker linken linkes links linksseitig* izquierd* sinistro sinistra sinistri sinistre esquerd* lewy lewa lewe lewej lewego lewostronn* levy leva levostrann* linkerzijde linkszijdig*",
    right:
      "right rt rightsided dexter droit droite droits droites recht rechte rechter rechten rechtes rechts rechtsseitig* derech* destro destra destri destre direit* prawy prawa prawe prawej prawego prawostronn* pravy pravostrann* rechtszijdig*",
    both: "bilateral* both beidseitig* bilatéral* bilat obustronn* oboustrann* tweezijdig* dubbelzijdig*",
    one: "unilateral* einseitig* jednostronn* jednostrann* eenzijdig*",
  },
  level: {
    high: "high higher highest raised elevated elevation increase increased increases increasing upper superior superieur* superiore superiori ober* oberer obere oberen bovenste augmentation augmente* eleve* haut haute hauts hautes alto alta altos altas aumento aumentad* elevad* aumentat* elevat* erhoht* hoh* hoch verhoogd* hoge hoog wysok* podwyzszon* gorny gorna gornej zvysen* vysok* horni superior* gain",
    low: "low lower lowest reduced reduction decrease decreased decreases decreasing diminished lowered inferior inferieur* inferiore inferiori unter* unterer untere unteren onderste diminution diminue* baisse bas basse basses bajo baja bajos bajas disminu* reducid* ridott* riduzione diminu* baixo baixa basso bassa erniedrigt* vermindert* niedrig* tief* verlaagd* lage laag nisk* obnizon* dolny dolna dolnej snizen* nizk* dolni loss",
  },
  "front or back": {
    front: "anterior anteriores anterieur* anteriore anteriori vorder* ventral* przedni* predni* voorste",
    back: "posterior posteriores posterieur* posteriore posteriori hinter* dorsal* tyln* zadni* achterste",
  },
  distance: { near: "proximal* prossimal*", far: "distal*" },
  middle: { middle: "medial* mediale* mesial*", side: "lateral*" },
  inside: {
    inside:
      "internal* interne internes intern* interno interna innere* inner intrinsic intrinseque* intrinsec* inwendig* wewnetrzn* vnitrni intracellular*",
    outside:
      "external* externe externes extern* esterno esterna externo externa aussere* ausser* outer extrinsic extrinseque* extrinsec* uitwendig* zewnetrzn* vnejsi extracellular*",
  },
  course: {
    acute: "acute acutely aigu aigue aigus aigues akut* agud* acut* acuut ostr* akutni",
    subacute: "subacute subaigu* subakut* subagud* subacut* podostr*",
    chronic: "chronic chronically chronique* chronisch* cronic* chronicz* przewlekl* chronick*",
  },
  malignancy: {
    benign:
      "benign benin benigne benins benignes benigno benigna benigni gutartig* goedaardig* lagodn* benigni nezhoubn*",
    malignant:
      "malignant maligne malignes malin malins maligno maligna maligni malignom* malign bosartig* kwaadaardig* zlosliw* zhoubn*",
  },
  origin: {
    congenital:
      "congenital* congenit* angeboren* inborn wrodzon* vrozen* aangeboren hereditary hereditaire* hereditari* erblich*",
    acquired: "acquired acquis* erworben* adquirid* acquisit* nabyt* ziskan* verworven",
  },
  rank: {
    primary: "primary primaire* primar* primaer* primari* pierwotn* primair*",
    secondary: "secondary secondaire* sekundar* secundari* secondari* wtorn* secundair*",
    tertiary: "tertiary tertiaire* tertiar* terciari* terziari*",
  },
  sex: {
    male: "male males man men boy boys masculin masculins masculine homme hommes mannlich* manner mann masculino masculina hombre* varon varones maschil* maschio uomo uomini homem homens mannelijk* mesk* meski mezczyzn* muzsk*",
    female:
      "female females woman women girl girls feminin feminine femme femmes weiblich* frau frauen femenin* feminin* mujer mujeres femminil* femmina donna donne mulher* vrouwelijk* zensk* kobiet*",
  },
  parent: {
    mother: "maternal maternel* mutterlich* matern* mother mere madre matczyn*",
    father: "paternal paternel* vaterlich* patern* father pere padre ojcowsk*",
  },
  action: {
    for: "agonist* agoniste* agonista* activator* activateur* inducer* inducteur* aktivator* inductor* activador* stimulator*",
    against:
      "antagonist* antagoniste* blocker* inhibitor* inhibiteur* bloquant* hemmer* inhibidor* inibitor*",
  },
  conduction: { to: "afferent* aferent*", from: "efferent* eferent*" },
  phase: {
    systole: "systolic systoliq* systolisch* sistolic* skurczow* systolick*",
    diastole: "diastolic diastoliq* diastolisch* rozkurczow* diastolick*",
  },
  vessel: {
    artery: "arterial arteriel* arteriell* arterios* artery arteries artere* arterie arteria* tetnic*",
    vein: "venous veineux veineuse* venos* venoes* vein veins veine veines vene venen vena venas zyln*",
  },
  opening: {
    open: "open opened ouvert* offen* abiert* apert* abert* otwart* otevren*",
    closed: "closed ferme fermee* geschlossen* cerrad* chius* fechad* zamkniet* zavren* gesloten",
  },
  result: {
    positive: "seropositiv* positive positif* positiv* positiu* positief* dodatni* pozitivn* pos",
    negative: "seronegativ* negative negatif* negativ* negatiu* negatief* ujemn* neg",
  },
  inheritance: {
    dominant: "dominant* dominan* dominierend*",
    recessive: "recessive recessif* rezessiv* recesiv* recessiv*",
  },
  direction: {
    up: "ascending ascendant* aufsteigend* ascendent* ascendente*",
    down: "descending descendant* absteigend* descendent* discendent*",
  },
  center: {
    central: "central* centrale* zentral*",
    peripheral: "peripheral* peripheri* peripher* periferi*",
  },
  depth: {
    superficial: "superficial* superficiel* oberflachlich* superfic* powierzchown*",
    deep: "deep profond* tiefe tiefen profund* gleboki*",
  },
  time: {
    before:
      "before antepartum prenatal* antenatal* preoperative* preoperatoire* prae* preoperator* praoperativ* premenopaus* avant vor antes prima",
    after:
      "after postpartum postnatal* postoperative* postoperatoire* postoperator* postoperativ* postmenopaus* apres nach despues dopo depois",
  },
  onset: {
    early: "early precoce* fruh* tempran* wczesn*",
    late: "late tardif* tardive* spat spate spaten spater tardi* tardio* pozn*",
  },
  severity: {
    mild: "mild leger* legere* leicht* leve leves lieve lievi lagodny",
    moderate: "moderate modere* massig* mittelschwer* moderad* moderat* umiarkowan*",
    severe: "severe severely severe* grave schwer* sever* gravi ciezk*",
  },
  extent: {
    partial: "partial partially partiel* partiell* parcial* parzial* czesciow* incomplete incomplet*",
    complete: "complete completely complet* total totale* komplett* vollstandig* completo* totalny",
  },
  number: {
    single: "single solitary solitaire* unique* einzeln* solitari* unico unica",
    multiple: "multiple multiples multiplen mehrfach* multipl* wielokrotn*",
  },
  age: {
    adult: "adult adults adulte* erwachsen* adulto* dorosl*",
    child:
      "child children childhood pediatric paediatric infantile juvenile enfant enfants kinder nino* ninez infantil* bambin* dzieciec*",
  },
  presence: { present: "present presence presente* presencia presenza anwesend* vorhanden*" },
  breath: {
    in: "inspiratory inspiration* inspiratoire* inspirator* inhalation* inhalat*",
    out: "expiratory expiration* expiratoire* exspirator* espirator* exhalation* exhalat*",
  },
  admission: {
    in: "inclusion* einschluss* inpatient* hospitalise*",
    out: "exclusion* ausschluss* outpatient* ambulatoire*",
  },
  body: {
    abduction: "abduction* abduccion abduktion abduzione",
    adduction: "adduction* aduccion adduktion adduzione",
  },
  bend: {
    flexion: "flexion flexor* flessione beugung flexao",
    extension: "extension extensor* estensione streckung extensao",
  },
  turn: { inversion: "inversion inversione", eversion: "eversion eversione" },
  palm: { pronation: "pronation pronacion pronazione", supination: "supination supinacion supinazione" },
  eyes: { one: "monocular* monoculaire*", two: "binocular* binoculaire*" },
  ability: { able: "able", unable: "unable" },
  width: { wide: "dilat* vasodilat* dilatation*", narrow: "constrict* vasoconstrict* constriction*" },
  sight: { near: "myop*", far: "hyperop* hypermetrop*" },
  antibody: { g: "igg", a: "iga", m: "igm", e: "ige", d: "igd" },
  route: {
    oral: "oral orale orales oraux orally",
    rectal: "rectal* rektal*",
    vein: "intravenous* intraveineu* intravenos*",
    muscle: "intramuscular* intramusculaire*",
    skin: "subcutaneous* topical* topique*",
    nose: "intranasal*",
  },
  isomer: { cis: "cis", trans: "trans" },
  rotation: { left: "levo levorotatory levogyre* laevo", right: "dextro dextrorotatory dextrogyre*" },
  chromosomes: { xx: "xx", xy: "xy", xxy: "xxy", xyy: "xyy", xo: "xo" },
  hour: { day: "diurnal* diurne* tagsuber", night: "nocturnal* nocturne* nachtlich* nocturn* notturn*" },
  temperature: { hot: "hot warm chaud chaude*", cold: "cold froid froide*" },
  nerve: {
    sensory: "sensory sensitive sensitif* sensoriel* sensorisch*",
    motor: "motor moteur motrice* motorisch* motori*",
  },
  stool: {
    hard: "constipation* verstopfung obstipation estrenimiento stitichezza",
    loose: "diarrhea diarrhoea diarrhee* diarrho* diarrea*",
  },
  stability: { stable: "stable stables stabil*", unstable: "unstable instable* instabil* inestable*" },
};

interface Place {
  axis: string;
  value: string;
}

const EXACT = new Map<string, Place>();
const BEGINNINGS = new Map<string, Place>();
for (const [axis, classes] of Object.entries(AXES))
  for (const [value, words] of Object.entries(classes))
    for (const word of words.split(" ")) {
      const folded = word.normalize("NFKD").replace(/\p{M}/gu, "");
      if (folded.endsWith("*")) BEGINNINGS.set(folded.slice(0, -1), { axis, value });
      else EXACT.set(folded, { axis, value });
    }
const SHORTEST = 3;
// An ending has few letters: `superior` begins no `superiority complex` by chance, but `linksseitig` has its own.
const LONGEST_ENDING = 5;

/** On which axis a folded word stands, and where; undefined for one that has no opposite here. */
export function oppositeOf(word: string): Place | undefined {
  const exact = EXACT.get(word);
  if (exact) return exact;
  for (let end = word.length; end >= Math.max(SHORTEST, word.length - LONGEST_ENDING); end--) {
    const begun = BEGINNINGS.get(word.slice(0, end));
    if (begun) return begun;
  }
  return undefined;
}

/** Beginnings of words that make opposites of the same rest: `hypo|hyper` + `kalemia`. */
const PREFIX_GROUPS: readonly (readonly string[])[] = [
  ["hypo", "hyper", "hipo", "hiper", "ipo", "iper", "normo", "eu"],
  ["brady", "tachy", "bradi", "tachi", "taqui", "taki", "tachi"],
  ["macro", "micro", "makro", "mikro", "normo"],
  ["intra", "extra"],
  ["endo", "exo", "ecto", "ekto"],
  ["ante", "post"],
  ["pre", "post", "prae", "pra"],
  ["antero", "postero"],
  ["supra", "infra", "sub", "super"],
  ["homo", "hetero"],
  ["mono", "bi", "di", "tri", "tetra", "hemi", "para", "quadri"],
  ["poly", "oligo", "poli", "olig"],
  ["leuko", "thrombo", "erythro", "neutro", "lympho", "mono", "leuco", "erytro", "trombo", "eosino", "baso"],
  ["dextro", "levo", "laevo"],
  ["in", "ex"],
  ["syn", "anti"],
  ["bene", "male"],
];
const SPELLINGS: Readonly<Record<string, string>> = {
  hipo: "hypo",
  ipo: "hypo",
  hiper: "hyper",
  iper: "hyper",
  bradi: "brady",
  tachi: "tachy",
  taqui: "tachy",
  taki: "tachy",
  makro: "macro",
  mikro: "micro",
  ekto: "ecto",
  prae: "pre",
  pra: "pre",
  poli: "poly",
  olig: "oligo",
  leuco: "leuko",
  erytro: "erythro",
  trombo: "thrombo",
  laevo: "levo",
  penie: "penia",
  cytose: "cytosis",
  zytose: "cytosis",
  citosis: "cytosis",
  philie: "philia",
  filia: "philia",
  phobie: "phobia",
  fobia: "phobia",
};
/** Ends of words that make opposites of the same beginning: `thrombocyto` + `penia|sis`. */
const SUFFIX_GROUPS: readonly (readonly string[])[] = [
  ["penia", "penie", "penia", "cytosis", "cytose", "zytose", "citosis", "philia", "philie", "filia"],
  ["philia", "philie", "filia", "phobia", "phobie", "fobia"],
  ["ectomy", "ostomy", "otomy", "oscopy", "plasty"],
];
/** What turns a word into its contrary, or into something beside it, when it is put before. */
const CONTRARY = ["non", "un", "in", "im", "il", "ir", "a", "an", "dis", "de", "des", "nie", "ne", "niet"];
const BESIDE = [
  "pre",
  "post",
  "sub",
  "pseudo",
  "para",
  "hyper",
  "hypo",
  "anti",
  "peri",
  "micro",
  "macro",
  "super",
  "re",
  "neo",
  "poly",
];
const LEAST_REST = 4;

/** A word as affixes see it: made once for each word, because words are compared with many. */
export interface AffixedWord {
  word: string;
  bare: string;
  /** What it begins with, of each group, and what is left. */
  begins: readonly { group: number; with: string; rest: string }[];
  ends: readonly { group: number; with: string; rest: string }[];
}

const MOST_WORDS = 20_000;
const seen = new Map<string, AffixedWord>();

/** A folded word with all that it may begin and end with. Words of names come again and again: those met before are known. */
export function affixesOf(word: string): AffixedWord {
  const known = seen.get(word);
  if (known) return known;
  if (seen.size >= MOST_WORDS) seen.clear();
  const made = withAffixes(word);
  seen.set(word, made);
  return made;
}

function withAffixes(word: string): AffixedWord {
  const begins: { group: number; with: string; rest: string }[] = [];
  for (const [group, prefixes] of PREFIX_GROUPS.entries())
    for (const prefix of prefixes)
      if (word.startsWith(prefix) && word.length > prefix.length + 2)
        begins.push({ group, with: canonical(prefix), rest: word.slice(prefix.length) });
  const ends: { group: number; with: string; rest: string }[] = [];
  for (const [group, suffixes] of SUFFIX_GROUPS.entries())
    for (const suffix of suffixes)
      if (word.endsWith(suffix) && word.length > suffix.length + 2)
        ends.push({ group, with: canonical(suffix), rest: word.slice(0, -suffix.length) });
  return { word, bare: skeleton(word), begins, ends };
}

/** How two folded words are opposites by what they begin or end with; undefined where they are not. */
export function opposedByAffix(a: AffixedWord, b: AffixedWord): "contrary" | "beside" | undefined {
  if (a.word === b.word) return undefined;
  for (const mine of a.begins)
    for (const other of b.begins)
      if (mine.group === other.group && mine.with !== other.with && isSameRest(mine.rest, other.rest))
        return "contrary";
  for (const mine of a.ends)
    for (const other of b.ends)
      if (
        mine.group === other.group &&
        mine.with !== other.with &&
        (mine.rest.startsWith(other.rest) || other.rest.startsWith(mine.rest))
      )
        return "contrary";
  const [short, long] = a.word.length < b.word.length ? [a, b] : [b, a];
  if (short.word.length <= LEAST_REST || !long.bare.endsWith(short.bare.slice(2))) return undefined;
  const isMore = (affix: string): boolean =>
    long.word.startsWith(affix) && skeleton(long.word.slice(affix.length)) === short.bare;
  if (CONTRARY.some(isMore)) return "contrary";
  return BESIDE.some(isMore) ? "beside" : undefined;
}

/** Whether the first word is the second with a prefix that denies it: `anucleate`, `nucleated`. */
export function deniesByPrefix(word: string, other: string): boolean {
  const rest = skeleton(other.replace(/(?:ed|ee?s?)$/, ""));
  return (
    other.length > LEAST_REST &&
    CONTRARY.some(
      (affix) =>
        word.startsWith(affix) && skeleton(word.slice(affix.length).replace(/(?:ed|ee?s?)$/, "")) === rest,
    )
  );
}

/** Whether a folded word says of itself that something is not there, or not as it should be. */
export function isPrivative(word: string): boolean {
  return PRIVATIVE.test(word);
}

const PRIVATIVE =
  /^(?:an?\p{L}{3,}(?:ia|ie|ea|ee|esis|ese|asis|opia)|un\p{L}{4,}|in(?:ab|ca|so|su|co)\p{L}{3,}|im(?:po|pa)\p{L}{3,}|dis\p{L}{4,}|dys\p{L}{3,}|\p{L}{3,}less(?:ness)?|loss(?:es)?|lack(?:ing)?|absen\p{L}*|deficien\p{L}*|defici\p{L}*|insuffi\p{L}*|failure|failing|difficult\p{L}*|difficil\p{L}*|inabilit\p{L}*|unable|abnormal\p{L}*|anormal\p{L}*|impair\p{L}*|disturb\p{L}*|disorder\p{L}*|trouble\p{L}*|perte|defaut|manque|incapac\p{L}*|impossib\p{L}*|mangel|verlust|fehlen\p{L}*|storung\p{L}*|perdida|falta|perdita|mancanza|perda|brak|blind\p{L}*|deaf\p{L}*|mut\p{L}*|negative|negatif\p{L}*)$/u;

function canonical(prefix: string): string {
  return SPELLINGS[prefix] ?? prefix;
}

/** The rest of two words behind opposite beginnings, in one language or in two (`kalemia`, `kaliemie`). */
function isSameRest(a: string, b: string): boolean {
  if (a.length < LEAST_REST - 1 || b.length < LEAST_REST - 1) return a === b && a.length >= 3;
  return isSameWord(a, b);
}

function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [skeleton(a), skeleton(b)];
  if (x === y) return true;
  let common = 0;
  while (common < x.length && common < y.length && x[common] === y[common]) common++;
  return common >= 3 && common >= Math.max(x.length, y.length) - 4;
}

/** Spelling apart: `haemoglobin`, `hemoglobina`; vowels at the end are the languages' own. */
function skeleton(word: string): string {
  return word
    .replace(/[ao]e/g, "e")
    .replace(/ie/g, "e")
    .replace(/ph/g, "f")
    .replace(/th/g, "t")
    .replace(/y/g, "i")
    .replace(/(.)\1/g, "$1")
    .replace(/(?:isch|isk)?[aeios]*$/, "");
}
