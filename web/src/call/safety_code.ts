/** Two people read the same six numbers to each other: nobody, not even our server, sits in between (SECURITY 2.6). */
import type { ChannelMessage } from "./channel";
import { fingerprintOf } from "./sdp";

export interface Party {
  peer: string;
  role: string;
  /** SHA-256 of the certificate that is really in use. */
  fingerprint: Uint8Array;
}

export interface Code {
  digits: string;
  words: string;
}

export type Verdict = { kind: "code"; code: Code } | { kind: "mismatch"; why: string };

const CONTEXT = "tp-sas-v1";
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Each part with its length before it, so that no two lists of parts look alike. */
function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const part of parts) bytes.push(part.length >> 8, part.length & 255, ...part);
  return Uint8Array.from(bytes);
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function bytes(hexText: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hexText.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

async function sha256(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content));
}

export async function commitment(role: string, room: string, nonce: Uint8Array, fingerprint: Uint8Array): Promise<string> {
  return hex(await sha256(joined(text(CONTEXT), text(role), text(room), nonce, fingerprint)));
}

/** The clinician's side comes first on both screens; people of one role are ordered by their ids. */
function place(party: Pick<Party, "peer" | "role">): string {
  const rank = ["psychiatrist", "therapist"].indexOf(party.role);
  return `${rank < 0 ? 9 : rank} ${party.role} ${party.peer}`;
}

type Known = Party & { nonce: Uint8Array };

export async function derive(one: Known, other: Known, room: string): Promise<Code> {
  const [first, second] = place(one) < place(other) ? [one, other] : [other, one];
  const secret = joined(first.nonce, second.nonce, first.fingerprint, second.fingerprint, text(room));
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: text(CONTEXT) };
  const drawn = new DataView(await crypto.subtle.deriveBits(how, key, 64)).getBigUint64(0);
  return asCode(Number(drawn % 1_000_000n));
}

/** Thirty-two things everybody can name; four of them say the same number as the six digits. */
const THINGS = (
  "⚓anchor 🍎apple 🔔bell 🚲bicycle 📖book 🦋butterfly 🕯️candle 🐈cat ☁️cloud 🐕dog 🐟fish 🌷flower "
  + "🎩hat ❤️heart 🐎horse 🏠house 🔑key 🪁kite 🍋lemon 🌙moon 🍄mushroom ☂️umbrella ✏️pencil 🎹piano "
  + "🌈rainbow ⛵sailboat 🐚shell ⭐star ☀️sun 🚂train 🌳tree ⌚watch"
).split(" ");

export function asCode(number: number): Code {
  const digits = String(number).padStart(6, "0");
  const things = [15, 10, 5, 0].map((shift) => THINGS[(number >> shift) & 31]!);
  const named = things.map((thing) => thing.replace(/^(\P{ASCII}+)(\w+)$/u, "$1 $2"));
  return { digits: `${digits.slice(0, 3)} ${digits.slice(3)}`, words: named.join(", ") };
}

/** One exchange on one connection; a rebuilt connection has a new one. */
export class Exchange {
  #nonce = crypto.getRandomValues(new Uint8Array(32));
  #ownCommit = "";
  #theirCommit: { role: string; value: string } | null = null;
  #over = false;
  #turn: Promise<void>;

  constructor(
    private readonly self: Party,
    private readonly other: Omit<Party, "role">,
    private readonly room: string,
    private readonly say: (message: ChannelMessage) => void,
    private readonly tell: (verdict: Verdict) => void,
  ) {
    this.#turn = this.#commit();
  }

  /** Messages are taken one after the other: a hash takes a moment, and order is the whole point. */
  heard(message: ChannelMessage): Promise<void> {
    this.#turn = this.#turn.then(() => {
      if (this.#over) return this.#late(message);
      if (message.t === "commit") return this.#heardCommit(message.role, message.value);
      if (message.t === "reveal") return this.#heardReveal(message.nonce);
      return undefined;
    });
    return this.#turn;
  }

  async #commit(): Promise<void> {
    this.#ownCommit = await commitment(this.self.role, this.room, this.#nonce, this.self.fingerprint);
    this.say({ t: "commit", role: this.self.role, value: this.#ownCommit });
  }

  #heardCommit(role: string, value: string): void {
    if (this.#theirCommit) return this.#fail("second-commit");
    if (value === this.#ownCommit) return this.#fail("own-commit");
    this.#theirCommit = { role, value };
    // Only now, with both commits in, may a nonce be seen: nobody can choose theirs to fit.
    this.say({ t: "reveal", nonce: hex(this.#nonce) });
  }

  async #heardReveal(nonceText: string): Promise<void> {
    const theirs = this.#theirCommit;
    if (!theirs) return this.#fail("early-reveal");
    const nonce = bytes(nonceText);
    const promised = await commitment(theirs.role, this.room, nonce, this.other.fingerprint);
    if (nonce.length !== 32 || promised !== theirs.value) return this.#fail("broken-commit");
    const other = { ...this.other, role: theirs.role, nonce };
    const code = await derive({ ...this.self, nonce: this.#nonce }, other, this.room);
    this.#over = true;
    this.tell({ kind: "code", code });
  }

  #late(message: ChannelMessage): void {
    if (message.t === "commit" || message.t === "reveal") this.#fail("replay");
  }

  #fail(why: string): void {
    this.#over = true;
    this.tell({ kind: "mismatch", why });
  }
}

/** Our own certificate's fingerprint. */
export function ownFingerprint(certificate: RTCCertificate, pc: RTCPeerConnection): Uint8Array | null {
  const listed = certificate.getFingerprints?.().find((each) => each.algorithm?.toLowerCase() === "sha-256");
  const shown = listed?.value?.replaceAll(":", "").toLowerCase() ?? fingerprintOf(pc.localDescription?.sdp ?? "");
  return shown ? bytes(shown) : null;
}

/** The fingerprint of the certificate the other side really used, not the one that was promised. */
export async function theirFingerprint(pc: RTCPeerConnection): Promise<Uint8Array | null> {
  const transport = pc.sctp?.transport;
  const der = transport?.getRemoteCertificates?.()[0];
  if (der) return sha256(new Uint8Array(der));
  // A browser without that call has itself refused any certificate but the described one (RFC 8827 6.5).
  const promised = fingerprintOf(pc.remoteDescription?.sdp ?? "");
  return promised ? bytes(promised) : null;
}
