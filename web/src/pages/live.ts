/** Parts of a page that are fetched again when something has changed; focus and open menus stay where they are. */
import { Manager } from "socket.io-client";
import { all, one } from "../call/page";
import { EVENT, type ToBrowser } from "../call/protocol";
import { newId } from "../call/tab";
import { post, type TicketAnswer } from "../call/web";

const CALM_MS = 60_000; // times go on running: "not arrived" comes without any message
const ALONE_MS = 10_000;
const TOGETHER_MS = 150;
/** A face is on its way: a list waits for it, and for the news of it. */
const FACE_MS = 1_300;
const SIGN_IN = "/sign-in";

const ROW = "[data-visit], [data-task]";
const FOCUSABLE = "a, button, summary, input, select, textarea";

function rowMark({ dataset }: HTMLElement): string {
  return dataset.visit ? `[data-visit="${dataset.visit}"]` : `[data-task="${dataset.task}"]`;
}

function likeness(thing: Element): string {
  return [thing.localName, ...["href", "name", "data-action"].map((name) => thing.getAttribute(name)), thing.textContent].join("\n");
}

/** Finds a focused thing again after its region was replaced: the same in its own row, never in another's. */
function finder(held: Element): () => HTMLElement | null {
  if (held.id) return () => document.getElementById(held.id);
  const region = held.closest<HTMLElement>("[data-live]")?.dataset.live;
  const row = held.closest<HTMLElement>(ROW);
  const scope = `[data-live="${region}"] ${row ? rowMark(row) : ""}`;
  const like = likeness(held);
  return () => {
    const place = one<HTMLElement>(scope);
    if (!place || held === row) return place;
    return all(FOCUSABLE, place).find((each) => likeness(each) === like) ?? one<HTMLElement>("[data-open]", place);
  };
}

/** A dialog that closes gives the focus back to its opener, also when the opener's region was replaced meanwhile. */
export function keepOpeners(): void {
  let opener: (() => HTMLElement | null) | null = null;
  document.addEventListener("focusin", ({ target }) => {
    const held = target as Element;
    if (!held.closest("dialog")) opener = held.closest("[data-live]") && finder(held);
  });
  document.addEventListener("close", ({ target }) => {
    const held = document.activeElement;
    if (held === document.body || (target as Element).contains(held)) opener?.()?.focus();
  }, true); // it does not bubble
}

/** What the call wrote into a region is not the server's to change. */
function keepCallWords(old: Element, fresh: Element): void {
  for (const place of all("[data-text]", fresh)) {
    const before = one(`[data-text="${place.dataset.text}"]`, old);
    if (!before) continue;
    place.textContent = before.textContent;
    place.hidden = before.hidden;
  }
}

export function swap(region: Element, fresh: Element): void {
  if (one("details[open]", region)) return; // somebody is choosing from a menu
  const held = document.activeElement;
  const again = held && region.contains(held) ? finder(held) : null;
  keepCallWords(region, fresh);
  region.replaceChildren(...document.importNode(fresh, true).childNodes);
  again?.()?.focus({ preventScroll: true });
}

/** Signed out, here or from elsewhere: what is on the screen goes too, unless a call goes on in this page (C-05, C-06). */
function lock(): void {
  const { call } = document.documentElement.dataset;
  if (call === undefined || call === "idle") location.assign(`${SIGN_IN}?next=${encodeURIComponent(location.pathname)}`);
}

/** Whether a button is held down: replaced now, it would never hear that it was pressed. */
let isPressing = false;

function noticePresses(): void {
  addEventListener("pointerdown", () => { isPressing = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { isPressing = false; }), true);
}

export class LivePage {
  #soon: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #heldUntil = 0;
  #socketUp = false;
  #failed = 0;

  constructor(private readonly url: string, private readonly fresh: () => void) {}

  start(): void {
    noticePresses();
    keepOpeners();
    void this.#listen();
    this.#schedule();
    document.addEventListener("mooring:changed", () => this.soon());
    document.addEventListener("mooring:face", () => this.hold());
    addEventListener("online", () => this.soon());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.soon(); });
  }

  /** Many changes in a moment are one look, a moment after the first. */
  soon(): void {
    this.#soon ??= setTimeout(() => this.#look(), TOGETHER_MS);
  }

  /** Nobody's face waits for a list; and no list, which may carry a call for help, for one face after another. */
  hold(): void {
    if (Date.now() >= this.#heldUntil) this.#heldUntil = Date.now() + FACE_MS;
  }

  #look(): void {
    const held = this.#heldUntil - Date.now();
    this.#soon = held > 0 ? setTimeout(() => this.#look(), held) : undefined;
    if (held <= 0) this.#fetch();
  }

  #schedule(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#fetch(), this.#socketUp ? CALM_MS : ALONE_MS);
  }

  /** As a document: the browser parses it, no text is ever turned into markup by us. */
  #fetch(): void {
    const ask = new XMLHttpRequest();
    ask.open("GET", this.url);
    ask.responseType = "document";
    ask.timeout = 8_000;
    ask.onload = () => this.#came(ask.status, ask.responseXML, ask.responseURL);
    ask.onerror = ask.ontimeout = () => this.#came(0, null, "");
    ask.send();
  }

  #came(status: number, page: Document | null, from: string): void {
    this.#schedule();
    const isOurs = status === 200 && page !== null && new URL(from).pathname === new URL(this.url, location.href).pathname;
    if (status === 200 && new URL(from).pathname === SIGN_IN) return lock();
    this.#failed = isOurs ? 0 : this.#failed + 1;
    for (const place of all("[data-offline]")) place.hidden = this.#failed < 2;
    if (!isOurs || !page) return;
    if (isPressing) return this.soon();
    for (const region of all("[data-live]")) {
      const fresh = one(`[data-live="${region.dataset.live}"]`, page);
      if (fresh) swap(region, fresh);
    }
    this.fresh();
  }

  async #listen(): Promise<void> {
    const ticket = (): Promise<TicketAnswer> => post<TicketAnswer>("/staff/board-ticket", { page: newId() });
    let first: TicketAnswer | null = await ticket().catch(() => null);
    if (!first) return void setTimeout(() => void this.#listen(), ALONE_MS);
    const manager = new Manager(first.url, {
      path: first.path, query: { room: first.room }, transports: ["websocket"],
      reconnectionDelay: 500, reconnectionDelayMax: 5_000,
    });
    const socket = manager.socket("/", {
      auth: (present) => {
        const held = first;
        first = null;
        if (held) return present({ ticket: held.ticket });
        void ticket().then((fresh) => present({ ticket: fresh.ticket })).catch(() => manager.engine?.close());
      },
    });
    const up = (isUp: boolean): void => {
      this.#socketUp = isUp;
      this.#schedule();
      if (!document.documentElement.dataset.call) document.documentElement.dataset.signaling = isUp ? "up" : "down";
    };
    socket.on("connect", () => { up(true); this.soon(); });
    socket.on(EVENT, (message: ToBrowser) => {
      if (message.type === "changed") this.soon();
      if (message.type === "ended") lock();
    });
    socket.on("disconnect", (reason) => {
      up(false);
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), 2_000);
    });
    socket.on("connect_error", () => { if (!socket.active) setTimeout(() => socket.connect(), 2_000); });
  }
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** 04:12, or 1:04:12 past the hour; the same words as the server's. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest;
}

/** Lets every clock of the page run. */
export function runClocks(): void {
  setInterval(() => {
    for (const place of all<HTMLTimeElement>("time[data-since]")) {
      const words = elapsed((Date.now() - Date.parse(place.dateTime)) / 1_000);
      if (place.textContent !== words) place.textContent = words;
    }
  }, 1_000);
}
