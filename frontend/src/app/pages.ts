/** The main pages: what the navigation, the keys, the palette and the help all show in the same order. */
import {
  IconActivity,
  IconBox,
  IconLayoutDashboard,
  IconMapPin,
  IconPlayerPlay,
  IconServer2,
  IconSettings,
  IconStack2,
  type TablerIcon,
} from "@tabler/icons-react";
import { ROUTES } from "@/shared/lib/paths";

export interface MainPage {
  id: "overview" | "hosts" | "services" | "containers" | "run" | "placement" | "events" | "settings";
  to: string;
  keys: `g ${string}`;
  icon: TablerIcon;
}

export const PAGES: readonly MainPage[] = [
  { id: "overview", to: ROUTES.overview, keys: "g o", icon: IconLayoutDashboard },
  { id: "hosts", to: ROUTES.hosts, keys: "g h", icon: IconServer2 },
  { id: "services", to: ROUTES.services, keys: "g s", icon: IconStack2 },
  { id: "containers", to: ROUTES.containers, keys: "g c", icon: IconBox },
  { id: "run", to: ROUTES.run, keys: "g r", icon: IconPlayerPlay },
  { id: "placement", to: ROUTES.placement, keys: "g p", icon: IconMapPin },
  { id: "events", to: ROUTES.events, keys: "g e", icon: IconActivity },
  { id: "settings", to: ROUTES.settings, keys: "g ,", icon: IconSettings },
];
