import { useState } from "react";
import { readViews, type View, viewsKey } from "./views";

/** The saved views of a project in this browser. */
export function useViews(project: string): [readonly View[], (views: readonly View[]) => void] {
  const [views, setViews] = useState<readonly View[]>(() =>
    readViews(localStorage.getItem(viewsKey(project))),
  );
  const save = (next: readonly View[]): void => {
    localStorage.setItem(viewsKey(project), JSON.stringify(next));
    setViews(next);
  };
  return [views, save];
}
