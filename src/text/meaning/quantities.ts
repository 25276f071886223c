/** Units by what they measure: name and how many of the first they are. Folded, without dots and plurals. */
const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  mass: {
    g: 1,
    gr: 1,
    gram: 1,
    gramme: 1,
    gramm: 1,
    gramo: 1,
    grammo: 1,
    mg: 1e-3,
    milligram: 1e-3,
    milligramme: 1e-3,
    miligramo: 1e-3,
    kg: 1e3,
    kilogram: 1e3,
    kilo: 1e3,
    kilogramme: 1e3,
    mcg: 1e-6,
    ug: 1e-6,
    μg: 1e-6,
    microgram: 1e-6,
    microgramme: 1e-6,
    ng: 1e-9,
    pg: 1e-12,
    lb: 453.59237,
    pound: 453.59237,
    oz: 28.349523,
  },
  volume: {
    l: 1,
    liter: 1,
    litre: 1,
    litro: 1,
    dl: 0.1,
    cl: 0.01,
    ml: 1e-3,
    milliliter: 1e-3,
    millilitre: 1e-3,
    cc: 1e-3,
    ul: 1e-6,
    μl: 1e-6,
    fl: 1e-15,
  },
  amount: { mol: 1, mmol: 1e-3, umol: 1e-6, μmol: 1e-6, nmol: 1e-9, pmol: 1e-12 },
  charge: { eq: 1, meq: 1e-3 },
  activity: {
    iu: 1,
    ui: 1,
    u: 1,
    unit: 1,
    unite: 1,
    einheit: 1,
    ie: 1,
    unidad: 1,
    unita: 1,
    miu: 1e-3,
    mui: 1e-3,
    ku: 1e3,
  },
  share: { "%": 1, percent: 1, pct: 1, prozent: 1, pourcent: 1, "‰": 0.1 },
  pressure: { mmhg: 1, kpa: 7.5006, cmh2o: 0.73556 },
  length: {
    m: 1,
    cm: 1e-2,
    mm: 1e-3,
    um: 1e-6,
    μm: 1e-6,
    nm: 1e-9,
    km: 1e3,
    meter: 1,
    metre: 1,
    inch: 0.0254,
    ft: 0.3048,
  },
  area: { m2: 1, cm2: 1e-4 },
  time: {
    s: 1,
    sec: 1,
    second: 1,
    seconde: 1,
    sekunde: 1,
    min: 60,
    minute: 60,
    minuto: 60,
    h: 3600,
    hr: 3600,
    hour: 3600,
    heure: 3600,
    stunde: 3600,
    hora: 3600,
    ora: 3600,
    ore: 3600,
    d: 86_400,
    day: 86_400,
    jour: 86_400,
    tag: 86_400,
    dia: 86_400,
    giorno: 86_400,
    giorni: 86_400,
    dag: 86_400,
    dzien: 86_400,
    dni: 86_400,
    week: 604_800,
    wk: 604_800,
    semaine: 604_800,
    woche: 604_800,
    semana: 604_800,
    settimana: 604_800,
    settimane: 604_800,
    tydzien: 604_800,
  },
  calendar: {
    month: 1,
    mo: 1,
    moi: 1,
    mois: 1,
    monat: 1,
    monate: 1,
    mes: 1,
    mese: 1,
    mesi: 1,
    meses: 1,
    maand: 1,
    year: 12,
    yr: 12,
    yo: 12,
    an: 12,
    annee: 12,
    jahr: 12,
    jahre: 12,
    jahren: 12,
    ano: 12,
    anno: 12,
    anni: 12,
    jaar: 12,
    lat: 12,
    rok: 12,
  },
  warmth: { "°c": 1, "℃": 1, celsius: 1 },
  fahrenheit: { "°f": 1, "℉": 1, fahrenheit: 1 },
  energy: { kcal: 1, cal: 1e-3, kj: 0.239006, calorie: 1 },
  radiation: { gy: 1, cgy: 0.01, mgy: 1e-3 },
  lens: { dpt: 1, diopter: 1, dioptre: 1, dioptrie: 1 },
  rate: { bpm: 1, hz: 1, khz: 1e3, mhz: 1e6 },
};

const OF_UNIT = new Map<string, { measure: string; factor: number }>();
for (const [measure, units] of Object.entries(UNITS))
  for (const [unit, factor] of Object.entries(units)) OF_UNIT.set(unit, { measure, factor });
// Where a letter alone stands behind a number it is a unit; but of these `5 A`, `2 D`, `4 F` hardly ever are.
const ONE_LETTER = new Set(["g", "l", "m", "h", "s", "u", "d"]);

/** A number with what it counts. */
export interface Quantity {
  /** Readings: `1,000` is 1000, and 1 too where a comma is the decimal sign. */
  values: readonly number[];
  /** What the unit measures (`mass/volume`), and how many of the first unit one is; absent for a bare number. */
  measure?: string;
  factor?: number;
}

/** Languages (LAT) whose decimal sign is the comma. */
const COMMA = new Set(["FRE", "GER", "SPA", "ITA", "POR", "DUT", "POL", "CZE"]);

/**
 * What a number may mean: `.5` is 0.5, `0,5` too, `1,000` and `1 000` are 1000; in a language of the decimal comma `1.000` is 1000
 * as well, and `1,000` 1.
 */
export function numberReadings(text: string, lat?: string): number[] {
  const plain = text.replace(/[\u00a0\u202f' ](?=\d{3})/gu, "");
  const byComma = lat !== undefined && COMMA.has(lat);
  const found = new Set<number>();
  if (/^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(plain)) found.add(Number(plain.replaceAll(",", "")));
  if (/^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(plain) && (byComma || /\..*\.|,/.test(plain)))
    found.add(Number(plain.replaceAll(".", "").replace(",", ".")));
  if (/^[+-]?\d*\.?\d+\.?$/.test(plain)) found.add(Number(plain));
  if (/^[+-]?\d*,\d+$/.test(plain) && (byComma || !/^[+-]?[1-9]\d{0,2},\d{3}$/.test(plain)))
    found.add(Number(plain.replace(",", ".")));
  return [...found];
}

/** What a folded unit measures: `mg`, `mg/dl`, `years`; undefined for a word that is none. */
export function unitOf(text: string): { measure: string; factor: number } | undefined {
  const parts = text.split("/").map((part) => known(part));
  if (parts.some((part) => part === undefined)) return undefined;
  const [first, ...others] = parts as { measure: string; factor: number }[];
  return others.reduce(
    (all, one) => ({ measure: `${all.measure}/${one.measure}`, factor: all.factor / one.factor }),
    first!,
  );
}

function known(unit: string): { measure: string; factor: number } | undefined {
  if (unit.length === 1 && /\p{L}/u.test(unit) && !ONE_LETTER.has(unit)) return undefined;
  return OF_UNIT.get(unit) ?? (unit.length > 2 ? OF_UNIT.get(unit.replace(/s$/, "")) : undefined);
}

/** Whether two quantities say the same: 1000 mg is 1 g; a number without a unit may have any. */
export function sameQuantity(a: Quantity, b: Quantity): boolean {
  const bare = a.measure === undefined || b.measure === undefined;
  if (!bare && a.measure !== b.measure) return false;
  const [x, y] = [bare ? 1 : a.factor!, bare ? 1 : b.factor!];
  return a.values.some((mine) =>
    b.values.some(
      (other) => Math.abs(mine * x - other * y) <= 1e-9 * Math.max(Math.abs(mine * x), Math.abs(other * y)),
    ),
  );
}

const ROMAN = /^(x{0,3})(ix|iv|v?i{0,3})$/;
const DIGITS: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10 };

/** The value of a Roman numeral up to 39 in small letters; undefined for what is none. */
export function romanValue(text: string): number | undefined {
  if (text === "" || !ROMAN.test(text)) return undefined;
  return [...text].reduce((sum, letter, i) => {
    const own = DIGITS[letter]!;
    return sum + (own < (DIGITS[text[i + 1] ?? ""] ?? 0) ? -own : own);
  }, 0);
}

const NUMBER_WORDS: Record<string, number> = {};
const LISTS: readonly string[] = [
  "- two three four five six seven eight nine ten eleven twelve",
  "first second third fourth fifth sixth seventh eighth ninth tenth",
  "- deux trois quatre cinq six sept huit neuf dix onze douze",
  "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
  "once twice thrice",
  "premiere seconde",
  "erste zweite dritte vierte funfte sechste siebte achte neunte zehnte",
  "ersten zweiten dritten vierten funften sechsten siebten achten neunten zehnten",
  "ersters zweiter dritter vierter",
  "- zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
  "- - tres cuatro cinco seis siete ocho nueve diez",
  "primer segundo tercer cuarto quinto sexto septimo octavo noveno decimo",
  "primero segunda tercero cuarta quinta",
  "- - tre quattro cinque sei sette otto nove dieci",
  "primo secondo terzo quarto quinto sesto settimo ottavo nono decimo",
  "prima seconda terza quarta quinta",
  "primeiro segundo terceiro quarto quinto",
];
for (const list of LISTS)
  for (const [i, word] of list.split(" ").entries()) if (word !== "-") NUMBER_WORDS[word] ??= i + 1;

/** The value of a folded number word or ordinal up to twelve; undefined for other words. */
export function wordValue(word: string): number | undefined {
  return Object.hasOwn(NUMBER_WORDS, word) ? NUMBER_WORDS[word] : undefined;
}
