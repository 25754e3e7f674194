/** Audio first: a weak road takes the picture down step by step and never the sound; up again slowly. */
import type { Sample } from "./stats";

export type Rung = "720" | "360" | "180" | "still" | "audio";

/** Best first. Kilobits are what the rung needs to look right. */
const RUNGS: readonly { rung: Rung; kbps: number; height: number; fps: number }[] = [
  { rung: "720", kbps: 1_500, height: 720, fps: 30 },
  { rung: "360", kbps: 500, height: 360, fps: 24 },
  { rung: "180", kbps: 160, height: 180, fps: 15 },
  { rung: "still", kbps: 50, height: 360, fps: 1 },
  { rung: "audio", kbps: 0, height: 180, fps: 1 },
];

export interface Ladder {
  step: number;
  goodSamples: number;
  badSamples: number;
  /** How many good samples it takes to climb; doubles after a climb that did not hold. */
  patience: number;
  climbedAgo: number;
}

const PATIENCE = 3;
const PATIENCE_MOST = 24;

/** With many people the way up is shared, so a full room starts one rung lower. */
export function startLadder(others: number): Ladder {
  return { step: others > 1 ? 1 : 0, goodSamples: 0, badSamples: 0, patience: PATIENCE, climbedAgo: 99 };
}

export function rungOf(ladder: Ladder): Rung {
  return RUNGS[ladder.step]!.rung;
}

function isHard(sample: Sample): boolean {
  return sample.lossOut > 0.15 || sample.roundTripMs > 1_500;
}

function isBad(sample: Sample, ladder: Ladder): boolean {
  const needed = RUNGS[ladder.step]!.kbps;
  const isStarved = sample.availableKbps !== null && sample.limited === "bandwidth"
    && sample.availableKbps < needed * 0.6;
  return isHard(sample) || sample.lossOut > 0.06 || sample.roundTripMs > 800 || isStarved;
}

/** Down at the second bad sample (at once when it is hard), up after a run of good ones. */
export function nextRung(ladder: Ladder, sample: Sample): Ladder {
  const aged = { ...ladder, climbedAgo: ladder.climbedAgo + 1 };
  if (isBad(sample, ladder)) {
    const bad = { ...aged, badSamples: ladder.badSamples + 1, goodSamples: 0 };
    if (bad.badSamples < 2 && !isHard(sample)) return bad;
    const fellBack = ladder.climbedAgo <= 4;
    return {
      ...bad,
      step: Math.min(RUNGS.length - 1, ladder.step + 1),
      badSamples: 0,
      patience: fellBack ? Math.min(PATIENCE_MOST, ladder.patience * 2) : ladder.patience,
    };
  }
  const good = { ...aged, badSamples: 0, goodSamples: ladder.goodSamples + 1 };
  if (ladder.step === 0 || good.goodSamples < ladder.patience) return good;
  return { ...good, step: ladder.step - 1, goodSamples: 0, climbedAgo: 0 };
}

/** What the sender is told; `captured` is the height of the picture the camera gives. */
export function encodingFor(rung: Rung, captured: number): Required<
  Pick<RTCRtpEncodingParameters, "active" | "maxBitrate" | "maxFramerate" | "scaleResolutionDownBy">
> {
  const { kbps, height, fps } = RUNGS.find((each) => each.rung === rung)!;
  return {
    active: rung !== "audio",
    maxBitrate: Math.max(kbps, 30) * 1000,
    maxFramerate: fps,
    scaleResolutionDownBy: Math.max(1, captured / height),
  };
}

export async function apply(sender: RTCRtpSender, rung: Rung): Promise<void> {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings[0];
  if (!encoding) return;
  Object.assign(encoding, encodingFor(rung, sender.track?.getSettings().height ?? 720));
  await sender.setParameters(parameters);
}

export function ladderWords(rung: Rung): string {
  if (rung === "audio") return "Your video is paused to keep the sound clear. It comes back by itself.";
  if (rung === "still") return "Your video is slowed down to keep the sound clear.";
  return "";
}
