import { beforeEach, expect, it, vi } from "vitest";
import type { DeviceStage } from "../devices/types";
import { OwnSide } from "./own_side";
import type { PeerState } from "./protocol";
import { newCall, openStore } from "./state";

const TRACK = { readyState: "live", enabled: true } as MediaStreamTrack;
const STREAM = { getAudioTracks: () => [TRACK], getVideoTracks: () => [TRACK] } as unknown as MediaStream;
let changed: () => void;
let stage: { phase: DeviceStage["phase"]; stream: MediaStream | null; onChange: DeviceStage["onChange"] };
let said: PeerState[];

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  stage = { phase: "asking", stream: null, onChange: (listener) => { changed = listener; return () => undefined; } };
  const store = openStore({ ...newCall(), signaling: true });
  new OwnSide(stage as DeviceStage, store, () => null, (state) => said.push(state) > 0).tellAgain();
});

it("says nothing of devices that are being opened, so that a reload is no camera switched off", () => {
  vi.advanceTimersByTime(500);
  expect(said).toEqual([]);
  Object.assign(stage, { phase: "on", stream: STREAM });
  changed();
  vi.advanceTimersByTime(100);
  expect(said).toEqual([{ muted: false, camera: true, hidden: false, connected: false }]);
});

it("says after a second that there are none yet, for a browser may ask its owner first", () => {
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([{ muted: true, camera: false, hidden: false, connected: false }]);
});
