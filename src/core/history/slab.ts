import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { columnsOf } from './slabFormat';
import { SlabReader } from './slabReader';

/** Half the size of the fastest deflate level at half its speed; higher levels are slower without benefit. */
const compression = {
  [constants.BROTLI_PARAM_QUALITY]: 5,
  [constants.BROTLI_PARAM_LGWIN]: 22,
};

/** Approximate size of the objects around the bytes of a slab. */
const overheadBytes = 200;

/** A complete block of messages, which is compressed in the background. */
export class Slab {
  private isCompressed = false;
  private isDiscarded = false;

  /**
   * @param firstIndex number of the first message in the history
   * @param count how many messages there are
   */
  constructor(
    private packed: Uint8Array,
    readonly firstIndex: number,
    readonly count: number,
  ) {}

  get end(): number {
    return this.firstIndex + this.count;
  }

  get bytes(): number {
    return this.packed.length + overheadBytes;
  }

  /** Compresses in the thread pool. Keeps the original if that is not smaller, or fails. */
  compress(): Promise<void> {
    return new Promise((resolve) => {
      brotliCompress(this.packed, { params: compression }, (error, compressed) => {
        if (!error && !this.isDiscarded) this.takeSmaller(compressed);
        resolve();
      });
    });
  }

  /** Decompresses in the thread pool. @returns undefined if it was discarded */
  async open(): Promise<SlabReader | undefined> {
    const { packed } = this;
    if (this.isDiscarded) return undefined;
    const bytes = this.isCompressed ? await decompressed(packed) : packed;
    return new SlabReader(columnsOf(bytes), this.firstIndex, this.count);
  }

  /** Frees its memory. */
  discard(): void {
    this.isDiscarded = true;
    this.packed = new Uint8Array();
  }

  private takeSmaller(compressed: Uint8Array): void {
    this.isCompressed = compressed.length < this.packed.length;
    // A copy, since a part of a buffer keeps the whole buffer in memory.
    this.packed = new Uint8Array(this.isCompressed ? compressed : this.packed);
  }
}

const decompressed = (bytes: Uint8Array) =>
  new Promise<Uint8Array>((resolve, reject) =>
    brotliDecompress(bytes, (error, raw) => (error ? reject(error) : resolve(raw))),
  );
