/** Keeps this page on signaling: a fresh ticket at each connect, another node when the first is gone. */
import { Manager, WebSocket as Transport, type Socket } from "socket.io-client";
import { takeBegun } from "./begun";
import { EVENT, type Description, type FromBrowser, type ToBrowser } from "./protocol";
import { answerOf, fetchTicket, Refused, type TicketAnswer } from "./web";
import type { CallPage } from "./page";
import { rememberSocket } from "./tab";

export interface SessionListener {
  ticket(answer: TicketAnswer): void;
  /** What goes to the server beside the ticket. */
  offer(): Promise<Description | null>;
  message(message: ToBrowser): void;
  down(): void;
  /** Web refuses the ticket for a reason that trying again does not change. */
  stopped(refusal: Refused): void;
}

/** A ticket got for one connect may serve the next one this long; it lives for 60 s. */
const UNUSED_MS = 15_000;
const ATTEMPTS_BEFORE_REPORT = 2;
const REOPEN_APART_MS = 2_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Half a second, doubled up to five, with jitter, so that a thousand clients do not come at once. */
export function backoff(tries: number, random = Math.random()): number {
  return Math.min(5_000, 500 * 2 ** tries) * (0.7 + 0.6 * random);
}

/** A refusal that asking again cannot change: the visit, the seat or the session says no. */
export function isFinal(refusal: Refused): boolean {
  return refusal.status >= 400 && refusal.status < 500 && refusal.status !== 408 && refusal.status !== 429;
}

/** A WebSocket, and after a reload the one that is there already. */
class Road extends Transport {
  override createSocket(...given: Parameters<Transport["createSocket"]>): WebSocket {
    const [url] = given;
    rememberSocket(url);
    return takeBegun("socket")?.handOver(url) ?? super.createSocket(...given) as WebSocket;
  }
}

export class Session {
  #manager: Manager | null = null;
  #socket: Socket | null = null;
  #answer: TicketAnswer | null = null;
  #unused: { answer: TicketAnswer; at: number } | null = null;
  #life = 0;
  #failures = 0;
  #refusals = 0;
  #reopenedAt = 0;
  #reporting = false;

  constructor(private readonly page: CallPage, private readonly listener: SessionListener) {}

  /** The epoch and node of the last ticket, to notice that the room has moved. */
  get place(): { epoch: number; node: string; room: string } | null {
    return this.#answer && { epoch: this.#answer.epoch, node: this.#answer.node, room: this.#answer.room };
  }

  async open(move = false): Promise<void> {
    const life = ++this.#life;
    this.#answer = null;
    for (let tries = 0; life === this.#life; tries++) {
      try {
        const begun = move ? undefined : takeBegun("ticket");
        const answer = await (begun ? answerOf<TicketAnswer>(begun) : fetchTicket(this.page.urls, { move, unreachable: null }));
        if (life === this.#life) this.#connect(answer);
        return;
      } catch (refusal) {
        if (!(refusal instanceof Refused)) throw refusal;
        if (life !== this.#life) return;
        if (isFinal(refusal)) return this.#stop(refusal);
        await pause(backoff(tries));
      }
    }
  }

  /** Media is in trouble: the socket may be dead without knowing it, so take a new one at once. */
  reopen(): void {
    if (!this.#manager || Date.now() - this.#reopenedAt < REOPEN_APART_MS) return;
    this.#reopenedAt = Date.now();
    this.#unused = null;
    this.#manager.engine?.close();
  }

  /** Web says the room is elsewhere or our part has changed: only a fresh ticket tells the truth. */
  renew(): void {
    this.close();
    void this.open();
  }

  send(message: FromBrowser): boolean {
    if (!this.#socket?.connected) return false;
    this.#socket.emit(EVENT, message);
    return true;
  }

  close(): void {
    this.#life++;
    this.#socket?.removeAllListeners();
    this.#socket?.disconnect();
    this.#manager?.removeAllListeners();
    const wasOpen = this.#socket !== null;
    this.#socket = this.#manager = this.#answer = null;
    if (wasOpen) this.listener.down();
  }

  #stop(refusal: Refused): void {
    this.close();
    this.listener.stopped(refusal);
  }

  #connect(answer: TicketAnswer): void {
    this.close();
    const life = this.#life;
    this.#answer = answer;
    this.#unused = { answer, at: Date.now() };
    const manager = new Manager(answer.url, {
      path: answer.path,
      query: { room: answer.room },
      transportImplementations: [Road],
      reconnectionDelay: 150,
      reconnectionDelayMax: 1_000,
      randomizationFactor: 0.3,
      timeout: 10_000,
      autoConnect: false,
    });
    const socket = manager.socket("/", { auth: (present) => void this.#present(life, present) });
    socket.on("connect", () => { this.#failures = this.#refusals = 0; });
    socket.on(EVENT, (message: ToBrowser) => this.listener.message(message));
    socket.on("disconnect", (reason) => {
      this.listener.down();
      if (reason === "io server disconnect") this.#again(life);
    });
    // The manager comes back by itself when the road failed, never when the server said no.
    socket.on("connect_error", () => { if (!socket.active) this.#again(life); });
    manager.on("error", () => void this.#roadFailed(life));
    manager.on("reconnect_error", () => void this.#roadFailed(life));
    this.#manager = manager;
    this.#socket = socket;
    socket.connect();
  }

  #again(life: number): void {
    const wait = backoff(this.#refusals++) / 2;
    setTimeout(() => { if (life === this.#life) this.#socket?.connect(); }, wait);
  }

  async #present(life: number, present: (auth: { ticket: string; offer?: Description }) => void): Promise<void> {
    const held = this.#unused;
    this.#unused = null;
    const give = async (answer: TicketAnswer): Promise<void> => {
      this.listener.ticket(answer);
      const offer = await this.listener.offer();
      if (life === this.#life) present({ ticket: answer.ticket, ...(offer && { offer }) });
    };
    if (held && Date.now() - held.at < UNUSED_MS) return give(held.answer);
    try {
      const answer = await fetchTicket(this.page.urls, { move: false, unreachable: null });
      if (life !== this.#life) return;
      if (this.#isElsewhere(answer)) return this.#connect(answer);
      this.#answer = answer;
      await give(answer);
    } catch (refusal) {
      if (life !== this.#life || !(refusal instanceof Refused)) return;
      if (isFinal(refusal)) return this.#stop(refusal);
      this.#manager?.engine?.close();
    }
  }

  #isElsewhere(answer: TicketAnswer): boolean {
    const here = this.#answer;
    return here === null || answer.url !== here.url || answer.path !== here.path || answer.room !== here.room;
  }

  /** Two failed tries in a row: tell web, which checks the node and may place the room on another. */
  async #roadFailed(life: number): Promise<void> {
    this.#unused = null;
    if (++this.#failures % ATTEMPTS_BEFORE_REPORT !== 0 || this.#reporting) return;
    this.#reporting = true;
    try {
      const unreachable = this.#answer?.node ?? null;
      const answer = await fetchTicket(this.page.urls, { move: false, unreachable });
      if (life === this.#life && this.#isElsewhere(answer)) this.#connect(answer);
    } catch (refusal) {
      if (life === this.#life && refusal instanceof Refused && isFinal(refusal)) this.#stop(refusal);
    } finally {
      this.#reporting = false;
    }
  }
}
