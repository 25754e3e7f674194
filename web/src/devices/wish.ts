/** What is asked of a browser for a visit: one camera and one microphone, the chosen ones if any are. */
import type { DeviceKind, TrackKind } from "./types";

const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const VIDEO: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };

export const KINDS: TrackKind[] = ["audio", "video"];
export const INPUT: Record<TrackKind, DeviceKind> = { audio: "audioinput", video: "videoinput" };

export function wish(
  kinds: readonly TrackKind[],
  chosen: Partial<Record<DeviceKind, string>> = {},
  how: "ideal" | "exact" = "ideal",
): MediaStreamConstraints {
  const one = (kind: TrackKind, common: MediaTrackConstraints): MediaTrackConstraints | false => {
    const id = chosen[INPUT[kind]];
    if (!kinds.includes(kind)) return false;
    return { ...common, ...(id ? { deviceId: { [how]: id } } : kind === "video" ? { facingMode: "user" } : {}) };
  };
  return { audio: one("audio", AUDIO), video: one("video", VIDEO) };
}
