/** An object comes by GET and by its topic, in any order: what is shown is never replaced by something older. */

export interface Versioned {
  version: number;
  attempt?: number;
}

export function newer<T extends Versioned>(shown: T | undefined, came: T): T {
  if (shown === undefined) return came;
  // A restart is a new row with its own count of versions.
  const attempts = (came.attempt ?? 0) - (shown.attempt ?? 0);
  if (attempts !== 0) return attempts > 0 ? came : shown;
  return came.version >= shown.version ? came : shown;
}
