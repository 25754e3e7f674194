/** Judges a connection: a listening score, and words only when it is poor, saying whose side it is. */
import type { Sample } from "./stats";

/** Mean opinion score by the E-model (ITU-T G.107, with Opus' robustness to loss), 1 to 4.5. */
export function opinion(sample: Pick<Sample, "roundTripMs" | "jitterMs" | "lossIn">): number {
  const delay = sample.roundTripMs / 2 + 2 * sample.jitterMs + 40;
  const delayImpairment = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const loss = sample.lossIn * 100;
  const lossImpairment = (95 * loss) / (loss + 20);
  const r = Math.min(100, Math.max(0, 93.2 - delayImpairment - lossImpairment));
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
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

/** As web stores it: rounded numbers, no address, no name. */
export function report(peer: string, sample: Sample, level: string): Record<string, string | number> {
  return {
    peer,
    road: sample.road,
    level,
    round_trip_ms: Math.round(sample.roundTripMs),
    jitter_ms: Math.round(sample.jitterMs),
    loss_in: Number(sample.lossIn.toFixed(4)),
    loss_out: Number(sample.lossOut.toFixed(4)),
    frozen_ms: Math.round(sample.frozenMs),
    fps_in: Number(sample.fpsIn.toFixed(1)),
    kbps_in: Math.round(sample.kbpsIn),
    kbps_out: Math.round(sample.kbpsOut),
    mos: Number(opinion(sample).toFixed(2)),
  };
}
