/** Ascending indexes in 4 bytes each, which can be discarded from the front; O(1) amortized. Their range is below 2^32. */
export class IndexList {
  /** Differences from {@link base}; `head` to `tail` is in use. */
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

  /** @param index greater than all previous ones */
  push(index: number): void {
    if (this.length === 0) this.restart(index);
    else if (this.tail === this.distances.length) this.makeRoom();
    this.distances[this.tail++] = index - this.base;
  }

  /** Removes everything before this index. */
  dropBefore(index: number): void {
    this.head += this.positionOf(index);
  }

  /** Removes this index and everything after it. */
  dropFrom(index: number): void {
    this.tail = this.head + this.positionOf(index);
  }

  /** Position of the first index that is not less; `length` if there is none. */
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

  /** Doubles the size if more than half is in use; otherwise reuses the space of removed indexes. */
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
