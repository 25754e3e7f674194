import { describe, expect, it } from "vitest";
import { grade, type Found, type Limits, type Numbers } from "./grade";

const LIMITS: Limits = {
  weak_loss: 3, audio_only_loss: 10, weak_round_trip: 300, audio_only_round_trip: 800, weak_jitter: 50, weak_frames: 10, audio_only_frames: 3,
};
const GOOD: Numbers = { rtt: 40, lossUp: 0, lossDown: 0.5, jitter: 5, frames: 15, framesSent: 15 };
const found = (numbers: Partial<Numbers> = {}, rest: Partial<Found> = {}): Found =>
  ({ camera: true, microphone: true, direct: "ok", relay: "ok", numbers: { ...GOOD, ...numbers }, ...rest });

describe("grade", () => {
  it.each<[string, Found, string, string]>([
    ["all well", found(), "ok", ""],
    ["exactly at the limit is still well", found({ lossUp: 3, rtt: 300, jitter: 50, frames: 10 }), "ok", ""],
    ["some loss upwards", found({ lossUp: 3.1 }), "weak", ""],
    ["some loss downwards", found({ lossDown: 9 }), "weak", ""],
    ["much loss", found({ lossDown: 10.1 }), "audio-only", "connection"],
    ["far away", found({ rtt: 301 }), "weak", ""],
    ["very far away", found({ rtt: 801 }), "audio-only", "connection"],
    ["uneven", found({ jitter: 51 }), "weak", ""],
    ["few frames come back", found({ frames: 6 }), "weak", ""],
    ["almost no frames come back", found({ frames: 1 }), "audio-only", "connection"],
    ["a slow camera in a dark room is not a weak network", found({ frames: 7, framesSent: 7.5 }), "ok", ""],
    ["nothing could be counted", found({}, { numbers: null }), "ok", ""],
    ["only the relay gets through", found({}, { direct: "failed" }), "ok", ""],
    ["the relay does not get through", found({}, { relay: "failed" }), "ok", "relay"],
    ["nothing gets through", found({}, { direct: "failed", relay: "failed", numbers: null }), "failed", "connection"],
    ["no relay to try, direct fails", found({}, { direct: "failed", relay: "untried", numbers: null }), "failed", "connection"],
    ["the test itself was not to be had", found({}, { direct: "untried", relay: "untried", numbers: null }), "weak", ""],
    ["no microphone", found({}, { microphone: false }), "weak", "microphone"],
    ["no camera", found({ frames: null }, { camera: false }), "audio-only", "camera"],
  ])("%s", (_, given, verdict, failedLeg) => {
    expect(grade(given, LIMITS)).toMatchObject({ verdict, failedLeg });
  });

  it("says what to do whenever it is not well, and never alarms", () => {
    for (const given of [found({ rtt: 900 }), found({ lossUp: 5 }), found({ lossUp: 5 }, { camera: false }), found({}, { direct: "failed", relay: "failed" })]) {
      expect(grade(given, LIMITS).words).not.toBe("");
      expect(grade(given, LIMITS).tone).toBe("care");
    }
  });

  it("judges by reach alone when the page brings no limits", () => {
    expect(grade(found({ rtt: 5000, lossUp: 50 }), {}).verdict).toBe("ok");
  });
});
