/** The text of the filter: what is typed shows at once, the address follows; what comes from outside wins. */
import { useRef, useState } from "react";

/** `address` is what stands in the URL: by our own sending, or by Back, a link, a saved view. */
export function useQueryText(
  address: string,
  send: (text: string) => void,
): readonly [string, (text: string) => void] {
  const [text, setText] = useState(address);
  const [seen, setSeen] = useState(address);
  const sent = useRef(new Set<string>());
  if (address !== seen) {
    setSeen(address);
    // An echo of something typed a moment ago must not take back what was typed since.
    if (address === text) sent.current.clear();
    else if (!sent.current.has(address)) setText(address);
  }
  const change = (next: string): void => {
    sent.current.add(next);
    setText(next);
    send(next);
  };
  return [text, change];
}
