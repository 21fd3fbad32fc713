/** Colours in log lines (SGR); every other escape is cut out. */

export interface Span {
  text: string;
  /** 0-7 of the terminal's palette; null for plain text. */
  colour: number | null;
  isBold: boolean;
}

// eslint-disable-next-line no-control-regex -- escapes are what this looks for
const ESCAPE = /\u001b\[([0-9;]*)([A-Za-z])/g;
const LEVEL = /\b(ERROR|FATAL|CRITICAL|WARN(?:ING)?|INFO|DEBUG|TRACE)\b/;
const LEVEL_COLOUR: Record<string, number> = { E: 1, F: 1, C: 1, W: 3, I: 2, D: 6, T: 6 };

export function readSpans(line: string): Span[] {
  if (!line.includes("\u001b[")) return withLevel(line);
  const spans: Span[] = [];
  let colour: number | null = null;
  let isBold = false;
  let from = 0;
  for (const match of line.matchAll(ESCAPE)) {
    if (match.index > from) spans.push({ text: line.slice(from, match.index), colour, isBold });
    from = match.index + match[0].length;
    if (match[2] !== "m") continue;
    for (const code of (match[1] ?? "").split(";").map(Number)) {
      if (code === 0) [colour, isBold] = [null, false];
      else if (code === 1) isBold = true;
      else if (code === 39) colour = null;
      else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) colour = code % 10;
    }
  }
  if (from < line.length) spans.push({ text: line.slice(from), colour, isBold });
  return spans;
}

/** A line without colours of its own gets one for its level. */
function withLevel(line: string): Span[] {
  const plain = (text: string): Span => ({ text, colour: null, isBold: false });
  const found = LEVEL.exec(line);
  if (!found) return [plain(line)];
  const end = found.index + found[0].length;
  const level = { text: found[0], colour: LEVEL_COLOUR[found[0].charAt(0)] ?? null, isBold: true };
  return [plain(line.slice(0, found.index)), level, plain(line.slice(end))].filter(
    (span) => span.text !== "",
  );
}
