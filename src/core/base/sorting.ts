/** Compares texts in the order of the language that the process runs in. */
export const compareText = (one: string, other: string): number => one.localeCompare(other);

export const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  compareText(one.name, other.name);
