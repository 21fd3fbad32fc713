import { Link } from "@tanstack/react-router";
import type { OrchestraEvent } from "../api/types";
import { ROUTES } from "../lib/paths";

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What an event calls its object: the name it had then, or its id. */
export function objectName(event: OrchestraEvent): string {
  return word(event.data["name"]) || event.object_id;
}

/** The object of an event, with a link to it where the console has a page for it. */
export function EventObject({ event }: { event: OrchestraEvent }) {
  const name = objectName(event);
  if (name === "") return <span className="soft">{event.object_kind}</span>;
  if (event.object_kind === "container" && event.project !== null) {
    const id = word(event.data["slot"]) || event.object_id;
    return (
      <Link className="mono plain" to={ROUTES.container} params={{ project: event.project, id }} title={name}>
        {name}
      </Link>
    );
  }
  if (event.object_kind === "service" && event.project !== null) {
    const params = { project: event.project, id: event.object_id };
    return (
      <Link className="mono plain" to={ROUTES.service} params={params} title={name}>
        {name}
      </Link>
    );
  }
  if (event.object_kind === "host" && word(event.data["name"]) !== "") {
    return (
      <Link className="mono plain" to={ROUTES.host} params={{ name }} title={name}>
        {name}
      </Link>
    );
  }
  return (
    <span className="mono" title={name}>
      {name}
    </span>
  );
}
