/** Reads one connection's statistics into the few numbers that quality and ladder judge by. */

/** Totals since the connection began, as the browser counts them. */
export interface Counters {
  at: number;
  bytesIn: number;
  bytesOut: number;
  packetsIn: number;
  lostIn: number;
  lossOut: number;
  roundTrip: number | null;
  jitter: number;
  frozen: number;
  framesIn: number;
  available: number | null;
  limited: string;
  isRelayed: boolean;
}

/** What happened between two readings. */
export interface Sample {
  seconds: number;
  kbpsIn: number;
  kbpsOut: number;
  lossIn: number;
  lossOut: number;
  roundTripMs: number;
  jitterMs: number;
  frozenMs: number;
  fpsIn: number;
  availableKbps: number | null;
  limited: string;
  road: "direct" | "relay";
}

type Entry = Record<string, number | string | boolean | undefined>;
const number = (value: Entry[string]): number => (typeof value === "number" ? value : 0);

export function count(report: Iterable<[string, unknown]>, at: number): Counters {
  const entries = new Map(report as Iterable<[string, Entry]>);
  const seen: Counters = {
    at, bytesIn: 0, bytesOut: 0, packetsIn: 0, lostIn: 0, lossOut: 0, roundTrip: null,
    jitter: 0, frozen: 0, framesIn: 0, available: null, limited: "none", isRelayed: false,
  };
  for (const entry of entries.values()) {
    if (entry.type === "inbound-rtp") {
      seen.packetsIn += number(entry.packetsReceived);
      seen.lostIn += number(entry.packetsLost);
      seen.bytesIn += number(entry.bytesReceived);
      if (entry.kind === "audio") seen.jitter = number(entry.jitter);
      else {
        seen.frozen += number(entry.totalFreezesDuration);
        seen.framesIn += number(entry.framesDecoded);
      }
    }
    if (entry.type === "outbound-rtp") {
      seen.bytesOut += number(entry.bytesSent);
      if (entry.kind === "video" && typeof entry.qualityLimitationReason === "string") {
        seen.limited = entry.qualityLimitationReason;
      }
    }
    if (entry.type === "remote-inbound-rtp") seen.lossOut = Math.max(seen.lossOut, number(entry.fractionLost));
    if (entry.type === "candidate-pair" && (entry.nominated === true && entry.state === "succeeded")) {
      if (typeof entry.currentRoundTripTime === "number") seen.roundTrip = entry.currentRoundTripTime;
      if (typeof entry.availableOutgoingBitrate === "number") seen.available = entry.availableOutgoingBitrate;
      const ends = [entry.localCandidateId, entry.remoteCandidateId];
      seen.isRelayed = ends.some((id) => entries.get(String(id))?.candidateType === "relay");
    }
  }
  return seen;
}

export function between(before: Counters, after: Counters): Sample {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  // A rebuilt connection counts from nothing; a difference below zero means nothing.
  const grown = (from: number, to: number): number => Math.max(0, to - from);
  const came = grown(before.packetsIn, after.packetsIn);
  const lost = grown(before.lostIn, after.lostIn);
  return {
    seconds,
    kbpsIn: (grown(before.bytesIn, after.bytesIn) * 8) / 1000 / seconds,
    kbpsOut: (grown(before.bytesOut, after.bytesOut) * 8) / 1000 / seconds,
    lossIn: came + lost === 0 ? 0 : lost / (came + lost),
    lossOut: after.lossOut,
    roundTripMs: (after.roundTrip ?? 0) * 1000,
    jitterMs: after.jitter * 1000,
    frozenMs: grown(before.frozen, after.frozen) * 1000,
    fpsIn: grown(before.framesIn, after.framesIn) / seconds,
    availableKbps: after.available === null ? null : after.available / 1000,
    limited: after.limited,
    road: after.isRelayed ? "relay" : "direct",
  };
}
