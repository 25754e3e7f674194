/** What two looks at getStats tell when subtracted. `numbersBetween` is pure. */
import type { Numbers } from "./grade";

export interface Snapshot {
  at: number;
  received: number;
  lost: number;
  framesBack: number;
  framesSent: number;
  /** Seconds, as getStats says it; null without sound. */
  jitter: number | null;
  /** The worst share the far side told us, 0..1; null when it has told nothing yet. */
  lostUp: number | null;
  hasVideo: boolean;
}

export const LOST: Snapshot = { at: 0, received: 0, lost: 0, framesBack: 0, framesSent: 0, jitter: null, lostUp: null, hasVideo: false };

export async function snapshot(pc: RTCPeerConnection): Promise<Snapshot> {
  const seen = { ...LOST, at: performance.now() };
  for (const entry of (await pc.getStats()).values() as Iterable<Record<string, number | string | undefined>>) {
    const number = (name: string): number => Number(entry[name] ?? 0);
    if (entry.type === "inbound-rtp") {
      seen.received += number("packetsReceived");
      seen.lost += number("packetsLost");
      if (entry.kind === "video") seen.framesBack += number("framesReceived") || number("framesDecoded");
      else seen.jitter = number("jitter");
    } else if (entry.type === "outbound-rtp" && entry.kind === "video") {
      seen.hasVideo = true;
      seen.framesSent += number("framesSent") || number("framesEncoded");
    } else if (entry.type === "remote-inbound-rtp") {
      seen.lostUp = Math.max(seen.lostUp ?? 0, number("fractionLost"));
    }
  }
  return seen;
}

/** Loss in percent, jitter in ms, frames a second. Nothing that could not be counted is called zero. */
export function numbersBetween(before: Snapshot, after: Snapshot): Omit<Numbers, "rtt"> {
  const seconds = (after.at - before.at) / 1000;
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const video = after.hasVideo && seconds > 0;
  return {
    lossUp: after.lostUp === null ? null : after.lostUp * 100,
    lossDown: received + lost > 0 ? (lost / (received + lost)) * 100 : null,
    jitter: after.jitter === null ? null : after.jitter * 1000,
    frames: video ? (after.framesBack - before.framesBack) / seconds : null,
    framesSent: video ? (after.framesSent - before.framesSent) / seconds : null,
  };
}
