/** Few messages: the first candidates travel inside an offer, or right behind an answer, later ones in batches. */
import type { Candidate } from "./protocol";

const FIRST_MS = 40;
/** Candidates of several networks come in one burst; this long without another, it is over. */
const QUIET_MS = 8;
const BATCH_MS = 50;

/** Resolves with the first burst of candidates, or after 40 ms (`SIGNALING.md` §4). */
export function firstCandidates(pc: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const done = (): void => {
      clearTimeout(limit);
      clearTimeout(quiet);
      pc.removeEventListener("icecandidate", came);
      resolve();
    };
    const came = (event: RTCPeerConnectionIceEvent): void => {
      if (event.candidate === null) return done();
      if (isOfNoUse(event.candidate)) return;
      clearTimeout(quiet);
      quiet = setTimeout(done, QUIET_MS);
    };
    const limit = setTimeout(done, FIRST_MS);
    pc.addEventListener("icecandidate", came);
  });
}

/** Browsers only ever call out over TCP themselves: two of them have nobody to answer. */
function isOfNoUse(candidate: RTCIceCandidate): boolean {
  return candidate.tcpType === "active";
}

/** Collects candidates and hands them on together. */
export class Batch {
  #waiting: Candidate[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isHurried = false;

  constructor(private readonly send: (candidates: Candidate[]) => void) {}

  add(candidate: RTCIceCandidate): void {
    const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    if (!line || isOfNoUse(candidate)) return;
    this.#waiting.push({ candidate: line, sdpMid, sdpMLineIndex, usernameFragment });
    if (this.#isHurried) this.clearTimer();
    this.#timer ??= setTimeout(() => this.flush(), this.#isHurried ? QUIET_MS : BATCH_MS);
  }

  /** The next burst goes out as soon as it is over: the description it belongs to has gone ahead. */
  hurry(): void {
    this.#isHurried = true;
  }

  flush(): void {
    this.clearTimer();
    const candidates = this.#waiting.splice(0);
    this.#isHurried = false;
    if (candidates.length > 0) this.send(candidates);
  }

  /** What waits is in the description that goes out now. */
  drop(): void {
    this.clearTimer();
    this.#waiting = [];
  }

  private clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
