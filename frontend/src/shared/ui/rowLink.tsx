/**
 * Links in the rows of a long list. The router's own each look at every change of the address, which is dear when a
 * hundred of them stand on the screen; these only say where they go, and the list follows them.
 */
import type { MouseEvent, ReactElement } from "react";

/** `href`: made from ROUTES by `hrefOf`. */
export function rowLink(href: string, words: string | undefined): ReactElement {
  return (
    <a className="mono plain" href={href} tabIndex={-1} data-row-link="">
      {words}
    </a>
  );
}

/** Where a plain click leads inside the console; null: nowhere, or the browser shall see to it. */
export function followed(event: MouseEvent): string | null {
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!isPlain || !(event.target instanceof Element)) return null;
  return event.target.closest("a[data-row-link]")?.getAttribute("href") ?? null;
}
