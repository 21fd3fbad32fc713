import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

interface Props {
  /** Made from ROUTES by `hrefOf`. */
  href: string;
  title: string;
  children: ReactNode;
}

/**
 * A link in a row of a long list. The router's own links each look at every change of the address, which is dear when a
 * hundred of them stand on the screen; this one only says where it goes.
 */
export function RowLink({ href, title, children }: Props) {
  const router = useRouter();
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!isPlain) return;
    event.preventDefault();
    void router.navigate({ href });
  };
  return (
    <a className="mono plain" href={href} tabIndex={-1} title={title} onClick={follow}>
      {children}
    </a>
  );
}
