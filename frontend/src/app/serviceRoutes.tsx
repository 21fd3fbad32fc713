/** The addresses of services: the list, one, and the pages that write one. */
import { createRoute } from "@tanstack/react-router";
import { EditServicePage } from "@/features/services/EditServicePage";
import { NewServicePage } from "@/features/services/NewServicePage";
import { ServicePage, type ServiceSearch } from "@/features/services/ServicePage";
import { ServicesPage } from "@/features/services/ServicesPage";
import { ROUTES, RUN_MODES, type RunMode, SERVICE_TABS, USAGE_RANGES } from "@/shared/lib/paths";
import { inside, text } from "./roots";

/** A number of the address: of a revision. */
function number(value: unknown): number | undefined {
  const read = typeof value === "number" ? value : Number(text(value) ?? NaN);
  return Number.isInteger(read) && read > 0 ? read : undefined;
}

const services = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.services,
  validateSearch: (search): { q?: string; sort?: string } => ({
    q: text(search["q"]),
    sort: text(search["sort"]),
  }),
  component: function Services() {
    const { project } = services.useParams();
    const navigate = services.useNavigate();
    return (
      <ServicesPage
        key={project}
        project={project}
        search={services.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const asWritten = (search: Record<string, unknown>): { as?: RunMode } => ({
  as: RUN_MODES.find((mode) => mode === search["as"]),
});

const newService = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.newService,
  validateSearch: asWritten,
  component: function NewService() {
    const { project } = newService.useParams();
    const navigate = newService.useNavigate();
    return (
      <NewServicePage
        key={project}
        project={project}
        mode={newService.useSearch().as ?? "form"}
        onMode={(as) => void navigate({ search: as === "form" ? {} : { as }, replace: true })}
      />
    );
  },
});

const editService = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.editService,
  validateSearch: asWritten,
  component: function EditService() {
    const { project, id } = editService.useParams();
    const navigate = editService.useNavigate();
    return (
      <EditServicePage
        key={id}
        project={project}
        id={id}
        mode={editService.useSearch().as ?? "form"}
        onMode={(as) => void navigate({ search: as === "form" ? {} : { as }, replace: true })}
      />
    );
  },
});

const service = createRoute({
  getParentRoute: () => inside,
  path: ROUTES.service,
  validateSearch: (search): ServiceSearch => ({
    tab: SERVICE_TABS.find((tab) => tab === search["tab"]),
    from: number(search["from"]),
    to: number(search["to"]),
    range: USAGE_RANGES.find((range) => range === search["range"]),
  }),
  component: function Service() {
    const { project, id } = service.useParams();
    const navigate = service.useNavigate();
    return (
      <ServicePage
        key={id}
        project={project}
        id={id}
        search={service.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

export const serviceRoutes = [services, newService, service, editService] as const;
