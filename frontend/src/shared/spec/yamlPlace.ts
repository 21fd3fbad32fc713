/** Where in a YAML text the cursor stands, by indentation alone: it also works while the text is not yet YAML. */
import { ITEM } from "./specHelp";

export interface Place {
  /** The keys and list items around the cursor, from the outside in. */
  path: string[];
  /** The key of this line; empty while none is written. */
  key: string;
  /** Behind the colon. */
  isValue: boolean;
  /** Where the word under the cursor begins, and what of it stands before the cursor. */
  from: number;
  typed: string;
  /** The column in which keys of this level begin. */
  column: number;
}

interface Line {
  /** The columns of the dashes that begin it. */
  dashes: number[];
  /** Where what follows them begins. */
  column: number;
  key: string | null;
  isEmpty: boolean;
}

export function placeAt(text: string, offset: number): Place {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const whole = text.slice(start, end < 0 ? undefined : end);
  const before = text.slice(start, offset);
  const line = readLine(whole);
  const column = line.isEmpty && line.dashes.length === 0 ? before.length : line.column;
  const above = text
    .slice(0, Math.max(0, start - 1))
    .split("\n")
    .map(readLine);
  const path = parents(start === 0 ? [] : above, column, line.dashes);
  const colon = line.key === null ? -1 : whole.indexOf(":", line.column + line.key.length);
  const isValue = colon >= 0 && before.length > colon;
  const from = isValue
    ? before.length - (/[^\s,[{]*$/.exec(before)?.[0].length ?? 0)
    : Math.min(column, before.length);
  return { path, key: line.key ?? "", isValue, from: start + from, typed: before.slice(from), column };
}

function readLine(text: string): Line {
  const dashes: number[] = [];
  let column = text.length - text.trimStart().length;
  while (/^-(\s|$)/.test(text.slice(column))) {
    dashes.push(column);
    const rest = text.slice(column + 1);
    column += 1 + (rest.length - rest.trimStart().length);
  }
  const rest = text.slice(column);
  const isEmpty = rest.trim() === "" || rest.startsWith("#");
  const found = /^(?:"([^"]*)"|'([^']*)'|([^\s#:"'[{][^:]*?))\s*:(?=\s|$)/.exec(rest);
  return { dashes, column, key: isEmpty ? null : (found?.[1] ?? found?.[2] ?? found?.[3] ?? null), isEmpty };
}

function parents(above: readonly Line[], column: number, ownDashes: readonly number[]): string[] {
  const path = ownDashes.map(() => ITEM);
  let limit = ownDashes[0] ?? column;
  // A list may begin in the column of the key that it belongs to.
  let isInList = ownDashes.length > 0;
  for (const line of above.toReversed()) {
    const [dash] = line.dashes;
    if (line.isEmpty && dash === undefined) continue;
    if (!isInList && dash !== undefined && line.column === limit) {
      path.unshift(ITEM); // the first line of the same item
      [limit, isInList] = [dash, true];
    } else if (
      line.key !== null &&
      (line.column < limit || (isInList && dash === undefined && line.column === limit))
    ) {
      path.unshift(...line.dashes.map(() => ITEM), line.key);
      [limit, isInList] = [dash ?? line.column, dash !== undefined];
    }
    if (limit === 0 && !isInList) break;
  }
  return path;
}
