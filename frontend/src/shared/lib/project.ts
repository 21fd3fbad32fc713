/** The project that the console shows: the one in the address (its path, else its search), else the last, else the first. */
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { meQuery } from "../api/queries";

const LAST_PROJECT_KEY = "orchestra.project";

export function useProject(): string {
  const { data: me } = useQuery(meQuery);
  const { project: named } = useParams({ strict: false });
  const { project: chosen } = useSearch({ strict: false });
  return named ?? chosen ?? rememberedProject(me?.projects.map((one) => one.name) ?? []);
}

/** The same before anything is drawn; null when it is none of these. */
export function projectAt(path: string, chosen: string | undefined, mine: readonly string[]): string | null {
  const project = /^\/p\/([^/]+)/.exec(path)?.[1] ?? chosen ?? rememberedProject(mine);
  return mine.includes(project) ? project : null;
}

export function rememberProject(project: string): void {
  localStorage.setItem(LAST_PROJECT_KEY, project);
}

function rememberedProject(known: readonly string[]): string {
  const last = localStorage.getItem(LAST_PROJECT_KEY);
  return (last !== null && known.includes(last) ? last : known[0]) ?? "default";
}
