import { expect, it } from "vitest";
import { encodingFor, ladderWords, nextRung, rungOf, startLadder, type Ladder } from "./ladder";
import type { Sample } from "./stats";

const GOOD: Sample = {
  seconds: 5, kbpsIn: 900, kbpsOut: 900, lossIn: 0, lossOut: 0, roundTripMs: 40, jitterMs: 3,
  frozenMs: 0, fpsIn: 30, availableKbps: 2_500, limited: "none", road: "direct",
};
const WEAK: Sample = { ...GOOD, availableKbps: 20, limited: "bandwidth" };
const LOSSY: Sample = { ...GOOD, lossOut: 0.3 };
const climb = (ladder: Ladder, ...samples: Sample[]): Ladder => samples.reduce(nextRung, ladder);
const times = (count: number, sample: Sample): Sample[] => Array.from({ length: count }, () => sample);

it("goes down to sound alone, one rung for each two weak samples", () => {
  const rungs = [2, 4, 6, 8].map((count) => rungOf(climb(startLadder(1), ...times(count, WEAK))));
  expect(rungs).toEqual(["360", "180", "still", "audio"]);
  expect(rungOf(climb(startLadder(1), ...times(4, LOSSY)))).toBe("audio");
});

it("goes down at once when a third is lost, and not for one weak moment", () => {
  expect(rungOf(climb(startLadder(1), LOSSY))).toBe("360");
  expect(rungOf(climb(startLadder(1), WEAK, GOOD, WEAK))).toBe("720");
});

it("comes up slowly, and more slowly after a climb that did not hold", () => {
  const low = climb(startLadder(1), LOSSY);
  expect(rungOf(climb(low, ...times(2, GOOD)))).toBe("360");
  const up = climb(low, ...times(3, GOOD));
  expect(rungOf(up)).toBe("720");
  const fell = climb(up, LOSSY);
  expect(rungOf(climb(fell, ...times(5, GOOD)))).toBe("360");
  expect(rungOf(climb(fell, ...times(6, GOOD)))).toBe("720");
});

it("never stops the sound: only the picture has rungs, and the last sends none", () => {
  expect(encodingFor("audio", 720).active).toBe(false);
  expect(encodingFor("180", 720)).toMatchObject({ active: true, scaleResolutionDownBy: 4 });
  expect(encodingFor("720", 480).scaleResolutionDownBy).toBe(1);
});

it("says what happens to the picture, in words, and nothing while it is fine", () => {
  expect(ladderWords("360")).toBe("");
  expect(ladderWords("audio")).toContain("to keep the sound clear");
});
