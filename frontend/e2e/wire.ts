/** The live socket through a wire of ours: it can hold frames, lose one, be cut, and refuse to be mended. */
import type { Page, WebSocketRoute } from "@playwright/test";

const CHANGE_OF_CONTAINERS = /"t":"(d|add)".*"containers"/;
const RESTARTING = 1012;

export class Wire {
  /** Nothing comes through, and nobody is told: silence. */
  holds = false;
  /** The next change of a container is dropped. */
  losesNext = false;
  /** Frames wait until `flow`. */
  keeps = false;
  /** Who connects is sent away at once. */
  refuses = false;
  /** Frames that came through. */
  passed = 0;
  lost = 0;
  /** When somebody connected, in milliseconds. */
  readonly connectedAt: number[] = [];
  private readonly recent: string[] = [];
  private readonly kept: (() => void)[] = [];
  private routes: { page: WebSocketRoute; server: WebSocketRoute }[] = [];

  async install(page: Page): Promise<void> {
    await page.routeWebSocket(/\/ws\/live$/, (route) => this.connect(route));
  }

  /** Whether a frame with this word came through. */
  carried(word: string): boolean {
    return this.recent.some((message) => message.includes(word));
  }

  /** What was kept comes through, and all that follows. */
  flow(): void {
    this.keeps = false;
    for (const send of this.kept.splice(0)) send();
  }

  async cut(): Promise<void> {
    const last = this.routes.at(-1);
    await last?.page.close({ code: RESTARTING });
    await last?.server.close();
  }

  private connect(route: WebSocketRoute): void {
    this.connectedAt.push(Date.now());
    if (this.refuses) {
      void route.close({ code: RESTARTING });
      return;
    }
    const server = route.connectToServer();
    this.routes.push({ page: route, server });
    route.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      if (this.holds) return;
      if (this.losesNext && typeof message === "string" && CHANGE_OF_CONTAINERS.test(message)) {
        this.losesNext = false;
        this.lost += 1;
        return;
      }
      this.passed += 1;
      if (typeof message === "string") this.recent.push(message);
      if (this.keeps) this.kept.push(() => route.send(message));
      else route.send(message);
    });
  }
}
