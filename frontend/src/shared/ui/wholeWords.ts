/**
 * Words that are cut at the edge of their cell are told whole while the pointer is over it. Only then: a `title` that is
 * written with every drawing has every cell styled anew.
 */
import type { PointerEvent } from "react";

const CELL = "[role=gridcell]";

/** `wholeOf`: what a cell stands for, by its place in the row; none: what stands in it. */
export function tellWhole(event: PointerEvent, wholeOf: (at: number) => string | undefined): void {
  const cell = cellOf(event);
  if (cell === null) return;
  const at = [...(cell.parentElement?.children ?? [])].indexOf(cell);
  const whole = wholeOf(at) ?? (cell.scrollWidth > cell.clientWidth ? cell.textContent : "");
  if (whole !== "") cell.title = whole;
}

export function forgetWhole(event: PointerEvent): void {
  cellOf(event)?.removeAttribute("title");
}

function cellOf(event: PointerEvent): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>(CELL) : null;
}
