/** What the first script of the page has begun before the others are read; each is taken once. */
import type { HeldSocket } from "./held_socket";

export interface Begun {
  /** The id of this page load, by which the ticket was asked for. */
  page: string;
  ticket: Promise<Response>;
  media: Promise<MediaStream>;
  socket: HeldSocket;
}

declare global {
  interface Window {
    mooringBegun?: Partial<Begun>;
  }
}

export function takeBegun<What extends keyof Begun>(what: What): Begun[What] | undefined {
  const taken = window.mooringBegun?.[what];
  delete window.mooringBegun?.[what];
  return taken;
}
