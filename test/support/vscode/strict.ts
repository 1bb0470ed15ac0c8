/** A part of the fake that names what it lacks, where a plain object would give `undefined`. */
export function strict<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, key, receiver) {
      // Symbols, and `then` of whoever awaits it, are asked of every object.
      if (key in target || typeof key === 'symbol' || key === 'then')
        return Reflect.get(target, key, receiver) as unknown;
      throw new Error(`The fake has no ${name}.${key}: add it where its other parts are.`);
    },
  });
}
