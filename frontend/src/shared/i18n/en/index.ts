/** English words of the console, put together from one file per page. */
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

export const en = {
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
