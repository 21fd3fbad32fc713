import { useSyncExternalStore } from "react";

const ATTRIBUTE = "data-mantine-color-scheme";

/**
 * The theme whose colours the page has by now. What draws on a canvas reads them from the page: by the component library's
 * own hook it would sometimes do so a moment before they have changed, and keep the old ones.
 */
export function useShownScheme(): string {
  return useSyncExternalStore(subscribe, read);
}

function subscribe(listener: () => void): () => void {
  const watcher = new MutationObserver(listener);
  watcher.observe(document.documentElement, { attributeFilter: [ATTRIBUTE] });
  return () => watcher.disconnect();
}

const read = (): string => document.documentElement.getAttribute(ATTRIBUTE) ?? "";
