import { Link } from "@tanstack/react-router";
import { ROUTES } from "@/shared/lib/paths";

export function HostLink({ name }: { name: string }) {
  return (
    <Link className="mono" to={ROUTES.host} params={{ name }}>
      {name}
    </Link>
  );
}
