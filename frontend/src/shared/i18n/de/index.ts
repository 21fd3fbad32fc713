/** German words of the console, in neutral forms; Host, Container and Spec stay as they are. */
import type { en as english } from "../en";
import type { Words } from "../words";
import { containers } from "./containers";
import { dock } from "./dock";
import { events } from "./events";
import { explain } from "./explain";
import { hosts } from "./hosts";
import { list } from "./list";
import { overview } from "./overview";
import { placement } from "./placement";
import { plans } from "./plans";
import { rebalance } from "./rebalance";
import { run } from "./run";
import { services } from "./services";
import { settings } from "./settings";
import { shell } from "./shell";
import { usage } from "./usage";
import { words } from "./words";

export const de: Words<typeof english> = {
  ...shell,
  ...words,
  ...overview,
  ...containers,
  ...list,
  ...dock,
  ...hosts,
  ...events,
  ...explain,
  ...services,
  ...settings,
  ...placement,
  ...plans,
  ...rebalance,
  ...run,
  ...usage,
};
