/** Judges a connection: a listening score, and words only when it is poor, saying whose side it is. */
import type { Sample } from "./stats";

/** Mean opinion score by the E-model (ITU-T G.107, with Opus' robustness to loss), 1 to 4.5. */
export function opinion(sample: Pick<Sample, "roundTripMs" | "jitterMs" | "lossIn">): number {
  const delay = sample.roundTripMs / 2 + 2 * sample.jitterMs + 40;
  const delayImpairment = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const loss = sample.lossIn * 100;
  const lossImpairment = (95 * loss) / (loss + 20);
  const r = Math.min(100, Math.max(0, 93.2 - delayImpairment - lossImpairment));
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6); // the curve dips below its own scale
}

export type Side = "ours" | "theirs" | "between";

export interface Roads {
  /** Asking our own web server was slow or failed: our own road is poor. */
  oursPoor: boolean;
  /** Their browser says the same of its road, or had to leave the foreground. */
  theirsPoor: boolean;
}

export const POOR_OPINION = 3.1;

export function isPoor(sample: Sample): boolean {
  const isFrozen = sample.frozenMs / (sample.seconds * 1000) > 0.3;
  return opinion(sample) < POOR_OPINION || sample.lossOut > 0.1 || isFrozen;
}

export function whose(roads: Roads): Side {
  if (roads.oursPoor === roads.theirsPoor) return "between";
  return roads.oursPoor ? "ours" : "theirs";
}

/** One sentence with one next step; nothing at all while it is good. */
export function words(sample: Sample, roads: Roads, name: string): string {
  if (!isPoor(sample)) return "";
  switch (whose(roads)) {
    case "ours":
      return "Your connection is weak. Moving closer to your Wi-Fi can help.";
    case "theirs":
      return `${name} has a weak connection. The sound may break up.`;
    case "between":
      return "The connection is weak. Turning off your camera can help the sound.";
  }
}

/** As web stores it: rounded numbers, no address, no name. Loss in per cent, freezes in seconds. */
export function report(sample: Sample): Record<string, string | number> {
  const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
  return {
    road: sample.road,
    rtt_ms: Math.round(sample.roundTripMs),
    jitter_ms: rounded(sample.jitterMs, 1),
    loss: rounded(Math.max(sample.lossIn, sample.lossOut) * 100, 2),
    freezes: rounded(sample.frozenMs / 1000, 2),
    kbps: Math.round(sample.kbpsIn),
    mos: rounded(opinion(sample), 2),
  };
}
