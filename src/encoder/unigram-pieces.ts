/** A piece at a place of the word, with the best of the ways that lead to its end. */
interface Node {
  start: number;
  before: number;
  total: number;
  /** The next piece that ends where this one does. */
  next: number;
}

/** Pieces of a vocabulary in a tree of their letters, in flat arrays: a hundred thousand maps would fill the memory. */
export class UnigramPieces {
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  /** Open addressing: (node, UTF-16 unit) to the next node. */
  #parents: Int32Array;
  #units: Uint16Array;
  #children: Int32Array;
  #mask: number;
  #nodes = 1;
  /** By node the piece that ends there, or -1. */
  #pieces: Int32Array;

  /** Pieces with their scores; a letter that no piece covers costs `unknownScore`. */
  constructor(vocabulary: readonly (readonly [string, number])[], unknownScore: number) {
    this.#unknownScore = unknownScore;
    this.#scores = Float64Array.from(vocabulary, ([, score]) => score);
    const units = vocabulary.reduce((sum, [piece]) => sum + piece.length, 1);
    const capacity = 2 ** Math.ceil(Math.log2(2 * units));
    this.#mask = capacity - 1;
    this.#parents = new Int32Array(capacity).fill(-1);
    this.#units = new Uint16Array(capacity);
    this.#children = new Int32Array(capacity);
    this.#pieces = new Int32Array(units).fill(-1);
    for (const [id, [piece]] of vocabulary.entries()) this.#pieces[this.#insert(piece)] = id;
  }

  /**
   * The most probable way to cut a word into pieces (Viterbi). A letter that no piece has is a piece by itself. Where
   * two ways are equal the choice is that of `@huggingface/tokenizers`: before each piece the first of the best pieces
   * that end there, compared with the piece's own score added.
   */
  cut(word: string): string[] {
    const length = word.length;
    const nodes: Node[] = [];
    // By place the piece that ends there last; pieces that end at one place are a chain in the order of their starts.
    const heads = new Int32Array(length + 1).fill(-1);
    const tails = new Int32Array(length + 1).fill(-1);
    const add = (start: number, end: number, score: number): void => {
      const { before, total } =
        start === 0 ? { before: -1, total: score } : best(nodes, heads[start]!, score);
      const index = nodes.push({ start, before, total, next: -1 }) - 1;
      if (tails[end]! < 0) heads[end] = index;
      else nodes[tails[end]!]!.next = index;
      tails[end] = index;
    };
    for (let start = 0; start < length; ) {
      const first = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
      let isCovered = false;
      let node = 0;
      for (let end = start + 1; end <= length; end++) {
        node = this.#next(node, word.charCodeAt(end - 1));
        if (node < 0) break;
        const piece = this.#pieces[node]!;
        if (piece < 0) continue;
        if (end === first) isCovered = true;
        add(start, end, this.#scores[piece]!);
      }
      if (!isCovered) add(start, first, this.#unknownScore);
      start = first;
    }
    const pieces: string[] = [];
    let end = length;
    for (let at = length > 0 ? best(nodes, heads[length]!, 0).before : -1; at >= 0; ) {
      const { start, before } = nodes[at]!;
      pieces.push(word.slice(start, end));
      [end, at] = [start, before];
    }
    return pieces.reverse();
  }

  #next(node: number, unit: number): number {
    for (let at = this.#slot(node, unit); this.#parents[at] !== -1; at = (at + 1) & this.#mask)
      if (this.#parents[at] === node && this.#units[at] === unit) return this.#children[at]!;
    return -1;
  }

  #insert(piece: string): number {
    let node = 0;
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      const known = this.#next(node, unit);
      if (known >= 0) {
        node = known;
        continue;
      }
      let at = this.#slot(node, unit);
      while (this.#parents[at] !== -1) at = (at + 1) & this.#mask;
      this.#parents[at] = node;
      this.#units[at] = unit;
      node = this.#nodes++;
      this.#children[at] = node;
    }
    return node;
  }

  #slot(node: number, unit: number): number {
    const mixed = Math.imul(Math.imul(node, 0x9e3779b1) ^ unit, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}

/** Of the pieces in a chain that with which a following piece scores best. */
function best(nodes: readonly Node[], head: number, score: number): { before: number; total: number } {
  let before = head;
  let total = nodes[head]!.total + score;
  for (let at = nodes[head]!.next; at >= 0; at = nodes[at]!.next) {
    const other = nodes[at]!.total + score;
    if (other > total) [before, total] = [at, other];
  }
  return { before, total };
}
