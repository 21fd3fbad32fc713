/** No name holds it. */
const MARK = "\u0001";

/** A text with a name in it, translated once for all names: a list says it on every row, with every drawing. */
export function saidOf(translate: (name: string) => string): (name: string) => string {
  const parts = translate(MARK).split(MARK);
  return (name) => parts.join(name);
}
