/** The few questions a call asks the web server, and its refusals as values. */
import type { CallUrls } from "./page";
import { PAGE_ID, tabId } from "./tab";

export interface TicketAnswer {
  ticket: string;
  url: string;
  path: string;
  room: string;
  peer: string;
  stage: "waiting" | "admitted";
  seat: number;
  epoch: number;
  node: string;
  ice_servers?: RTCIceServer[];
}

export interface OwnState {
  visit?: { id: string; state: string; kind: string; version: number; starts_at: string; ends_at: string };
  me: { peer: string; role: string; stage: string; seat: number };
  epoch?: number;
  node?: string;
  clinician?: { presence: "free" | "busy" | "late"; late_minutes: number };
  people?: { peer: string; role: string; name: string; stage: string; here?: boolean; connected: boolean }[];
  messages?: { id: string; text: string; at: string }[];
  ended?: { words: string; next: string; may_come_back?: boolean } | null;
}

/** The server said no, in the clinic's words; `code` is stable. Status 0: it could not be asked. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, words: string) {
    super(words);
  }
}

export async function answerOf<T>(asked: Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await asked;
  } catch {
    throw new Refused(0, "offline", "We cannot reach the clinic's server just now.");
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const error = (body as { error?: { code?: string; message?: string } } | null)?.error;
  throw new Refused(response.status, error?.code ?? `http-${response.status}`, error?.message ?? "");
}

const JSON_HEADERS = { "Content-Type": "application/json", "X-Mooring": "1" };

export function ask(url: string, body: unknown): Promise<Response> {
  const signal = AbortSignal.timeout(10_000);
  return fetch(url, { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(body), credentials: "same-origin", signal });
}

export function post<T = unknown>(url: string, body: unknown = {}): Promise<T> {
  return answerOf<T>(ask(url, body));
}

interface TicketFor {
  move: boolean;
  /** The node that could not be reached. */
  unreachable: string | null;
}

export function ticketWish(tab: string, why: TicketFor = { move: false, unreachable: null }): object {
  return { page: PAGE_ID, tab, ...why };
}

export async function fetchTicket(urls: Partial<CallUrls>, why: TicketFor): Promise<TicketAnswer> {
  return post<TicketAnswer>(urls.ticket ?? "", ticketWish(await thisTab(), why));
}

let knownTab: Promise<string> | null = null;
function thisTab(): Promise<string> {
  return (knownTab ??= tabId());
}

/** Where this person stands; asked without a page it says so before this page holds the seat. */
export function fetchState(urls: Partial<CallUrls>, page = PAGE_ID): Promise<OwnState> {
  const signal = AbortSignal.timeout(8_000);
  return answerOf<OwnState>(
    fetch(`${urls.state}?page=${page}`, { credentials: "same-origin", cache: "no-store", signal }),
  );
}

/** Said while the page goes away; the answer is not awaited. A beacon cannot carry our header, so keepalive first. */
export function tell(url: string | undefined, body: Record<string, unknown>): void {
  if (!url) return;
  const text = JSON.stringify({ page: PAGE_ID, ...body });
  try {
    void fetch(url, { method: "POST", headers: JSON_HEADERS, body: text, keepalive: true, credentials: "same-origin" })
      .catch(() => undefined);
  } catch {
    navigator.sendBeacon(url, text);
  }
}
