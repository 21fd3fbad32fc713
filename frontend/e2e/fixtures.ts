/**
 * What the tests of rules and states stand on: somebody who is logged in already, the socket through a wire of ours,
 * and a hand on the API beside the page. Needs the account that the road makes, or ORCHESTRA_USER and
 * ORCHESTRA_PASSWORD; containers are made from ORCHESTRA_IMAGE, which must know `act`.
 */
import {
  type APIRequestContext,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type FullProject,
  type Page,
  type Request,
  test as base,
} from "@playwright/test";
import { logIn, watch } from "./console";
import { Wire } from "./wire";

/** In the names of all that one run makes. */
export const TAG = Date.now().toString(36);
const IMAGE = process.env["ORCHESTRA_IMAGE"] ?? "busybox:1";
const CONTAINERS = "/api/v1/projects/default/containers";

export interface Made {
  name: string;
  slot: string;
}

/** The API as the person who is logged in has it, past the page. */
export class Api {
  constructor(
    readonly request: APIRequestContext,
    private readonly context: BrowserContext,
    private readonly base: string,
  ) {}

  async post(path: string, data: object): Promise<Record<string, unknown>> {
    const cookies = await this.context.cookies(this.base);
    const csrf = cookies.find((one) => one.name === "orchestra_csrf")?.value ?? "";
    const headers = { "X-CSRFToken": csrf, Origin: this.base, Referer: `${this.base}/` };
    const answer = await this.request.post(path, { data, headers });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Asks for more than any host has: it waits for ever and costs nothing. */
  async wait(word: string): Promise<Made> {
    return this.make(word, { resources: { memory: "60t" } });
  }

  /** Runs one of the verbs of `act`. */
  async run(word: string, ...command: string[]): Promise<Made> {
    return this.make(word, {
      command: ["act", ...command],
      resources: { cpu: "10m", memory: "8m" },
      stop_grace: 2,
    });
  }

  async read(made: Made): Promise<Record<string, unknown>> {
    const answer = await this.request.get(`${CONTAINERS}/${made.slot}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  async ask(made: Made, verb: "stop" | "restart" | "remove"): Promise<void> {
    await this.post(`${CONTAINERS}/${made.slot}/${verb}`, {});
  }

  /** Takes away what this run has made. */
  async clear(): Promise<void> {
    const list = await this.request.get(`${CONTAINERS}?limit=1000`);
    const { results } = (await list.json()) as { results: (Made & { desired: string })[] };
    const left = results.filter(({ name, desired }) => name.endsWith(TAG) && desired !== "remove");
    await Promise.all(left.map((one) => this.ask(one, "remove")));
  }

  private async make(word: string, more: object): Promise<Made> {
    const name = `${word}-${TAG}`;
    const made = await this.post(CONTAINERS, { image: IMAGE, name, ...more });
    return { name, slot: String(made["slot"]) };
  }
}

interface OfTest {
  /** In a browser of its own, and not in the one that all share, which has the console fetched and compiled. */
  isNew: boolean;
  wire: Wire;
  api: Api;
  /** Errors of the page: there must be none at the end. */
  troubles: string[];
}
interface OfWorker {
  /** Somebody is logged in there. */
  account: BrowserContext;
}

const optionsOf = ({ use }: FullProject): BrowserContextOptions => ({
  baseURL: use.baseURL ?? "",
  viewport: use.viewport ?? null,
  locale: use.locale ?? "",
  ...use.contextOptions,
});

export const test = base.extend<OfTest, OfWorker>({
  account: [
    async ({ browser }, provide, { project }) => {
      const account = await browser.newContext(optionsOf(project));
      const page = await account.newPage();
      await logIn(page);
      await page.close();
      await provide(account);
      await account.close();
    },
    { scope: "worker" },
  ],
  isNew: [false, { option: true }],
  context: async ({ account, browser, isNew }, provide, { project }) => {
    const storageState = await account.storageState();
    const context = isNew ? await browser.newContext({ ...optionsOf(project), storageState }) : account;
    await provide(context);
    for (const page of context.pages()) {
      await page.evaluate(() => localStorage.clear()).catch(() => undefined); // of a page that shows nothing
      await page.close();
    }
    if (isNew) await context.close();
  },
  wire: [
    async ({ page }, provide) => {
      const wire = new Wire();
      await wire.install(page);
      await provide(wire);
    },
    { auto: true },
  ],
  troubles: [
    async ({ page }, provide, info) => {
      const troubles = watch(page);
      const requests = watchRequests(page);
      await provide(troubles);
      if (info.status !== info.expectedStatus) await info.attach("requests", { body: requests() });
      expect(troubles).toEqual([]);
    },
    { auto: true },
  ],
  api: async ({ page, baseURL }, provide) => {
    const api = new Api(page.request, page.context(), baseURL ?? "");
    await provide(api);
    await api.clear();
  },
});

/** For a test that failed: what the page asked for and has not got. */
function watchRequests(page: Page): () => string {
  const pending = new Set<Request>();
  const failed: string[] = [];
  page.on("request", (one) => pending.add(one));
  page.on("requestfinished", (one) => pending.delete(one));
  page.on("requestfailed", (one) => {
    pending.delete(one);
    failed.push(`${one.url()} ${one.failure()?.errorText ?? ""}`);
  });
  return () => `pending: ${[...pending].map((one) => one.url()).join(", ")}\nfailed: ${failed.join(", ")}`;
}

/** The list of containers, only what this run has made; `search` adds to the address. */
export async function openList(page: Page, search = ""): Promise<void> {
  await page.goto(`/p/default/containers?q=${TAG}${search}`);
  await expectLive(page);
}

export async function expectLive(page: Page): Promise<void> {
  await expect(page.getByTestId("live")).toHaveAttribute("data-freshness", "live");
}

export async function openContainer(page: Page, made: Made, tab = ""): Promise<void> {
  await page.goto(`/p/default/containers/${made.slot}${tab === "" ? "" : `?tab=${tab}`}`);
  await expect(page.getByRole("heading", { name: made.name })).toBeVisible();
  await expectLive(page);
}

export const row = (page: Page, made: Made) => page.getByRole("row", { name: new RegExp(made.name) });

/** The names in the list, from its top. */
export async function names(page: Page): Promise<string[]> {
  const rows = page.getByRole("row").filter({ has: page.getByRole("gridcell") });
  const found = await rows.evaluateAll((all) =>
    all.map((one) => ({
      at: Number(one.getAttribute("aria-rowindex")),
      name: one.querySelector("a")?.textContent ?? "",
    })),
  );
  return found.sort((a, b) => a.at - b.at).map(({ name }) => name);
}

/** The pointer rests where it holds nothing. */
export const away = (page: Page) => page.mouse.move(100, 640);
