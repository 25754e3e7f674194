import { expect, it } from "vitest";
import { isPoor, opinion, report, words } from "./quality";
import { between, count } from "./stats";

const entries = (over: Record<string, Record<string, unknown>>): [string, unknown][] => Object.entries(over);
const READING = {
  a: { type: "inbound-rtp", kind: "audio", packetsReceived: 1_000, packetsLost: 0, bytesReceived: 80_000, jitter: 0.004 },
  v: { type: "inbound-rtp", kind: "video", packetsReceived: 2_000, packetsLost: 0, bytesReceived: 1_000_000, totalFreezesDuration: 0, framesDecoded: 300 },
  p: { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.05, localCandidateId: "l", remoteCandidateId: "r" },
  l: { type: "local-candidate", candidateType: "host" },
  r: { type: "remote-candidate", candidateType: "host" },
};
const start = count(entries(READING), 0);

it("counts what happened in between, and by which road", () => {
  const later = { ...READING, a: { ...READING.a, packetsReceived: 1_225, packetsLost: 25 }, v: { ...READING.v, framesDecoded: 450 } };
  const sample = between(start, count(entries(later), 5_000));
  expect(sample).toMatchObject({ lossIn: 0.1, fpsIn: 30, roundTripMs: 50, road: "direct" });
  const relayed = between(start, count(entries({ ...READING, r: { type: "remote-candidate", candidateType: "relay" } }), 5_000));
  expect(relayed.road).toBe("relay");
});

it("never scores below the scale, where web would refuse the worst of calls", () => {
  for (let delay = 0; delay < 4_000; delay += 20) {
    expect(opinion({ roundTripMs: delay, jitterMs: 0, lossIn: 0 })).toBeGreaterThanOrEqual(1);
  }
});

it("scores like a listener: good when near, poor with a tenth lost or a second of delay", () => {
  expect(opinion({ roundTripMs: 40, jitterMs: 3, lossIn: 0 })).toBeGreaterThan(4.3);
  expect(opinion({ roundTripMs: 40, jitterMs: 3, lossIn: 0.1 })).toBeLessThan(3.1);
  expect(opinion({ roundTripMs: 1_200, jitterMs: 30, lossIn: 0 })).toBeLessThan(3.1);
});

it("says nothing while it is good, and whose side it is when it is poor (row 8)", () => {
  const good = between(start, count(entries({ ...READING, a: { ...READING.a, packetsReceived: 1_250 } }), 5_000));
  const poor = { ...good, lossIn: 0.2 };
  expect(isPoor(good)).toBe(false);
  expect(words(good, { oursPoor: true, theirsPoor: false }, "Morgan")).toBe("");
  expect(words(poor, { oursPoor: true, theirsPoor: false }, "Morgan")).toMatch(/^Your connection/);
  expect(words(poor, { oursPoor: false, theirsPoor: true }, "Morgan")).toMatch(/^Morgan has/);
  expect(words(poor, { oursPoor: false, theirsPoor: false }, "Morgan")).toMatch(/^The connection/);
});

it("reports what web keeps and nothing else: no name, no address", () => {
  const sample = between(start, count(entries(READING), 5_000));
  expect(Object.keys(report(sample)).sort()).toEqual(["freezes", "jitter_ms", "kbps", "loss", "mos", "road", "rtt_ms"]);
});
