/** The data channel between two browsers: small tagged messages that no server sees. */

export type ChannelMessage =
  | { t: "commit"; role: string; value: string }
  | { t: "reveal"; nonce: string }
  | { t: "chat"; text: string }
  | { t: "sharing"; on: boolean }
  | { t: "road"; poor: boolean }
  | { t: "bye" };

export const CHAT_LIMIT = 2_000;
const MESSAGE_LIMIT = 12_000;
/** More than this in ten seconds is not a person typing. */
const FLOOD = 60;

const isText = (value: unknown, limit: number): value is string =>
  typeof value === "string" && value.length <= limit;

/** What the other browser said, or null: it is another program and may send anything. */
export function parse(raw: unknown): ChannelMessage | null {
  if (!isText(raw, MESSAGE_LIMIT)) return null;
  let said: Record<string, unknown>;
  try {
    said = JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return null;
  }
  if (typeof said !== "object" || said === null) return null;
  switch (said.t) {
    case "commit":
      return isText(said.role, 40) && isText(said.value, 64)
        ? { t: "commit", role: said.role, value: said.value } : null;
    case "reveal":
      return isText(said.nonce, 64) ? { t: "reveal", nonce: said.nonce } : null;
    case "chat":
      return isText(said.text, CHAT_LIMIT) && said.text.trim() !== "" ? { t: "chat", text: said.text } : null;
    case "sharing":
      return typeof said.on === "boolean" ? { t: "sharing", on: said.on } : null;
    case "road":
      return typeof said.poor === "boolean" ? { t: "road", poor: said.poor } : null;
    case "bye":
      return { t: "bye" };
    default:
      return null;
  }
}

/** Wires a channel that both sides opened with the same number, so that nothing announces it. */
export class Talk {
  #heardAt: number[] = [];

  constructor(
    private readonly channel: RTCDataChannel,
    opened: () => void,
    heard: (message: ChannelMessage) => void,
  ) {
    channel.addEventListener("open", opened);
    channel.addEventListener("message", (event: MessageEvent<unknown>) => {
      const message = this.#isFlood() ? null : parse(event.data);
      if (message) heard(message);
    });
  }

  get isOpen(): boolean {
    return this.channel.readyState === "open";
  }

  say(message: ChannelMessage): boolean {
    if (!this.isOpen) return false;
    this.channel.send(JSON.stringify(message));
    return true;
  }

  #isFlood(): boolean {
    const now = performance.now();
    this.#heardAt = this.#heardAt.filter((at) => now - at < 10_000);
    this.#heardAt.push(now);
    return this.#heardAt.length > FLOOD;
  }
}
