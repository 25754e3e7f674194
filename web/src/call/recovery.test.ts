import { expect, it } from "vitest";
import { Ear, remedy, WELL, type Observation, type Remedy, type Trouble } from "./recovery";

const BAD: Observation = { now: 0, connected: false, failed: false, silentSince: null, networkChanged: false };

function live(from: number, to: number, seen: Partial<Observation>, start: Trouble = WELL): [number, Remedy][] {
  const done: [number, Remedy][] = [];
  let trouble = start;
  for (let now = from; now <= to; now += 1_000) {
    const step = remedy(trouble, { ...BAD, ...seen, now });
    trouble = step.trouble;
    if (step.remedy !== "none") done.push([now, step.remedy]);
  }
  return done;
}

it("restarts after two seconds, again after four, and then rebuilds (R-03, row 5)", () => {
  expect(live(1_000, 16_000, {})).toEqual([[3_000, "restart"], [7_000, "restart"], [11_000, "rebuild"], [15_000, "restart"]]);
});

it("waits for nothing when the network is another one or ICE has failed", () => {
  expect(remedy(WELL, { ...BAD, now: 5_000, connected: true, networkChanged: true }).remedy).toBe("restart");
  expect(remedy(WELL, { ...BAD, now: 5_000, failed: true }).remedy).toBe("restart");
});

it("takes two seconds without a packet for a lost road although ICE still says connected", () => {
  expect(remedy(WELL, { ...BAD, now: 5_000, connected: true, silentSince: 3_000 }).remedy).toBe("restart");
  expect(remedy(WELL, { ...BAD, now: 4_900, connected: true, silentSince: 3_000 }).remedy).toBe("none");
});

it("forgets the trouble once media flows again", () => {
  const trouble = { since: 1_000, restarts: 2, triedAt: 7_000 };
  expect(remedy(trouble, { ...BAD, now: 8_000, connected: true }).trouble).toEqual(WELL);
});

it("hears one silence once, so that an unplugged microphone is not a broken road for ever", () => {
  let rtpTimestamp = 1;
  const ear = new Ear({ getReceivers: () => [{ getSynchronizationSources: () => [{ rtpTimestamp }] }] as unknown as RTCRtpReceiver[] });
  expect(ear.silentSince(0)).toBeNull();
  rtpTimestamp = 2;
  expect([ear.silentSince(1_000), ear.silentSince(2_000), ear.silentSince(3_000), ear.silentSince(4_000)])
    .toEqual([null, null, 1_000, null]);
});
