/** The read position of each partition. After a reconnect a reader may receive messages again. */
export class PartitionPositions {
  private readonly last = new Map<string, number>();

  /** Sequence number of the last message, by partition. */
  get all(): ReadonlyMap<string, number> {
    return this.last;
  }

  set(partitionId: string, sequenceNumber: number): void {
    this.last.set(partitionId, sequenceNumber);
  }

  /** The messages after the last position, each once. They count as read from now on. */
  takeNew<T extends { readonly sequenceNumber: number }>(partitionId: string, messages: readonly T[]): T[] {
    let last = this.last.get(partitionId) ?? -1;
    const fresh = messages.filter(({ sequenceNumber }) => {
      if (sequenceNumber <= last) return false;
      last = sequenceNumber;
      return true;
    });
    if (fresh.length > 0) this.last.set(partitionId, last);
    return fresh;
  }
}
