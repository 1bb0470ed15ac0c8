/** A part of the fake that throws with the name of a missing member, where a plain object returns `undefined`. */
export function strict<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, key, receiver) {
      // Symbols, and `then` when the object is awaited, are read from every object.
      if (key in target || typeof key === 'symbol' || key === 'then')
        return Reflect.get(target, key, receiver) as unknown;
      throw new Error(`The fake has no ${name}.${key}. Add it next to its other members.`);
    },
  });
}
