/** The console's live session: one socket, one fleet, one clock for drawing. Started when somebody is logged in. */
import { type Handle, LiveClient, type Socket } from "@/live/client";
import { Fleet, type Outcome } from "@/live/fleet";
import type { SubFrame } from "@/live/frames";
import { Ticker } from "@/live/ticks";

function openSocket(): Socket {
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${window.location.host}/ws/live`);
  const wire: Socket = {
    send: (text) => socket.send(text),
    close: () => socket.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
  };
  socket.onopen = () => wire.onopen?.();
  socket.onmessage = (event: MessageEvent<unknown>) => wire.onmessage?.(event);
  socket.onclose = (event) => wire.onclose?.(event);
  return wire;
}

class LiveSession {
  readonly client = new LiveClient(openSocket);
  readonly ticker = new Ticker({
    isHidden: () => document.hidden,
    onShown: (callback) =>
      document.addEventListener("visibilitychange", () => {
        if (!document.hidden) callback();
      }),
  });
  fleet = new Fleet();
  /** Why the server refuses the feed; null while it does not. */
  refusal: string | null = null;
  private project: string | null = null;
  private handle: Handle | null = null;

  /** The project whose fleet is shown; asking twice for the same changes nothing. */
  open(project: string): void {
    this.client.start();
    if (project === this.project) return;
    this.handle?.close();
    this.project = project;
    this.fleet = new Fleet();
    this.refusal = null;
    const { fleet } = this;
    this.handle = this.client.subscribe(
      { topic: "fleet", project },
      {
        onFrame: (frame, handle) => this.take(fleet, frame, handle),
        onBeat: (beat, handle) => {
          this.tell(fleet.beat(beat.seq, beat.ts), handle);
          this.ticker.mark(false);
        },
      },
    );
    this.ticker.mark(true);
  }

  /** The same where none is shown yet. */
  openFirst(project: string | null): void {
    if (this.project === null && project !== null) this.open(project);
  }

  close(): void {
    this.handle?.close();
    this.handle = null;
    this.project = null;
    this.fleet = new Fleet();
    this.client.stop();
  }

  private take(fleet: Fleet, frame: SubFrame, handle: Handle): void {
    if (frame.t === "error") {
      this.refusal = frame.message;
      this.ticker.mark(true);
      return;
    }
    if (frame.t !== "snap" && frame.t !== "add" && frame.t !== "d" && frame.t !== "del") return;
    this.tell(fleet.accept(frame), handle);
  }

  private tell(outcome: Outcome, handle: Handle): void {
    if (outcome === "gap") handle.renew();
    else if (outcome === "whole") this.ticker.markWhole();
    else if (outcome !== "known") this.ticker.mark(outcome === "urgent");
  }
}

export const session = new LiveSession();
