/** Rising indexes in 4 bytes each, of which the oldest may leave; O(1) amortised. They span less than 2^32. */
export class IndexList {
  /** Distances from {@link base}; what is in use is `head` to `tail`. */
  private distances = new Uint32Array(64);
  private base = 0;
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  at(position: number): number {
    return this.base + (this.distances[this.head + position] ?? 0);
  }

  /** @param index more than all before it */
  push(index: number): void {
    if (this.length === 0) this.restart(index);
    else if (this.tail === this.distances.length) this.makeRoom();
    this.distances[this.tail++] = index - this.base;
  }

  /** Takes away what is before this index. */
  dropBefore(index: number): void {
    this.head += this.positionOf(index);
  }

  /** Takes away this index and what is behind it. */
  dropFrom(index: number): void {
    this.tail = this.head + this.positionOf(index);
  }

  /** Of the first one that is not less; `length` when there is none. */
  positionOf(index: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  clear(): void {
    this.distances = new Uint32Array(64);
    this.head = this.tail = 0;
  }

  private restart(index: number): void {
    this.base = index;
    this.head = this.tail = 0;
  }

  /** Twice the room when more than half is in use; else only what left is cut off. */
  private makeRoom(): void {
    const used = this.distances.subarray(this.head, this.tail);
    const isFull = used.length * 2 > this.distances.length;
    const moved = isFull ? new Uint32Array(this.distances.length * 2) : this.distances;
    const shift = used[0] ?? 0;
    for (let at = 0; at < used.length; at++) moved[at] = (used[at] ?? 0) - shift;
    this.distances = moved;
    this.base += shift;
    this.tail = used.length;
    this.head = 0;
  }
}
